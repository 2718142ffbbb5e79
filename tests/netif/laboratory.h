#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "netif/core/names.h"
#include "netif/edge/file_handle.h"
#include "netif/edge/host_networking.h"
#include "schemas/base/random.h"

namespace laboratory {

/// Ends the test when `outcome` is an error, saying which.
void expect(const schemas::Outcome& outcome);

/// A network namespace that lasts as long as this value.
class Place {
 public:
  explicit Place(const std::string& path);
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();
  /// Runs `act` inside.
  void inside(const std::function<void()>& act) const;
  [[nodiscard]] const netif::FileHandle& handle() const { return handle_; }

 private:
  std::string path_;
  netif::FileHandle handle_;
};

/// Runs `act` inside the namespace kept at `path`.
void inside(const std::string& path, const std::function<void()>& act);

/// Everything about a namespace that an agent could leave behind, as text to compare: links,
/// addresses, routes, neighbours and packet filter.
std::string describe(const Place& place);

/// A host: a namespace at 198.18.7.<number + 10>, joined to the machine, with an agent's
/// networking. Public addresses 198.18.7.<64 + 16 number>/28 are led to it by the machine.
class HostStandIn {
 public:
  HostStandIn(const std::string& folder, int number);

  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] schemas::Ipv4 address() const;
  [[nodiscard]] schemas::Cidr public_range() const;
  [[nodiscard]] netif::NetworkSettings settings() const;

  /// Starts the agent's networking (again): what a restarted agent does.
  void start();
  void stop() { networking_.reset(); }
  /// Runs `act` where the agent lives.
  void act(const std::function<schemas::Outcome(netif::HostNetworking&)>& act);
  [[nodiscard]] netif::HostNetworking& networking() { return *networking_; }
  [[nodiscard]] netif::Names names() const { return netif::Names(data_); }
  [[nodiscard]] std::string router_path(const schemas::VpcId& vpc) const;
  /// Starts the networking if it is not running, applies `want` and attaches all its interfaces.
  void wire(const netif::HostNetwork& want);
  [[nodiscard]] std::string task_path(const schemas::TaskId& task) const;

 private:
  std::string data_;
  int number_;
  Place place_;
  std::unique_ptr<netif::HostNetworking> networking_;
};

/// A machine with some hosts on it and an "internet" behind it, all in namespaces of the test's
/// own: the machine is 198.18.7.1 towards its hosts and 203.0.113.1 towards the internet, which is
/// 203.0.113.2 and knows the way back to 198.18.7.0/24.
class Laboratory {
 public:
  explicit Laboratory(int hosts);
  Laboratory(const Laboratory&) = delete;
  Laboratory& operator=(const Laboratory&) = delete;
  ~Laboratory();

  [[nodiscard]] HostStandIn& host(int number) { return *hosts_.at(static_cast<size_t>(number)); }
  [[nodiscard]] const Place& machine() const { return *machine_; }
  [[nodiscard]] const Place& internet() const { return *internet_; }
  [[nodiscard]] schemas::Random& random() { return random_; }

 private:
  void join(const Place& host, int number);

  std::string folder_;
  schemas::Random random_{20261123};
  std::unique_ptr<Place> machine_;
  std::unique_ptr<Place> internet_;
  std::vector<std::unique_ptr<HostStandIn>> hosts_;
};

/// Rules of security groups: what members may be called by, and what they may call.
schemas::SecurityRule from(const schemas::Cidr& callers,
                           schemas::RuleProtocol protocol = schemas::RuleProtocol::all,
                           std::int64_t first_port = 0, std::int64_t last_port = 65'535);
schemas::SecurityRule from(const schemas::SecurityGroupId& callers,
                           schemas::RuleProtocol protocol = schemas::RuleProtocol::all,
                           std::int64_t first_port = 0, std::int64_t last_port = 65'535);
/// The same for what members call.
schemas::SecurityRule to(schemas::SecurityRule rule);
/// 0.0.0.0/0
inline constexpr schemas::Cidr everywhere{.base = {}, .prefix = 0};
/// Writes a group into what a host must have.
void put(netif::HostNetwork& network, const schemas::SecurityGroupAssignment& group);

/// A VPC as control would describe it, and the interfaces in it.
class Vpc {
 public:
  Vpc(schemas::Random& random, std::uint32_t first_vni);

  /// A subnet 10.0.<16 index>.0/20; the same ranges in every VPC.
  const schemas::SubnetAssignment& add_subnet();
  /// An interface in subnet `subnet`, the first with the address .4 and so on. It has the default
  /// group, whose members reach each other and everything outside.
  schemas::EniAssignment add_eni(std::size_t subnet);
  /// `eni` as other hosts are told of it.
  static schemas::Neighbour neighbour(const schemas::EniAssignment& eni,
                                      schemas::Ipv4 host_address);
  /// Another security group, with these rules.
  schemas::SecurityGroupAssignment add_group(std::vector<schemas::SecurityRule> rules);
  /// Writes the VPC's subnets and its default group into what a host must have.
  void put_network(netif::HostNetwork& network) const;
  [[nodiscard]] const schemas::SubnetAssignment& subnet(std::size_t index) const {
    return subnets_.at(index);
  }
  [[nodiscard]] const schemas::SecurityGroupAssignment& default_group() const {
    return default_group_;
  }

 private:
  schemas::Random& random_;
  schemas::VpcId id_;
  schemas::SecurityGroupAssignment default_group_;
  std::uint32_t next_vni_;
  std::vector<schemas::SubnetAssignment> subnets_;
  std::vector<std::uint32_t> next_address_;
};

schemas::Ipv4 ipv4(const std::string& text);
schemas::Cidr cidr(const std::string& text);

}  // namespace laboratory
