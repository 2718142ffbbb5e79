#include "agent/core/order.h"

#include <doctest/doctest.h>

#include "tests/unit/agent_core/fake_host.h"

using agent::ContainerProgress;
using agent_test::after;
using agent_test::container;
using agent_test::Essential;
using agent_test::FakeHost;
using agent_test::stopped;
using agent_test::task;
using agent_test::task_id;
using schemas::DependencyCondition;
using schemas::TaskStatus;

TEST_CASE("containers without an order are pulled, created and started side by side") {
  FakeHost host;
  host.assign({task(1, {container("a"), container("b")})});
  // Cgroup, both namespaces and both pulls are asked for in one go.
  CHECK(host.pending.size() == 5);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
  CHECK(host.running_count() == 2);
}

TEST_CASE("a container that needs another's START is created early and started after it") {
  FakeHost host;
  host.assign({task(
      1, {after(container("late"), "early", DependencyCondition::start), container("early")})});
  host.settle();
  std::vector<std::string> starts;
  for (const std::string& word : host.history) {
    if (word.starts_with("start") || word.starts_with("create")) {
      starts.push_back(word);
    }
  }
  CHECK(starts ==
        std::vector<std::string>{"create late", "create early", "start early", "start late"});
}

TEST_CASE("a task whose container waits for another's end is RUNNING once it has started") {
  FakeHost host;
  host.assign({task(1, {container("setup", Essential::no),
                        after(container("main"), "setup", DependencyCondition::complete)})});
  host.settle();
  CHECK(host.progress(1, "setup") == ContainerProgress::running);
  CHECK(host.progress(1, "main") == ContainerProgress::pulled);
  CHECK(host.report(1).status == TaskStatus::pending);

  host.exit(task_id(1), "setup", 3);
  host.settle();
  CHECK(host.progress(1, "main") == ContainerProgress::running);
  CHECK(host.report(1).status == TaskStatus::running);
}

TEST_CASE("SUCCESS wants exit code 0: any other ends the task before it started") {
  FakeHost host;
  host.assign({task(1, {container("setup", Essential::no),
                        after(container("main"), "setup", DependencyCondition::success)})});
  host.settle();
  SUBCASE("exit code 0 lets the dependent start") {
    host.exit(task_id(1), "setup", 0);
    host.settle();
    CHECK(host.report(1).status == TaskStatus::running);
  }
  SUBCASE("exit code 7 does not") {
    host.exit(task_id(1), "setup", 7);
    host.settle();
    const schemas::TaskReport report = host.report(1);
    CHECK(report.status == TaskStatus::stopped);
    CHECK(report.stop_code == schemas::StopCode::task_failed_to_start);
    CHECK(report.stopped_reason ==
          "Container main could not start: it depends on setup (SUCCESS), which ended with exit "
          "code 7");
    CHECK(host.starts.size() == 1);
  }
}

TEST_CASE("startTimeout bounds the wait for a dependency's end") {
  FakeHost host;
  auto setup = container("setup", Essential::no);
  setup.definition.start_timeout = schemas::Duration(5000);
  host.assign({task(1, {setup, after(container("main"), "setup", DependencyCondition::complete)})});
  host.settle();
  host.pass(4);
  CHECK_FALSE(host.task_state(1).record.stopping);
  host.pass(1);
  CHECK(host.task_state(1).record.stopping);
  CHECK(host.report(1).stopped_reason ==
        "Container main could not start: it depends on setup (COMPLETE), which did not get there "
        "within its startTimeout of 5 seconds");
  CHECK(host.pending == std::vector<agent::Effect>{{agent::Action::stop_container, task_id(1), 0}});
}

TEST_CASE("a dependency that the task does not have ends the task instead of waiting for ever") {
  FakeHost host;
  host.assign({task(1, {after(container("main"), "ghost", DependencyCondition::start)})});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.starts.empty());
}

TEST_CASE("containers stop in the reverse of the order they started in") {
  FakeHost host;
  host.assign(
      {task(1, {container("base"), after(container("mid"), "base", DependencyCondition::start),
                after(container("top"), "mid", DependencyCondition::start)})});
  host.settle();
  host.history.clear();
  host.assign({stopped(task(1, {}))});
  host.settle();
  CHECK(host.history == std::vector<std::string>{"stop top"});
  host.exit(task_id(1), "top", 0);
  host.settle();
  CHECK(host.history.back() == "stop mid");
  host.exit(task_id(1), "mid", 0);
  host.settle();
  CHECK(host.history.back() == "stop base");
  CHECK(host.report(1).status == TaskStatus::stopping);
}
