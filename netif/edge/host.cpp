#include "netif/edge/host.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "netif/core/hash.h"
#include "netif/edge/links.h"
#include "netif/edge/listener.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/routes.h"

namespace netif {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr std::int64_t vpc_mtu = 1450;
constexpr std::int64_t tunnel_overhead = 50;  // outer Ethernet, IPv4, UDP and VXLAN headers
constexpr int loopback = 1;                   // the index of `lo` in every namespace

/// Makes `path` and says what it is called without symbolic links: names are derived from it.
Result<std::string> real_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return kernel_error("make the folder " + path, errno);
  }
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (real == nullptr) {
    return kernel_error("find the folder " + path, errno);
  }
  return std::string(real.get());
}

Outcome write_all(const std::vector<KernelSetting>& settings, Presence presence) {
  for (const KernelSetting& setting : settings) {
    if (Outcome written = write_setting(setting, presence); !written.ok()) {
      return written;
    }
  }
  return Done{};
}

Outcome find_underlay(Host& host) {
  if (host.settings.host_address.empty()) {
    return Done{};
  }
  const auto addresses = list_addresses(host.netlink);
  const auto links = list_links(host.netlink);
  if (!addresses.ok() || !links.ok()) {
    return addresses.ok() ? links.error() : addresses.error();
  }
  for (const InterfaceAddress& entry : addresses.value()) {
    if (entry.address == host.settings.host_address) {
      host.underlay = entry.link;
    }
  }
  if (host.underlay == 0) {
    return Error{ErrorCode::invalid_parameter,
                 "the host address " + host.settings.host_address.text() +
                     " is on no link of this host; give one that is, or none"};
  }
  for (const Link& link : links.value()) {
    if (link.index == host.underlay) {
      host.mtu = std::min(vpc_mtu, link.mtu - tunnel_overhead);
    }
  }
  return Done{};
}

}  // namespace

Result<Host> open_host(NetworkSettings settings) {
  auto data = real_folder(settings.data_directory);
  if (!data.ok()) {
    return data.error();
  }
  auto folder = real_folder(data.value() + "/netns");
  auto netlink = Netlink::open();
  auto firewall = Firewall::open();
  for (const Error* error :
       {folder.ok() ? nullptr : &folder.error(), netlink.ok() ? nullptr : &netlink.error(),
        firewall.ok() ? nullptr : &firewall.error()}) {
    if (error != nullptr) {
      return *error;
    }
  }
  Host host{.settings = std::move(settings),
            .names = Names(data.value()),
            .folder = std::move(folder).value(),
            .netlink = std::move(netlink).value(),
            .firewall = std::move(firewall).value()};
  if (Outcome found = find_underlay(host); !found.ok()) {
    return found.error();
  }
  if (Outcome set = write_setting({"ipv4/ip_forward", "1"}, Presence::required); !set.ok()) {
    return set.error();
  }
  return host;
}

Outcome prepare_router_namespace() {
  // All of a subnet's packets come to the router: it must not tell their senders of a shorter way.
  // A packet from another subnet arrives by its destination's bridge, which is no sign of forgery.
  Outcome set = write_all({{"ipv4/ip_forward", "1"},
                           {"ipv4/conf/all/send_redirects", "0"},
                           {"ipv4/conf/default/send_redirects", "0"},
                           {"ipv4/conf/all/rp_filter", "0"},
                           {"ipv4/conf/default/rp_filter", "0"}},
                          Presence::required);
  if (!set.ok()) {
    return set;
  }
  // IPv6 is not part of a VPC yet, and must not appear in one by itself. Where the bridge filter
  // module is loaded, frames inside a subnet must not be taken for routed packets.
  return write_all({{"ipv6/conf/all/disable_ipv6", "1"},
                    {"ipv6/conf/default/disable_ipv6", "1"},
                    {"bridge/bridge-nf-call-iptables", "0"},
                    {"bridge/bridge-nf-call-arptables", "0"}},
                   Presence::optional);
}

Outcome prepare_task_namespace() {
  // As container runtimes do: a process that is not root may serve port 80 and send pings. `lo`
  // keeps its IPv6 address, because programs listen on ::1.
  Outcome set = write_all({{"ipv6/conf/default/disable_ipv6", "1"},
                           {"ipv4/ip_unprivileged_port_start", "0"},
                           {"ipv4/ping_group_range", "0 2147483647"}},
                          Presence::optional);
  if (!set.ok()) {
    return set;
  }
  auto netlink = Netlink::open();
  if (!netlink.ok()) {
    return netlink.error();
  }
  std::vector<Message> messages;
  messages.push_back(bring_up("lo"));
  messages.push_back(add_address(loopback, metadata_address, 32));
  return netlink.value().run(std::move(messages));
}

schemas::Mac link_mac(const std::string& link) {
  const std::uint64_t hash = hash_of(link);
  schemas::Mac mac;
  mac.bytes[0] = 0x0e;
  for (std::size_t at = 1; at < mac.bytes.size(); ++at) {
    mac.bytes[at] = static_cast<std::uint8_t>(hash >> (8U * at));
  }
  return mac;
}

}  // namespace netif
