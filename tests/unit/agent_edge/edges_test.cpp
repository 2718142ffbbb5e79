#include <doctest/doctest.h>

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "agent/edge/control_client/identity.h"
#include "agent/edge/metadata/documents.h"
#include "agent/edge/metadata/metadata_server.h"
#include "agent/edge/runner/lanes.h"
#include "agent/edge/runner/task_files.h"
#include "agent/edge/streams/log_streams.h"
#include "tests/unit/agent_core/builders.h"
#include "tests/unit/agent_edge/loopback.h"

using agent_test::container;
using agent_test::eventually;
using agent_test::LoopbackServer;
using agent_test::TemporaryDirectory;

TEST_CASE("jobs of one lane run in order, those of others meanwhile") {
  std::mutex mutex;
  std::vector<int> order;
  std::atomic<bool> other_ran = false;
  std::atomic<bool> overlapped_itself = false;
  std::atomic<int> inside = 0;
  agent::Lanes lanes(3);
  for (int i = 0; i < 20; ++i) {
    lanes.give("a", [&, i] {
      overlapped_itself = overlapped_itself || inside.fetch_add(1) != 0;
      if (i == 0) {
        eventually([&] { return other_ran.load(); });  // lane b is not held up by lane a
      }
      const std::lock_guard lock(mutex);
      order.push_back(i);
      inside -= 1;
    });
  }
  lanes.give("b", [&] { other_ran = true; });
  REQUIRE(eventually([&] {
    const std::lock_guard lock(mutex);
    return order.size() == 20;
  }));
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK_FALSE(overlapped_itself.load());
  CHECK(lanes.finish(std::chrono::milliseconds(1000)));
}

TEST_CASE("an identity is kept for its owner only, whole, and read back") {
  const TemporaryDirectory data;
  CHECK_FALSE(agent::read_identity(data.path()).value().has_value());
  agent::Identity identity;
  identity.instance = schemas::InstanceId(agent_test::bytes_of(3));
  identity.secret = "s3cret";
  identity.scope = {"123456789012", "us-east-1"};
  REQUIRE(agent::write_identity(data.path(), identity).ok());
  const auto again = agent::read_identity(data.path());
  REQUIRE(again.ok());
  CHECK(again.value()->secret == "s3cret");
  CHECK(again.value()->instance == identity.instance);
  struct stat facts {};
  REQUIRE(::stat((data.path() + "/identity").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);

  std::ofstream(data.path() + "/identity") << "{";
  CHECK_FALSE(agent::read_identity(data.path()).ok());
}

TEST_CASE("joining says what control said when it refuses, and what to do without a token file") {
  LoopbackServer control([](const LoopbackServer::Request& request) {
    CHECK(request.path == "/agent/v1/join");
    return LoopbackServer::Response{401, "this token was used already"};
  });
  const auto refused = agent::join(control.url(), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == schemas::ErrorCode::access_denied);
  CHECK(refused.error().message.find("this token was used already") != std::string::npos);
  CHECK_FALSE(agent::read_token("/nonexistent/token").ok());
  CHECK_FALSE(agent::join("127.0.0.1:1", {}).ok());
}

TEST_CASE("a namespace's name servers leave out those it cannot reach") {
  CHECK(
      agent::resolv_conf_for_sandbox("search corp\nnameserver 127.0.0.53\nnameserver 10.0.0.2\n") ==
      "search corp\nnameserver 10.0.0.2\n");
}

namespace {

agent::TaskView example_view(schemas::NetworkMode mode) {
  agent::TaskView view;
  auto assignment = agent_test::task(1, {container("web"), container("side")}, mode);
  assignment.cpu_limit = schemas::CpuUnits{256};
  assignment.tags = {{"team", "a"}};
  view.record = agent::fresh_task(assignment).record;
  view.record.status = schemas::TaskStatus::running;
  view.record.started_at = agent_test::at_second(0).wall;
  view.record.eni = agent_test::eni_for(assignment);
  view.subnet = agent_test::subnet();
  return view;
}

}  // namespace

TEST_CASE("task metadata speaks ECS's words, about the asking task and no other") {
  const agent::TaskView view = example_view(schemas::NetworkMode::awsvpc);
  const std::string id = view.record.assignment->containers.front().id.text();
  const agent::UseSource no_use = [](std::int64_t) { return std::nullopt; };
  const auto ask = [&](const std::string& path) {
    return agent::answer_metadata(view, 0, path, no_use);
  };
  const std::string task = ask("/v4/" + id + "/task").body;
  for (const char* part :
       {R"("TaskARN":"arn:aws:ecs:us-east-1:123456789012:task/default/)", R"("Revision":"1")",
        R"("KnownStatus":"RUNNING")", R"("Limits":{"CPU":0.25)", R"("IPv4Addresses":["10.0.0.5"])",
        R"("FaultInjectionEnabled":false)", R"("Type":"NORMAL")"}) {
    CHECK_MESSAGE(task.find(part) != std::string::npos, part);
  }
  CHECK(task.find("TaskTags") == std::string::npos);
  CHECK(ask("/v4/" + id + "/taskWithTags").body.find(R"("TaskTags":{"team":"a"})") !=
        std::string::npos);
  CHECK(ask("/v4/" + id).body.find(R"("Name":"web")") != std::string::npos);
  CHECK(ask("/v4/" + id + "/stats").status == 404);
  CHECK(ask("/v4/" + schemas::ContainerId(agent_test::bytes_of(1)).text()).status == 404);
  CHECK(ask("/latest/meta-data").status == 404);
  CHECK(ask("/v4/").status == 404);
  CHECK(agent::rfc3339(schemas::Instant(schemas::Duration(1'700'000'000'123))) ==
        "2023-11-14T22:13:20.123Z");
}

