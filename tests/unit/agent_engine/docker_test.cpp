// The engine on Docker, over a daemon that is a function.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "agent/edge/engine/docker/container_wish.h"
#include "agent/edge/engine/docker/docker_engine.h"
#include "agent/edge/engine/docker/docker_images.h"
#include "agent/edge/logs/log_reader.h"
#include "schemas/base/random.h"
#include "tests/unit/agent_engine/fake_daemon.h"

using agent_test::DaemonAnswer;
using agent_test::DaemonRequest;
using agent_test::FakeDaemon;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A daemon that is well, and has nothing.
DaemonAnswer plain(const DaemonRequest& request) {
  if (request.path == "/version") {
    return {200, R"({"Version":"24.0.7","ApiVersion":"1.43","MinAPIVersion":"1.12"})"};
  }
  if (request.path == "/v1.41/info") {
    return {200, R"({"CgroupDriver":"cgroupfs","RegistryConfig":{"InsecureRegistryCIDRs":)"
                 R"(["127.0.0.0/8"],"IndexConfigs":{"hub:5000":{"Secure":false}}}})"};
  }
  if (request.path.starts_with("/v1.41/containers/json")) {
    return {200, "[]"};
  }
  return {404, R"({"message":"no such thing"})"};
}

schemas::Result<std::unique_ptr<agent::Engine>> open(const FakeDaemon& daemon,
                                                     std::vector<std::string> registries = {}) {
  return agent::open_docker_engine({.data_directory = daemon.data(),
                                    .socket = daemon.socket(),
                                    .insecure_registries = std::move(registries)},
                                   [](const agent::ContainerExit&) {});
}

agent::ContainerSpec example_spec() {
  agent::ContainerSpec spec;
  schemas::Random random(3);
  spec.id = schemas::ContainerId::draw(random);
  spec.task = schemas::TaskId::draw(random);
  spec.name = "web";
  spec.image_digest = "sha256:" + std::string(64, 'a');
  spec.process.arguments = {"/bin/serve", "80"};
  spec.process.environment = {"COLOUR=green"};
  spec.process.stop_signal = "SIGQUIT";
  return spec;
}

const agent::DockerChoices choices{.image = "sha256:image",
                                   .owner = "owner",
                                   .network_holder = "holder",
                                   .cgroup_parent = "/stowage-1/task",
                                   .log_bytes_max = 1000,
                                   .log_files_max = 3};

}  // namespace

TEST_CASE("a container in Docker gains no rights, lies in its task's cgroup and runs no check") {
  const auto wish = agent::container_wish(example_spec(), choices);
  CHECK(wish.host.security_options == std::vector<std::string>{"no-new-privileges"});
  CHECK(!wish.host.privileged);
  CHECK(wish.host.cgroup_parent == "/stowage-1/task");
  CHECK(wish.host.cgroup_namespace == "private");
  CHECK(wish.host.pids == 4096);
  CHECK(wish.host.network_mode == "none");
  CHECK(wish.health_check.test == std::vector<std::string>{"NONE"});
  CHECK(wish.entry_point == std::vector<std::string>{"/bin/serve", "80"});
  CHECK(wish.host.log.config.at("max-file") == "3");
}

TEST_CASE("limits and rights of a definition reach Docker in its own units") {
  agent::ContainerSpec spec = example_spec();
  spec.limits.cpu = schemas::CpuUnits{0};
  spec.limits.memory = schemas::MemoryMib{64};
  spec.limits.memory_reservation = schemas::MemoryMib{32};
  spec.capabilities_add = {"NET_ADMIN"};
  spec.capabilities_drop = {"ALL"};
  spec.shared_memory = schemas::MemoryMib{128};
  spec.tmpfs = {
      {.container_path = "/scratch", .size = schemas::MemoryMib{16}, .mount_options = {"noexec"}}};
  const auto host = agent::container_wish(spec, choices).host;
  CHECK(host.cpu_shares == 2);
  CHECK(host.memory == 67'108'864);
  CHECK(host.memory_swap == host.memory);
  CHECK(host.memory_reservation == 33'554'432);
  CHECK(host.capabilities_add == std::vector<std::string>{"NET_ADMIN"});
  CHECK(host.capabilities_drop == std::vector<std::string>{"ALL"});
  CHECK(host.shared_memory == 134'217'728);
  CHECK(host.tmpfs.at("/scratch") == "size=16777216,noexec");
  CHECK(host.ulimits.empty());  // Docker's own hold where none is stated
  spec.limits.swap = schemas::MemoryMib{64};
  spec.limits.swappiness = 30;
  const auto swapping = agent::container_wish(spec, choices).host;
  CHECK(swapping.memory_swap == 134'217'728);
  CHECK(swapping.memory_swappiness == 30);
}

