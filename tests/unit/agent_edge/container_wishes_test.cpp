// What a task definition says of a container becomes what the engine is asked for.

#include "agent/edge/runner/container_wishes.h"

#include <doctest/doctest.h>

#include "tests/unit/agent_core/builders.h"

using agent::Access;
using agent::BindMount;
using schemas::MemoryMib;

TEST_CASE("limits, rights and devices of a definition are those that its container is made with") {
  schemas::ContainerDefinition definition;
  definition.cpu = schemas::CpuUnits{100};
  definition.memory = MemoryMib{128};
  definition.memory_reservation = MemoryMib{80};
  definition.readonly_root_filesystem = true;
  definition.privileged = true;
  definition.docker_labels = {{"team", "blue"}};
  definition.ulimits = {{.name = "nofile", .soft = 10, .hard = 20}};
  schemas::LinuxParameters wishes;
  wishes.capabilities_add = {"NET_ADMIN"};
  wishes.capabilities_drop = {"CHOWN"};
  wishes.devices = {
      {.host_path = "/dev/fuse", .container_path = "/dev/other", .permissions = {"read"}}};
  wishes.init_process_enabled = true;
  wishes.shared_memory_size = MemoryMib{70};
  wishes.tmpfs = {
      {.container_path = "/scratch", .size = MemoryMib{3}, .mount_options = {"noexec"}}};
  wishes.max_swap = MemoryMib{50};
  wishes.swappiness = 30;
  definition.linux_parameters = wishes;

  agent::ContainerSpec spec;
  agent::add_wishes(spec, definition);
  CHECK(spec.limits.cpu == schemas::CpuUnits{100});
  CHECK(spec.limits.memory == MemoryMib{128});
  CHECK(spec.limits.memory_reservation == MemoryMib{80});
  CHECK(spec.limits.swap == MemoryMib{50});
  CHECK(spec.limits.swappiness == 30);
  CHECK(spec.root == Access::read_only);
  CHECK(spec.privileged);
  CHECK(spec.labels == definition.docker_labels);
  CHECK(spec.ulimits == definition.ulimits);
  CHECK(spec.capabilities_add == wishes.capabilities_add);
  CHECK(spec.capabilities_drop == wishes.capabilities_drop);
  CHECK(spec.devices == wishes.devices);
  CHECK(spec.init);
  CHECK(spec.shared_memory == MemoryMib{70});
  CHECK(spec.tmpfs == wishes.tmpfs);
}

TEST_CASE("a definition that wishes for nothing gets a container as Docker would make it") {
  agent::ContainerSpec spec;
  agent::add_wishes(spec, {});
  CHECK(spec.root == Access::read_write);
  CHECK_FALSE(spec.privileged);
  CHECK_FALSE(spec.init);
  CHECK_FALSE(spec.limits.memory.has_value());
  CHECK_FALSE(spec.limits.swap.has_value());
  CHECK(spec.devices.empty());
}

TEST_CASE("a mount point leads to its volume, the host's or the task's own, as it may be used") {
  schemas::TaskAssignment task = agent_test::task(1, {agent_test::container("web")});
  task.volumes = {{.name = "own", .source_path = ""}, {.name = "etc", .source_path = "/etc"}};
  task.containers.front().definition.mount_points = {
      {.source_volume = "own", .container_path = "/own", .read_only = false},
      {.source_volume = "etc", .container_path = "/host-etc", .read_only = true}};
  const std::vector<BindMount> mounts = agent::volume_mounts(task, 0, "/scratch");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].source == "/scratch/own");
  CHECK(mounts[0].target == "/own");
  CHECK(mounts[0].access == Access::read_write);
  CHECK(mounts[0].begin == BindMount::Begin::as_the_image);
  CHECK(mounts[1].source == "/etc");
  CHECK(mounts[1].target == "/host-etc");
  CHECK(mounts[1].access == Access::read_only);
}

TEST_CASE("volumesFrom takes another container's mounts along, for reading only if it says so") {
  schemas::TaskAssignment task =
      agent_test::task(1, {agent_test::container("web"), agent_test::container("data")});
  task.volumes = {{.name = "a", .source_path = ""}, {.name = "b", .source_path = ""}};
  task.containers[0].definition.mount_points = {
      {.source_volume = "b", .container_path = "/both", .read_only = false}};
  task.containers[1].definition.mount_points = {
      {.source_volume = "a", .container_path = "/data", .read_only = false},
      {.source_volume = "a", .container_path = "/both", .read_only = false}};
  task.containers[0].definition.volumes_from = {{.source_container = "data", .read_only = true}};
  // It takes back, in a circle, what is its own already.
  task.containers[1].definition.volumes_from = {{.source_container = "web", .read_only = false}};
  const std::vector<BindMount> mounts = agent::volume_mounts(task, 0, "/scratch");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].target == "/both");
  CHECK(mounts[0].source == "/scratch/b");
  CHECK(mounts[0].access == Access::read_write);
  CHECK(mounts[1].target == "/data");
  CHECK(mounts[1].access == Access::read_only);
}

TEST_CASE("a health check runs its words, or its line in a shell, for no longer than its time") {
  schemas::HealthCheck check;
  check.command = {"CMD", "curl", "-f", "http://localhost/"};
  check.timeout = schemas::Duration(3'000);
  agent::ExecRequest request = agent::health_request(check);
  CHECK(request.arguments == std::vector<std::string>{"curl", "-f", "http://localhost/"});
  CHECK(request.timeout == schemas::Duration(3'000));
  check.command = {"CMD-SHELL", "test -e /well"};
  request = agent::health_request(check);
  CHECK(request.arguments == std::vector<std::string>{"/bin/sh", "-c", "test -e /well"});
}
