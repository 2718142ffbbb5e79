#include "control/core/deploy/service_plan.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "control/core/deploy/lifecycle_hooks.h"
#include "control/core/deploy/planning.h"
#include "control/core/deploy/rebalancing.h"
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
  std::vector<const Task*> kept;      ///< of the acting deployment, on hosts that stay
  std::vector<const Task*> ailing;    ///< as `kept`, but unhealthy: to be replaced
  std::vector<const Task*> outgoing;  ///< of older deployments or on leaving hosts
  std::vector<const Task*> detained;  ///< as `outgoing`, but they are to stay for now
  std::map<schemas::DeploymentId, std::int64_t> alive;  ///< not stopped yet, by deployment
  std::int64_t alive_total = 0;
};

class ReplicaPlanner : public Planning {
 public:
  ReplicaPlanner(const Service& service, std::span<const ServiceTask> tasks,
                 const DeploySettings& settings, Instant now, std::span<const std::string> zones)
      : Planning(service, service.desired_count, settings, now),
        zones_(zones),
        acting_(acting_in(service)) {
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
    if (expires()) {
      return std::move(plan_);
    }
    if (is_acting_primary() && breaker_opens(static_cast<std::int64_t>(roster_.ailing.size()))) {
      give_up();
      return std::move(plan_);
    }
    if (!is_acting_primary()) {
      pause_if_new();
    }
    if (acting_ != nullptr) {
      keep_acting_up();
    }
    return std::move(plan_);
  }

 private:
  /// Whose tasks the service has: the primary deployment, unless it is held before its start. Then
  /// what was completed last, or else the newest one that nothing holds; absent where there is
  /// none.
  static const Deployment* acting_in(const Service& service) {
    const std::vector<Deployment>& all = service.deployments;
    if (all.empty() || !holds_start(all.front())) {
      return all.empty() ? nullptr : &all.front();
    }
    const Deployment* newest = nullptr;
    for (const Deployment& each : all) {
      if (each.id == service.last_completed) {
        return &each;
      }
      if (newest == nullptr && !holds_start(each) && each.rollout_state != RolloutState::failed) {
        newest = &each;
      }
    }
    return newest;
  }
  bool is_acting_primary() const { return acting_ != nullptr && acting_ == &primary(); }
  /// Its own tasks are started, but those that it replaces stay.
  bool keeps_old() const { return is_acting_primary() && holds_end(primary()); }

  void keep_acting_up() {
    scale_in();
    const std::int64_t healthy = count_healthy(roster_.kept);
    if (is_acting_primary()) {
      note_recovery(roster_.kept);
    }
    replace_ailing(healthy);
    stop_outgoing(healthy);
    start_missing();
    announce_stops();
    announce_trouble(healthy);
    change_deployments(healthy);
  }

  /// Older deployments keep all tasks but those in whose room the primary's have to start; the ones
  /// that serve nobody go first.
  void divide(std::vector<const Task*> old) {
    if (old.empty() || !may_start(primary())) {
      roster_.detained.insert(roster_.detained.end(), old.begin(), old.end());
      return;
    }
    std::sort(old.begin(), old.end(), [](const Task* a, const Task* b) {
      return std::pair(serves(*a), a->key) < std::pair(serves(*b), b->key);
    });
    const auto count = static_cast<std::int64_t>(old.size());
    // What replaces a task that fails its checks finds room where that one was.
    const std::int64_t coming = missing() - static_cast<std::int64_t>(roster_.ailing.size());
    const std::int64_t gone = std::clamp(coming - (room() - count), std::int64_t{0}, count);
    const auto stay = old.begin() + static_cast<std::ptrdiff_t>(gone);
    roster_.outgoing.insert(roster_.outgoing.end(), old.begin(), stay);
    roster_.detained.insert(roster_.detained.end(), stay, old.end());
  }

  std::int64_t missing() const {
    return desired() - static_cast<std::int64_t>(roster_.kept.size());
  }
  std::int64_t room() const {
    return ceiling() - static_cast<std::int64_t>(roster_.kept.size() + roster_.ailing.size() +
                                                 roster_.outgoing.size() + roster_.detained.size());
  }

