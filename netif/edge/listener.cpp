#include "netif/edge/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <string_view>

#include "netif/edge/firewall.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/netlink.h"
#include "netif/edge/nft_text.h"

namespace netif {

using schemas::Done;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr int backlog = 128;
constexpr std::string_view loopback = "lo";
/// Between 51678 and 51680 ECS keeps ports for its agent, so images leave it alone.
constexpr std::uint16_t kept_port = 51679;

/// Opens the socket in the namespace of the calling thread.
Result<FileHandle> listen_here(schemas::Ipv4 address, std::uint16_t port) {
  const std::string where = address.text() + ":" + std::to_string(port);
  FileHandle handle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.bits);
  // The socket API wants the address of any family through a pointer to the first of them.
  const auto* any_name = reinterpret_cast<const sockaddr*>(&name);
  if (handle.get() < 0 ||
      ::setsockopt(handle.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::setsockopt(handle.get(), SOL_SOCKET, SO_BINDTODEVICE, loopback.data(),
                   static_cast<socklen_t>(loopback.size())) != 0 ||
      ::bind(handle.get(), any_name, sizeof name) != 0 || ::listen(handle.get(), backlog) != 0) {
    return kernel_error("listen at " + where + " inside a task", errno);
  }
  return handle;
}

/// Leads calls of `port` made in the namespace of the calling thread to the kept port. The rules
/// are made anew each time, in one transaction: an agent that comes back finds its earlier ones.
Outcome lead_calls(schemas::Ipv4 address, std::uint16_t port) {
  auto firewall = Firewall::open();
  if (!firewall.ok()) {
    return firewall.error();
  }
  const nft::Table table{.family = "ip", .name = "stowage"};
  const std::string here = nft::text(address.text());
  const std::string to = R"({"addr":)" + here + R"(,"port":)" + std::to_string(kept_port) + "}";
  return firewall.value().run(
      nft::making(
          {table},
          {{nft::add_chain(
                table, "calling",
                {.type = "nat", .hook = "output", .priority = nft::destination_nat_priority}),
            nft::add_rule(table, "calling",
                          {nft::is(nft::payload("ip", "daddr"), here),
                           nft::is(nft::payload("tcp", "dport"), std::to_string(port)),
                           nft::statement("dnat", to)})}}),
      "lead calls of " + address.text() + " inside a task");
}

}  // namespace

Result<int> open_listener(const std::string& namespace_path, schemas::Ipv4 address,
                          std::uint16_t port) {
  const auto name_space = open_namespace(namespace_path);
  if (!name_space.ok()) {
    return name_space.error();
  }
  int listener = -1;
  const Outcome opened = in_namespace(name_space.value(), [&]() -> Outcome {
    auto handle = listen_here(address, kept_port);
    if (!handle.ok()) {
      return handle.error();
    }
    const Outcome led = lead_calls(address, port);
    if (!led.ok()) {
      return led.error();
    }
    listener = handle.value().release();
    return Done{};
  });
  if (!opened.ok()) {
    return opened.error();
  }
  return listener;
}

}  // namespace netif
