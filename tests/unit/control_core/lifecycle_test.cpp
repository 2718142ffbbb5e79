#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "control/core/lifecycle/lifecycle.h"
#include "schemas/base/random.h"
#include "tests/unit/control_core/task_builder.h"

using build::at_ms;
using build::pending_task;
using build::report_of;
using build::running_task;
using control::observe;
using schemas::ContainerStatus;
using schemas::Duration;
using schemas::HealthStatus;
using schemas::StopCode;
using schemas::Task;
using schemas::TaskReport;
using schemas::TaskStatus;

TEST_CASE("a task that its host reports running is running, and says since when") {
  const Task task = pending_task(1);
  TaskReport report = report_of(task, TaskStatus::running);
  report.pull_started_at = at_ms(10);
  report.pull_stopped_at = at_ms(20);
  report.started_at = at_ms(30);
  report.eni_attached = true;
  report.containers.front().runtime_id = "r1";
  report.containers.front().image_digest = "sha256:1";
  const std::optional<Task> next = observe(task, report, at_ms(40));
  REQUIRE(next.has_value());
  CHECK(next->last_status == TaskStatus::running);
  CHECK(next->desired_status == TaskStatus::running);
  CHECK(next->pull_started_at == at_ms(10));
  CHECK(next->pull_stopped_at == at_ms(20));
  CHECK(next->started_at == at_ms(30));
  CHECK(next->connectivity_at == at_ms(40));
  CHECK(next->containers.front().last_status == ContainerStatus::running);
  CHECK(next->containers.front().runtime_id == "r1");
  CHECK(next->containers.front().image_digest == "sha256:1");
  CHECK(next->version == task.version + 1);
}

TEST_CASE("a repeated report changes nothing, not even the version") {
  const Task task = pending_task(1);
  const TaskReport report = report_of(task, TaskStatus::running);
  const std::optional<Task> once = observe(task, report, at_ms(40));
  REQUIRE(once.has_value());
  CHECK_FALSE(observe(*once, report, at_ms(50)).has_value());
}

TEST_CASE("a late report never takes a task or a container back") {
  const Task task = running_task(1, at_ms(0));
  CHECK_FALSE(observe(task, report_of(task, TaskStatus::pending), at_ms(40)).has_value());
  TaskReport mixed = report_of(task, TaskStatus::running);
  mixed.containers.front().status = ContainerStatus::pending;
  CHECK_FALSE(observe(task, mixed, at_ms(40)).has_value());
}

TEST_CASE("a late report still brings the instants that only it knows") {
  const Task task = running_task(1, at_ms(30));
  TaskReport late = report_of(task, TaskStatus::pending);
  late.pull_started_at = at_ms(31);
  const std::optional<Task> next = observe(task, late, at_ms(40));
  REQUIRE(next.has_value());
  CHECK(next->pull_started_at == at_ms(31));
  CHECK(next->last_status == TaskStatus::running);
}

TEST_CASE("a task that ends by itself is wanted stopped, with its host's word for why") {
  const Task task = running_task(1, at_ms(0));
  TaskReport report = report_of(task, TaskStatus::stopped);
  report.stop_code = StopCode::essential_container_exited;
  report.stopped_reason = "Essential container in task exited";
  report.execution_stopped_at = at_ms(90);
  report.stopped_at = at_ms(95);
  report.containers.front().exit_code = 3;
  const std::optional<Task> next = observe(task, report, at_ms(100));
  REQUIRE(next.has_value());
  CHECK(next->last_status == TaskStatus::stopped);
  CHECK(next->desired_status == TaskStatus::stopped);
  CHECK(next->stop_code == StopCode::essential_container_exited);
  CHECK(next->stopped_reason == "Essential container in task exited");
  CHECK(next->stopping_at == at_ms(100));
  CHECK(next->execution_stopped_at == at_ms(90));
  CHECK(next->stopped_at == at_ms(100));  // when it became STOPPED here
  CHECK(next->containers.front().exit_code == 3);
}

TEST_CASE("a host that gives no reason is given ECS's") {
  const Task young = pending_task(1);
  const auto failed = observe(young, report_of(young, TaskStatus::stopped), at_ms(100));
  REQUIRE(failed.has_value());
  CHECK(failed->stop_code == StopCode::task_failed_to_start);
  CHECK(failed->stopped_reason == "Task failed to start");
  const Task old = running_task(2, at_ms(0));
  const auto exited = observe(old, report_of(old, TaskStatus::stopped), at_ms(100));
  REQUIRE(exited.has_value());
  CHECK(exited->stop_code == StopCode::essential_container_exited);
  CHECK(exited->stopped_reason == "Essential container in task exited");
}

