// What is left when something is killed, and what is found again.

#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::Running;
using engine_tests::wait_for;
using engine_tests::Wish;

namespace {

Wish holding() {
  Wish wish;
  wish.command = {"hold"};
  return wish;
}

/// True for what only conmon and our own files can do: on Docker there are none.
bool needs_supervisor() { return !engine_tests::on_docker(); }

std::int64_t supervisor_of(const Host& host, const Running& running) {
  std::int64_t id = 0;
  std::ifstream(host.data() / "containers" / running.id.text() / "conmon.pid") >> id;
  return id;
}

}  // namespace

TEST_CASE("A container runs on without its agent, which finds it again") {
  Host host;
  const Running running = host.started(holding());
  REQUIRE(host.await_line(running, "holding"));
  const std::int64_t pid = host.engine().state(running.id).value().pid;
  host.lose_agent();
  CHECK(::kill(static_cast<pid_t>(pid), 0) == 0);
  host.start_agent();
  const auto found = host.engine().recover();
  REQUIRE(found.ok());
  REQUIRE(found.value().size() == 1);
  const agent::ContainerState& state = found.value().front();
  CHECK(state.id == running.id);
  CHECK(state.task == running.task);
  CHECK(state.name == "main");
  CHECK(state.phase == agent::ContainerPhase::running);
  CHECK(state.pid == pid);
  CHECK(state.image_digest.starts_with("sha256:"));
  REQUIRE(host.engine().signal(running.id, "SIGTERM").ok());
  const auto exit = host.await_exit(running);
  REQUIRE(exit);
  CHECK(exit->exit_code == 0);
  CHECK(host.engine().task_use(running.task).ok());
}

TEST_CASE("A container that ended without its agent is reported with its code when that is back") {
  Host host;
  const Running running = host.started(holding());
  REQUIRE(host.await_line(running, "holding"));
  const std::int64_t pid = host.engine().state(running.id).value().pid;
  const std::int64_t supervisor = needs_supervisor() ? supervisor_of(host, running) : pid;
  host.lose_agent();
  REQUIRE(::kill(static_cast<pid_t>(pid), SIGTERM) == 0);
  REQUIRE(
      wait_for([&] { return !std::filesystem::exists("/proc/" + std::to_string(supervisor)); }));
  host.start_agent();
  const auto found = host.engine().recover();
  REQUIRE(found.ok());
  REQUIRE(found.value().size() == 1);
  CHECK(found.value().front().phase == agent::ContainerPhase::exited);
  REQUIRE(found.value().front().exit);
  CHECK(found.value().front().exit->exit_code == 0);
}

TEST_CASE("A container that was created and not started is found so, and can be started") {
  Host host;
  Wish wish;
  wish.command = {"exit", "9"};
  const auto created = host.create(wish);
  REQUIRE(created.ok());
  host.lose_agent();
  host.start_agent();
  const auto found = host.engine().recover();
  REQUIRE(found.ok());
  REQUIRE(found.value().size() == 1);
  CHECK(found.value().front().phase == agent::ContainerPhase::created);
  REQUIRE(host.engine().start(created.value().id).ok());
  const auto exit = host.await_exit(created.value());
  REQUIRE(exit);
  CHECK(exit->exit_code == 9);
}

TEST_CASE("A container whose supervisor is killed is killed too, and said to be lost") {
  if (!needs_supervisor()) {
    return;
  }
  Host host;
  const Running running = host.started(holding());
  REQUIRE(host.await_line(running, "holding"));
  const std::int64_t pid = host.engine().state(running.id).value().pid;
  REQUIRE(::kill(static_cast<pid_t>(supervisor_of(host, running)), SIGKILL) == 0);
  const auto exit = host.await_exit(running);
  REQUIRE(exit);
  CHECK_FALSE(exit->exit_code);
  CHECK(exit->reason.find("exit code is lost") != std::string::npos);
  CHECK(wait_for([&] { return !std::filesystem::exists("/proc/" + std::to_string(pid)); }));
}

TEST_CASE("Removing a running container leaves nothing of it but its log") {
  Host host;
  const Running running = host.started(holding());
  REQUIRE(host.await_line(running, "holding"));
  CHECK_FALSE(host.leftovers().empty());
  REQUIRE(host.engine().remove(running.id).ok());
  REQUIRE(host.engine().remove(running.id).ok());
  REQUIRE(host.engine().remove_task(running.task).ok());
  REQUIRE(host.engine().sweep({}).ok());
  CHECK(host.leftovers().empty());
  CHECK(host.log(running).size() == 1);
  REQUIRE(host.engine().remove_logs(running.task).ok());
  CHECK(host.log(running).empty());
  CHECK_FALSE(host.engine().state(running.id).ok());
}

