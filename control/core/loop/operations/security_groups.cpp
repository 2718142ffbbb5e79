// Security groups and their rules. Errors begin with EC2's words for them, which clients look for,
// and are of ECS's types.

#include <algorithm>
#include <array>

#include "api/networks.h"
#include "control/core/loop/network.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using schemas::RuleDirection;
using schemas::RuleProtocol;
using schemas::Scope;
using schemas::SecurityGroup;
using schemas::SecurityGroupId;
using schemas::SecurityRule;

namespace {

/// As in AWS: rules of one group in one direction, and groups of one VPC.
constexpr std::int64_t rules_max = 60;
constexpr std::size_t groups_max = 2500;
constexpr std::int64_t port_max = 65'535;
constexpr schemas::Cidr everywhere{.base = {}, .prefix = 0};

constexpr std::array<std::pair<std::string_view, RuleProtocol>, 4> protocols{
    {{"-1", RuleProtocol::all},
     {"tcp", RuleProtocol::tcp},
     {"udp", RuleProtocol::udp},
     {"icmp", RuleProtocol::icmp}}};

bool has_ports(RuleProtocol protocol) {
  return protocol == RuleProtocol::tcp || protocol == RuleProtocol::udp;
}

api::SecurityGroupRule show_rule(const SecurityRule& rule) {
  api::SecurityGroupRule shown;
  shown.security_group_rule_id = rule.id.text();
  shown.is_egress = rule.direction == RuleDirection::egress;
  shown.ip_protocol = protocols.at(static_cast<std::size_t>(rule.protocol)).first;
  if (has_ports(rule.protocol)) {
    shown.from_port = rule.from_port;
    shown.to_port = rule.to_port;
  }
  if (rule.cidr) {
    shown.cidr_ipv4 = rule.cidr->text();
  }
  if (rule.group) {
    shown.referenced_group_id = rule.group->text();
  }
  shown.description = unless_empty(rule.description);
  return shown;
}

api::SecurityGroup show_group(const SecurityGroup& group) {
  api::SecurityGroup shown;
  shown.group_id = group.id.text();
  shown.group_name = group.name;
  shown.description = group.description;
  shown.vpc_id = group.vpc.text();
  for (const SecurityRule& rule : group.rules) {
    shown.security_group_rules.push_back(show_rule(rule));
  }
  return shown;
}

/// Another account's group does not exist.
Result<const SecurityGroup*> group_named(const World& world, const Scope& scope,
                                         const std::string& text) {
  const auto id = SecurityGroupId::parse(text);
  const auto group = id ? world->security_groups.find(*id) : world->security_groups.end();
  if (group == world->security_groups.end() || world->vpcs.at(group->second.vpc).scope != scope) {
    return Error{ErrorCode::resource_not_found, "InvalidGroup.NotFound: The security group '" +
                                                    text +
                                                    "' does not exist in this account and region."};
  }
  return &group->second;
}

Error misread(std::string_view member, const std::string& found, std::string_view wanted) {
  return {ErrorCode::invalid_parameter, "InvalidParameterValue: " + std::string(member) + " is '" +
                                            found + "'; it must be " + std::string(wanted) + "."};
}

template <class Request>
schemas::Outcome read_ports(const Request& input, SecurityRule& rule) {
  if (!has_ports(rule.protocol)) {
    if (input.from_port || input.to_port) {
      return Error{ErrorCode::invalid_parameter,
                   "InvalidParameterCombination: fromPort and toPort are for ipProtocol tcp and "
                   "udp; ipProtocol is '" +
                       input.ip_protocol + "'."};
    }
    return schemas::Done{};
  }
  if (input.from_port.has_value() != input.to_port.has_value()) {
    return Error{ErrorCode::invalid_parameter,
                 "InvalidParameterCombination: fromPort and toPort are given together: one port is "
                 "a range that begins and ends with it."};
  }
  rule.from_port = input.from_port.value_or(0);
  rule.to_port = input.to_port.value_or(port_max);
  if (rule.from_port < 0 || rule.to_port > port_max || rule.from_port > rule.to_port) {
    return Error{ErrorCode::invalid_parameter,
                 "InvalidParameterValue: fromPort is " + std::to_string(rule.from_port) +
                     " and toPort is " + std::to_string(rule.to_port) +
                     "; they must be 0 to 65535, the first not above the last."};
  }
  return schemas::Done{};
}

template <class Request>
schemas::Outcome read_other_side(const World& world, const Scope& scope, const Request& input,
                                 const SecurityGroup& group, SecurityRule& rule) {
  if (input.cidr_ipv4.has_value() == input.referenced_group_id.has_value()) {
    return Error{ErrorCode::invalid_parameter,
                 "InvalidParameterCombination: exactly one of cidrIpv4 and referencedGroupId must "
                 "be given: the other side of the rule."};
  }
  if (input.cidr_ipv4) {
    rule.cidr = schemas::Cidr::parse(*input.cidr_ipv4);
    return rule.cidr ? schemas::Outcome(schemas::Done{})
                     : misread("cidrIpv4", *input.cidr_ipv4,
                               "an IPv4 range without host bits, such as 198.51.100.0/24 or "
                               "198.51.100.7/32");
  }
  const auto other = group_named(world, scope, *input.referenced_group_id);
  if (!other.ok()) {
    return other.error();
  }
  if (other.value()->vpc != group.vpc) {
    return Error{ErrorCode::invalid_parameter,
                 "InvalidParameterValue: referencedGroupId is '" + *input.referenced_group_id +
                     "' of " + other.value()->vpc.text() + "; a rule of " + group.id.text() +
                     " names groups of its own VPC " + group.vpc.text() + "."};
  }
  rule.group = other.value()->id;
  return schemas::Done{};
}

template <class Request>
Result<SecurityRule> read_rule(const World& world, const Scope& scope, const Request& input,
                               const SecurityGroup& group, RuleDirection direction) {
  SecurityRule rule;
  rule.direction = direction;
  rule.description = input.description.value_or("");
  const auto protocol = std::find_if(protocols.begin(), protocols.end(), [&](const auto& entry) {
    return entry.first == input.ip_protocol;
  });
  if (protocol == protocols.end()) {
    return misread("ipProtocol", input.ip_protocol, "tcp, udp, icmp, or -1 for all of them");
  }
  rule.protocol = protocol->second;
  if (schemas::Outcome read = read_ports(input, rule); !read.ok()) {
    return read.error();
  }
  if (schemas::Outcome read = read_other_side(world, scope, input, group, rule); !read.ok()) {
    return read.error();
  }
  return rule;
}

/// Whether two rules let the same through, whatever they are called.
bool same(const SecurityRule& left, SecurityRule right) {
  right.id = left.id;
  right.description = left.description;
  return left == right;
}

schemas::Outcome admits(const SecurityGroup& group, const SecurityRule& rule) {
  std::int64_t count = 0;
  for (const SecurityRule& each : group.rules) {
    if (same(each, rule)) {
      return Error{ErrorCode::conflict, "InvalidPermission.Duplicate: The security group '" +
                                            group.id.text() +
                                            "' has this rule already: " + each.id.text() + "."};
    }
    count += each.direction == rule.direction ? 1 : 0;
  }
  if (count >= rules_max) {
    return Error{ErrorCode::limit_exceeded,
                 "RulesPerSecurityGroupLimitExceeded: The security group '" + group.id.text() +
                     "' has " + std::to_string(count) +
                     " rules in this direction, and may have no more."};
  }
  return schemas::Done{};
}

template <class Request, class Response>
Answer authorize(Context& context, const ApiCall& call, RuleDirection direction) {
  const auto& input = call.input.as<Request>();
  const auto found = group_named(context.world, call.scope, input.group_id);
  if (!found.ok()) {
    return found.error();
  }
  SecurityGroup group = *found.value();
  Result<SecurityRule> rule = read_rule(context.world, call.scope, input, group, direction);
  if (!rule.ok()) {
    return rule.error();
  }
  if (schemas::Outcome admitted = admits(group, rule.value()); !admitted.ok()) {
    return admitted.error();
  }
  rule.value().id = schemas::SecurityRuleId::draw(context.random);
  group.rules.push_back(rule.value());
  apply(context.world, SecurityGroupChanged{group});
  log_event(context, call.scope, "security-group.rule", group.id.text(), "{}");
  Response output;
  output.security_group_rule = show_rule(rule.value());
  return api::Value::of(std::move(output));
}

template <class Request, class Response>
Answer revoke(Context& context, const ApiCall& call, RuleDirection direction) {
  const auto& input = call.input.as<Request>();
  const auto found = group_named(context.world, call.scope, input.group_id);
  if (!found.ok()) {
    return found.error();
  }
  SecurityGroup group = *found.value();
  const auto rule =
      std::find_if(group.rules.begin(), group.rules.end(), [&](const SecurityRule& each) {
        return each.direction == direction && each.id.text() == input.security_group_rule_id;
      });
  if (rule == group.rules.end()) {
    return Error{ErrorCode::resource_not_found,
                 "InvalidSecurityGroupRuleId.NotFound: The security group '" + group.id.text() +
                     "' has no " + (direction == RuleDirection::ingress ? "ingress" : "egress") +
                     " rule '" + input.security_group_rule_id + "'."};
  }
  Response output;
  output.security_group_rule = show_rule(*rule);
  group.rules.erase(rule);
  apply(context.world, SecurityGroupChanged{group});
  log_event(context, call.scope, "security-group.rule", group.id.text(), "{}");
  return api::Value::of(std::move(output));
}

/// A group of the same VPC whose rules name `id`, other than itself.
const SecurityGroup* naming(const World& world, const SecurityGroup& group) {
  for (const SecurityGroupId& id : entry_or_empty(world.index().groups_of_vpc, group.vpc)) {
    const SecurityGroup& other = world->security_groups.at(id);
    const bool names = other.id != group.id && std::any_of(other.rules.begin(), other.rules.end(),
                                                           [&group](const SecurityRule& rule) {
                                                             return rule.group == group.id;
                                                           });
    if (names) {
      return &other;
    }
  }
  return nullptr;
}

/// A service that would give its next task the group.
const schemas::Service* wanting(const World& world, const SecurityGroup& group) {
  for (const auto& [key, service] : world->services) {
    if (service.status == schemas::ServiceStatus::inactive) {
      continue;
    }
    for (const schemas::Deployment& deployment : service.deployments) {
      const auto& network = deployment.specification->network;
      if (network && std::count(network->security_groups.begin(), network->security_groups.end(),
                                group.id) > 0) {
        return &service;
      }
    }
  }
  return nullptr;
}

schemas::Outcome may_go(const World& world, const SecurityGroup& group) {
  if (group.name == "default") {
    return Error{ErrorCode::invalid_parameter,
                 "CannotDelete: The security group '" + group.id.text() +
                     "' is the default group of its VPC and cannot be deleted."};
  }
  const std::string depends =
      "DependencyViolation: The security group '" + group.id.text() + "' cannot be deleted: ";
  if (const auto& enis = entry_or_empty(world.index().enis_of_group, group.id); !enis.empty()) {
    return Error{ErrorCode::resource_in_use, depends + std::to_string(enis.size()) +
                                                 " network interfaces have it, among them " +
                                                 enis.begin()->text() + "."};
  }
  if (const SecurityGroup* other = naming(world, group)) {
    return Error{ErrorCode::resource_in_use,
                 depends + "a rule of " + other->id.text() + " names it."};
  }
  if (const schemas::Service* service = wanting(world, group)) {
    return Error{ErrorCode::resource_in_use,
                 depends + "the service " + service->name + " gives it to its tasks."};
  }
  return schemas::Done{};
}

schemas::Outcome may_come(const World& world, schemas::VpcId vpc, const std::string& name) {
  if (name.starts_with("sg-")) {
    return Error{ErrorCode::invalid_parameter, "InvalidParameterValue: groupName is '" + name +
                                                   "'; it must not begin with sg-, as ids do."};
  }
  const auto& groups = entry_or_empty(world.index().groups_of_vpc, vpc);
  for (const SecurityGroupId& id : groups) {
    if (world->security_groups.at(id).name == name) {
      return Error{ErrorCode::conflict, "InvalidGroup.Duplicate: The security group '" + name +
                                            "' exists already in " + vpc.text() + ": " + id.text() +
                                            "."};
    }
  }
  if (groups.size() >= groups_max) {
    return Error{ErrorCode::limit_exceeded, "SecurityGroupLimitExceeded: " + vpc.text() + " has " +
                                                std::to_string(groups.size()) +
                                                " security groups, and may have no more."};
  }
  return schemas::Done{};
}

Result<schemas::VpcId> vpc_named(Context& context, const Scope& scope,
                                 const std::optional<std::string>& text) {
  const schemas::VpcId own = ensure_default_network(context, scope);
  if (!text) {
    return own;
  }
  const auto id = schemas::VpcId::parse(*text);
  const auto vpc = id ? context.world->vpcs.find(*id) : context.world->vpcs.end();
  if (vpc == context.world->vpcs.end() || vpc->second.scope != scope) {
    return Error{ErrorCode::resource_not_found, "InvalidVpcID.NotFound: The VPC '" + *text +
                                                    "' does not exist in this account and region."};
  }
  return vpc->first;
}

}  // namespace

