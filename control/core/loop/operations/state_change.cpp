#include "control/core/loop/operations/state_change.h"

#include <algorithm>

#include "control/core/lifecycle/lifecycle.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/registrar.h"
#include "control/core/loop/report_check.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

using schemas::Container;
using schemas::ContainerReport;
using schemas::ContainerStatus;
using schemas::Outcome;
using schemas::Result;
using schemas::Task;
using schemas::TaskReport;
using schemas::TaskStatus;

const ContainerReport* said_of(const TaskReport& report, const std::string& container) {
  const auto found =
      std::find_if(report.containers.begin(), report.containers.end(),
                   [&](const ContainerReport& each) { return each.name == container; });
  return found == report.containers.end() ? nullptr : &*found;
}

Outcome check_container_change(const Task& task, const ContainerReport& said) {
  const auto known = std::find_if(task.containers.begin(), task.containers.end(),
                                  [&](const Container& each) { return each.name == said.name; });
  if (known == task.containers.end()) {
    return invalid("Task " + task.id.text() + " has no container '" + said.name + "'.");
  }
  if (said.status < known->last_status) {
    return invalid("Container '" + said.name + "' of task " + task.id.text() +
                   " cannot go back to an earlier status: a container that is started again is "
                   "one of another task.");
  }
  return schemas::Done{};
}

/// A task runs when all its containers have started, and not before.
Outcome check_started(const Task& task, const TaskReport& report) {
  for (const Container& container : task.containers) {
    const ContainerReport* said = said_of(report, container.name);
    if (std::max(container.last_status,
                 said == nullptr ? ContainerStatus::pending : said->status) ==
        ContainerStatus::pending) {
      return invalid("Task " + task.id.text() + " cannot be RUNNING before container '" +
                     container.name + "' has started: name its status as well.");
    }
  }
  return schemas::Done{};
}

}  // namespace

Result<const Task*> task_to_report_on(const Context& context, const ApiCall& call,
                                      const std::string& cluster, const std::string& task) {
  const auto found = task_named(context.world, call.scope, cluster, task);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::ContainerInstance* host =
      found.value()->instance ? find_instance(context.world, *found.value()->instance) : nullptr;
  if (host == nullptr || host->pool()) {
    return schemas::Error{schemas::ErrorCode::access_denied,
                          "Task " + found.value()->id.text() +
                              " is on no container instance that could be spoken for."};
  }
  if (Outcome allowed = may_speak_for(call, *host); !allowed.ok()) {
    return allowed.error();
  }
  return found.value();
}

Outcome check_change(const Task& task, const TaskReport& report) {
  // The same bounds as for the reports of our own agents.
  schemas::SyncRequest bounds;
  bounds.tasks = {report};
  if (Outcome checked = check_report(bounds); !checked.ok()) {
    return checked;
  }
  for (const ContainerReport& said : report.containers) {
    if (Outcome checked = check_container_change(task, said); !checked.ok()) {
      return checked;
    }
  }
  if (report.status < task.last_status) {
    return invalid("Task " + task.id.text() +
                   " cannot go back to an earlier status: it is past what is reported of it.");
  }
  return report.status == TaskStatus::running ? check_started(task, report)
                                              : Outcome(schemas::Done{});
}

void take_change(Context& context, const Task& task, const TaskReport& report) {
  if (std::optional<Task> changed = observe(task, report, context.now)) {
    change_task(context, task, std::move(*changed));
  }
}

Result<ContainerReport> read_container_words(ContainerWords words) {
  ContainerReport report;
  if (words.status == "RUNNING") {
    report.status = ContainerStatus::running;
  } else if (words.status == "STOPPED") {
    report.status = ContainerStatus::stopped;
  } else if (words.status != "PENDING") {
    return invalid("Container '" + words.name + "': status is '" + words.status +
                   "'; PENDING, RUNNING and STOPPED are what containers have.");
  }
  const bool over = report.status == ContainerStatus::stopped;
  if (!over && (words.exit_code || !words.reason.empty())) {
    return invalid("Container '" + words.name +
                   "': exitCode and reason are of one that has STOPPED.");
  }
  report.name = std::move(words.name);
  report.exit_code = words.exit_code;
  report.reason = std::move(words.reason);
  report.runtime_id = std::move(words.runtime_id);
  report.image_digest = std::move(words.image_digest);
  return report;
}

}  // namespace control
