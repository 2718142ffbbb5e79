// Commands that run in a container beside its program.

#include <doctest/doctest.h>

#include <thread>

#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::Running;
using engine_tests::wait_for;
using engine_tests::Wish;

namespace {

Wish sleeping(const std::string& image = "busybox") {
  Wish wish;
  wish.image = image;
  wish.command = image == "busybox" ? std::vector<std::string>{"sleep", "1000"}
                                    : std::vector<std::string>{"hold"};
  return wish;
}

agent::ExecResult exec(Host& host, const Running& running, std::vector<std::string> arguments,
                       std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
  auto result =
      host.engine().exec(running.id, {.arguments = std::move(arguments), .timeout = timeout});
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return std::move(result).value();
}

}  // namespace

TEST_CASE("A command runs in a container as its program would, and says how it ended") {
  Host host;
  Wish wish = sleeping("dressed");
  wish.definition.environment = {{"COLOUR", "red"}};
  const Running running = host.started(wish);
  const auto shown = exec(host, running, {"/probe", "show"});
  CHECK(shown.exit_code == 0);
  const std::string groups =
      engine_tests::on_docker() ? "groups 1235 1300 1301\n" : "groups 1300 1301\n";
  for (const std::string& line : {std::string("uid 1234\n"), std::string("gid 1235\n"), groups,
                                  std::string("directory /srv/app\n"), std::string("COLOUR=red\n"),
                                  std::string("no_new_privileges 1\n")}) {
    CAPTURE(line);
    CHECK(shown.output.find(line) != std::string::npos);
  }
  CHECK(exec(host, running, {"/probe", "exit", "7"}).exit_code == 7);
  CHECK(exec(host, running, {"/nowhere"}).exit_code != 0);
  CHECK(host.engine().state(running.id).value().phase == agent::ContainerPhase::running);
}

TEST_CASE("A command has the rights and the system call filter of its container") {
  Host host;
  const Running running = host.started(sleeping("probe"));
  const auto status = exec(host, running, {"/probe", "cat", "/proc/self/status"});
  CHECK(status.output.find("CapEff:\t00000000a80425fb") != std::string::npos);
  CHECK(status.output.find("Seccomp:\t2") != std::string::npos);
  CHECK(exec(host, running, {"/probe", "attempt", "mount"}).exit_code == 1);
}

TEST_CASE("A command that takes too long is killed, and so is everything it started") {
  Host host;
  const Running running = host.started(sleeping());
  const auto late = exec(host, running, {"sh", "-c", "echo begun; setsid sleep 777 & sleep 777"},
                         std::chrono::milliseconds(1'500));
  CHECK(late.timed_out);
  CHECK(late.output == "begun\n");
  const auto left = exec(host, running, {"sh", "-c", "ps | grep -c '[s]leep 777'"});
  CHECK(left.output == "0\n");
  CHECK(host.engine().state(running.id).value().phase == agent::ContainerPhase::running);
}

TEST_CASE("A command that ends in time leaves nothing behind either") {
  Host host;
  const Running running = host.started(sleeping());
  const auto ended =
      exec(host, running, {"sh", "-c", "setsid sleep 777 & exit 0"}, std::chrono::seconds(3));
  // runc waits for whoever holds the command's output, so with it this one is not in time.
  if (engine_tests::runtime() == "runc") {
    CHECK(ended.timed_out);
  } else {
    CHECK(ended.exit_code == 0);
  }
  CHECK(exec(host, running, {"sh", "-c", "ps | grep -c '[s]leep 777'"}).output == "0\n");
}

TEST_CASE("A command is within its container's limits, and metered with its task") {
  Host host;
  Wish wish = sleeping("probe");
  wish.limits.pids = 12;
  const Running running = host.started(wish);
  const auto forks = exec(host, running, {"/probe", "forks", "100"});
  REQUIRE(forks.output.starts_with("forked "));
  CHECK(std::stoi(forks.output.substr(7)) < 12);
  const auto before = host.engine().task_use(running.task);
  CHECK(exec(host, running, {"/probe", "burn", "300"}).exit_code == 0);
  const auto after = host.engine().task_use(running.task);
  REQUIRE(before.ok());
  REQUIRE(after.ok());
  CHECK(after.value().cpu_time_ns - before.value().cpu_time_ns > 10'000'000);
}

TEST_CASE("Of a command's output the beginning is kept, up to the limit") {
  Host host;
  const Running running = host.started(sleeping("probe"));
  const auto much = exec(host, running, {"/probe", "lines", "5000", "100"});
  CHECK(much.output.size() == agent::exec_output_max);
  CHECK(much.output.starts_with("line 1."));
}

TEST_CASE("The engine refuses a command in a container that does not run") {
  Host host;
  Wish wish;
  wish.command = {"exit", "0"};
  const Running running = host.started(wish);
  REQUIRE(host.await_exit(running));
  const auto refused = host.engine().exec(running.id, {.arguments = {"/probe", "show"}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("does not run") != std::string::npos);
}

TEST_CASE("Removing a container ends the commands in it and leaves nothing of them") {
  Host host;
  const Running running = host.started(sleeping());
  std::thread beside([&] {
    const auto ended = host.engine().exec(
        running.id, {.arguments = {"sleep", "888"}, .timeout = std::chrono::seconds(60)});
    CHECK((!ended.ok() || ended.value().exit_code != 0));
  });
  CHECK(wait_for([&] {
    return exec(host, running, {"sh", "-c", "ps | grep -c '[s]leep 888'"}).output == "1\n";
  }));
  CHECK(host.engine().remove(running.id).ok());
  beside.join();
}