TEST_CASE("a definition's labels cannot make a container somebody else's") {
  agent::ContainerSpec spec = example_spec();
  spec.labels = {{agent::owner_label, "another"},
                 {agent::task_label, "another"},
                 {agent::holder_label, "/etc"},
                 {"team", "blue"}};
  const auto labels = agent::container_wish(spec, choices).labels;
  CHECK(labels.at(agent::owner_label) == "owner");
  CHECK(labels.at(agent::task_label) == spec.task.text());
  CHECK(labels.at("team") == "blue");
  CHECK(!labels.contains(agent::holder_label));
}

TEST_CASE("a namespace is shared through the container that lives in it") {
  agent::ContainerSpec spec = example_spec();
  spec.network = agent::NetworkKind::joined;
  spec.hostname = "ip-10-0-0-7";
  const auto wish = agent::container_wish(spec, choices);
  CHECK(wish.host.network_mode == "container:holder");
  CHECK(wish.hostname.empty());  // Docker refuses another one beside the holder's
  spec.network = agent::NetworkKind::host;
  CHECK(agent::container_wish(spec, choices).host.network_mode == "host");
}

TEST_CASE("credentials of Docker's own configuration are those of the registry that is asked") {
  // "me:secret" in base64.
  const std::string config = R"({"auths":{"hub:5000":{"auth":"bWU6c2VjcmV0"},"other":{}}})";
  CHECK(agent::registry_auth(config, "hub:5000") ==
        "eyJ1c2VybmFtZSI6Im1lIiwicGFzc3dvcmQiOiJzZWNyZXQiLCJzZXJ2ZXJhZGRyZXNzIjoiaHViOjUwMDAifQ==");
  CHECK(agent::registry_auth(config, "other").empty());
  CHECK(agent::registry_auth(config, "third").empty());
  CHECK(agent::registry_auth("not json", "hub:5000").empty());
}

TEST_CASE("what Docker must be for this engine is said when it is not") {
  std::map<std::string, DaemonAnswer> instead;
  std::mutex mutex;
  const FakeDaemon daemon([&](const DaemonRequest& request) {
    const std::lock_guard lock(mutex);
    const auto found = instead.find(request.path);
    return found == instead.end() ? plain(request) : found->second;
  });
  SUBCASE("it is not there") {
    const auto opened =
        agent::open_docker_engine({.data_directory = daemon.data(), .socket = "/no/such/socket"},
                                  [](const agent::ContainerExit&) {});
    REQUIRE(!opened.ok());
    CHECK(contains(opened.error().message, "Docker does not answer at /no/such/socket"));
  }
  SUBCASE("it is too old") {
    instead["/version"] = {200,
                           R"({"Version":"19.03","ApiVersion":"1.40","MinAPIVersion":"1.12"})"};
    CHECK(contains(open(daemon).error().message, "20.10 or newer is needed"));
  }
  SUBCASE("it is something else") {
    instead["/version"] = {200, "hello"};
    CHECK(contains(open(daemon).error().message, "is not Docker"));
  }
  SUBCASE("its cgroups are systemd's") {
    instead["/v1.41/info"] = {200, R"({"CgroupDriver":"systemd"})"};
    CHECK(contains(open(daemon).error().message, "native.cgroupdriver=cgroupfs"));
  }
  SUBCASE("it does not trust a registry that the agent was told to trust") {
    CHECK(contains(open(daemon, {"10.0.0.9:5000"}).error().message, "insecure-registries"));
  }
  SUBCASE("a newer daemon that has dropped the old version is spoken to in its oldest") {
    instead["/version"] = {200, R"({"Version":"29.0","ApiVersion":"1.52","MinAPIVersion":"1.44"})"};
    instead["/v1.44/info"] =
        plain({.method = "GET", .path = "/v1.41/info", .headers = {}, .body = {}});
    instead["/v1.44/info"].status = 500;
    CHECK(!open(daemon).ok());
  }
}

