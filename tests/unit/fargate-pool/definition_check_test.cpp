#include "fargate-pool/core/definition_check.h"

#include <doctest/doctest.h>

#include "fargate-pool/core/platform_version.h"

using fargate_pool::check_definition;
using schemas::Duration;
using schemas::TaskDefinition;

namespace {

TaskDefinition pool_definition() {
  TaskDefinition definition;
  definition.family = "web";
  definition.network_mode = schemas::NetworkMode::awsvpc;
  definition.cpu = schemas::CpuUnits{256};
  definition.memory = schemas::MemoryMib{512};
  schemas::ContainerDefinition container;
  container.name = "app";
  container.port_mappings.push_back({80, 80, schemas::TransportProtocol::tcp, "", ""});
  definition.containers.push_back(container);
  return definition;
}

std::string refusal(const TaskDefinition& definition) {
  const schemas::Outcome outcome = check_definition(definition);
  return outcome.ok() ? std::string() : outcome.error().message;
}

}  // namespace

TEST_CASE("a definition made for the pool is accepted") {
  CHECK(refusal(pool_definition()).empty());
}

TEST_CASE("nothing that reaches the pool's hosts is accepted for Fargate") {
  const auto with = [](auto change) {
    TaskDefinition definition = pool_definition();
    definition.containers.front().linux_parameters.emplace();
    change(definition, definition.containers.front());
    return refusal(definition);
  };
  CHECK(with([](auto& task, auto&) { task.volumes = {{"scratch", ""}}; }).empty());
  CHECK(with([](auto& task, auto&) {
          task.volumes = {{"etc", "/etc"}};
        }).rfind("Volume 'etc': Fargate does not support 'host.sourcePath'.", 0) == 0);
  CHECK(with([](auto&, auto& app) { app.privileged = true; }) ==
        "Container 'app': Fargate does not support 'privileged'.");
  CHECK(with([](auto&, auto& app) {
          app.linux_parameters->capabilities_add = {"SYS_PTRACE"};
        }).empty());
  CHECK(with([](auto&, auto& app) { app.linux_parameters->capabilities_add = {"NET_ADMIN"}; }) ==
        "Container 'app': Fargate only supports adding the capability SYS_PTRACE, not NET_ADMIN.");
  CHECK(with([](auto&, auto& app) { app.ulimits = {{"nofile", 1024, 2048}}; }).empty());
  CHECK(with([](auto&, auto& app) {
          app.ulimits = {{"nproc", 1, 1}};
        }) == "Container 'app': Fargate only supports the ulimit 'nofile', not 'nproc'.");
  CHECK(with([](auto&, auto& app) {
          app.linux_parameters->devices = {{"/dev/kvm", "", {}}};
        }) == "Container 'app': Fargate does not support 'linuxParameters.devices'.");
  CHECK(with([](auto&, auto& app) {
          app.linux_parameters->shared_memory_size = schemas::MemoryMib{1};
        }) == "Container 'app': Fargate does not support 'linuxParameters.sharedMemorySize'.");
  CHECK(with([](auto&, auto& app) { app.linux_parameters->tmpfs.emplace_back(); }) ==
        "Container 'app': Fargate does not support 'linuxParameters.tmpfs'.");
  CHECK(with([](auto&, auto& app) { app.linux_parameters->max_swap = schemas::MemoryMib{0}; }) ==
        "Container 'app': Fargate does not support 'linuxParameters.maxSwap'.");
  CHECK(with([](auto&, auto& app) { app.linux_parameters->swappiness = 60; }) ==
        "Container 'app': Fargate does not support 'linuxParameters.swappiness'.");
}

TEST_CASE("what Fargate cannot run is refused, saying what to change") {
  TaskDefinition definition = pool_definition();
  definition.network_mode = schemas::NetworkMode::bridge;
  CHECK(refusal(definition) == "Fargate only supports network mode 'awsvpc'.");

  definition = pool_definition();
  definition.memory.reset();
  CHECK(refusal(definition) ==
        "Fargate requires that 'cpu' and 'memory' are defined at the task level.");

  definition = pool_definition();
  definition.memory = schemas::MemoryMib{513};
  CHECK(refusal(definition).rfind("No Fargate configuration exists for given values", 0) == 0);

  definition = pool_definition();
  definition.placement_constraints.push_back(
      {schemas::PlacementConstraint::Type::member_of, "attribute:x exists"});
  CHECK(refusal(definition).rfind("Fargate does not support placement constraints.", 0) == 0);

  definition = pool_definition();
  definition.containers.front().cpu = {257};
  CHECK(refusal(definition) ==
        "The containers' cpu adds up to 257 units, more than the task's 256.");

  definition = pool_definition();
  definition.containers.front().memory = schemas::MemoryMib{513};
  CHECK(refusal(definition) ==
        "Container 'app': it wants 513 MiB of memory, more than the task's 512.");

  definition = pool_definition();
  definition.containers.front().port_mappings.front().host_port = 8080;
  CHECK(refusal(definition).rfind("Container 'app': hostPort 8080 is not containerPort 80.", 0) ==
        0);

  definition = pool_definition();
  definition.containers.front().stop_timeout = Duration{121'000};
  CHECK(refusal(definition) ==
        "Container 'app': stopTimeout is 121 s. On Fargate it is 2 to 120 s.");
  definition.containers.front().stop_timeout = Duration{120'000};
  definition.containers.front().start_timeout = Duration{1'000};
  CHECK(refusal(definition) ==
        "Container 'app': startTimeout is 1 s. On Fargate it is 2 to 120 s.");
}

TEST_CASE("a definition that is not compatible cannot be launched on the pool, and hears why") {
  TaskDefinition definition = pool_definition();
  definition.network_mode = schemas::NetworkMode::host;
  definition.compatibilities = {schemas::LaunchType::ec2};
  const schemas::Outcome outcome = fargate_pool::check_launch(definition);
  REQUIRE(!outcome.ok());
  CHECK(outcome.error().code == schemas::ErrorCode::invalid_parameter);
  CHECK(outcome.error().message ==
        "Task definition does not support launch_type FARGATE. Fargate only supports network mode "
        "'awsvpc'.");
  definition.compatibilities.push_back(schemas::LaunchType::fargate);
  CHECK(fargate_pool::check_launch(definition).ok());
}

TEST_CASE("the platform version is 1.4.0, asked for by name or not, and no other is known") {
  for (const char* asked : {"", "LATEST", "1.4.0"}) {
    const auto version = fargate_pool::effective_platform_version(asked);
    REQUIRE(version.ok());
    CHECK(version.value() == "1.4.0");
  }
  for (const char* asked : {"1.3.0", "2.0.0", "latest", "1.4"}) {
    const auto version = fargate_pool::effective_platform_version(asked);
    REQUIRE(!version.ok());
    CHECK(version.error().code == schemas::ErrorCode::platform_unknown);
  }
}