/// An account that has never looked is given its default network now.
Answer list_security_groups(Context& context, const ApiCall& call) {
  ensure_default_network(context, call.scope);
  api::ListSecurityGroupsResponse output;
  for (const auto& [vpc, groups] : context.world.index().groups_of_vpc) {
    if (context.world->vpcs.at(vpc).scope == call.scope) {
      for (const SecurityGroupId& id : groups) {
        output.security_groups.push_back(show_group(context.world->security_groups.at(id)));
      }
    }
  }
  return api::Value::of(std::move(output));
}

Answer describe_security_group(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeSecurityGroupRequest>();
  const auto group = group_named(context.world, call.scope, input.group_id);
  if (!group.ok()) {
    return group.error();
  }
  api::DescribeSecurityGroupResponse output;
  output.security_group = show_group(*group.value());
  return api::Value::of(std::move(output));
}

Answer create_security_group(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateSecurityGroupRequest>();
  const auto vpc = vpc_named(context, call.scope, input.vpc_id);
  if (!vpc.ok()) {
    return vpc.error();
  }
  if (schemas::Outcome free = may_come(context.world, vpc.value(), input.group_name); !free.ok()) {
    return free.error();
  }
  SecurityGroup group;
  group.key = context.world.next_key(Table::security_group);
  group.id = SecurityGroupId::draw(context.random);
  group.vpc = vpc.value();
  group.name = input.group_name;
  group.description = input.description;
  SecurityRule& out = group.rules.emplace_back();
  out.id = schemas::SecurityRuleId::draw(context.random);
  out.direction = RuleDirection::egress;
  out.cidr = everywhere;
  apply(context.world, SecurityGroupCreated{group});
  log_event(context, call.scope, "security-group", group.id.text(), "{}");
  api::CreateSecurityGroupResponse output;
  output.security_group = show_group(group);
  return api::Value::of(std::move(output));
}

