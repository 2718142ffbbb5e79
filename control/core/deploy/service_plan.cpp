#include "control/core/deploy/service_plan.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "control/core/deploy/circuit_breaker.h"
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

/// Below this many failures in a row a deployment may just be unlucky.
constexpr std::int64_t failures_worth_an_event = 3;

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

class Planner {
 public:
  Planner(const Service& service, std::span<const ServiceTask> tasks,
          const DeploySettings& settings, Instant now)
      : service_(service), settings_(settings), now_(now) {
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
    if (breaker_opens()) {
      give_up();
      return std::move(plan_);
    }
    scale_in();
    const std::int64_t healthy = count_healthy(roster_.kept);
    note_recovery();
    replace_ailing(healthy);
    stop_outgoing(healthy);
    start_missing();
    announce_stops();
    announce_trouble(healthy);
    change_deployments(healthy);
    return std::move(plan_);
  }

 private:
  const Deployment& primary() const { return service_.deployments.front(); }
  std::int64_t desired() const { return service_.desired_count; }

  /// Floors round up, so a service of one never drops to zero because of rounding.
  std::int64_t floor() const {
    return (desired() * service_.deployment_configuration.minimum_healthy_percent + 99) / 100;
  }
  std::int64_t ceiling() const {
    return desired() * service_.deployment_configuration.maximum_percent / 100;
  }
  std::int64_t missing() const {
    return desired() - static_cast<std::int64_t>(roster_.kept.size());
  }
  std::int64_t room() const {
    return ceiling() - static_cast<std::int64_t>(roster_.kept.size() + roster_.ailing.size() +
                                                 roster_.outgoing.size() + roster_.detained.size());
  }

  void wake(Instant at) {
    if (at > now_) {
      plan_.next_wake = std::min(plan_.next_wake.value_or(at), at);
    }
  }

  bool is_ailing(const Task& task) {
    if (task.health != schemas::HealthStatus::unhealthy || !task.started_at) {
      return false;
    }
    const Instant grace_ends =
        *task.started_at + std::chrono::seconds(service_.health_check_grace_period_s);
    wake(grace_ends);
    return grace_ends <= now_;
  }

  /// Whether it is protected now; then the plan changes when it no longer is.
  bool is_held(const Task& task) {
    if (!is_protected(task, now_)) {
      return false;
    }
    wake(*task.protected_until);
    return true;
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
    std::int64_t healthy = 0;
    for (const Task* task : tasks) {
      const std::optional<Instant> from = healthy_from(*task, settings_.healthy_after);
      if (from && *from <= now_) {
        ++healthy;
      } else if (from) {
        wake(*from);
      }
    }
    return healthy;
  }

  const schemas::CircuitBreaker& breaker() const {
    return service_.deployment_configuration.circuit_breaker;
  }

  /// Tasks that are unhealthy now have failed as much as those replaced before them.
  bool breaker_opens() const {
    const auto ailing = static_cast<std::int64_t>(roster_.ailing.size());
    return watches(breaker(), primary()) &&
           primary().breaker_failures + ailing >= failure_threshold(breaker(), desired());
  }

  /// What a rollback itself fails at is not rolled back again.
  void give_up() {
    plan_.deployments.push_back({primary().id, DeploymentChange::Kind::failed});
    plan_.events.push_back(deployment_failed_message(service_.name, primary().id));
    const bool is_rollback = service_.current != primary().id;
    if (breaker().rollback && !is_rollback && !service_.last_completed.empty()) {
      plan_.rollback_to = service_.last_completed;
      plan_.events.push_back(rolling_back_message(service_.name, service_.last_completed));
    }
  }

  /// Tasks without checks are healthy by having lasted; those with checks say so themselves.
  void note_recovery() {
    if (!watches(breaker(), primary()) || !breaker().reset_on_healthy_task ||
        primary().breaker_failures == 0 || !primary().last_failure_at) {
      return;
    }
    const bool recovered =
        std::any_of(roster_.kept.begin(), roster_.kept.end(), [this](const Task* task) {
          const std::optional<Instant> from = healthy_from(*task, settings_.healthy_after);
          return from && *from <= now_ && *from > *primary().last_failure_at;
        });
    if (recovered) {
      plan_.deployments.push_back({primary().id, DeploymentChange::Kind::recovered});
    }
  }

