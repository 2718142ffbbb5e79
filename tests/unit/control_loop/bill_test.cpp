// Bills of periods: whatever boundaries cut a task, adjacent periods together charge what one bill
// over all of them would.

#include <doctest/doctest.h>

#include "tests/unit/control_loop/stage.h"

using stage::Stage;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

/// A pool task that ran for `ran`, with the readings that its host made, one every `every`.
struct Metered {
  explicit Metered(schemas::Duration ran, schemas::Duration every = schemas::Duration{20'000}) {
    stage::small_cluster(stage);
    stage.join("", "us-east-1a", {4096}, {8192});
    stage.join("", "us-east-1b", {4096}, {8192});
    stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                    stage::pool_definition("job"));
    const auto made = stage.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
    task = stage::task_id(*made.tasks->front().task_arn);
    stage.settle();
    from = stage.now;
    for (schemas::Duration begin{0}; begin < ran; begin += every) {
      const schemas::Duration end = std::min(begin + every, ran);
      readings.push_back({.task = task,
                          .sequence = static_cast<std::int64_t>(readings.size()) + 1,
                          .monotonic_start_ns = begin.count() * 1'000'000,
                          .monotonic_end_ns = end.count() * 1'000'000,
                          .wall_start = from + begin,
                          .wall_end = from + end,
                          .cpu_time_ns = (end - begin).count() * 100'000,
                          .memory_byte_seconds = (end - begin).count() * 1'000'000,
                          .memory_peak_bytes = 1'000'000,
                          .last = end == ran});
    }
  }

  stage::Host& host() {
    for (stage::Host& each : stage.hosts) {
      if (each.tasks.contains(task)) {
        return each;
      }
    }
    FAIL("no host has the task");
    return stage.hosts.front();
  }

  api::GetBillResponse bill(schemas::Instant begin, schemas::Instant end) {
    api::GetBillRequest request;
    request.from = begin;
    request.to = end;
    return stage.must<api::GetBillResponse>("GetBill", request);
  }

  Stage stage;
  schemas::TaskId task;
  schemas::Instant from{};
  std::vector<schemas::MeterRecord> readings;
};

/// Time in which nothing happens but what time alone does, in one step.
void skip(Stage& stage, schemas::Duration by) {
  stage.now += by;
  stage.turn({control::Tick{}});
}

}  // namespace

TEST_CASE("a boundary inside a short task charges the minimum once, where the task began") {
  Metered metered(30s);
  metered.stage.sync(metered.host(), {}, metered.readings);
  const schemas::Instant from = metered.from;
  CHECK(metered.bill(from - 1h, from + 1h).billed_seconds == 60);
  CHECK(metered.bill(from - 1h, from + 10s).billed_seconds == 60);
  CHECK(metered.bill(from + 10s, from + 1h).billed_seconds == 0);
  CHECK(metered.bill(from + 10s, from + 20s).billed_seconds == 0);
}

