#pragma once

// From what RunTask, CreateService and UpdateService have in common to what a task is made from.

#include <optional>
#include <string>
#include <vector>

#include "api/shared.h"
#include "control/core/loop/context.h"

namespace control {

/// Where and how tasks of a definition are to run.
struct LaunchWish {
  schemas::TaskDefinitionRef definition;
  schemas::LaunchType launch_type = schemas::LaunchType::ec2;
  schemas::CapacityProviderStrategy capacity_provider_strategy{};
  std::optional<api::NetworkConfiguration> network;
  std::optional<std::string> platform_version;
  std::optional<std::vector<api::PlacementConstraint>> constraints;
  std::optional<std::vector<api::PlacementStrategy>> strategy;
};

/// Checks the wish against the launch type's rules, in ECS's words, and fills in what it leaves
/// open. Group, tags and overrides are the caller's to add, then `reserve` what it takes.
schemas::Result<schemas::TaskSpecification> read_specification(Context& context,
                                                               const schemas::Scope& scope,
                                                               const LaunchWish& wish);

/// What a task takes from its host: the overrides' word first, then the definition's.
void reserve(schemas::TaskSpecification& specification);

/// `aws:ecs:` tags, if the caller wants them.
void add_managed_tags(schemas::TaskSpecification& specification, const std::string& cluster,
                      const std::string& service);

/// Adds tags whose keys are not there yet.
void add_tags(std::vector<schemas::Tag>& tags, const std::vector<schemas::Tag>& more);

}  // namespace control
