#include "control/core/deploy/service_plan.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "control/core/deploy/planning.h"
#include "control/core/deploy/scale_in.h"
#include "control/core/deploy/service_events.h"
#include "control/core/lifecycle/lifecycle.h"
#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::Deployment;
using schemas::Instant;
using schemas::RolloutState;
using schemas::Service;
using schemas::ServiceStatus;
using schemas::Task;
using schemas::TaskStatus;

/// The tasks of a service by what the scheduler means to do with them. Tasks told to stop are in
/// none of the lists.
struct Roster {
  std::vector<const Task*> kept;      ///< of the primary deployment, on hosts that stay
  std::vector<const Task*> ailing;    ///< as `kept`, but unhealthy: to be replaced
  std::vector<const Task*> outgoing;  ///< of older deployments or on leaving hosts
  std::vector<const Task*> detained;  ///< as `outgoing`, but protected: they stay for now
  std::map<schemas::DeploymentId, std::int64_t> alive;  ///< not stopped yet, by deployment
  std::int64_t alive_total = 0;
};

class ReplicaPlanner : public Planning {
 public:
  ReplicaPlanner(const Service& service, std::span<const ServiceTask> tasks,
                 const DeploySettings& settings, Instant now)
      : Planning(service, service.desired_count, settings, now) {
    sort_out(tasks);
  }

  ServicePlan drain() {
    stop_all(roster_.kept);
    stop_all(roster_.ailing);
    stop_all(roster_.outgoing);
    stop_all(roster_.detained);
    announce_stops();
    if (roster_.alive_total == 0) {
      plan_.status = ServiceStatus::inactive;
      for (const Deployment& each : service_.deployments) {
        plan_.deployments.push_back({each.id, DeploymentChange::Kind::removed});
      }
    }
    return std::move(plan_);
  }

  ServicePlan keep_up() {
    if (breaker_opens(static_cast<std::int64_t>(roster_.ailing.size()))) {
      give_up();
      return std::move(plan_);
    }
    scale_in();
    const std::int64_t healthy = count_healthy(roster_.kept);
    note_recovery(roster_.kept);
    replace_ailing(healthy);
    stop_outgoing(healthy);
    start_missing();
    announce_stops();
    announce_trouble(healthy);
    change_deployments(healthy);
    return std::move(plan_);
  }

 private:
  std::int64_t missing() const {
    return desired() - static_cast<std::int64_t>(roster_.kept.size());
  }
  std::int64_t room() const {
    return ceiling() - static_cast<std::int64_t>(roster_.kept.size() + roster_.ailing.size() +
                                                 roster_.outgoing.size() + roster_.detained.size());
  }

  void sort_out(std::span<const ServiceTask> tasks) {
    for (const ServiceTask& each : tasks) {
      const Task& task = *each.task;
      if (task.last_status == TaskStatus::stopped) {
        continue;
      }
      ++roster_.alive[task.deployment];
      ++roster_.alive_total;
      if (task.desired_status == TaskStatus::stopped) {
        continue;
      }
      if (service_.deployments.empty() || task.deployment != primary().id ||
          each.host == HostCondition::leaving) {
        (is_held(task) ? roster_.detained : roster_.outgoing).push_back(&task);
      } else if (is_ailing(task)) {
        roster_.ailing.push_back(&task);
      } else {
        roster_.kept.push_back(&task);
      }
    }
  }

  std::int64_t count_healthy(const std::vector<const Task*>& tasks) {
    return std::count_if(tasks.begin(), tasks.end(),
                         [this](const Task* task) { return is_healthy(*task); });
  }

  static std::int64_t count_serving(const std::vector<const Task*>& tasks) {
    return std::count_if(tasks.begin(), tasks.end(),
                         [](const Task* task) { return serves(*task); });
  }

  /// Takes out of `chosen`, which has those that serve last, what the floor needs: a protected task
  /// stays even where it does not serve yet, and until it does one that serves stays beside it.
  void leave_the_floor(std::vector<const Task*>& chosen) {
    const std::int64_t spare = count_healthy(roster_.kept) + count_serving(roster_.outgoing) +
                               count_serving(roster_.detained) - floor();
    const std::int64_t asked = count_healthy(chosen);
    const std::int64_t left = asked - std::clamp(spare, std::int64_t{0}, asked);
    chosen.resize(chosen.size() - static_cast<std::size_t>(left));
  }

  void scale_in() {
    if (missing() >= 0) {
      return;
    }
    std::vector<const Task*> chosen =
        choose_for_scale_in(roster_.kept, -missing(), settings_.healthy_after, now_);
    const bool all_found = static_cast<std::int64_t>(chosen.size()) == -missing();
    leave_the_floor(chosen);
    stop_all(chosen);
    if (!all_found) {
      for (const Task* task : roster_.kept) {
        static_cast<void>(is_held(*task));
      }
      announce(protected_scale_in_message(service_.name));
    }
    std::vector<const Task*> gone = chosen;
    std::sort(gone.begin(), gone.end());
    std::erase_if(roster_.kept, [&](const Task* task) {
      return std::binary_search(gone.begin(), gone.end(), task);
    });
  }