TEST_CASE("in bridge mode a container does not see its neighbour's own document") {
  const agent::TaskView view = example_view(schemas::NetworkMode::bridge);
  const std::string side = view.record.assignment->containers.back().id.text();
  const agent::UseSource no_use = [](std::int64_t) { return std::nullopt; };
  CHECK(agent::answer_metadata(view, 0, "/v4/" + side, no_use).status == 404);
  CHECK(agent::answer_metadata(view, 1, "/v4/" + side, no_use).status == 200);
}

TEST_CASE("the socket that is reached decides who asks, and closing it ends its connections") {
  agent::MetadataServer server([](const agent::SocketOwner& owner, std::string_view path) {
    return agent::MetadataReply{200, owner.task.text() + std::string(path)};
  });
  const auto [first, first_port] = agent_test::listen_on_loopback();
  const auto [second, second_port] = agent_test::listen_on_loopback();
  server.serve({agent_test::task_id(1), 0}, first);
  server.serve({agent_test::task_id(2), 0}, second);
  const std::string request = "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const auto answer = [&](std::uint16_t port) { return agent_test::http_exchange(port, request); };
  CHECK(answer(first_port).find(agent_test::task_id(1).text() + "/x") != std::string::npos);
  CHECK(answer(second_port).find(agent_test::task_id(2).text() + "/x") != std::string::npos);
  CHECK(agent_test::http_exchange(first_port, "DELETE / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 405"));
  const std::string long_header(20'000, 'a');
  CHECK(agent_test::http_exchange(first_port, "GET / HTTP/1.1\r\nA: " + long_header + "\r\n\r\n")
            .find("200") == std::string::npos);
  server.close({agent_test::task_id(1), 0});
  CHECK(answer(first_port).empty());
  CHECK_FALSE(answer(second_port).empty());
}

TEST_CASE("a log is sent to control line by line, and followed until its container ends") {
  const TemporaryDirectory data;
  const std::string path = data.path() + "/web.log";
  std::ofstream log(path);
  log << "2026-11-23T18:30:41.584737507+00:00 stdout F first\n" << std::flush;
  std::mutex mutex;
  std::map<std::string, std::string> bodies;
  LoopbackServer control([&](const LoopbackServer::Request& request) {
    const std::lock_guard lock(mutex);
    bodies[request.path] = request.body;
    return LoopbackServer::Response{200, "{}"};
  });
  std::atomic<bool> ended = false;
  auto streams = agent::LogStreams::start(control.url(), "secret", [&](const schemas::Ask&) {
    return std::vector<agent::LogSource>{
        {"web", path, ended ? agent::LogSource::State::ended : agent::LogSource::State::growing}};
  });
  REQUIRE(streams.ok());
  schemas::Ask read;
  read.id = schemas::AskId(agent_test::bytes_of(1));
  schemas::Ask follow = read;
  follow.id = schemas::AskId(agent_test::bytes_of(2));
  follow.purpose = schemas::AskPurpose::follow_log;
  const auto body = [&](const schemas::Ask& ask) {
    const std::lock_guard lock(mutex);
    const auto found = bodies.find("/agent/v1/streams/" + ask.id.text());
    return found == bodies.end() ? std::string() : found->second;
  };
  streams.value()->answer(follow);
  streams.value()->answer(read);
  streams.value()->answer(read);
  REQUIRE(eventually([&] { return !body(read).empty(); }));
  CHECK(body(read).find(R"("text":"first")") != std::string::npos);
  CHECK(body(follow).empty());
  log << "2026-11-23T18:30:42.584737507+00:00 stderr F second\n" << std::flush;
  ended = true;
  REQUIRE(eventually([&] { return !body(follow).empty(); }));
  CHECK(body(follow).find(R"("text":"first")") != std::string::npos);
  CHECK(body(follow).find(R"("text":"second")") != std::string::npos);
}
