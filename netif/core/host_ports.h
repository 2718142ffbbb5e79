#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "schemas/model/task_definition.h"

namespace netif {

/// A port of the host itself, as a `bridge`-mode container publishes it or a `host`-mode one uses
/// it.
struct HostPort {
  schemas::TransportProtocol protocol = schemas::TransportProtocol::tcp;
  std::int64_t port = 0;
  auto operator<=>(const HostPort&) const = default;
};
using HostPorts = std::set<HostPort>;

/// Where ports come from that a definition leaves to the host; Docker's range.
inline constexpr std::int64_t dynamic_port_first = 49'153;
inline constexpr std::int64_t dynamic_port_last = 65'535;

/// The first port that is `free`, from `start` on and around the end of the range; nothing when
/// none is. A `start` outside the range is its beginning.
std::optional<std::int64_t> choose_dynamic_port(std::int64_t start,
                                                const std::function<bool(std::int64_t)>& free);

}  // namespace netif