  void sort_out(std::span<const ServiceTask> tasks) {
    std::vector<const Task*> old;
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
      const bool of_acting = acting_ != nullptr && task.deployment == acting_->id;
      if (!of_acting && keeps_old() && each.host != HostCondition::leaving && !is_held(task)) {
        old.push_back(&task);
      } else if (!of_acting || each.host == HostCondition::leaving) {
        (is_held(task) ? roster_.detained : roster_.outgoing).push_back(&task);
      } else if (is_ailing(task)) {
        roster_.ailing.push_back(&task);
      } else {
        roster_.kept.push_back(&task);
      }
    }
    divide(std::move(old));
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

  /// At rest, and to be evened out.
  bool rebalances() const {
    return service_.availability_zone_rebalancing && is_acting_primary() &&
           primary().rollout_state == RolloutState::completed && service_.deployments.size() == 1 &&
           can_rebalance(service_, primary().specification->placement_strategy);
  }

  /// The one task too many is on its way to a zone that has fewer than another: nothing goes before
  /// it is healthy.
  bool is_moving() {
    const bool one_more = missing() == -1 && rebalances();
    if (!one_more || count_healthy(roster_.kept) != desired()) {
      return false;
    }
    std::vector<const Task*> others = roster_.kept;
    const auto young = std::find_if(others.begin(), others.end(),
                                    [this](const Task* task) { return !is_healthy(*task); });
    const std::string zone = (*young)->availability_zone;
    others.erase(young);
    return zone_to_fill(others, std::vector{zone}, now_).has_value();
  }

  /// One step towards balance, or a word that it is reached.
  void even_out() {
    if (!rebalances()) {
      return;
    }
    const std::optional<std::string> zone = zone_to_fill(roster_.kept, zones_, now_);
    if (zone && room() > 0 && may_start(primary())) {
      plan_.starts.push_back({primary().id, 1, {}, *zone});
    } else if (!zone && calls_itself_unbalanced(service_)) {
      announce(balanced_message(service_.name, zone_counts(roster_.kept, zones_)));
    }
  }

  void scale_in() {
    if (missing() >= 0 || is_moving()) {
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
    if (count > 0 && may_start(*acting_)) {
      plan_.starts.push_back({acting_->id, count});
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
    return roster_.outgoing.empty() && !keeps_old() &&
           std::any_of(roster_.detained.begin(), roster_.detained.end(),
                       [this](const Task* task) { return task->deployment != acting_->id; });
  }

  void change_deployments(std::int64_t healthy) {
    bool others = false;
    for (const Deployment& each : service_.deployments) {
      if (each.id == primary().id || &each == acting_) {
        continue;
      }
      if (roster_.alive.count(each.id) == 0) {
        plan_.deployments.push_back({each.id, DeploymentChange::Kind::removed});
      } else {
        others = true;
      }
    }
    const bool complete = healthy == desired() && missing() == 0;
    if (keeps_old() && complete) {
      pause_if_new();
    }
    const bool settled = !others && complete && roster_.alive_total == desired();
    if (settled && is_acting_primary() && !keeps_old()) {
      announce_rest();
      even_out();
    }
  }

  const std::span<const std::string> zones_;
  const Deployment* acting_;
  Roster roster_;
};

}  // namespace

ServicePlan plan_service(const Service& service, std::span<const ServiceTask> tasks,
                         const DeploySettings& settings, Instant now,
                         std::span<const std::string> zones) {
  if (service.status == ServiceStatus::inactive) {
    return {};
  }
  ReplicaPlanner planner(service, tasks, settings, now, zones);
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
        fail_waiting(found->hooks);
        break;
      case DeploymentChange::Kind::recovered:
        found->breaker_failures = 0;
        break;
      case DeploymentChange::Kind::paused:
        pause(*found, now);
        break;
      case DeploymentChange::Kind::released:
        expire(*found, now);
        break;
      case DeploymentChange::Kind::expired:
        expire(*found, now);
        found->rollout_state = RolloutState::failed;
        found->rollout_state_reason =
            "ECS deployment " + found->id.text() + " was not continued before its hook timed out.";
        fail_waiting(found->hooks);
        break;
    }
  }
  if (plan.status) {
    service.status = *plan.status;
  }
  service.desired_count = plan.desired_count.value_or(service.desired_count);
}

}  // namespace control