Answer delete_security_group(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteSecurityGroupRequest>();
  const auto group = group_named(context.world, call.scope, input.group_id);
  if (!group.ok()) {
    return group.error();
  }
  if (schemas::Outcome free = may_go(context.world, *group.value()); !free.ok()) {
    return free.error();
  }
  apply(context.world, SecurityGroupDeleted{group.value()->id});
  log_event(context, call.scope, "security-group", input.group_id, R"({"deleted":true})");
  api::DeleteSecurityGroupResponse output;
  output.group_id = input.group_id;
  return api::Value::of(std::move(output));
}

Answer authorize_ingress(Context& context, const ApiCall& call) {
  return authorize<api::AuthorizeSecurityGroupIngressRequest,
                   api::AuthorizeSecurityGroupIngressResponse>(context, call,
                                                               RuleDirection::ingress);
}

Answer authorize_egress(Context& context, const ApiCall& call) {
  return authorize<api::AuthorizeSecurityGroupEgressRequest,
                   api::AuthorizeSecurityGroupEgressResponse>(context, call, RuleDirection::egress);
}

Answer revoke_ingress(Context& context, const ApiCall& call) {
  return revoke<api::RevokeSecurityGroupIngressRequest, api::RevokeSecurityGroupIngressResponse>(
      context, call, RuleDirection::ingress);
}

Answer revoke_egress(Context& context, const ApiCall& call) {
  return revoke<api::RevokeSecurityGroupEgressRequest, api::RevokeSecurityGroupEgressResponse>(
      context, call, RuleDirection::egress);
}

}  // namespace control
