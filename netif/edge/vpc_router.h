#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "netif/core/host_network.h"
#include "netif/edge/file_handle.h"
#include "netif/edge/firewall.h"
#include "netif/edge/group_rules.h"
#include "netif/edge/guard_rules.h"
#include "netif/edge/host.h"
#include "netif/edge/links.h"
#include "netif/edge/netlink.h"
#include "schemas/base/result.h"

namespace netif {

/// One VPC's router on this host: a namespace with a bridge and a tunnel for each subnet, a port
/// for each interface, and one link to the host's namespace. Holds sockets, not state: the state is
/// the kernel's, and every call may be repeated.
class VpcRouter {
 public:
  /// Opens the router of `vpc`, making it, or completing one that was left half-made.
  static schemas::Result<VpcRouter> open(Host& host, const schemas::VpcId& vpc);

  /// What of `want` is there, completely; everything else of this router's is removed. The
  /// firewall is written anew to match. For the first look at a router after a restart.
  schemas::Result<HostNetwork> adopt(Host& host, const HostNetwork& want);

  schemas::Outcome make_subnet(Host& host, const schemas::SubnetAssignment& subnet);
  schemas::Outcome remove_subnet(const schemas::SubnetAssignment& subnet);
  schemas::Outcome learn(const std::vector<schemas::Neighbour>& neighbours);
  schemas::Outcome forget(const std::vector<schemas::Neighbour>& neighbours);

  /// Writes the rules of `groups`; connections that they no longer let through are cut. `known` is
  /// what the kernel knows of this VPC and of others.
  schemas::Outcome set_groups(const std::vector<schemas::SecurityGroupAssignment>& groups,
                              const HostNetwork& known);
  /// No interface here has one of `groups` any more.
  schemas::Outcome forget_groups(const std::vector<schemas::SecurityGroupId>& groups);

  /// Makes `eni` as eth0 of the namespace at `task_namespace`.
  schemas::Outcome attach(const schemas::EniAssignment& eni, const std::string& task_namespace);
  /// Cuts the interface off: nothing from it or to it passes any more. The link itself goes with
  /// its namespace, or with the next `sweep`.
  schemas::Outcome detach(const schemas::EniAssignment& eni);
  /// Deletes what is left of interfaces that were detached, all at once.
  schemas::Outcome sweep();

  /// Ends the router and all that is in it. The value must be dropped afterwards.
  static schemas::Outcome remove(Host& host, const schemas::VpcId& vpc);

  [[nodiscard]] schemas::Ipv4 transit() const { return transit_; }
  [[nodiscard]] int uplink() const { return uplink_; }  ///< index of the host's end

 private:
  /// A subnet as it stands in the kernel.
  struct Segment {
    schemas::SubnetAssignment subnet;
    int bridge = 0;
    int tunnel = 0;  ///< 0 on a host without an address for tunnels
  };

  VpcRouter(const Names& names, schemas::VpcId vpc, std::int64_t mtu, FileHandle handle,
            Netlink netlink, Firewall firewall);
  schemas::Outcome connect(Host& host, const schemas::VpcId& vpc);
  schemas::Outcome make_uplink(Host& host, const schemas::VpcId& vpc);
  schemas::Outcome take_transit(Host& host);
  void adopt_subnets(const Host& host, const HostNetwork& want, const std::vector<Link>& links,
                     HostNetwork& found);
  void adopt_enis(const Host& host, const HostNetwork& want, const std::vector<Link>& links,
                  HostNetwork& found);
  schemas::Outcome delete_strange_links(const std::vector<Link>& links, const HostNetwork& found);
  schemas::Outcome forget_strangers(const HostNetwork& want, const HostNetwork& found);
  enum class Earlier : std::uint8_t { none, some };  ///< whether there are rules already
  schemas::Outcome write_firewall(const HostNetwork& found, const Policy& policy, Earlier earlier);
  /// Changes the packet filter and what we know of its group rules together, or neither.
  using GroupChange = std::function<std::vector<std::string>(GroupRules&)>;
  schemas::Outcome change_groups(std::vector<std::string> others, const GroupChange& change,
                                 const std::string& what);
  [[nodiscard]] GuardedPort guarded(const schemas::EniAssignment& eni) const;

  Names names_;
  schemas::VpcId vpc_;
  std::int64_t mtu_;
  FileHandle handle_;
  Netlink netlink_;
  Firewall firewall_;
  GroupRules groups_;
  schemas::Ipv4 transit_;
  int uplink_ = 0;
  std::string downlink_;
  std::map<schemas::SubnetId, Segment> segments_;
  std::map<std::string, int> ports_;  ///< index of each interface's port
  std::set<std::string> leaving_;     ///< ports that were detached and may still be there
  int next_index_ = 0;  ///< link numbers in the router are ours to give, so none is looked up
};

/// Where the namespaces of a VPC's router and of a task are kept.
std::string router_path(const Host& host, const schemas::VpcId& vpc);
std::string task_path(const Host& host, const schemas::TaskId& task);

// What is written on the links of a subnet, a tunnel and an interface when they are finished.
std::string segment_text(const schemas::SubnetAssignment& subnet);
std::string tunnel_text(const Host& host, const schemas::SubnetAssignment& subnet);
std::string eni_text(const schemas::EniAssignment& eni);

}  // namespace netif
