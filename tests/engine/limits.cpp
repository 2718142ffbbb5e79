// What a container may use, what it used, and what happens beyond.

#include <doctest/doctest.h>

#include "tests/engine/host.h"

using engine_tests::Ended;
using engine_tests::Host;
using engine_tests::Running;
using engine_tests::Wish;

TEST_CASE("A container beyond its memory limit is killed and said to be out of memory") {
  Host host;
  Wish wish;
  wish.limits.memory = schemas::MemoryMib{32};
  wish.command = {"eat", "64"};
  const Ended ended = host.run(wish);
  CHECK(ended.exit.exit_code == 137);
  CHECK(ended.exit.out_of_memory);
  CHECK(ended.exit.reason == "OutOfMemoryError: Container killed due to memory usage");
}

TEST_CASE("A task beyond its memory limit loses the container that took too much") {
  Host host;
  Wish wish;
  wish.task_limits.memory = schemas::MemoryMib{32};
  wish.command = {"eat", "64"};
  const Ended ended = host.run(wish);
  CHECK(ended.exit.exit_code == 137);
  CHECK(ended.exit.out_of_memory);
}

TEST_CASE("A container whose child was killed for memory ends as it likes") {
  Host host;
  Wish wish;
  wish.limits.memory = schemas::MemoryMib{32};
  wish.command = {"eat-in-child", "64"};
  const Ended ended = host.run(wish);
  CHECK(ended.said("child killed"));
  CHECK(ended.exit.exit_code == 7);
  CHECK_FALSE(ended.exit.out_of_memory);
  CHECK(ended.exit.reason.empty());
}

TEST_CASE("A container within its memory limit lives") {
  Host host;
  Wish wish;
  wish.limits.memory = schemas::MemoryMib{64};
  wish.command = {"eat", "32", "leave"};
  const Ended ended = host.run(wish);
  CHECK(ended.exit.exit_code == 0);
  CHECK(ended.said("ate 32 MiB"));
}

TEST_CASE("A container cannot make more processes than its limit") {
  Host host;
  Wish wish;
  wish.limits.pids = 10;
  wish.command = {"forks", "100"};
  const Ended ended = host.run(wish);
  CHECK(ended.said("forked 9"));
}

TEST_CASE("A task's CPU limit holds: a quarter of a CPU burns a quarter of the time") {
  Host host;
  Wish wish;
  wish.task_limits.cpu = schemas::CpuUnits{256};
  wish.command = {"burn", "2000"};
  const Running running = host.started(wish);
  REQUIRE(host.await_exit(running));
  const auto use = host.engine().task_use(running.task);
  REQUIRE(use.ok());
  // 2 s of wall time at a quarter are 0.5 s of CPU time, and a period's worth to either side. On a
  // busy machine it may get less; what counts is that it cannot get more.
  CHECK(use.value().cpu_time_ns < 800'000'000);
  CHECK(use.value().cpu_time_ns > 20'000'000);
}

TEST_CASE("A task's meter counts its containers' use to the end, and after it") {
  Host host;
  Wish wish;
  wish.command = {"burn", "300"};
  const Running running = host.started(wish);
  REQUIRE(host.await_exit(running));
  const auto before = host.engine().task_use(running.task);
  REQUIRE(host.engine().remove(running.id).ok());
  const auto after = host.engine().task_use(running.task);
  REQUIRE(before.ok());
  REQUIRE(after.ok());
  CHECK(before.value().cpu_time_ns > 10'000'000);
  CHECK(after.value().cpu_time_ns >= before.value().cpu_time_ns);
  CHECK(after.value().memory_peak_bytes > 100'000);
  REQUIRE(host.engine().remove_task(running.task).ok());
  CHECK_FALSE(host.engine().task_use(running.task).ok());
}

TEST_CASE("A task's meter shows the memory that is held") {
  Host host;
  Wish wish;
  wish.command = {"eat", "48"};
  const Running running = host.started(wish);
  REQUIRE(host.await_line(running, "ate 48 MiB"));
  const auto use = host.engine().task_use(running.task);
  REQUIRE(use.ok());
  CHECK(use.value().memory_bytes > 48 * 1'048'576);
  CHECK(use.value().memory_bytes < 80 * 1'048'576);
  CHECK(use.value().memory_peak_bytes >= use.value().memory_bytes);
}

TEST_CASE("Two containers of a task share its limit") {
  Host host;
  const auto image = host.pull("probe");
  REQUIRE(image.ok());
  const schemas::TaskId task = host.new_task();
  REQUIRE(host.engine().create_task(task, {.cpu = {}, .memory = schemas::MemoryMib{64}}).ok());
  std::vector<Running> containers;
  schemas::Random random(static_cast<std::uint64_t>(task.bytes()[0]) << 8U | task.bytes()[1]);
  for (const char* name : {"first", "second"}) {
    agent::ContainerSpec spec;
    spec.id = schemas::ContainerId::draw(random);
    spec.task = task;
    spec.name = name;
    spec.image_digest = image.value().digest;
    spec.process.arguments = {"/probe", "eat", "40"};
    REQUIRE(host.engine().create(spec).ok());
    REQUIRE(host.engine().start(spec.id).ok());
    containers.push_back({.task = task, .id = spec.id, .name = name});
    if (containers.size() == 1) {
      REQUIRE(host.await_line(containers.front(), "ate 40 MiB"));
    }
  }
  CHECK(engine_tests::wait_for([&] {
    return host.engine().state(containers[0].id).value().exit.has_value() ||
           host.engine().state(containers[1].id).value().exit.has_value();
  }));
  CHECK(host.engine().remove_task(task).ok());
}
