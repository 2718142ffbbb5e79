// How a container is kept: what a registration may say of it, what is refused, what is shown.

#include <doctest/doctest.h>

#include <functional>

#include "tests/unit/control_loop/stage.h"

using stage::Stage;

namespace {

using Change = std::function<void(api::RegisterTaskDefinitionRequest&, api::ContainerDefinition&)>;

api::RegisterTaskDefinitionRequest with(const Change& change) {
  auto request = stage::definition("web");
  change(request, request.container_definitions.front());
  return request;
}

std::string refusal(const Change& change) {
  Stage stage;
  const auto answer =
      stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", with(change));
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == schemas::ErrorCode::client);
  return answer.error().message;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

api::LinuxParameters& linux_of(api::ContainerDefinition& container) {
  return container.linux_parameters.emplace();
}

api::HealthCheck check(std::vector<std::string> command) {
  api::HealthCheck check;
  check.command = std::move(command);
  return check;
}

api::MountPoint mount(const std::string& volume, const std::string& path) {
  api::MountPoint point;
  point.source_volume = volume;
  point.container_path = path;
  return point;
}

api::Volume volume(const std::string& name, const std::string& path) {
  api::Volume volume;
  volume.name = name;
  volume.host.emplace().source_path = path;
  return volume;
}

}  // namespace

TEST_CASE("a health check starts with CMD or CMD-SHELL and something to run") {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"NONE"}, {"CMD"}, {"curl", "-f", "http://localhost/"}}) {
    CHECK(says(refusal([&](auto&, auto& main) { main.health_check = check(command); }),
               "'healthCheck.command' must start with CMD or CMD-SHELL"));
  }
}

TEST_CASE("waiting for HEALTHY needs a health check to wait for") {
  const std::string said = refusal([](auto& request, auto& main) {
    api::ContainerDefinition second = main;
    second.name = "second";
    second.depends_on = {
        {{.container_name = main.name, .condition = api::ContainerCondition::healthy}}};
    request.container_definitions.push_back(second);
  });
  CHECK(says(said, "to be HEALTHY, which has no 'healthCheck'"));
}

TEST_CASE("volumes and mounts that do not fit together are refused by name") {
  CHECK(says(refusal([](auto&, auto& main) { main.mount_points = {{mount("data", "/data")}}; }),
             "Unknown volume 'data'"));
  CHECK(says(refusal([](auto& request, auto&) {
               request.volumes = {{volume("a", ""), volume("a", "/x")}};
             }),
             "Volume names must be unique: 'a'"));
  CHECK(says(refusal([](auto& request, auto&) { request.volumes = {{volume("a", "x/y")}}; }),
             "The sourcePath of volume 'a' must be an absolute path"));
  CHECK(says(refusal([](auto& request, auto& main) {
               request.volumes = {{volume("a", ""), volume("b", "")}};
               main.mount_points = {{mount("a", "/data"), mount("b", "/data")}};
             }),
             "'/data' is mounted on twice"));
  for (const std::string path : {"", "data", "/", "/../etc"}) {
    CHECK(says(refusal([&](auto& request, auto& main) {
                 request.volumes = {{volume("a", "")}};
                 main.mount_points = {{mount("a", path)}};
               }),
               "'mountPoints.containerPath' must be an absolute path"));
  }
  CHECK(says(refusal([](auto&, auto& main) {
               main.volumes_from.emplace().emplace_back().source_container = main.name;
             }),
             "'volumesFrom.sourceContainer' must be another container"));
}

TEST_CASE("limits, rights and devices that make no sense are refused by name") {
  CHECK(says(refusal([](auto&, auto& main) {
               main.ulimits = {
                   {{.name = api::UlimitName::nofile, .soft_limit = 2, .hard_limit = 1}}};
             }),
             "The soft limit of ulimit 'nofile' (2) must not be above its hard limit (1)"));
  CHECK(says(refusal([](auto&, auto& main) {
               main.ulimits = {
                   {{.name = api::UlimitName::nproc, .soft_limit = 1, .hard_limit = 1},
                    {.name = api::UlimitName::nproc, .soft_limit = 1, .hard_limit = 1}}};
             }),
             "'nproc' is stated twice"));
  CHECK(says(refusal([](auto&, auto& main) {
               linux_of(main).capabilities.emplace().add = {{"CAP_NET_ADMIN"}};
             }),
             "'CAP_NET_ADMIN' is not a Linux capability"));
  CHECK(says(refusal([](auto&, auto& main) {
               linux_of(main).devices.emplace().emplace_back().host_path = "kvm";
             }),
             "A device's path must be absolute"));
  CHECK(says(refusal([](auto&, auto& main) {
               linux_of(main).tmpfs = {
                   {{.container_path = "/t", .size = 1, .mount_options = {{"bind"}}}}};
             }),
             "'bind' is not a mount option that a tmpfs has here"));
  CHECK(says(refusal([](auto&, auto& main) { linux_of(main).swappiness = 10; }),
             "'linuxParameters.swappiness' acts only with 'maxSwap'"));
  CHECK(says(refusal([](auto&, auto& main) {
               main.memory.reset();
               main.memory_reservation = 64;
               linux_of(main).max_swap = 10;
             }),
             "'linuxParameters.maxSwap' counts beyond the container's 'memory'"));
}

TEST_CASE("what was said of a container is shown, with ECS's defaults, and reaches its host") {
  Stage stage;
  const auto made = stage.call<api::RegisterTaskDefinitionResponse>(
      "RegisterTaskDefinition", with([](auto& request, auto& main) {
        request.volumes = {{volume("own", ""), volume("etc", "/etc")}};
        main.mount_points = {{mount("own", "/own"), mount("etc", "/host-etc")}};
        main.health_check = check({"CMD-SHELL", "true"});
        main.restart_policy.emplace().enabled = true;
        main.privileged = true;
        main.ulimits = {{{.name = api::UlimitName::core, .soft_limit = 0, .hard_limit = -1}}};
        linux_of(main).init_process_enabled = true;
      }));
  REQUIRE_MESSAGE(made.ok(), made.error().message);
  const api::TaskDefinition& shown = *made.value().task_definition;
  CHECK(shown.compatibilities == std::vector{api::Compatibility::ec2});
  CHECK(shown.volumes->at(1).host->source_path == "/etc");
  const api::ContainerDefinition& main = shown.container_definitions->front();
  CHECK(main.health_check->interval == 30);
  CHECK(main.health_check->timeout == 5);
  CHECK(main.health_check->retries == 3);
  CHECK_FALSE(main.health_check->start_period.has_value());
  CHECK(main.restart_policy->restart_attempt_period == 300);
  CHECK(main.mount_points->at(0).read_only == false);
  CHECK(main.privileged == true);
  CHECK(main.ulimits->at(0).hard_limit == -1);
  CHECK(main.linux_parameters->init_process_enabled == true);
}
