#pragma once

// What tags hang on, found by its ARN.

#include <string>
#include <variant>
#include <vector>

#include "control/core/loop/context.h"
#include "schemas/base/result.h"

namespace control {

/// Names a thing that may have tags.
struct Tagged {
  enum class Kind : std::uint8_t {
    cluster,
    service,
    task,
    definition,
    instance,
    capacity_provider,
    task_set
  };
  Kind kind = Kind::cluster;
  std::int64_t key = 0;          ///< of a task set that of its service
  schemas::InstanceId instance;  ///< of an instance
  schemas::DeploymentId set{};   ///< of a task set
};

/// The thing of that ARN. InvalidParameterException for what is no such ARN, `absent` when there
/// is no such thing, ClusterNotFoundException when there is no such cluster.
schemas::Result<Tagged> tagged_by(const World& world, const schemas::Scope& scope,
                                  const std::string& arn, schemas::ErrorCode absent);

const std::vector<schemas::Tag>& tags_of(const World& world, const Tagged& tagged);

/// Replaces all its tags, and says so in the event log.
void put_tags(Context& context, const schemas::Scope& scope, const Tagged& tagged,
              const std::string& arn, std::vector<schemas::Tag> tags);

}  // namespace control