TEST_CASE("the first stop reason stays, whatever the host says later") {
  const Task task = running_task(1, at_ms(0));
  const auto asked =
      control::request_stop(task, StopCode::user_initiated, "no longer needed", at_ms(50));
  REQUIRE(asked.has_value());
  CHECK(asked->desired_status == TaskStatus::stopped);
  CHECK(asked->last_status == TaskStatus::running);
  CHECK(asked->stopping_at == at_ms(50));
  CHECK_FALSE(
      control::request_stop(*asked, StopCode::service_scheduler_initiated, "scale", at_ms(60))
          .has_value());
  TaskReport report = report_of(task, TaskStatus::stopped);
  report.stop_code = StopCode::essential_container_exited;
  report.stopped_reason = "Essential container in task exited";
  const auto gone = observe(*asked, report, at_ms(70));
  REQUIRE(gone.has_value());
  CHECK(gone->stop_code == StopCode::user_initiated);
  CHECK(gone->stopped_reason == "no longer needed");
  CHECK(gone->stopped_at == at_ms(70));
}

TEST_CASE("a task that no host has yet stops at once") {
  Task task = pending_task(1);
  task.instance.reset();
  const auto next = control::request_stop(task, StopCode::user_initiated, "no", at_ms(50));
  REQUIRE(next.has_value());
  CHECK(next->last_status == TaskStatus::stopped);
  CHECK(next->stopped_at == at_ms(50));
  CHECK(next->containers.front().last_status == ContainerStatus::stopped);
}

TEST_CASE(
    "a task lost with its host is stopped, names the host, and stays so when the host returns") {
  const Task task = running_task(1, at_ms(0));
  const auto lost = control::lose_host(task, at_ms(400));
  REQUIRE(lost.has_value());
  CHECK(lost->last_status == TaskStatus::stopped);
  CHECK(lost->desired_status == TaskStatus::stopped);
  CHECK(lost->stop_code == StopCode::infrastructure_health);
  CHECK(lost->stopped_reason == "Host EC2 (instance " + task.instance->text() + ") terminated.");
  CHECK(lost->stopped_at == at_ms(400));
  CHECK_FALSE(control::lose_host(*lost, at_ms(500)).has_value());
  CHECK_FALSE(observe(*lost, report_of(task, TaskStatus::running), at_ms(500)).has_value());
  CHECK_FALSE(observe(*lost, report_of(task, TaskStatus::stopped), at_ms(500)).has_value());
}

TEST_CASE("a task that was told to stop and then lost with its host keeps the first reason") {
  const Task task = running_task(1, at_ms(0));
  const auto asked = control::request_stop(task, StopCode::user_initiated, "enough", at_ms(50));
  REQUIRE(asked.has_value());
  const auto lost = control::lose_host(*asked, at_ms(400));
  REQUIRE(lost.has_value());
  CHECK(lost->last_status == TaskStatus::stopped);
  CHECK(lost->stop_code == StopCode::user_initiated);
  CHECK(lost->stopped_reason == "enough");
  CHECK(lost->stopping_at == at_ms(50));
}

TEST_CASE("a pool host that is lost keeps its name to itself") {
  Task task = running_task(1, at_ms(0));
  auto specification = build::specification();
  specification->launch_type = schemas::LaunchType::fargate;
  task.specification = specification;
  const auto lost = control::lose_host(task, at_ms(400));
  REQUIRE(lost.has_value());
  CHECK(lost->stopped_reason.find(task.instance->text()) == std::string::npos);
}

