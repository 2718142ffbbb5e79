#include "netif/edge/container_bridge.h"

#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "netif/edge/links.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/port_probe.h"
#include "netif/edge/records.h"
#include "netif/edge/routes.h"

namespace netif {

using schemas::Cidr;
using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Ipv4;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr std::int64_t container_mtu = 1500;
constexpr Cidr shared_space{.base = {.bits = 0x64400000U}, .prefix = 10};  // 100.64.0.0/10
constexpr std::uint8_t range_prefix = 22;                                  // 1,017 containers
constexpr std::string_view container_file_prefix = "container-";
constexpr std::string_view range_record = "containers";

schemas::Instant now() {
  return std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now());
}

bool is_key(const std::string& key) {
  return !key.empty() && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-';
  });
}

std::string record_name(const std::string& key) { return std::string(container_file_prefix) + key; }

std::string port_text(const std::string& key, Ipv4 address) {
  return "stowage container " + key + " " + address.text();
}

/// The first range, from a place that differs between agents on, that no route of the host touches.
Result<Cidr> choose_range(Host& host) {
  const auto routes = list_routes(host.netlink);
  if (!routes.ok()) {
    return routes.error();
  }
  const std::uint32_t count = 1U << (range_prefix - shared_space.prefix);
  const auto start = static_cast<std::uint32_t>(host.names.seed() % count);
  for (std::uint32_t at = 0; at < count; ++at) {
    const std::uint32_t index = (start + at) % count;
    const Cidr range{.base = {.bits = shared_space.base.bits + (index << (32U - range_prefix))},
                     .prefix = range_prefix};
    const bool free = std::none_of(routes.value().begin(), routes.value().end(),
                                   [&](const Route& route) { return route.to.overlaps(range); });
    if (free) {
      return range;
    }
  }
  return Error{ErrorCode::server, "every range of " + shared_space.text() +
                                      " is routed on this host; state one for its containers"};
}

Result<Cidr> range_of(Host& host) {
  if (host.settings.container_range) {
    return *host.settings.container_range;
  }
  const auto recorded = read_record(host.folder, std::string(range_record));
  if (recorded && !recorded->empty()) {
    if (const auto range = Cidr::parse(recorded->front()); range && range->prefix <= 28) {
      return *range;
    }
  }
  auto chosen = choose_range(host);
  if (chosen.ok()) {
    if (Outcome written =
            write_record(host.folder, std::string(range_record), {chosen.value().text()});
        !written.ok()) {
      return written.error();
    }
  }
  return chosen;
}

std::string port_line(const PublishedPort& port) {
  const bool udp = port.protocol == schemas::TransportProtocol::udp;
  return std::string(udp ? "udp " : "tcp ") + std::to_string(port.host_port) + " " +
         std::to_string(port.container_port);
}

std::optional<PublishedPort> parse_port(const std::string& line) {
  const std::size_t space = line.find(' ', 4);
  if (space == std::string::npos || (!line.starts_with("tcp ") && !line.starts_with("udp "))) {
    return std::nullopt;
  }
  const auto host_port = parse_number(line.substr(4, space - 4));
  const auto container_port = parse_number(line.substr(space + 1));
  if (!host_port || !container_port) {
    return std::nullopt;
  }
  return PublishedPort{.protocol = line.starts_with("udp") ? schemas::TransportProtocol::udp
                                                           : schemas::TransportProtocol::tcp,
                       .host_port = *host_port,
                       .container_port = *container_port};
}

}  // namespace

Outcome check_key(const std::string& key) {
  if (is_key(key)) {
    return Done{};
  }
  return Error{ErrorCode::invalid_parameter,
               "\"" + key + "\" cannot name a container's namespace; use up to 64 letters, " +
                   "digits and dashes"};
}

std::string lone_path(const Host& host, const std::string& key) {
  return host.folder + "/" + std::string(lone_file_prefix) + key;
}

std::string container_path(const Host& host, const std::string& key) {
  return host.folder + "/" + std::string(container_file_prefix) + key;
}

Result<ContainerBridge> ContainerBridge::open(Host& host) {
  auto range = range_of(host);
  if (!range.ok()) {
    return range.error();
  }
  ContainerBridge bridge(range.value(), host.names);
  if (Outcome read = bridge.read_records(host); !read.ok()) {
    return read.error();
  }
  return bridge;
}

