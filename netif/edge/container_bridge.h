#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "netif/core/addresses.h"
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
                                       const std::vector<PublishedPort>& ports);
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

  explicit ContainerBridge(const schemas::Cidr& range)
      : range_(range), pool_(AddressPool::of_subnet(range)) {}
  schemas::Outcome read_records(const Host& host);
  schemas::Outcome make_bridge_link(Host& host);
  schemas::Outcome connect(Host& host, const std::string& key, const Endpoint& endpoint);
  [[nodiscard]] schemas::Outcome check_ports(const std::string& key,
                                             const std::vector<PublishedPort>& ports) const;
  schemas::Outcome set_ports(Host& host, const std::string& key, Endpoint& endpoint,
                             const std::vector<PublishedPort>& ports);

  schemas::Cidr range_;
  AddressPool pool_;
  std::map<std::string, Endpoint> endpoints_;
  std::set<std::string> leaving_;  ///< host's ends of links that may still be there
};

/// Where the namespace of a container is kept.
std::string container_path(const Host& host, const std::string& key);

}  // namespace netif