TEST_CASE("a host whose clock is wrong dates nothing before the task or into the future") {
  Task task = pending_task(1);
  task.created_at = at_ms(1000);
  TaskReport report = report_of(task, TaskStatus::running);
  report.pull_started_at = at_ms(-50'000);
  report.started_at = at_ms(9'000'000);
  const auto next = observe(task, report, at_ms(2000));
  REQUIRE(next.has_value());
  CHECK(next->pull_started_at == at_ms(1000));
  CHECK(next->started_at == at_ms(2000));
}

TEST_CASE("a container that the task does not have is not taken over from a report") {
  const Task task = pending_task(1);
  TaskReport report = report_of(task, TaskStatus::pending);
  schemas::ContainerReport stranger;
  stranger.name = "stranger";
  report.containers.push_back(stranger);
  CHECK_FALSE(observe(task, report, at_ms(10)).has_value());
}

TEST_CASE("a task is healthy when its essential containers are, and unhealthy when one is not") {
  Task task = running_task(1, at_ms(0));
  auto specification = build::specification({"app", "proxy"});
  auto definition = std::make_shared<schemas::TaskDefinition>(*specification->definition);
  schemas::ContainerDefinition extra;
  extra.name = "extra";
  extra.essential = false;
  definition->containers.push_back(extra);
  schemas::ContainerDefinition unchecked;  // essential, but with nothing to tell how it is
  unchecked.name = "unchecked";
  for (schemas::ContainerDefinition& each : definition->containers) {
    each.health_check.emplace();
  }
  definition->containers.push_back(unchecked);
  specification->definition = definition;
  task.specification = specification;
  task.containers.resize(4);
  task.containers[3].name = "unchecked";
  task.containers[1].name = "proxy";
  task.containers[2].name = "extra";
  TaskReport report = report_of(task, TaskStatus::running);
  report.containers[0].health = HealthStatus::healthy;
  report.containers[2].health = HealthStatus::unhealthy;
  const auto half = observe(task, report, at_ms(10));
  REQUIRE(half.has_value());
  CHECK(half->health == HealthStatus::unknown);
  report.containers[1].health = HealthStatus::healthy;
  const auto whole = observe(*half, report, at_ms(20));
  REQUIRE(whole.has_value());
  CHECK(whole->health == HealthStatus::healthy);
  report.containers[0].health = HealthStatus::unhealthy;
  const auto sick = observe(*whole, report, at_ms(30));
  REQUIRE(sick.has_value());
  CHECK(sick->health == HealthStatus::unhealthy);
}

TEST_CASE("without a check a task is healthy 40 seconds after it runs, with one when it says so") {
  const Duration healthy_after{40'000};
  Task task = running_task(1, at_ms(1000));
  CHECK(control::healthy_from(task, healthy_after) == at_ms(41'000));
  CHECK_FALSE(control::counts_as_healthy(task, healthy_after, at_ms(40'999)));
  CHECK(control::counts_as_healthy(task, healthy_after, at_ms(41'000)));
  task.health = HealthStatus::healthy;
  CHECK(control::counts_as_healthy(task, healthy_after, at_ms(1000)));
  task.health = HealthStatus::unhealthy;
  CHECK_FALSE(control::healthy_from(task, healthy_after).has_value());
  task.health = HealthStatus::unknown;
  task.desired_status = TaskStatus::stopped;
  CHECK_FALSE(control::healthy_from(task, healthy_after).has_value());
  CHECK_FALSE(control::healthy_from(pending_task(2), healthy_after).has_value());
}

TEST_CASE("a task with health checks counts as healthy only when they have said so") {
  const Duration healthy_after{40'000};
  Task task = running_task(1, at_ms(1000));
  auto specification = build::specification({"app"});
  auto definition = std::make_shared<schemas::TaskDefinition>(*specification->definition);
  definition->containers.front().health_check.emplace();
  specification->definition = definition;
  task.specification = specification;
  CHECK_FALSE(control::healthy_from(task, healthy_after).has_value());
  task.health = HealthStatus::healthy;
  CHECK(control::healthy_from(task, healthy_after) == at_ms(1000));
}

TEST_CASE("whatever the order and the repetitions of a life's reports, its end is the same") {
  const Task born = pending_task(1);
  std::vector<TaskReport> life;
  for (const TaskStatus status :
       {TaskStatus::pending, TaskStatus::activating, TaskStatus::running, TaskStatus::stopping,
        TaskStatus::deprovisioning, TaskStatus::stopped}) {
    TaskReport report = report_of(born, status);
    if (status >= TaskStatus::running) {
      report.started_at = at_ms(20);
      report.pull_started_at = at_ms(10);
    }
    if (status >= TaskStatus::stopping) {
      report.stop_code = StopCode::essential_container_exited;
      report.stopped_reason = "Essential container in task exited";
      report.containers.front().status = ContainerStatus::stopped;
      report.containers.front().exit_code = 7;
    }
    if (status == TaskStatus::stopped) {
      report.stopped_at = at_ms(50);
    }
    life.push_back(report);
  }
  schemas::Random random(11);
  for (int round = 0; round < 2000; ++round) {
    Task task = born;
    TaskStatus highest = task.last_status;
    bool over = false;
    const auto fold = [&](const TaskReport& report) {
      const std::optional<Task> next = observe(task, report, at_ms(60));
      CHECK(!(over && next));
      if (next) {
        CHECK(next->last_status >= highest);
        CHECK(next->version == task.version + 1);
        highest = next->last_status;
        task = *next;
        over = task.last_status == TaskStatus::stopped;
      }
    };
    for (int step = 0; step < 8; ++step) {
      fold(life[random.below(life.size())]);
    }
    fold(life.back());
    CHECK(task.last_status == TaskStatus::stopped);
    CHECK(task.desired_status == TaskStatus::stopped);
    CHECK(task.stop_code == StopCode::essential_container_exited);
    CHECK(task.started_at == at_ms(20));
    CHECK(task.stopped_at == at_ms(60));
    CHECK(task.containers.front().exit_code == 7);
  }
}
