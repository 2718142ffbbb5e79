#include "agent/edge/runner/runner.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schemas/wire/wire.h"
#include "tests/unit/agent_core/builders.h"
#include "tests/unit/agent_edge/fake_engine.h"
#include "tests/unit/agent_edge/loopback.h"

using agent_test::container;
using agent_test::eventually;
using agent_test::FakeEngine;
using agent_test::FakeNetworking;
using agent_test::LoopbackServer;
using agent_test::task_id;
using schemas::NetworkMode;
using schemas::TaskStatus;

namespace {

/// Control as far as a host can see it: assigns what the test wants, remembers what was said.
class FakeControl {
 public:
  FakeControl() : server_([this](const auto& request) { return answer(request); }) {}

  void want(const schemas::TaskAssignment& task) {
    const std::lock_guard lock(mutex_);
    wanted_[task.id] = task;
    version_ += 1;
  }
  /// Sends credentials along with the task, from now on.
  void grant(const schemas::RoleCredentials& credentials) {
    const std::lock_guard lock(mutex_);
    granted_.push_back(credentials);
    version_ += 1;
  }
  void refuse() {
    const std::lock_guard lock(mutex_);
    refusing_ = true;
  }
  [[nodiscard]] TaskStatus status(const schemas::TaskId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = reports_.find(id);
    return found == reports_.end() ? TaskStatus::provisioning : found->second.status;
  }
  [[nodiscard]] schemas::TaskReport report(const schemas::TaskId& id) const {
    const std::lock_guard lock(mutex_);
    return reports_.at(id);
  }
  [[nodiscard]] std::vector<schemas::MeterRecord> meters() const {
    const std::lock_guard lock(mutex_);
    return meters_;
  }
  [[nodiscard]] std::optional<schemas::Inventory> inventory() const {
    const std::lock_guard lock(mutex_);
    return inventory_;
  }
  [[nodiscard]] std::string url() const { return server_.url(); }

 private:
  LoopbackServer::Response answer(const LoopbackServer::Request& request) {
    const std::lock_guard lock(mutex_);
    if (refusing_ || request.authorization != "Bearer secret") {
      return {401, R"({"message":"No instance has this identity"})"};
    }
    const auto sync = wire::decode<schemas::SyncRequest>(request.body);
    if (!sync.ok()) {
      return {400, sync.error().message};
    }
    for (const schemas::TaskReport& report : sync.value().tasks) {
      reports_[report.id] = report;
    }
    meters_.insert(meters_.end(), sync.value().meters.begin(), sync.value().meters.end());
    if (sync.value().inventory) {
      inventory_ = sync.value().inventory;
    }
    schemas::SyncAnswer answer;
    answer.acknowledged = sync.value().report_sequence;
    answer.version = version_;
    answer.full = !sync.value().have_version.has_value();
    if (sync.value().have_version != version_) {
      for (const auto& [id, task] : wanted_) {
        answer.tasks_set.push_back(task);
        answer.credentials = granted_;
        if (task.network_mode == NetworkMode::awsvpc) {
          answer.enis_set.push_back(agent_test::eni_for(task));
          answer.subnets_set = {agent_test::subnet()};
        }
      }
    }
    return {200, wire::encode(answer)};
  }

