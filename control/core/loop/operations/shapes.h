#pragma once

// Parts of requests and answers that several families share.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/shared.h"
#include "schemas/base/result.h"
#include "schemas/model/cluster.h"
#include "schemas/model/task.h"

namespace control {

/// Tags are shown only to who asks for them with `include`.
enum class TagView : std::uint8_t { hidden, shown };

/// Whether `include` names this field.
template <class Field>
TagView tag_view(const std::optional<std::vector<Field>>& include) {
  const bool asked =
      include && std::find(include->begin(), include->end(), Field::tags) != include->end();
  return asked ? TagView::shown : TagView::hidden;
}

std::vector<api::Tag> show_tags(const std::vector<schemas::Tag>& tags);

/// Keys must be given once and not begin with "aws:", which is kept for the service itself.
schemas::Result<std::vector<schemas::Tag>> read_tags(
    const std::optional<std::vector<api::Tag>>& tags);

std::vector<api::KeyValuePair> show_pairs(const std::vector<schemas::KeyValue>& pairs);
std::vector<schemas::KeyValue> read_pairs(
    const std::optional<std::vector<api::KeyValuePair>>& pairs);

api::NetworkConfiguration show_network(const schemas::NetworkConfiguration& network);
/// Ids that cannot be parsed are InvalidParameterException; whether they exist is checked later.
schemas::Result<schemas::NetworkConfiguration> read_network(const api::AwsVpcConfiguration& wanted);

std::vector<api::PlacementConstraint> show_constraints(
    const std::vector<schemas::PlacementConstraint>& constraints);
/// InvalidParameterException for an expression that is none, or that its type does not have.
schemas::Result<std::vector<schemas::PlacementConstraint>> read_constraints(
    const std::optional<std::vector<api::PlacementConstraint>>& constraints);
std::vector<api::PlacementStrategy> show_strategy(
    const std::vector<schemas::PlacementStrategy>& strategy);
/// InvalidParameterException for a field that its type does not have.
schemas::Result<std::vector<schemas::PlacementStrategy>> read_strategy(
    const std::optional<std::vector<api::PlacementStrategy>>& strategy);

api::LaunchType show_launch_type(schemas::LaunchType type);
schemas::LaunchType read_launch_type(const std::optional<api::LaunchType>& type);

/// The entry of `failures` for something that does not exist.
api::Failure missing(std::string arn);

/// The ARN that a caller meant, for `failures`: what was sent when it is an ARN, else completed.
std::string meant_arn(const schemas::Scope& scope, std::string_view kind, const std::string& path,
                      const std::string& sent);

/// Null becomes absent.
inline std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace control