Outcome ContainerBridge::read_records(const Host& host) {
  for (const std::string& name : list_records(host.folder)) {
    const auto lines = read_record(host.folder, name);
    if (!name.starts_with(container_file_prefix) || !lines || lines->empty()) {
      continue;
    }
    const auto address = Ipv4::parse(lines->front());
    if (!address || !pool_.hold(*address)) {
      continue;  // of another range, from before it was changed: made anew when it is asked for
    }
    Endpoint endpoint{.address = *address, .ports = {}};
    for (std::size_t at = 1; at < lines->size(); ++at) {
      if (const auto port = parse_port((*lines)[at])) {
        endpoint.ports.push_back(*port);
      }
    }
    endpoints_.insert_or_assign(name.substr(container_file_prefix.size()), std::move(endpoint));
  }
  return Done{};
}

std::set<std::string> ContainerBridge::keys() const {
  std::set<std::string> keys;
  for (const auto& [key, endpoint] : endpoints_) {
    keys.insert(key);
  }
  return keys;
}

std::set<std::string> ContainerBridge::links(const Names& names) const {
  std::set<std::string> links;
  if (!endpoints_.empty()) {
    links.insert(names.container_bridge());
  }
  for (const auto& [key, endpoint] : endpoints_) {
    links.insert(names.container_port(key));
  }
  return links;
}

namespace {

GuardedPort guarded(const Names& names, const std::string& key, Ipv4 address) {
  const std::string port = names.container_port(key);
  // The container's end has a name of its own to derive its Ethernet address from.
  return {.link = port, .mac = link_mac("eth0 of " + port), .address = address};
}

Published published(const PublishedPort& port, Ipv4 address) {
  return {.protocol = port.protocol,
          .host_port = port.host_port,
          .address = address,
          .container_port = port.container_port};
}

}  // namespace

void ContainerBridge::describe(const Names& names, HostRules& rules) const {
  rules.container_range = range_;
  for (const auto& [key, endpoint] : endpoints_) {
    rules.container_ports.push_back(guarded(names, key, endpoint.address));
    for (const PublishedPort& port : endpoint.ports) {
      rules.published.push_back(published(port, endpoint.address));
    }
  }
}

Outcome ContainerBridge::make_bridge_link(Host& host) {
  const std::string name = host.names.container_bridge();
  const std::string text = "stowage containers " + range_.text();
  const auto links = list_links(host.netlink);
  if (!links.ok()) {
    return links.error();
  }
  if (const auto link = find_link(links.value(), name); link && link->alias == text) {
    return Done{};
  }
  std::vector<Message> messages;
  messages.push_back(delete_link(name));
  messages.push_back(make_bridge(name, 0, link_mac(name), container_mtu));
  if (Outcome made = host.netlink.run(std::move(messages)); !made.ok()) {
    return made;
  }
  if (Outcome set = quiet_link(name); !set.ok()) {
    return set;
  }
  // A call of the host to 127.0.0.1 at a published port leaves through this bridge with that
  // source; the host's filter lets nothing addressed to it come in here.
  if (Outcome set =
          write_setting({"ipv4/conf/" + name + "/route_localnet", "1"}, Presence::required);
      !set.ok()) {
    return set;
  }
  const int index = static_cast<int>(::if_nametoindex(name.c_str()));
  std::vector<Message> finish;
  finish.push_back(bring_up(name));
  finish.push_back(add_address(index, gateway_address(range_), range_.prefix));
  finish.push_back(finish_link(name, text));
  return host.netlink.run(std::move(finish));
}

