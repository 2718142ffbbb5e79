// Another run of a container that has ended.

#include <doctest/doctest.h>

#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::Running;
using engine_tests::wait_for;
using engine_tests::Wish;

namespace {

/// Counts its runs in a file, says the number, and ends with it; stays in the third.
Wish counting() {
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c",
                  "echo x >> /runs; n=$(wc -l < /runs); echo run $n; "
                  "test $n -lt 3 && exit $n; exec sleep 1000"};
  return wish;
}

bool ended_with(Host& host, const Running& running, std::int64_t code) {
  return wait_for([&] {
    const auto state = host.engine().state(running.id);
    return state.ok() && state.value().exit && state.value().exit->exit_code == code;
  });
}

}  // namespace

TEST_CASE("A container that ended runs again, with its files, its id and its log") {
  Host host;
  const Running running = host.started(counting());
  REQUIRE(ended_with(host, running, 1));
  REQUIRE(host.engine().restart(running.id).ok());
  REQUIRE(ended_with(host, running, 2));
  REQUIRE(host.engine().restart(running.id).ok());
  CHECK(host.await_line(running, "run 3"));
  CHECK(host.await_line(running, "run 1"));
  CHECK(host.engine().state(running.id).value().phase == agent::ContainerPhase::running);
  CHECK(host.engine().task_use(running.task).ok());
}

TEST_CASE("The engine refuses to restart what has not ended") {
  Host host;
  Wish wish;
  wish.command = {"hold"};
  const Running running = host.started(wish);
  const auto refused = host.engine().restart(running.id);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with("CannotStartContainerError"));
}

TEST_CASE(
    "A container that ended while no agent was there is restarted by the next, which runs it") {
  Host host;
  const Running running = host.started(counting());
  REQUIRE(ended_with(host, running, 1));
  host.lose_agent();
  host.start_agent();
  const auto found = host.engine().recover();
  REQUIRE(found.ok());
  REQUIRE(found.value().size() == 1);
  REQUIRE(found.value().front().exit);
  const auto first_end = found.value().front().exit->finished_at;
  REQUIRE(host.engine().restart(running.id).ok());
  REQUIRE(ended_with(host, running, 2));
  host.lose_agent();
  host.start_agent();
  const auto again = host.engine().recover();
  REQUIRE(again.ok());
  REQUIRE(again.value().front().exit);
  CHECK(again.value().front().exit->exit_code == 2);
  CHECK(again.value().front().exit->finished_at != first_end);
}

TEST_CASE("An end for want of memory is not held against a later run") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.limits.memory = schemas::MemoryMib{16};
  wish.command = {"sh", "-c",
                  "test -e /second && exit 137; touch /second; "
                  "exec head -c 64m /dev/zero | tail"};
  const Running running = host.started(wish);
  REQUIRE(wait_for([&] { return host.engine().state(running.id).value().exit.has_value(); }));
  REQUIRE(host.engine().restart(running.id).ok());
  REQUIRE(wait_for([&] { return host.engine().state(running.id).value().exit.has_value(); }));
  CHECK_FALSE(host.engine().state(running.id).value().exit->out_of_memory);
}
