#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "netif/core/addresses.h"
#include "netif/core/host_ports.h"
#include "netif/edge/host.h"
#include "netif/edge/host_networking.h"
#include "netif/edge/host_rules.h"
#include "schemas/base/result.h"

namespace netif {

/// The bridge of this agent's `bridge`-mode containers, and the namespaces on it. Addresses are
/// this host's own business; each endpoint's is written to a file beside its namespace before
/// anything is made, so that an agent that was killed knows what it had.
class ContainerBridge {
 public:
  /// Reads the records; makes nothing.
  static schemas::Result<ContainerBridge> open(Host& host);

  schemas::Result<BridgeEndpoint> make(Host& host, const std::string& key,
                                       const std::vector<PublishedPort>& ports,
                                       const HostPorts& promised);
  schemas::Outcome remove(Host& host, const std::string& key);
  /// Deletes what is left of endpoints that were removed, all at once.
  schemas::Outcome sweep(Host& host);
  /// Ends the bridge itself.
  schemas::Outcome remove_bridge(Host& host);

  [[nodiscard]] std::set<std::string> keys() const;
  [[nodiscard]] schemas::Cidr range() const { return range_; }
  /// The host's links that belong here.
  [[nodiscard]] std::set<std::string> links(const Names& names) const;
  /// What the host's table must hold for the endpoints.
  void describe(const Names& names, HostRules& rules) const;

 private:
  struct Endpoint {
    schemas::Ipv4 address;
    std::vector<PublishedPort> ports;
  };

  ContainerBridge(const schemas::Cidr& range, const Names& names)
      : range_(range), pool_(AddressPool::of_subnet(range)), next_port_(first_port(names)) {}
  static std::int64_t first_port(const Names& names);
  schemas::Outcome read_records(const Host& host);
  schemas::Outcome make_bridge_link(Host& host);
  schemas::Outcome connect(Host& host, const std::string& key, const Endpoint& endpoint);
  [[nodiscard]] schemas::Outcome check_ports(const std::string& key,
                                             const std::vector<PublishedPort>& ports) const;
  [[nodiscard]] bool publishes(const HostPort& port) const;
  schemas::Result<std::vector<PublishedPort>> fill_ports(const std::string& key,
                                                         std::vector<PublishedPort> ports,
                                                         const HostPorts& promised);
  schemas::Outcome set_ports(Host& host, const std::string& key, Endpoint& endpoint,
                             const std::vector<PublishedPort>& ports);

  schemas::Cidr range_;
  AddressPool pool_;
  std::int64_t next_port_;  ///< where the next search begins: a port that was freed rests
  std::map<std::string, Endpoint> endpoints_;
  std::set<std::string> leaving_;  ///< host's ends of links that may still be there
};

/// Refuses what cannot be part of a file name here.
schemas::Outcome check_key(const std::string& key);

/// Where the namespace of a container without connections is kept.
std::string lone_path(const Host& host, const std::string& key);
inline constexpr std::string_view lone_file_prefix = "lone-";

/// Where the namespace of a container is kept.
std::string container_path(const Host& host, const std::string& key);

}  // namespace netif
