#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/cluster.h"

namespace schemas {

struct Vpc {
  std::int64_t key = 0;
  VpcId id;
  Scope scope;
  Cidr cidr;
  bool is_default = false;
};

/// A range of a VPC in one availability zone. The first four addresses and the last are kept
/// back, as in AWS; `.1` is the gateway, which every host answers for.
struct Subnet {
  std::int64_t key = 0;
  SubnetId id;
  VpcId vpc;
  Cidr cidr;
  std::string availability_zone;
  std::uint32_t vni = 0;  ///< VXLAN network identifier, unique in this Stowage
  bool is_default = false;
};

/// What a rule of a security group lets through. Everything else is dropped; answers to what was
/// let through always pass.
enum class RuleProtocol : std::uint8_t { all, tcp, udp, icmp };
enum class RuleDirection : std::uint8_t { ingress, egress };

struct SecurityRule {
  SecurityRuleId id;
  RuleDirection direction = RuleDirection::ingress;
  RuleProtocol protocol = RuleProtocol::all;
  std::int64_t from_port = 0;            ///< TCP and UDP only
  std::int64_t to_port = 65'535;         ///< TCP and UDP only; not below `from_port`
  std::optional<Cidr> cidr;              ///< the other side; exactly one of
  std::optional<SecurityGroupId> group;  ///< these two is set
  std::string description;
  bool operator==(const SecurityRule&) const = default;
};

struct SecurityGroup {
  std::int64_t key = 0;
  SecurityGroupId id;
  VpcId vpc;
  std::string name;
  std::string description;
  std::vector<SecurityRule> rules;
};

/// A task's own network interface. Its address is its own from the moment of this row until the
/// row is gone, so one address has one owner whatever hosts and messages do.
struct Eni {
  std::int64_t key = 0;
  EniId id;
  AttachmentId attachment;
  VpcId vpc;
  SubnetId subnet;
  TaskId task;
  std::optional<InstanceId> instance;
  Mac mac;
  Ipv4 address;
  std::optional<Ipv4> public_address;
  std::vector<SecurityGroupId> security_groups;
  std::string private_dns_name;
  Instant created_at{};
};

}  // namespace schemas
