#include <chrono>

#include "api/tasks.h"
#include "control/core/deploy/protection.h"
#include "control/core/lifecycle/lifecycle.h"
#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/services.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

namespace {

using schemas::Task;

/// How long a task is protected when nobody says (ECS: two hours).
constexpr std::int64_t protection_minutes = 120;

api::ProtectedTask show_protection(const Context& context, const Task& task) {
  const bool now = is_protected(task, context.now);
  return {.task_arn = task_arn(context.world, task),
          .protection_enabled = now,
          .expiration_date = now ? task.protected_until : std::nullopt};
}

api::Failure not_valid(const Context& context, const Task& task, std::string why) {
  return {
      .arn = task_arn(context.world, task), .reason = "TASK_NOT_VALID", .detail = std::move(why)};
}

/// Why a task can be neither protected nor unprotected, if so.
std::optional<api::Failure> unfit(const Context& context, const Task& task) {
  if (task.service == 0) {
    return not_valid(context, task,
                     "The task is of no service, and nothing but a service is kept from stopping "
                     "a protected task.");
  }
  if (task.desired_status == schemas::TaskStatus::stopped ||
      task.last_status == schemas::TaskStatus::stopped) {
    return not_valid(context, task, "The task stops already.");
  }
  return std::nullopt;
}

std::optional<api::Failure> blocked(const Context& context, const Task& task) {
  const schemas::Service* service = service_of(context.world, task.service);
  if (service == nullptr ||
      !blocked_by_protection(*service, service_tasks(context.world, service->key), context.now)) {
    return std::nullopt;
  }
  return api::Failure{.arn = task_arn(context.world, task),
                      .reason = "DEPLOYMENT_BLOCKED",
                      .detail = "Service " + service->name +
                                " waits for protected tasks to stop, so none of its tasks is "
                                "protected anew. End the protection of those that are done."};
}

void protect(Context& context, const Task& task, std::optional<schemas::Instant> until) {
  if (task.protected_until == until) {
    return;
  }
  const std::string how =
      until ? "for " +
                  std::to_string(
                      std::chrono::duration_cast<std::chrono::minutes>(*until - context.now)
                          .count()) +
                  " minutes"
            : "";
  Task changed = task;
  changed.protected_until = until;
  changed.version += 1;
  const std::int64_t key = task.key;
  change_task(context, task, std::move(changed));
  const Task& after = context.world->tasks.at(key);
  log_event(context, cluster_of(context.world, after.cluster)->scope,
            until ? "task.protected" : "task.unprotected", task_arn(context.world, after),
            wire::encode(MessageDetail{.message = how}));
}

/// Calls `each` for the tasks that are there; the others are failures.
template <class Each>
void for_each_task(const Context& context, const ApiCall& call, const schemas::Cluster& cluster,
                   const std::vector<std::string>& tasks, std::vector<api::Failure>& failures,
                   Each each) {
  for (const std::string& sent : tasks) {
    if (const Task* task = task_in(context.world, cluster, sent)) {
      each(*task);
    } else {
      failures.push_back(missing(meant_arn(call.scope, "task", cluster.name + "/", sent)));
    }
  }
}

}  // namespace

Answer get_task_protection(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::GetTaskProtectionRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster);
  if (!cluster.ok()) {
    return cluster.error();
  }
  if (!input.tasks || input.tasks->empty()) {
    return invalid("tasks: name 1 to 100 tasks, by id or ARN.");
  }
  api::GetTaskProtectionResponse output;
  output.protected_tasks.emplace();
  output.failures.emplace();
  for_each_task(context, call, *cluster.value(), *input.tasks, *output.failures,
                [&](const Task& task) {
                  if (task.service == 0) {
                    output.failures->push_back(*unfit(context, task));
                  } else {
                    output.protected_tasks->push_back(show_protection(context, task));
                  }
                });
  return api::Value::of(std::move(output));
}

/// The time is counted anew with each call, from now.
Answer update_task_protection(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateTaskProtectionRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster);
  if (!cluster.ok()) {
    return cluster.error();
  }
  if (!input.protection_enabled && input.expires_in_minutes) {
    return invalid(
        "expiresInMinutes says how long tasks are protected, and protectionEnabled false ends "
        "that: leave expiresInMinutes away.");
  }
  std::optional<schemas::Instant> until;
  if (input.protection_enabled) {
    until =
        context.now + std::chrono::minutes(input.expires_in_minutes.value_or(protection_minutes));
  }
  api::UpdateTaskProtectionResponse output;
  output.protected_tasks.emplace();
  output.failures.emplace();
  for_each_task(context, call, *cluster.value(), input.tasks, *output.failures,
                [&](const Task& task) {
                  std::optional<api::Failure> refused = unfit(context, task);
                  if (!refused && until) {
                    refused = blocked(context, task);
                  }
                  if (refused) {
                    output.failures->push_back(*std::move(refused));
                    return;
                  }
                  protect(context, task, until);
                  output.protected_tasks->push_back(show_protection(context, task));
                });
  return api::Value::of(std::move(output));
}

}  // namespace control