TEST_CASE("pulls tell the digest, or why not, in ECS's words") {
  const std::string digest = "sha256:" + std::string(64, 'b');
  std::string told;
  std::mutex mutex;
  std::atomic<bool> reachable = true;
  const FakeDaemon daemon([&](const DaemonRequest& request) -> DaemonAnswer {
    if (request.path.starts_with("/v1.41/images/create")) {
      const std::lock_guard lock(mutex);
      if (!reachable) {
        return {500, R"({"message":"Get http://hub:5000/v2/: dial tcp: connection refused"})"};
      }
      return {200, told};
    }
    if (request.path == "/v1.41/images/hub:5000/web@" + digest + "/json") {
      return {200, R"({"Id":"sha256:id","Config":{"Entrypoint":["/serve"],"Env":["A=b"],)"
                   R"("Cmd":null,"StopSignal":"SIGQUIT"}})"};
    }
    return plain(request);
  });
  auto opened = open(daemon, {"hub:5000", "127.0.0.1:5000"});
  REQUIRE_MESSAGE(opened.ok(), opened.error().message);
  agent::Engine& engine = *opened.value();
  CHECK(engine.version() == "docker 24.0.7");
  const auto say = [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    told = text;
  };
  say("{\"status\":\"Pulling from web\"}\r\n{\"status\":\"Digest: " + digest + "\"}\r\n");
  const auto image = engine.pull({.reference = "hub:5000/web:1", .digest = {}});
  REQUIRE_MESSAGE(image.ok(), image.error().message);
  CHECK(image.value().digest == digest);
  CHECK(image.value().config.entry_point == std::vector<std::string>{"/serve"});
  CHECK(image.value().config.stop_signal == "SIGQUIT");
  reachable = false;
  CHECK(engine.pull({.reference = "hub:5000/web:1", .digest = {}}).value() == image.value());
  CHECK(contains(engine.pull({.reference = "hub:5000/other:1", .digest = {}}).error().message,
                 "CannotPullContainerError: Error response from daemon: Get"));
  reachable = true;
  say("{\"error\":\"manifest unknown\",\"errorDetail\":{\"message\":\"manifest unknown\"}}\r\n");
  CHECK(engine.pull({.reference = "hub:5000/web:1", .digest = {}}).error().message ==
        "CannotPullContainerError: Error response from daemon: manifest unknown");
}

TEST_CASE("an end is told once, also when Docker's events broke off meanwhile") {
  agent::ContainerSpec spec = example_spec();
  std::atomic<bool> running = true;
  std::string owner;
  std::mutex mutex;
  const auto labels = [&] {
    return R"("Labels":{"stowage.owner":")" + owner + R"(","stowage.task":")" + spec.task.text() +
           R"(","stowage.container":")" + spec.id.text() + R"(","stowage.name":"web"})";
  };
  FakeDaemon daemon([&](const DaemonRequest& request) -> DaemonAnswer {
    const std::lock_guard lock(mutex);
    if (request.path.starts_with("/v1.41/containers/json")) {
      const std::size_t at = request.path.find("stowage.owner%3D");
      owner = request.path.substr(at + 16, 16);
      return {200, R"([{"Id":"one",)" + labels() + "}]"};
    }
    if (request.path == "/v1.41/containers/one/json") {
      return {200, R"({"Id":"one","State":{"Status":")" +
                       std::string(running ? "running" : "exited") + R"(","Running":)" +
                       (running ? "true" : "false") +
                       R"(,"OOMKilled":true,"ExitCode":137,"Pid":7,)"
                       R"("FinishedAt":"2026-11-24T10:00:00.5Z"},"Config":{)" +
                       labels() + "}}"};
    }
    return plain(request);
  });
  std::vector<agent::ContainerExit> exits;
  std::condition_variable changed;
  auto opened =
      agent::open_docker_engine({.data_directory = daemon.data(), .socket = daemon.socket()},
                                [&](const agent::ContainerExit& exit) {
                                  const std::lock_guard lock(mutex);
                                  exits.push_back(exit);
                                  changed.notify_all();
                                });
  REQUIRE_MESSAGE(opened.ok(), opened.error().message);
  REQUIRE(daemon.await_listeners(1));
  const auto found = opened.value()->recover();
  REQUIRE(found.ok());
  REQUIRE(found.value().size() == 1);
  CHECK(found.value().front().phase == agent::ContainerPhase::running);
  CHECK(found.value().front().id == spec.id);
  running = false;
  daemon.break_events();
  REQUIRE(daemon.await_listeners(2));
  {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return !exits.empty(); }));
  }
  daemon.tell(R"({"Action":"die","Actor":{"ID":"one","Attributes":{"stowage.container":")" +
              spec.id.text() + R"("}}})");
  CHECK(opened.value()->state(spec.id).value().phase == agent::ContainerPhase::exited);
  opened.value().reset();
  REQUIRE(exits.size() == 1);
  CHECK(exits.front().exit_code == 137);
  CHECK(exits.front().out_of_memory);
  CHECK(exits.front().task == spec.task);
}

TEST_CASE("a line of Docker's own log is read as one of conmon's is") {
  const auto whole = agent::parse_log_record(
      R"({"log":"say \"hi\"\n","stream":"stderr","time":"2026-11-24T10:00:00.123456789Z"})");
  REQUIRE(whole);
  CHECK(whole->text == "say \"hi\"");
  CHECK(whole->stream == "stderr");
  CHECK(whole->part == agent::LogRecord::Part::whole);
  CHECK(whole->at == agent::parse_log_record("2026-11-24T10:00:00.123456789+00:00 stdout F x")->at);
  const auto begun = agent::parse_log_record(
      R"({"log":"half","stream":"stdout","time":"2026-11-24T10:00:00.123456789Z"})");
  REQUIRE(begun);
  CHECK(begun->part == agent::LogRecord::Part::begun);
  CHECK(!agent::parse_log_record(R"({"log":"torn)").has_value());
}