  mutable std::mutex mutex_;
  std::map<schemas::TaskId, schemas::TaskAssignment> wanted_;
  std::vector<schemas::RoleCredentials> granted_;
  std::map<schemas::TaskId, schemas::TaskReport> reports_;
  std::vector<schemas::MeterRecord> meters_;
  std::optional<schemas::Inventory> inventory_;
  std::int64_t version_ = 1;
  bool refusing_ = false;
  LoopbackServer server_;
};

/// An agent without a kernel: the runner and its channel over fakes, on a data directory.
class TestAgent {
 public:
  TestAgent(FakeEngine& engine, FakeNetworking& networking, const FakeControl& control,
            const std::string& data)
      : engine_(engine) {
    auto checkpoint = agent::Checkpoint::open(data + "/agent.db");
    REQUIRE(checkpoint.ok());
    agent::RunnerParts parts{
        engine, networking, data,         schemas::InstanceId(agent_test::bytes_of(9)), "boot", {},
        {},     2,          "host secret"};
    parts.inventory.cpu = schemas::CpuUnits{2048};
    runner_ = std::make_unique<agent::Runner>(std::move(parts), std::move(checkpoint).value(),
                                              [](const std::string&) {});
    engine.on_exit = [this](const agent::ContainerExit& exit) { runner_->container_exited(exit); };
    runner_->on_news([this] {
      if (agent::ControlClient* client = client_pointer_) {
        client->report_soon();
      }
    });
    REQUIRE(runner_->start().ok());
    agent::Identity identity;
    identity.secret = "secret";
    agent::ChannelHost host;
    host.next_request = [this](auto purpose) { return runner_->next_request(purpose); };
    host.answered = [this](const auto& request, auto answer) {
      runner_->answered(request, std::move(answer));
    };
    host.refused = [this](const std::string&) { refused = true; };
    auto client = agent::ControlClient::start(control.url(), identity, std::move(host));
    REQUIRE(client.ok());
    client_ = std::move(client).value();
    client_pointer_ = client_.get();
  }

  /// As a kill -9 would leave it, as far as a test within the process can: nothing is undone.
  ~TestAgent() {
    client_pointer_ = nullptr;
    client_.reset();
    runner_->stop(std::chrono::milliseconds(2000));
    engine_.on_exit = [](const agent::ContainerExit&) {};
  }

  std::atomic<bool> refused = false;

  [[nodiscard]] const agent::Runner& runner() const { return *runner_; }