Outcome ContainerBridge::connect(Host& host, const std::string& key, const Endpoint& endpoint) {
  if (Outcome made = make_bridge_link(host); !made.ok()) {
    return made;
  }
  const std::string path = container_path(host, key);
  const std::string port = host.names.container_port(key);
  const bool kept = is_namespace(path);
  if (Outcome made = make_namespace(path, &prepare_task_namespace); !made.ok()) {
    return made;
  }
  const auto links = list_links(host.netlink);
  if (!links.ok()) {
    return links.error();
  }
  const std::string text = port_text(key, endpoint.address);
  if (const auto link = find_link(links.value(), port); kept && link && link->alias == text) {
    return Done{};
  }
  auto inside = open_namespace(path);
  const auto bridge = find_link(links.value(), host.names.container_bridge());
  if (!inside.ok() || !bridge) {
    return inside.ok() ? Error{ErrorCode::server, "the bridge of this host's containers is gone"}
                       : inside.error();
  }
  leaving_.erase(port);
  std::vector<Message> messages;
  messages.push_back(delete_link(port));
  messages.push_back(make_veth({.name = port, .master = bridge->index},
                               {.name = "eth0",
                                .mac = guarded(host.names, key, endpoint.address).mac,
                                .namespace_handle = inside.value().get()},
                               container_mtu));
  if (Outcome made = host.netlink.run(std::move(messages)); !made.ok()) {
    return made;
  }
  Outcome configured = in_namespace(inside.value(), [&]() -> Outcome {
    auto netlink = Netlink::open();
    if (!netlink.ok()) {
      return netlink.error();
    }
    const int eth0 = static_cast<int>(::if_nametoindex("eth0"));
    std::vector<Message> own;
    own.push_back(bring_up("eth0"));
    own.push_back(add_address(eth0, endpoint.address, range_.prefix));
    own.push_back(default_route(eth0, gateway_address(range_)));
    return netlink.value().run(std::move(own));
  });
  if (!configured.ok()) {
    return configured;
  }
  if (Outcome set = quiet_link(port); !set.ok()) {
    return set;
  }
  for (const std::string& name : {port, host.names.container_bridge()}) {
    if (Outcome sends = await_sending(host.netlink, name); !sends.ok()) {
      return sends;
    }
  }
  return host.netlink.run(finish_port(port, PortKind::container, text));
}

Outcome ContainerBridge::check_ports(const std::string& key,
                                     const std::vector<PublishedPort>& ports) const {
  for (const auto& [other, endpoint] : endpoints_) {
    for (const PublishedPort& taken : endpoint.ports) {
      for (const PublishedPort& port : ports) {
        if (other != key && port.protocol == taken.protocol && port.host_port == taken.host_port) {
          return Error{ErrorCode::server, "host port " + std::to_string(port.host_port) +
                                              " is published for container " + other +
                                              " already; stop that one first"};
        }
      }
    }
  }
  return Done{};
}

std::int64_t ContainerBridge::first_port(const Names& names) {
  const std::uint64_t count = dynamic_port_last - dynamic_port_first + 1;
  return dynamic_port_first + static_cast<std::int64_t>(names.seed() % count);
}

bool ContainerBridge::publishes(const HostPort& port) const {
  return std::any_of(endpoints_.begin(), endpoints_.end(), [&](const auto& entry) {
    const std::vector<PublishedPort>& ports = entry.second.ports;
    return std::any_of(ports.begin(), ports.end(), [&](const PublishedPort& taken) {
      return taken.protocol == port.protocol && taken.host_port == port.port;
    });
  });
}

/// Gives each port that is left to the host the one this endpoint had for it before, or a new one.
Result<std::vector<PublishedPort>> ContainerBridge::fill_ports(const std::string& key,
                                                               std::vector<PublishedPort> ports,
                                                               const HostPorts& promised) {
  HostPorts taken = promised;
  for (const PublishedPort& port : ports) {
    taken.insert({.protocol = port.protocol, .port = port.host_port});
  }
  const auto known = endpoints_.find(key);
  const std::vector<PublishedPort> before =
      known == endpoints_.end() ? std::vector<PublishedPort>{} : known->second.ports;
  for (PublishedPort& port : ports) {
    if (port.host_port != 0) {
      continue;
    }
    const auto had = std::find_if(before.begin(), before.end(), [&](const PublishedPort& old) {
      return old.protocol == port.protocol && old.container_port == port.container_port &&
             !taken.contains({.protocol = old.protocol, .port = old.host_port});
    });
    const std::optional<std::int64_t> chosen =
        had != before.end() ? std::optional(had->host_port)
                            : choose_dynamic_port(next_port_, [&](std::int64_t candidate) {
                                const HostPort one{.protocol = port.protocol, .port = candidate};
                                return !taken.contains(one) && !publishes(one) && is_port_free(one);
                              });
    if (!chosen) {
      return Error{ErrorCode::server,
                   "every port from " + std::to_string(dynamic_port_first) + " to " +
                       std::to_string(dynamic_port_last) +
                       " of this host is in use; stop some containers or state a 'hostPort'"};
    }
    next_port_ = had != before.end() ? next_port_ : *chosen + 1;
    port.host_port = *chosen;
    taken.insert({.protocol = port.protocol, .port = *chosen});
  }
  return ports;
}

