#include "control/core/loop/operations/shapes.h"

#include <set>

#include "control/core/place/query/expression.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

std::vector<api::Tag> show_tags(const std::vector<schemas::Tag>& tags) {
  std::vector<api::Tag> shown;
  shown.reserve(tags.size());
  for (const schemas::Tag& tag : tags) {
    shown.push_back({.key = tag.key, .value = tag.value});
  }
  return shown;
}

Result<std::vector<schemas::Tag>> read_tags(const std::optional<std::vector<api::Tag>>& tags) {
  std::vector<schemas::Tag> read;
  std::set<std::string> keys;
  for (const api::Tag& tag : tags.value_or(std::vector<api::Tag>{})) {
    if (tag.key.starts_with("aws:")) {
      return Error{ErrorCode::invalid_parameter,
                   "The tag key '" + tag.key + "' is invalid: 'aws:' is reserved."};
    }
    if (!keys.insert(tag.key).second) {
      return Error{ErrorCode::invalid_parameter,
                   "Duplicate tag keys are not allowed: '" + tag.key + "' is given twice."};
    }
    read.push_back({.key = tag.key, .value = tag.value.value_or("")});
  }
  return read;
}

std::vector<api::KeyValuePair> show_pairs(const std::vector<schemas::KeyValue>& pairs) {
  std::vector<api::KeyValuePair> shown;
  shown.reserve(pairs.size());
  for (const schemas::KeyValue& pair : pairs) {
    shown.push_back({.name = pair.name, .value = pair.value});
  }
  return shown;
}

std::vector<schemas::KeyValue> read_pairs(
    const std::optional<std::vector<api::KeyValuePair>>& pairs) {
  std::vector<schemas::KeyValue> read;
  for (const api::KeyValuePair& pair : pairs.value_or(std::vector<api::KeyValuePair>{})) {
    read.push_back({.name = pair.name.value_or(""), .value = pair.value.value_or("")});
  }
  return read;
}

api::NetworkConfiguration show_network(const schemas::NetworkConfiguration& network) {
  api::AwsVpcConfiguration shown;
  for (const schemas::SubnetId& subnet : network.subnets) {
    shown.subnets.push_back(subnet.text());
  }
  shown.security_groups.emplace();
  for (const schemas::SecurityGroupId& group : network.security_groups) {
    shown.security_groups->push_back(group.text());
  }
  shown.assign_public_ip =
      network.assign_public_ip ? api::AssignPublicIp::enabled : api::AssignPublicIp::disabled;
  return {.awsvpc_configuration = std::move(shown)};
}

Result<schemas::NetworkConfiguration> read_network(const api::AwsVpcConfiguration& wanted) {
  schemas::NetworkConfiguration network;
  for (const std::string& text : wanted.subnets) {
    const auto id = schemas::SubnetId::parse(text);
    if (!id) {
      return Error{ErrorCode::invalid_parameter, "The subnet ID '" + text + "' does not exist."};
    }
    network.subnets.push_back(*id);
  }
  for (const std::string& text : wanted.security_groups.value_or(std::vector<std::string>{})) {
    const auto id = schemas::SecurityGroupId::parse(text);
    if (!id) {
      return Error{ErrorCode::invalid_parameter,
                   "The security group ID '" + text + "' does not exist."};
    }
    network.security_groups.push_back(*id);
  }
  network.assign_public_ip = wanted.assign_public_ip == api::AssignPublicIp::enabled;
  return network;
}

std::vector<api::PlacementConstraint> show_constraints(
    const std::vector<schemas::PlacementConstraint>& constraints) {
  std::vector<api::PlacementConstraint> shown;
  shown.reserve(constraints.size());
  for (const schemas::PlacementConstraint& constraint : constraints) {
    using Type = schemas::PlacementConstraint::Type;
    shown.push_back({.type = constraint.type == Type::member_of
                                 ? api::PlacementConstraintType::member_of
                                 : api::PlacementConstraintType::distinct_instance,
                     .expression = unless_empty(constraint.expression)});
  }
  return shown;
}