 private:
  FakeEngine& engine_;
  std::unique_ptr<agent::Runner> runner_;
  std::unique_ptr<agent::ControlClient> client_;
  std::atomic<agent::ControlClient*> client_pointer_ = nullptr;
};

std::string get(std::uint16_t port, const std::string& path) {
  return agent_test::http_exchange(
      port, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

}  // namespace

TEST_CASE("an agent runs what control assigns, reports it, and ends it when told") {
  FakeEngine engine;
  FakeNetworking networking;
  FakeControl control;
  const agent_test::TemporaryDirectory data;
  const TestAgent agent(engine, networking, control, data.path());
  auto web = agent_test::metered(agent_test::task(1, {container("web")}, NetworkMode::awsvpc));
  control.want(web);
  REQUIRE(eventually([&] { return control.status(web.id) == TaskStatus::running; }));
  CHECK(control.inventory()->cpu.count == 2048);
  CHECK(control.report(web.id).eni_attached);

  const agent::ContainerSpec spec = engine.spec(web.containers.front().id);
  CHECK(spec.network == agent::NetworkKind::joined);
  CHECK(spec.process.arguments == std::vector<std::string>{"/bin/serve"});
  const std::string id = web.containers.front().id.text();
  const std::string variable = "ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/" + id;
  CHECK(std::count(spec.process.environment.begin(), spec.process.environment.end(), variable) ==
        1);
  CHECK(spec.mounts.size() == 3);
  CHECK(std::filesystem::exists(spec.mounts.front().source));

  const std::uint16_t port = networking.port("/fake/" + web.id.text());
  CHECK(get(port, "/v4/" + id).find(R"("Name":"web")") != std::string::npos);
  CHECK(get(port, "/v4/" + id + "/task").find(R"("KnownStatus":"RUNNING")") != std::string::npos);
  CHECK(get(port, "/v4/" + id + "/task/stats").find("cpu_usage") != std::string::npos);
  CHECK(get(port, "/v4/another/task").starts_with("HTTP/1.1 404"));

  control.want(agent_test::stopped(web));
  REQUIRE(eventually([&] { return control.status(web.id) == TaskStatus::stopped; }));
  CHECK(engine.signals() == std::vector<std::string>{"SIGQUIT"});
  CHECK(control.report(web.id).containers.front().exit_code == 143);
  REQUIRE(eventually([&] { return engine.empty() && networking.empty(); }));
  REQUIRE(eventually([&] { return control.meters().size() == 1; }));
  CHECK(control.meters().front().last);
  CHECK_FALSE(std::filesystem::exists(spec.mounts.front().source));
}

TEST_CASE("an agent that was killed finds its tasks and starts none of them again") {
  FakeEngine engine;
  FakeNetworking networking;
  FakeControl control;
  const agent_test::TemporaryDirectory data;
  const auto stays = agent_test::task(1, {container("stays")});
  const auto ends = agent_test::task(2, {container("ends")});
  {
    const TestAgent agent(engine, networking, control, data.path());
    control.want(stays);
    control.want(ends);
    REQUIRE(eventually([&] {
      return control.status(stays.id) == TaskStatus::running &&
             control.status(ends.id) == TaskStatus::running;
    }));
  }
  engine.end(ends.containers.front().id, 5);
  const TestAgent agent(engine, networking, control, data.path());
  REQUIRE(eventually([&] { return control.status(ends.id) == TaskStatus::stopped; }));
  CHECK(control.report(ends.id).containers.front().exit_code == 5);
  CHECK(control.status(stays.id) == TaskStatus::running);
  CHECK(engine.starts(stays.containers.front().id) == 1);
  CHECK(engine.starts(ends.containers.front().id) == 1);
  // The metadata sockets of a task that ran on are open again.
  const std::string id = stays.containers.front().id.text();
  CHECK(eventually([&] {
    return get(networking.port("/fake/" + id), "/v4/" + id).starts_with("HTTP/1.1 200");
  }));
}

TEST_CASE("a task finds its role's credentials, also renewed ones and those of the next agent") {
  FakeEngine engine;
  FakeNetworking networking;
  FakeControl control;
  const agent_test::TemporaryDirectory data;
  auto web = agent_test::task(1, {container("web")}, NetworkMode::awsvpc);
  web.task_role_arn = "arn:aws:iam::123456789012:role/reader";
  schemas::RoleCredentials credentials;
  credentials.task = web.id;
  credentials.role_arn = web.task_role_arn;
  credentials.access_key_id = "ASIAFIRST";
  credentials.secret_access_key = "the first secret";
  credentials.session_token = "the first token";
  credentials.expires_at = schemas::Instant(std::chrono::seconds(1'790'000'000));
  const std::string variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=";
  std::string path;
  const auto served = [&] { return get(networking.port("/fake/" + web.id.text()), path); };
  {
    const TestAgent agent(engine, networking, control, data.path());
    control.grant(credentials);
    control.want(web);
    REQUIRE(eventually([&] { return control.status(web.id) == TaskStatus::running; }));
    for (const std::string& entry : engine.spec(web.containers.front().id).process.environment) {
      path = entry.starts_with(variable) ? entry.substr(variable.size()) : path;
    }
    REQUIRE(path.starts_with("/v2/credentials/"));
    CHECK(served().find(R"("AccessKeyId":"ASIAFIRST")") != std::string::npos);
    CHECK(served().find(R"("Expiration":"2026-09-21T14:13:20.000Z")") != std::string::npos);
    credentials.access_key_id = "ASIASECOND";
    credentials.expires_at += std::chrono::seconds(60);
    control.grant(credentials);
    CHECK(eventually([&] { return served().find("ASIASECOND") != std::string::npos; }));
  }
  const TestAgent agent(engine, networking, control, data.path());
  CHECK(eventually([&] { return served().find("ASIASECOND") != std::string::npos; }));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data.path())) {
    if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      CHECK_MESSAGE(text.find("the first secret") == std::string::npos, entry.path().string());
      CHECK_MESSAGE(text.find("the first token") == std::string::npos, entry.path().string());
    }
  }
}

TEST_CASE("control hears nothing of a task that is not saved") {
  FakeEngine engine;
  FakeNetworking networking;
  const agent_test::TemporaryDirectory data;
  std::promise<std::string> failed;
  agent::Runner runner({engine, networking, data.path(), {}, "boot", {}, {}, 2, {}},
                       agent::Checkpoint::open(data.path() + "/agent.db").value(),
                       [&failed](const std::string& why) { failed.set_value(why); });
  // The loop waits here, so that what comes in next is taken as one batch.
  std::promise<void> waiting;
  std::promise<void> going_on;
  runner.on_ask([&](const schemas::Ask& /*ask*/) {
    waiting.set_value();
    going_on.get_future().wait();
  });
  REQUIRE(runner.start().ok());
  auto asked = runner.next_request(agent::ChannelHost::Purpose::report);
  REQUIRE(asked.has_value());
  schemas::SyncAnswer question;
  question.full = true;
  question.version = 1;
  question.asks.resize(1);
  runner.answered(*asked, question);
  waiting.get_future().wait();
  asked->have_version = 1;
  schemas::SyncAnswer assignment;
  assignment.version = 2;
  assignment.tasks_set = {agent_test::task(1, {container("web")})};
  runner.answered(*asked, assignment);
  auto request = std::async(std::launch::async, [&runner] {
    return runner.next_request(agent::ChannelHost::Purpose::report);
  });
  REQUIRE(agent::Database::open(data.path() + "/agent.db").value().execute("DROP TABLE progress"));
  going_on.set_value();
  CHECK_FALSE(request.get().has_value());
  CHECK(failed.get_future().get().find("progress") != std::string::npos);
}

TEST_CASE("an image that cannot be pulled ends its task with the registry's words") {
  FakeEngine engine;
  engine.pull_error = "CannotPullContainerError: manifest unknown";
  FakeNetworking networking;
  FakeControl control;
  const agent_test::TemporaryDirectory data;
  const TestAgent agent(engine, networking, control, data.path());
  const auto web = agent_test::task(1, {container("web")});
  control.want(web);
  REQUIRE(eventually([&] { return control.status(web.id) == TaskStatus::stopped; }));
  CHECK(control.report(web.id).stopped_reason == "CannotPullContainerError: manifest unknown");
  CHECK(control.report(web.id).stop_code == schemas::StopCode::task_failed_to_start);
}

TEST_CASE("an image that is pinned is pulled by its digest, and a failed pull says which") {
  FakeEngine engine;
  FakeNetworking networking;
  FakeControl control;
  const agent_test::TemporaryDirectory data;
  auto web = agent_test::task(1, {container("web")});
  const std::string digest = "sha256:" + std::string(64, 'a');
  web.containers.front().image_digest = digest;
  SUBCASE("it is there") {
    const TestAgent agent(engine, networking, control, data.path());
    control.want(web);
    REQUIRE(eventually([&] { return control.status(web.id) == TaskStatus::running; }));
    CHECK(control.report(web.id).containers.front().image_digest == digest);
    CHECK(engine.spec(web.containers.front().id).image_digest == digest);
  }
  SUBCASE("it is gone") {
    engine.pull_error = "CannotPullContainerError: manifest unknown";
    const TestAgent agent(engine, networking, control, data.path());
    control.want(web);
    REQUIRE(eventually([&] { return control.status(web.id) == TaskStatus::stopped; }));
    const std::string said = control.report(web.id).stopped_reason;
    CHECK(said.starts_with("CannotPullContainerError: manifest unknown (registry:5000/web:1 "));
    CHECK(said.find("pinned to " + digest) != std::string::npos);
    CHECK(said.find("forceNewDeployment") != std::string::npos);
  }
}

TEST_CASE("an identity that control does not know any more is said so, once") {
  FakeEngine engine;
  FakeNetworking networking;
  FakeControl control;
  const agent_test::TemporaryDirectory data;
  control.refuse();
  const TestAgent agent(engine, networking, control, data.path());
  CHECK(eventually([&] { return agent.refused.load(); }));
}