TEST_CASE("A sweep removes what belongs to no known task and spares the rest") {
  Host host;
  const Running kept = host.started(holding());
  const Running stray = host.started(holding());
  host.lose_agent();
  host.start_agent();
  const std::vector<schemas::TaskId> known{kept.task};
  REQUIRE(host.engine().sweep(known).ok());
  CHECK(host.engine().state(kept.id).value().phase == agent::ContainerPhase::running);
  CHECK_FALSE(host.engine().state(stray.id).ok());
  CHECK_FALSE(host.engine().task_use(stray.task).ok());
  CHECK(host.engine().task_use(kept.task).ok());
}

TEST_CASE("What a crash in the middle of making a container leaves is removed at the next start") {
  if (!needs_supervisor()) {
    return;
  }
  Host host;
  host.lose_agent();
  schemas::Random random(7);
  const std::string id = schemas::ContainerId::draw(random).text();
  const std::filesystem::path home = host.data() / "containers" / id;
  std::filesystem::create_directories(home / "upper");
  std::ofstream(home / "record") << "format=1\ntask=" << host.new_task().text() << "\nname=web\n";
  std::filesystem::create_directories(host.data() / "images" / "pulling" / "1" / "layout");
  host.start_agent();
  CHECK(host.engine().recover().value().empty());
  CHECK_FALSE(std::filesystem::exists(home));
  CHECK(std::filesystem::is_empty(host.data() / "images" / "pulling"));
}

TEST_CASE("Two engines do not share a data directory") {
  Host host;
  const auto second = engine_tests::open_engine({.data_directory = host.data()},
                                                [](const agent::ContainerExit&) {});
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().message.find("another agent uses") != std::string::npos);
}

TEST_CASE("Two engines run side by side and one's sweep does not touch the other's containers") {
  Host one;
  Host other;
  const Running running = one.started(holding());
  REQUIRE(one.await_line(running, "holding"));
  REQUIRE(other.engine().sweep({}).ok());
  CHECK(one.engine().state(running.id).value().phase == agent::ContainerPhase::running);
}

TEST_CASE("An agent killed at any moment of a container's life leaves nothing that is not found") {
  Host host;
  const auto image = host.pull("probe");
  REQUIRE(image.ok());
  host.lose_agent();
  schemas::Random moments(static_cast<std::uint64_t>(host.new_task().bytes()[3]) + 1);
  for (int round = 0; round < 20; ++round) {
    const std::chrono::milliseconds life(150 + moments.below(350));
    CAPTURE(life.count());
    host.kill_agent_in(life, [&](agent::Engine& engine, schemas::Random& random) {
      agent::ContainerSpec spec;
      spec.id = schemas::ContainerId::draw(random);
      spec.task = schemas::TaskId::draw(random);
      spec.name = "main";
      spec.image_digest = image.value().digest;
      spec.process.arguments = {"/probe", "hold"};
      if (engine.create_task(spec.task, {}).ok() && engine.create(spec).ok() &&
          engine.start(spec.id).ok() && random.chance(500) && engine.kill(spec.id).ok() &&
          random.chance(500)) {
        static_cast<void>(engine.remove_task(spec.task).ok());
      }
    });
    host.start_agent();
    const auto found = host.engine().recover();
    REQUIRE(found.ok());
    for (const agent::ContainerState& state : found.value()) {
      // Whatever it is now can be acted on: what runs has a process, what ended says how, if not
      // now then as soon as its supervisor has written it down.
      CHECK(wait_for([&] {
        const auto now = host.engine().state(state.id);
        // What was only created has no process in Docker.
        const bool waits =
            now.ok() && !needs_supervisor() && now.value().phase == agent::ContainerPhase::created;
        return now.ok() && (waits || now.value().exit.has_value() ||
                            std::filesystem::exists("/proc/" + std::to_string(now.value().pid)));
      }));
    }
    REQUIRE(host.engine().sweep({}).ok());
    const auto left = host.leftovers();
    CHECK_MESSAGE(left.empty(), left.front());
    host.lose_agent();
  }
}