Result<std::vector<schemas::PlacementConstraint>> read_constraints(
    const std::optional<std::vector<api::PlacementConstraint>>& constraints) {
  std::vector<schemas::PlacementConstraint> read;
  for (const api::PlacementConstraint& constraint :
       constraints.value_or(std::vector<api::PlacementConstraint>{})) {
    using Type = schemas::PlacementConstraint::Type;
    const std::string expression = constraint.expression.value_or("");
    if (constraint.type == api::PlacementConstraintType::distinct_instance && !expression.empty()) {
      return Error{ErrorCode::invalid_parameter,
                   "A distinctInstance constraint takes no expression; found '" + expression +
                       "'. Leave it out, or make the type memberOf."};
    }
    if (constraint.type == api::PlacementConstraintType::member_of) {
      const auto parsed = query::Expression::parse(expression);
      if (!parsed.ok()) {
        return parsed.error();
      }
    }
    read.push_back({.type = constraint.type == api::PlacementConstraintType::member_of
                                ? Type::member_of
                                : Type::distinct_instance,
                    .expression = constraint.expression.value_or("")});
  }
  return read;
}

std::vector<api::PlacementStrategy> show_strategy(
    const std::vector<schemas::PlacementStrategy>& strategy) {
  std::vector<api::PlacementStrategy> shown;
  shown.reserve(strategy.size());
  for (const schemas::PlacementStrategy& step : strategy) {
    shown.push_back({.type = static_cast<api::PlacementStrategyType>(step.type),
                     .field = unless_empty(step.field)});
    static_assert(static_cast<int>(schemas::PlacementStrategy::Type::binpack) ==
                  static_cast<int>(api::PlacementStrategyType::binpack));
  }
  return shown;
}

Result<std::vector<schemas::PlacementStrategy>> read_strategy(
    const std::optional<std::vector<api::PlacementStrategy>>& strategy) {
  using Type = schemas::PlacementStrategy::Type;
  std::vector<schemas::PlacementStrategy> read;
  for (const api::PlacementStrategy& step :
       strategy.value_or(std::vector<api::PlacementStrategy>{})) {
    schemas::PlacementStrategy wanted{.type = static_cast<Type>(step.type),
                                      .field = step.field.value_or("")};
    if (wanted.type == Type::binpack) {
      std::transform(
          wanted.field.begin(), wanted.field.end(), wanted.field.begin(), [](char letter) {
            return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
          });
    }
    const bool valid =
        (wanted.type == Type::random && wanted.field.empty()) ||
        (wanted.type == Type::binpack && (wanted.field == "cpu" || wanted.field == "memory")) ||
        (wanted.type == Type::spread && (wanted.field == "instanceId" || wanted.field == "host" ||
                                         wanted.field.starts_with("attribute:")));
    if (!valid) {
      return Error{ErrorCode::invalid_parameter,
                   "The placement strategy field '" + step.field.value_or("") +
                       "' is not valid: spread takes instanceId, host or attribute:NAME, binpack "
                       "takes cpu or memory, random takes none."};
    }
    read.push_back(std::move(wanted));
  }
  return read;
}

api::LaunchType show_launch_type(schemas::LaunchType type) {
  return type == schemas::LaunchType::fargate ? api::LaunchType::fargate : api::LaunchType::ec2;
}

schemas::LaunchType read_launch_type(const std::optional<api::LaunchType>& type) {
  return type == api::LaunchType::fargate ? schemas::LaunchType::fargate : schemas::LaunchType::ec2;
}

api::Failure missing(std::string arn) {
  return {.arn = std::move(arn), .reason = "MISSING", .detail = {}};
}

std::string meant_arn(const schemas::Scope& scope, std::string_view kind, const std::string& path,
                      const std::string& sent) {
  return sent.starts_with("arn:") ? sent : arn(scope, kind, path + sent);
}

}  // namespace control
