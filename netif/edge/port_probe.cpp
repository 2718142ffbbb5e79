#include "netif/edge/port_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "netif/edge/file_handle.h"

namespace netif {

bool is_port_free(const HostPort& port) {
  const bool udp = port.protocol == schemas::TransportProtocol::udp;
  const FileHandle socket(::socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port.port));
  // Without SO_REUSEADDR, so that a connection that still uses the port counts as a user too.
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace netif
