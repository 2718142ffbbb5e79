// Containers that mean no good, or fail badly.

#include <doctest/doctest.h>

#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::Running;
using engine_tests::Wish;

namespace {

Running held(Host& host) {
  Wish wish;
  wish.command = {"hold"};
  Running running = host.started(wish);
  REQUIRE(host.await_line(running, "holding"));
  return running;
}

}  // namespace

TEST_CASE("A container that forks without end stays within its limit, and is removed whole") {
  Host host;
  const Running neighbour = held(host);
  Wish wish;
  wish.image = "busybox";
  wish.limits.pids = 64;
  wish.command = {"sh", "-c", "f() { f | f & }; f; sleep 1000"};
  wish.task_limits.cpu = schemas::CpuUnits{256};
  const Running bomb = host.started(wish);
  const auto beside = host.engine().exec(neighbour.id, {.arguments = {"/probe", "exit", "5"}});
  REQUIRE(beside.ok());
  CHECK(beside.value().exit_code == 5);
  REQUIRE(host.engine().kill(bomb.id).ok());
  REQUIRE(host.await_exit(bomb));
  CHECK(host.engine().remove_task(bomb.task).ok());
  CHECK(host.engine().state(neighbour.id).value().phase == agent::ContainerPhase::running);
}

TEST_CASE("A container that eats memory without end is killed alone; its neighbour runs") {
  Host host;
  const Running neighbour = held(host);
  Wish wish;
  wish.limits.memory = schemas::MemoryMib{48};
  wish.command = {"eat", "100000"};
  CHECK(host.run(wish).exit.out_of_memory);
  CHECK(host.engine().state(neighbour.id).value().phase == agent::ContainerPhase::running);
}
