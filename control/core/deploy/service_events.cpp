#include "control/core/deploy/service_events.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace control {
namespace {

using schemas::Instant;

/// A burst of thousands must still be an event that a person can read.
constexpr std::size_t tasks_listed_max = 10;

constexpr std::string_view not_balanced = "is not AZ balanced";
constexpr std::string_view balanced = "is AZ balanced";

std::string prefix(std::string_view service) { return "(service " + std::string(service) + ") "; }

std::string listed(std::span<const schemas::TaskId> tasks) {
  std::string text;
  for (std::size_t i = 0; i < std::min(tasks.size(), tasks_listed_max); ++i) {
    text += " (task " + tasks[i].text() + ")";
  }
  if (tasks.size() > tasks_listed_max) {
    text += " and " + std::to_string(tasks.size() - tasks_listed_max) + " more";
  }
  return text + ".";
}

/// What the service, or a task set of it, is said to do; the whole message if it is about another.
std::string_view said_of(std::string_view service, std::string_view message) {
  const std::string name = "(service " + std::string(service);
  const std::size_t end = message.find(") ");
  if (message.substr(0, name.size()) != name || end == std::string_view::npos) {
    return message;
  }
  const std::string_view set = message.substr(name.size(), end - name.size());
  return set.empty() || set.starts_with(", taskSet ") ? message.substr(end + 2) : message;
}

bool starts_with(std::string_view text, const std::string& beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

}  // namespace

std::string steady_state_message(std::string_view service) {
  return prefix(service) + "has reached a steady state.";
}

std::string started_message(std::string_view service, std::span<const schemas::TaskId> tasks) {
  return prefix(service) + "has started " + std::to_string(tasks.size()) +
         " tasks:" + listed(tasks);
}

std::string stopped_message(std::string_view service, std::span<const schemas::TaskId> tasks) {
  return prefix(service) + "has stopped " + std::to_string(tasks.size()) +
         " running tasks:" + listed(tasks);
}

std::string deployment_completed_message(std::string_view service, schemas::DeploymentId id) {
  return prefix(service) + "(deployment " + id.text() + ") deployment completed.";
}

std::string deployment_failed_message(std::string_view service, schemas::DeploymentId id) {
  return prefix(service) + "(deployment " + id.text() +
         ") deployment failed: tasks failed to start.";
}

std::string deployment_paused_message(std::string_view service, schemas::DeploymentId id) {
  return prefix(service) + "(deployment " + id.text() +
         ") deployment is paused by a lifecycle hook until ContinueServiceDeployment is called.";
}

std::string deployment_expired_message(std::string_view service, schemas::DeploymentId id) {
  return prefix(service) + "(deployment " + id.text() +
         ") deployment failed: nobody continued it before its lifecycle hook timed out.";
}

std::string deployment_stopped_message(std::string_view service, schemas::DeploymentId id) {
  return prefix(service) + "(deployment " + id.text() + ") deployment was stopped.";
}

std::string rolling_back_message(std::string_view service, schemas::DeploymentId id) {
  return prefix(service) + "rolling back to deployment " + id.text() + ".";
}

std::string unable_to_place_message(std::string_view service, std::string_view why) {
  return prefix(service) +
         "was unable to place a task because no container instance met all of its requirements. "
         "Reason: " +
         std::string(why);
}

std::string failing_message(std::string_view service) {
  return prefix(service) + "is unable to consistently start tasks successfully.";
}

std::string stuck_message(std::string_view service) {
  return prefix(service) +
         "was unable to stop or start tasks during a deployment because of the service deployment "
         "configuration. Raise maximumPercent or lower minimumHealthyPercent.";
}

std::string unbalanced_message(std::string_view service, std::string_view counts) {
  return prefix(service) + std::string(not_balanced) + " with " + std::string(counts) +
         ". AZ Rebalancing in progress.";
}

std::string balanced_message(std::string_view service, std::string_view counts) {
  return prefix(service) + std::string(balanced) + " with " + std::string(counts) + ".";
}

bool calls_itself_unbalanced(const schemas::Service& service) {
  for (const schemas::ServiceEvent& event : service.events) {
    if (starts_with(event.message, prefix(service.name) + std::string(balanced))) {
      return false;
    }
    if (starts_with(event.message, prefix(service.name) + std::string(not_balanced))) {
      return true;
    }
  }
  return false;
}

std::string protected_scale_in_message(std::string_view service) {
  return prefix(service) +
         "was unable to scale in. Reason: The number of protected tasks are more than the desired "
         "count of tasks.";
}

std::string protected_deployment_message(std::string_view service) {
  return prefix(service) +
         "was unable to stop tasks during a deployment. Reason: The tasks that are left to be "
         "replaced are protected; they are replaced when their protection ends or is taken from "
         "them.";
}

std::optional<ServiceAction> action_of(std::string_view service, std::string_view message) {
  constexpr std::array actions{
      std::pair{"has reached a steady state.", ServiceAction{"INFO", "SERVICE_STEADY_STATE"}},
      std::pair{"is not AZ balanced", ServiceAction{"INFO", "SERVICE_REBALANCING_STARTED"}},
      std::pair{"is AZ balanced", ServiceAction{"INFO", "SERVICE_REBALANCING_COMPLETED"}},
      std::pair{"has started ", ServiceAction{"INFO", "TASKS_STARTED"}},
      std::pair{"has stopped ", ServiceAction{"INFO", "TASKS_STOPPED"}},
      std::pair{"is unable to consistently start tasks",
                ServiceAction{"WARN", "SERVICE_TASK_START_IMPAIRED"}},
      std::pair{"was unable to place a task",
                ServiceAction{"ERROR", "SERVICE_TASK_PLACEMENT_FAILURE"}}};
  const std::string_view said = said_of(service, message);
  for (const auto& [words, action] : actions) {
    if (said.starts_with(words)) {
      return action;
    }
  }
  return std::nullopt;
}

Instant news_from(const schemas::Service& service, std::string_view message,
                  schemas::Duration repeat_after, Instant now) {
  const std::string steady = steady_state_message(service.name);
  const bool is_steady = message == steady;
  const bool is_placement = starts_with(message, prefix(service.name) + "was unable to place");
  const std::string started = prefix(service.name) + "has started ";
  for (const schemas::ServiceEvent& event : service.events) {
    const bool superseded = !is_steady && !service.deployments.empty() &&
                            event.created_at < service.deployments.front().created_at;
    if (superseded) {
      return now;
    }
    if (event.message == message) {
      return std::max(now, event.created_at + repeat_after);
    }
    const bool resolved = is_steady || event.message == steady ||
                          (is_placement && starts_with(event.message, started));
    if (resolved) {
      return now;
    }
  }
  return now;
}

bool is_news(const schemas::Service& service, std::string_view message,
             schemas::Duration repeat_after, Instant now) {
  return news_from(service, message, repeat_after, now) <= now;
}

}  // namespace control
