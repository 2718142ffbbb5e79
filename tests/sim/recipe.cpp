#include "tests/sim/recipe.h"

#include <algorithm>

namespace sim {

namespace {

/// As tight as a definition may be, so that a life sees many.
api::HealthCheck frequent_check() {
  api::HealthCheck check;
  check.command = {"CMD", "/well"};
  check.interval = 5;
  check.timeout = 2;
  check.retries = 2;
  return check;
}

void set_place(const Recipe& recipe, api::RegisterTaskDefinitionRequest& request) {
  switch (recipe.place) {
    case Recipe::Place::bridge:
      break;
    case Recipe::Place::host:
      request.network_mode = api::NetworkMode::host;
      break;
    case Recipe::Place::none:
      request.network_mode = api::NetworkMode::none;
      break;
    case Recipe::Place::vpc:
      request.network_mode = api::NetworkMode::awsvpc;
      break;
    case Recipe::Place::pool: {
      constexpr std::int64_t least = 512;  // of the smallest pool task
      request.network_mode = api::NetworkMode::awsvpc;
      request.requires_compatibilities = {api::Compatibility::fargate};
      request.cpu = std::to_string(recipe.cpu);
      request.memory = std::to_string(std::max(least, recipe.memory));
      break;
    }
  }
}

}  // namespace

std::string image_name(const std::string& family) { return "registry.local/" + family + ":1"; }

api::RegisterTaskDefinitionRequest definition_of(const Recipe& recipe, std::int64_t flavour) {
  api::ContainerDefinition main;
  main.name = "main";
  main.image = image_name(recipe.family);
  main.cpu = recipe.cpu;
  main.memory = recipe.memory;
  api::KeyValuePair variable;
  variable.name = "FLAVOUR";
  variable.value = std::to_string(flavour);
  main.environment = {variable};
  if (recipe.port != 0) {
    api::PortMapping mapping;
    mapping.container_port = recipe.port;
    mapping.host_port = recipe.port;
    main.port_mappings = {mapping};
  }
  api::RegisterTaskDefinitionRequest request;
  request.family = recipe.family;
  if (!recipe.role.empty()) {
    request.task_role_arn = recipe.role;
  }
  if (recipe.restarts) {
    main.restart_policy = api::ContainerRestartPolicy{
        .enabled = true, .ignored_exit_codes = {}, .restart_attempt_period = 60};
  }
  if (recipe.checked) {
    main.health_check = frequent_check();
  }
  if (recipe.each_resolves) {
    main.version_consistency = api::VersionConsistency::disabled;
  }
  if (recipe.prepared) {
    api::ContainerDefinition setup;
    setup.name = "setup";
    setup.image = image_name("setup");
    setup.memory = 32;
    setup.essential = false;
    main.depends_on = {{.container_name = "setup", .condition = api::ContainerCondition::success}};
    request.container_definitions = {setup, main};
  } else if (recipe.guarded) {
    api::ContainerDefinition guard;
    guard.name = "guard";
    guard.image = image_name("guard");
    guard.memory = 32;
    guard.health_check = frequent_check();
    main.depends_on = {{.container_name = "guard", .condition = api::ContainerCondition::healthy}};
    request.container_definitions = {guard, main};
  } else {
    request.container_definitions = {main};
  }
  set_place(recipe, request);
  return request;
}

}  // namespace sim
