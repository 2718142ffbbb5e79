#include "agent/core/meter.h"

#include <doctest/doctest.h>

#include "tests/unit/agent_core/fake_host.h"

using agent_test::container;
using agent_test::FakeHost;
using agent_test::metered;
using agent_test::task;
using agent_test::task_id;

namespace {

void run(FakeHost& host, std::int64_t seconds) {
  for (std::int64_t i = 0; i < seconds; ++i) {
    host.pass(1);
    host.settle();
  }
}

/// Sequences without gaps, each interval beginning where the one before ended.
void check_chain(const std::vector<schemas::MeterRecord>& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i].sequence == static_cast<std::int64_t>(i) + 1);
    CHECK(records[i].monotonic_start_ns <= records[i].monotonic_end_ns);
    CHECK(records[i].last == (i + 1 == records.size()));
    if (i > 0) {
      CHECK(records[i].monotonic_start_ns == records[i - 1].monotonic_end_ns);
    }
  }
}

}  // namespace

TEST_CASE("a metered task is metered from pull start to stop, a record a minute and a last one") {
  FakeHost host;
  host.assign({metered(task(1, {container("web")}))});
  const std::int64_t start_ns = host.now.boot_ns;
  host.pass(5);  // a slow pull counts
  host.settle();
  run(host, 120);
  CHECK(host.all_meters.size() == 2);
  host.exit(task_id(1), "web", 0);
  host.settle();
  REQUIRE(host.all_meters.size() == 3);
  check_chain(host.all_meters);
  CHECK(host.all_meters.front().monotonic_start_ns == start_ns);
  CHECK(host.all_meters.back().monotonic_end_ns == start_ns + 125 * agent::nanoseconds_per_second);
  std::int64_t cpu_ns = 0;
  for (const auto& record : host.all_meters) {
    cpu_ns += record.cpu_time_ns;
  }
  CHECK(cpu_ns == 120 * agent::nanoseconds_per_second / 4);
  CHECK(host.all_meters.at(1).memory_byte_seconds == 60 * 1'048'576);
  CHECK(host.all_meters.front().memory_peak_bytes == 2'097'152);
  CHECK(host.all_meters.at(1).memory_peak_bytes == 1'048'576);
}

TEST_CASE("a task that never started is metered from its pull to its end") {
  FakeHost host;
  host.fault = [](const agent::Effect& effect) {
    return effect.action == agent::Action::pull_image ? "CannotPullContainerError: no" : "";
  };
  host.assign({metered(task(1, {container("web")}))});
  host.pass(3);
  host.settle();
  REQUIRE(host.all_meters.size() == 1);
  CHECK(host.all_meters.front().last);
  CHECK(host.all_meters.front().monotonic_end_ns - host.all_meters.front().monotonic_start_ns ==
        3 * agent::nanoseconds_per_second);
  CHECK(host.report(1).status == schemas::TaskStatus::stopped);
}

TEST_CASE("a task that is not metered makes no records") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  host.settle();
  run(host, 90);
  host.exit(task_id(1), "web", 0);
  host.settle();
  CHECK(host.all_meters.empty());
}

TEST_CASE("the open interval goes on across a crash of the agent, counters and all") {
  FakeHost host;
  host.assign({metered(task(1, {container("web")}))});
  host.settle();
  run(host, 90);
  host.crash();
  host.settle();
  run(host, 40);
  host.exit(task_id(1), "web", 0);
  host.settle();
  REQUIRE(host.all_meters.size() == 3);
  check_chain(host.all_meters);
  CHECK(host.all_meters.back().monotonic_end_ns - host.all_meters.front().monotonic_start_ns ==
        130 * agent::nanoseconds_per_second);
  std::int64_t cpu_ns = 0;
  for (const auto& record : host.all_meters) {
    cpu_ns += record.cpu_time_ns;
  }
  CHECK(cpu_ns == 130 * agent::nanoseconds_per_second / 4);
}

TEST_CASE("a restart of the host ends the meter at its last record: no second is made up") {
  FakeHost host;
  host.assign({metered(task(1, {container("web")}))});
  host.settle();
  run(host, 90);
  host.crash(agent::Boot::changed);
  host.settle();
  REQUIRE(host.all_meters.size() == 2);
  check_chain(host.all_meters);
  CHECK(host.all_meters.back().monotonic_start_ns == host.all_meters.back().monotonic_end_ns);
  CHECK(host.report(1).status == schemas::TaskStatus::stopped);
}

TEST_CASE("a metered task whose host restarted before it ran is stopped: its meter has ended") {
  FakeHost host;
  const auto web = metered(task(1, {container("web")}));
  host.assign({web});
  host.pass(30);  // its pull takes long
  host.crash(agent::Boot::changed);
  host.assign({web});
  host.settle();
  CHECK(host.starts.empty());
  CHECK(host.report(1).status == schemas::TaskStatus::stopped);
  CHECK(host.report(1).stop_code == schemas::StopCode::task_failed_to_start);
  CHECK(host.report(1).stopped_reason == "The host restarted before the task ran");
  REQUIRE(host.all_meters.size() == 1);
  check_chain(host.all_meters);
}

TEST_CASE("a record that cannot be read is made all the same, with time and without use") {
  FakeHost host;
  host.fault = [](const agent::Effect& effect) {
    return effect.action == agent::Action::read_meter ? "no such file" : "";
  };
  host.assign({metered(task(1, {container("web")}))});
  host.settle();
  host.exit(task_id(1), "web", 0);
  host.settle();
  run(host, 10);
  CHECK(host.report(1).status == schemas::TaskStatus::stopped);
  REQUIRE(host.all_meters.size() == 1);
  CHECK(host.all_meters.front().last);
}
