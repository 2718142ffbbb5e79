#include "netif/core/host_ports.h"

namespace netif {

std::optional<std::int64_t> choose_dynamic_port(std::int64_t start,
                                                const std::function<bool(std::int64_t)>& free) {
  const std::int64_t count = dynamic_port_last - dynamic_port_first + 1;
  const bool inside = start >= dynamic_port_first && start <= dynamic_port_last;
  const std::int64_t offset = inside ? start - dynamic_port_first : 0;
  for (std::int64_t step = 0; step < count; ++step) {
    const std::int64_t port = dynamic_port_first + (offset + step) % count;
    if (free(port)) {
      return port;
    }
  }
  return std::nullopt;
}

}  // namespace netif
