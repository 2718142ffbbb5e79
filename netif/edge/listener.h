#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/address.h"
#include "schemas/base/result.h"

namespace netif {

/// The address on `lo` of every task namespace where the agent answers for metadata and
/// credentials, as in ECS.
inline constexpr schemas::Ipv4 metadata_address{.bits = 0xa9feaa02U};  // 169.254.170.2

/// A listening, non-blocking, close-on-exec TCP socket inside the namespace at `namespace_path`,
/// bound to `address` and to the device `lo`: without the device Linux would also answer for the
/// address on eth0, to a neighbour's raw frame. The caller owns the descriptor. `port` 0 picks one.
/// The calling thread's own namespace does not change.
schemas::Result<int> open_listener(const std::string& namespace_path, schemas::Ipv4 address,
                                   std::uint16_t port);

}  // namespace netif
