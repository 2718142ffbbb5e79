#include "tests/sim/recipe.h"

#include <algorithm>

namespace sim {

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
  if (recipe.prepared) {
    api::ContainerDefinition setup;
    setup.name = "setup";
    setup.image = image_name("setup");
    setup.memory = 32;
    setup.essential = false;
    main.depends_on = {{.container_name = "setup", .condition = api::ContainerCondition::success}};
    request.container_definitions = {setup, main};
  } else {
    request.container_definitions = {main};
  }
  switch (recipe.place) {
    case Recipe::Place::bridge:
      break;
    case Recipe::Place::host:
      request.network_mode = api::NetworkMode::host;
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
  return request;
}

}  // namespace sim
