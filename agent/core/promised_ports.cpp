#include "agent/core/promised_ports.h"

namespace agent {

netif::HostPorts promised_ports(const HostState& state) {
  netif::HostPorts promised;
  for (const auto& [id, task] : state.tasks) {
    const schemas::NetworkMode mode = task.assignment().network_mode;
    const bool on_host = mode == schemas::NetworkMode::host || mode == schemas::NetworkMode::bridge;
    if (!on_host || task.record.cleaned) {
      continue;
    }
    for (const schemas::ContainerAssignment& container : task.assignment().containers) {
      for (const schemas::PortMapping& mapping : container.definition.port_mappings) {
        promised.insert({mapping.protocol, mode == schemas::NetworkMode::host
                                               ? mapping.container_port
                                               : mapping.host_port});
      }
    }
  }
  promised.erase({schemas::TransportProtocol::tcp, 0});
  promised.erase({schemas::TransportProtocol::udp, 0});
  return promised;
}

}  // namespace agent