Outcome ContainerBridge::set_ports(Host& host, const std::string& key, Endpoint& endpoint,
                                   const std::vector<PublishedPort>& ports) {
  std::vector<std::string> commands;
  std::vector<std::string> record{endpoint.address.text()};
  for (const PublishedPort& port : endpoint.ports) {
    nft::append(commands, unpublish(host.names, published(port, endpoint.address)));
  }
  for (const PublishedPort& port : ports) {
    nft::append(commands, publish(host.names, published(port, endpoint.address)));
    record.push_back(port_line(port));
  }
  // The guard's element may be there already; an element can be added twice.
  commands.push_back(admit(host_guard(host.names), guarded(host.names, key, endpoint.address)));
  if (Outcome written = write_record(host.folder, record_name(key), record); !written.ok()) {
    return written;
  }
  endpoint.ports = ports;
  return host.firewall.run(commands, "publish the ports of container " + key);
}

Result<BridgeEndpoint> ContainerBridge::make(Host& host, const std::string& key,
                                             const std::vector<PublishedPort>& wanted,
                                             const HostPorts& promised) {
  if (Outcome named = check_key(key); !named.ok()) {
    return named.error();
  }
  if (Outcome free = check_ports(key, wanted); !free.ok()) {
    return free.error();
  }
  const auto filled = fill_ports(key, wanted, promised);
  if (!filled.ok()) {
    return filled.error();
  }
  const std::vector<PublishedPort>& ports = filled.value();
  auto found = endpoints_.find(key);
  if (found == endpoints_.end()) {
    const auto address = pool_.choose(now());
    if (!address || !pool_.hold(*address)) {
      return Error{ErrorCode::server,
                   "all " + std::to_string(pool_.held_count()) + " addresses of " + range_.text() +
                       " are taken by containers; stop some or give this host a larger range"};
    }
    found = endpoints_.insert_or_assign(key, Endpoint{.address = *address, .ports = {}}).first;
  }
  if (Outcome set = set_ports(host, key, found->second, ports); !set.ok()) {
    return set.error();
  }
  if (Outcome connected = connect(host, key, found->second); !connected.ok()) {
    return connected.error();
  }
  return BridgeEndpoint{.namespace_path = container_path(host, key),
                        .address = found->second.address,
                        .gateway = gateway_address(range_),
                        .prefix = range_.prefix,
                        .ports = ports};
}

Outcome ContainerBridge::remove(Host& host, const std::string& key) {
  const auto found = endpoints_.find(key);
  if (found != endpoints_.end()) {
    const Ipv4 address = found->second.address;
    std::vector<std::string> commands =
        dismiss(host_guard(host.names), guarded(host.names, key, address));
    for (const PublishedPort& port : found->second.ports) {
      nft::append(commands, unpublish(host.names, published(port, address)));
    }
    if (Outcome dismissed = host.firewall.run(commands, "dismiss container " + key);
        !dismissed.ok()) {
      return dismissed;
    }
  }
  // The link goes with its namespace, in the kernel's own time, or with the next sweep.
  leaving_.insert(host.names.container_port(key));
  if (Outcome removed = remove_namespace(container_path(host, key)); !removed.ok()) {
    return removed;
  }
  if (found != endpoints_.end()) {
    pool_.release(found->second.address, now());
    endpoints_.erase(found);
  }
  return remove_record(host.folder, record_name(key));
}

Outcome ContainerBridge::sweep(Host& host) {
  const std::vector<std::string> names(leaving_.begin(), leaving_.end());
  Outcome deleted = delete_links(host.netlink, names, host.names.leaving_group());
  if (deleted.ok()) {
    leaving_.clear();
  }
  return deleted;
}

Outcome ContainerBridge::remove_bridge(Host& host) {
  if (Outcome swept = sweep(host); !swept.ok()) {
    return swept;
  }
  if (Outcome deleted = host.netlink.run(delete_link(host.names.container_bridge()));
      !deleted.ok()) {
    return deleted;
  }
  return remove_record(host.folder, std::string(range_record));
}

}  // namespace netif
