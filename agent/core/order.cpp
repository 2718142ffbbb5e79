#include "agent/core/order.h"

#include <algorithm>

namespace agent {

namespace {

using schemas::DependencyCondition;

constexpr std::string_view condition_name(DependencyCondition condition) {
  switch (condition) {
    case DependencyCondition::start:
      return "START";
    case DependencyCondition::complete:
      return "COMPLETE";
    case DependencyCondition::success:
      return "SUCCESS";
    case DependencyCondition::healthy:
      return "HEALTHY";
  }
  return "";
}

std::optional<std::int64_t> container_named(const TaskState& task, const std::string& name) {
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    const auto index = static_cast<std::int64_t>(i);
    if (task.definition(index).name == name) {
      return index;
    }
  }
  return std::nullopt;
}

std::string never_because(const TaskState& task, std::int64_t container,
                          const schemas::ContainerDependency& dependency, std::string_view why) {
  return "Container " + task.definition(container).name + " could not start: it depends on " +
         dependency.container_name + " (" + std::string(condition_name(dependency.condition)) +
         "), which " + std::string(why);
}

/// One condition: ready, soon, waiting or never.
OrderAnswer condition_answer(const TaskState& task, std::int64_t container,
                             const schemas::ContainerDependency& dependency, const Moment& now) {
  const std::optional<std::int64_t> index = container_named(task, dependency.container_name);
  if (!index) {
    return {Readiness::never, never_because(task, container, dependency, "the task does not have"),
            std::nullopt};
  }
  const SavedContainer& record = task.record.containers[static_cast<std::size_t>(*index)];
  const bool stopped = record.progress == ContainerProgress::stopped;
  if (dependency.condition == DependencyCondition::start) {
    const bool met = stopped || record.progress == ContainerProgress::running;
    return {met ? Readiness::ready : Readiness::soon, "", std::nullopt};
  }
  if (stopped) {
    if (dependency.condition == DependencyCondition::complete) {
      return {Readiness::ready, "", std::nullopt};
    }
    if (dependency.condition == DependencyCondition::success && record.exit_code == 0) {
      return {Readiness::ready, "", std::nullopt};
    }
    const std::string why = record.exit_code
                                ? "ended with exit code " + std::to_string(*record.exit_code)
                                : std::string("ended without an exit code");
    return {Readiness::never, never_because(task, container, dependency, why), std::nullopt};
  }
  if (dependency.condition == DependencyCondition::healthy &&
      record.health == schemas::HealthStatus::healthy) {
    return {Readiness::ready, "", std::nullopt};
  }
  const std::optional<schemas::Duration> limit = task.definition(*index).start_timeout;
  if (!limit || record.progress != ContainerProgress::running) {
    return {Readiness::waiting, "", std::nullopt};
  }
  const std::int64_t deadline_ns = record.started_boot_ns + nanoseconds(*limit);
  if (now.boot_ns >= deadline_ns) {
    const std::string why = "did not get there within its startTimeout of " +
                            std::to_string(limit->count() / 1000) + " seconds";
    return {Readiness::never, never_because(task, container, dependency, why), deadline_ns};
  }
  return {Readiness::waiting, "", deadline_ns};
}

}  // namespace

OrderAnswer start_order(const TaskState& task, std::int64_t container, const Moment& now) {
  OrderAnswer answer;
  for (const schemas::ContainerDependency& dependency : task.definition(container).depends_on) {
    OrderAnswer one = condition_answer(task, container, dependency, now);
    if (one.readiness > answer.readiness) {
      answer.readiness = one.readiness;
      answer.reason = std::move(one.reason);
    }
    if (one.deadline_ns && (!answer.deadline_ns || *one.deadline_ns < *answer.deadline_ns)) {
      answer.deadline_ns = one.deadline_ns;
    }
  }
  return answer;
}

bool may_stop(const TaskState& task, std::int64_t container) {
  const std::string& name = task.definition(container).name;
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    if (task.record.containers[i].progress == ContainerProgress::stopped) {
      continue;
    }
    const auto& needs = task.definition(static_cast<std::int64_t>(i)).depends_on;
    const bool depends = std::any_of(
        needs.begin(), needs.end(),
        [&](const schemas::ContainerDependency& one) { return one.container_name == name; });
    if (depends) {
      return false;
    }
  }
  return true;
}

}  // namespace agent