  void stop(const Task& task, std::string reason) {
    plan_.stops.push_back(
        {task.id, schemas::StopCode::service_scheduler_initiated, std::move(reason)});
  }
  void stop_for_scale(const Task& task) {
    stop(task, "Scaling activity initiated by (deployment " + task.deployment.text() + ")");
  }
  void stop_all(const std::vector<const Task*>& tasks) {
    for (const Task* task : tasks) {
      stop_for_scale(*task);
    }
  }

  /// Takes out of `chosen`, which has those that serve last, what the floor needs: a protected task
  /// stays even where it does not serve yet, and until it does one that serves stays beside it.
  void leave_the_floor(std::vector<const Task*>& chosen) {
    const auto serving = [this](const Task* task) {
      return counts_as_healthy(*task, settings_.healthy_after, now_);
    };
    std::int64_t spare = count_healthy(roster_.kept) - floor();
    for (const std::vector<const Task*>* others : {&roster_.outgoing, &roster_.detained}) {
      spare += std::count_if(others->begin(), others->end(),
                             [](const Task* task) { return serves(*task); });
    }
    const std::int64_t asked = std::count_if(chosen.begin(), chosen.end(), serving);
    const std::int64_t left =
        std::clamp(asked - std::max(spare, std::int64_t{0}), std::int64_t{0}, asked);
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

  static bool serves(const Task& task) {
    return task.last_status == TaskStatus::running &&
           task.health != schemas::HealthStatus::unhealthy;
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
    const auto idle = static_cast<std::int64_t>(std::count_if(
        outgoing.begin(), outgoing.end(), [](const Task* task) { return !serves(*task); }));
    const std::int64_t serving = static_cast<std::int64_t>(outgoing.size()) - idle;
    const std::int64_t others = std::count_if(roster_.detained.begin(), roster_.detained.end(),
                                              [](const Task* task) { return serves(*task); });
    const std::int64_t spare =
        std::clamp(healthy + others + serving - floor(), std::int64_t{0}, serving);
    const auto end = outgoing.begin() + static_cast<std::ptrdiff_t>(idle + spare);
    std::for_each(outgoing.begin(), end, [this](const Task* task) { stop_for_scale(*task); });
    outgoing.erase(outgoing.begin(), end);
  }

  void start_missing() {
    const std::int64_t count = std::min(missing(), room());
    if (count <= 0 || primary().rollout_state == RolloutState::failed) {
      return;
    }
    if (primary().throttled_until && *primary().throttled_until > now_) {
      wake(*primary().throttled_until);
      return;
    }
    plan_.starts.push_back({primary().id, count});
  }

  /// Says it unless it was said lately; then the plan changes when it may be said again.
  void announce(std::string message) {
    const Instant from = news_from(service_, message, settings_.repeat_events_after, now_);
    if (from > now_) {
      wake(from);
      return;
    }
    plan_.events.push_back(std::move(message));
  }

  void announce_stops() {
    if (plan_.stops.empty()) {
      return;
    }
    std::vector<schemas::TaskId> ids;
    ids.reserve(plan_.stops.size());
    for (const TaskStop& each : plan_.stops) {
      ids.push_back(each.task);
    }
    plan_.events.push_back(stopped_message(service_.name, ids));
  }

  void announce_trouble(std::int64_t healthy) {
    if (missing() > 0 && primary().failed_tasks >= failures_worth_an_event) {
      announce(failing_message(service_.name));
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
    if (!settled || primary().rollout_state == RolloutState::failed) {
      return;
    }
    if (primary().rollout_state == RolloutState::in_progress) {
      plan_.deployments.push_back({primary().id, DeploymentChange::Kind::completed});
      plan_.events.push_back(deployment_completed_message(service_.name, primary().id));
      plan_.events.push_back(steady_state_message(service_.name));
      return;
    }
    announce(steady_state_message(service_.name));
  }

  const Service& service_;
  const DeploySettings& settings_;
  const Instant now_;
  Roster roster_;
  ServicePlan plan_;
};

}  // namespace

ServicePlan plan_service(const Service& service, std::span<const ServiceTask> tasks,
                         const DeploySettings& settings, Instant now) {
  schemas::require(service.scheduling_strategy == schemas::SchedulingStrategy::replica,
                   "only REPLICA services can be planned");
  if (service.status == ServiceStatus::inactive) {
    return {};
  }
  Planner planner(service, tasks, settings, now);
  if (service.status == ServiceStatus::draining) {
    return planner.drain();
  }
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
}

}  // namespace control