  /// An unhealthy task stays until its replacement is healthy. Only where the ceiling leaves no
  /// room for one does it stop first: one at a time, and none while another is on its way up.
  void replace_ailing(std::int64_t healthy) {
    const auto ailing = static_cast<std::int64_t>(roster_.ailing.size());
    const bool all_up = healthy == static_cast<std::int64_t>(roster_.kept.size());
    std::int64_t replaced = std::clamp(healthy - (desired() - ailing), std::int64_t{0}, ailing);
    if (replaced == 0 && ailing > 0 && missing() > 0 && room() <= 0 && all_up) {
      replaced = 1;
    }
    for (std::int64_t i = 0; i < replaced; ++i) {
      stop(*roster_.ailing.back(), std::string(failed_checks_reason));
      roster_.ailing.pop_back();
    }
  }

  /// Outgoing tasks that serve nobody stop at once; the others as far as the floor allows. A young
  /// task counts as serving here although it is not healthy yet: two updates in short succession
  /// must not stop what answers requests.
  void stop_outgoing(std::int64_t healthy) {
    std::vector<const Task*>& outgoing = roster_.outgoing;
    const auto order = [this](const Task* task) {
      return std::tuple(serves(*task), counts_as_healthy(*task, settings_.healthy_after, now_),
                        task->key);
    };
    std::sort(outgoing.begin(), outgoing.end(),
              [&](const Task* a, const Task* b) { return order(a) < order(b); });
    const std::int64_t serving = count_serving(outgoing);
    const std::int64_t idle = static_cast<std::int64_t>(outgoing.size()) - serving;
    const std::int64_t others = count_serving(roster_.detained);
    const std::int64_t spare =
        std::clamp(healthy + others + serving - floor(), std::int64_t{0}, serving);
    const auto end = outgoing.begin() + static_cast<std::ptrdiff_t>(idle + spare);
    std::for_each(outgoing.begin(), end, [this](const Task* task) { stop_for_scale(*task); });
    outgoing.erase(outgoing.begin(), end);
  }

  void start_missing() {
    const std::int64_t count = std::min(missing(), room());
    if (count > 0 && may_start()) {
      plan_.starts.push_back({primary().id, count});
    }
  }

  void announce_trouble(std::int64_t healthy) {
    if (missing() > 0) {
      announce_failures();
    }
    // Nothing stops, and nothing is on its way that would change that.
    const bool all_up = healthy == static_cast<std::int64_t>(roster_.kept.size());
    if (!plan_.stops.empty() || !all_up) {
      return;
    }
    if (waits_for_protected()) {
      announce(protected_deployment_message(service_.name));
    } else if (missing() > 0 && room() <= 0) {
      announce(stuck_message(service_.name));
    }
  }

  bool waits_for_protected() const {
    return roster_.outgoing.empty() &&
           std::any_of(roster_.detained.begin(), roster_.detained.end(),
                       [this](const Task* task) { return task->deployment != primary().id; });
  }

  void change_deployments(std::int64_t healthy) {
    bool others = false;
    for (const Deployment& each : service_.deployments) {
      if (each.id == primary().id) {
        continue;
      }
      if (roster_.alive.count(each.id) == 0) {
        plan_.deployments.push_back({each.id, DeploymentChange::Kind::removed});
      } else {
        others = true;
      }
    }
    const bool settled =
        !others && healthy == desired() && roster_.alive_total == desired() && missing() == 0;
    if (settled) {
      announce_rest();
    }
  }

  Roster roster_;
};

}  // namespace

ServicePlan plan_service(const Service& service, std::span<const ServiceTask> tasks,
                         const DeploySettings& settings, Instant now) {
  if (service.status == ServiceStatus::inactive) {
    return {};
  }
  ReplicaPlanner planner(service, tasks, settings, now);
  if (service.status == ServiceStatus::draining) {
    return planner.drain();
  }
  schemas::require(service.scheduling_strategy == schemas::SchedulingStrategy::replica,
                   "a DAEMON service is planned as if it were REPLICA");
  schemas::require(!service.deployments.empty(), "an active service without a deployment");
  return planner.keep_up();
}

void settle(Service& service, const ServicePlan& plan, Instant now) {
  for (const DeploymentChange& change : plan.deployments) {
    const auto found =
        std::find_if(service.deployments.begin(), service.deployments.end(),
                     [&](const Deployment& each) { return each.id == change.deployment; });
    if (found == service.deployments.end()) {
      continue;
    }
    if (change.kind == DeploymentChange::Kind::removed) {
      service.deployments.erase(found);
      continue;
    }
    found->updated_at = now;
    switch (change.kind) {
      case DeploymentChange::Kind::removed:
        break;
      case DeploymentChange::Kind::completed:
        found->rollout_state = RolloutState::completed;
        found->rollout_state_reason = "ECS deployment " + found->id.text() + " completed.";
        service.last_completed = found->id;
        break;
      case DeploymentChange::Kind::failed:
        found->rollout_state = RolloutState::failed;
        found->rollout_state_reason = "ECS deployment circuit breaker: tasks failed to start.";
        break;
      case DeploymentChange::Kind::recovered:
        found->breaker_failures = 0;
        break;
    }
  }
  if (plan.status) {
    service.status = *plan.status;
  }
  service.desired_count = plan.desired_count.value_or(service.desired_count);
}

}  // namespace control
