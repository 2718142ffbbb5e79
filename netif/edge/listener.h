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
/// which those inside reach at `address` and `port`. It is bound to the device `lo`: without the
/// device Linux would also answer for the address on eth0, to a neighbour's raw frame. And it is
/// bound to a port that ECS keeps for its agent, to which calls of `port` are translated: a socket
/// on `port` itself would keep the task from serving there on every address, and 80 is what most
/// tasks want to serve on. The caller owns the descriptor. The calling thread's own namespace does
/// not change.
schemas::Result<int> open_listener(const std::string& namespace_path, schemas::Ipv4 address,
                                   std::uint16_t port);

}  // namespace netif