TEST_CASE("however periods cut a task, together they charge and show what it used, once") {
  for (const schemas::Duration ran : {1ms, 29'999ms, 60'000ms, 60'001ms, 90'500ms, 200'123ms}) {
    CAPTURE(ran.count());
    Metered metered(ran);
    metered.stage.sync(metered.host(), {}, metered.readings);
    const api::GetBillResponse whole = metered.bill(metered.from - 1h, metered.from + 1h);
    CHECK(whole.billed_seconds == std::max<std::int64_t>(60, (ran.count() + 999) / 1000));
    schemas::Random random(static_cast<std::uint64_t>(ran.count()));
    for (int round = 0; round < 20; ++round) {
      std::int64_t seconds = 0;
      std::int64_t cpu_ms = 0;
      std::int64_t nanos = 0;
      std::int64_t periods = 0;
      for (schemas::Instant begin = metered.from - 1h; begin < metered.from + 1h;) {
        const schemas::Instant end = std::min(
            begin < metered.from - 1s
                ? metered.from - 1ms
                : begin + schemas::Duration(1 + static_cast<std::int64_t>(random.below(70'000))),
            metered.from + 1h);
        const api::GetBillResponse part = metered.bill(begin, end);
        seconds += part.billed_seconds;
        nanos += part.total_nanos;
        cpu_ms += part.lines.empty() ? 0 : part.lines.front().cpu_time_used_ms.value_or(0);
        ++periods;
        begin = begin < metered.from + schemas::Duration(ran) ? end : metered.from + 1h;
      }
      CHECK(seconds == whole.billed_seconds);
      CHECK(std::abs(nanos - whole.total_nanos) <= periods);  // each line is rounded once
      CHECK(std::abs(cpu_ms - whole.lines.front().cpu_time_used_ms.value_or(0)) <= periods);
    }
  }
}

TEST_CASE("a task that ended right at a boundary is in the period before it alone") {
  Metered metered(120s);
  metered.stage.sync(metered.host(), {}, metered.readings);
  CHECK(metered.bill(metered.from - 1h, metered.from + 120s).billed_seconds == 120);
  CHECK(metered.bill(metered.from + 120s, metered.from + 1h).lines.empty());
}

TEST_CASE("what a host metered while it was away is billed when it is back, however late") {
  for (const bool metered_before : {true, false}) {
    CAPTURE(metered_before);
    Metered metered(200s);
    Stage& stage = metered.stage;
    stage::Host& host = metered.host();
    if (metered_before) {
      stage.sync(host, {}, {metered.readings.front()});
    }
    const schemas::TaskAssignment assignment = host.tasks.at(metered.task);
    stage.advance(600s);
    skip(stage, 48h);  // its lease ends, its tasks are given up, and were once forgotten
    CHECK(stage.world->tasks.contains(stage.world.index().task_by_id.at(metered.task)));
    stage.restart();
    skip(stage, 1h);
    stage.sync(host, {stage::report(metered.task, schemas::TaskStatus::stopped, assignment)},
               metered.readings);
    CHECK(metered.bill(metered.from - 1h, stage.now).billed_seconds == 200);
    skip(stage, 1h);
    CHECK_FALSE(stage.world.index().task_by_id.contains(metered.task));  // nothing more will come
    CHECK(metered.bill(metered.from - 1h, stage.now).billed_seconds == 200);
  }
}

TEST_CASE("a task that was told to stop while its host was away is owed for all the same") {
  for (const bool metered_before : {true, false}) {
    CAPTURE(metered_before);
    Metered metered(200s);
    Stage& stage = metered.stage;
    stage::Host& host = metered.host();
    if (metered_before) {
      stage.sync(host, {}, {metered.readings.front()});
    }
    const schemas::TaskAssignment assignment = host.tasks.at(metered.task);
    stage.advance(300s);
    stage.must<api::StopTaskResponse>(
        "StopTask",
        api::StopTaskRequest{.cluster = "c", .task = metered.task.text(), .reason = {}});
    stage.advance(600s);
    skip(stage, 48h);
    CHECK(stage.world.index().task_by_id.contains(metered.task));
    stage.sync(host, {stage::report(metered.task, schemas::TaskStatus::stopped, assignment)},
               metered.readings);
    CHECK(metered.bill(metered.from - 1h, stage.now).billed_seconds == 200);
    skip(stage, 1h);
    CHECK_FALSE(stage.world.index().task_by_id.contains(metered.task));
  }
}

TEST_CASE("a host that never comes back is not waited for for ever") {
  Metered metered(200s);
  metered.stage.sync(metered.host(), {}, {metered.readings.front()});
  metered.stage.advance(600s);
  skip(metered.stage, 29 * 24h);
  CHECK(metered.stage.world.index().task_by_id.contains(metered.task));
  skip(metered.stage, 2 * 24h);
  CHECK_FALSE(metered.stage.world.index().task_by_id.contains(metered.task));
}
