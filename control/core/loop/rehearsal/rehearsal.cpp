#include "control/core/loop/rehearsal/rehearsal.h"

#include <algorithm>
#include <map>
#include <utility>

#include "control/core/deploy/lifecycle_hooks.h"
#include "control/core/loop/rehearsal/cast.h"
#include "control/core/loop/rehearsal/ideal_host.h"
#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"

namespace control {

using schemas::InstanceId;
using schemas::Instant;
using schemas::Task;
using schemas::TaskStatus;

namespace {

/// Longer than any rehearsal: who is in touch stays so, and nobody says anything twice.
constexpr schemas::Duration endless = std::chrono::hours{24 * 366};

class Rehearsing {
 public:
  Rehearsing(const World& world, const Parked& parked, const RehearsalSubject& subject,
             const Settings& settings, Instant now, const schemas::Random& random)
      : subject_(subject), settings_(settings), random_(random), start_(now), now_(now) {
    Cast cast = cast_for(world, parked, subject, settings, now);
    players_ = std::move(cast.players);
    result_.world = excerpt(world, cast.wish);
    result_.parked = parked_for(parked, result_.world);
    first_task_ = result_.world.next_key(Table::task);
    first_service_ = result_.world.next_key(Table::service);
    newest_task_ = first_task_ - 1;
    for (const auto& [key, task] : result_.world->tasks) {
      if (task.desired_status == TaskStatus::stopped) {
        told_.insert(key);
      }
      if (has_news(task)) {
        open_.insert(key);
      }
    }
  }

  Rehearsal go(const RehearsalLimits& limits) {
    if (lost_tasks() > limits.moves_max) {
      result_.end = RehearsalEnd::moves;
      return std::move(result_);
    }
    begin();
    for (std::int64_t turns = 1; turns < limits.turns_max; ++turns) {
      std::vector<Input> inputs = reports();
      if (inputs.empty() && next_wake_ > now_) {
        if (is_held() || next_wake_ > start_ + limits.ahead) {
          result_.end = is_held() ? RehearsalEnd::held : RehearsalEnd::rest;
          return std::move(result_);
        }
        now_ = next_wake_;
      }
      if (moves_ > limits.moves_max) {
        result_.end = RehearsalEnd::moves;
        return std::move(result_);
      }
      turn(inputs);
    }
    result_.end = RehearsalEnd::turns;
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::int64_t lost_tasks() const {
    std::int64_t count = 0;
    for (const InstanceId& id : subject_.lost) {
      count += static_cast<std::int64_t>(
          entry_or_empty(result_.world.index().live_tasks_of_instance, id).size());
    }
    return count;
  }

  /// The turn of the call, as it would be. From then on nothing happens by time alone to hosts that
  /// are not lost.
  void begin() {
    turn(subject_.call ? std::vector<Input>{*subject_.call} : std::vector<Input>{});
    settings_.lease = endless;
    settings_.deploy.repeat_events_after = endless;
    result_.parked.next_sweep = Instant::max();
    World& world = result_.world;
    for (const auto& [until, id] : std::set(world.index().leases)) {
      if (!subject_.lost.contains(id)) {
        apply(world, InstanceHeard{id, now_ + endless});
      }
    }
    for (const auto& [until, id] : std::set(world.index().absent)) {
      if (!subject_.lost.contains(id)) {
        apply(world, InstanceGivenUp{id});
      }
    }
    next_wake_ = now_;
  }

  void turn(const std::vector<Input>& inputs) {
    const Turn done = step(result_.world, result_.parked, inputs, settings_, now_, random_);
    if (!done.replies.empty()) {
      result_.answer = done.replies.front().result;
    }
    RehearsalStep made{.at = now_, .started = {}, .stopped = {}, .said = {}};
    const auto& tasks = result_.world->tasks;
    for (auto at = tasks.upper_bound(newest_task_); at != tasks.end(); ++at) {
      made.started.push_back(at->first);
      newest_task_ = at->first;
    }
    for (const Row& row : done.rows) {
      if (row.table == Table::task_state) {
        note_task(row.key, made);
      }
    }
    std::copy_if(done.events.begin(), done.events.end(), std::back_inserter(made.said),
                 [](const Event& event) { return event.kind == "service"; });
    moves_ += static_cast<std::int64_t>(made.started.size() + made.stopped.size());
    const bool moved = !made.started.empty() || !made.stopped.empty() || !made.said.empty();
    if (moved || result_.steps.empty()) {
      result_.steps.push_back(std::move(made));
    }
    next_wake_ = done.next_wake;
    rest_bystanders();
  }

  void note_task(std::int64_t key, RehearsalStep& made) {
    const Task* task = task_of(result_.world, key);
    if (task == nullptr) {
      return;
    }
    if (task->desired_status == TaskStatus::stopped && told_.insert(key).second) {
      made.stopped.push_back(key);
    }
    if (has_news(*task)) {
      open_.insert(key);
    }
  }

  [[nodiscard]] bool plays(std::int64_t service) const {
    return players_.contains(service) || service >= first_service_;
  }

  /// From the first turn on only the players are planned.
  void rest_bystanders() {
    Parked& parked = result_.parked;
    std::erase_if(WorldAccess::parts(result_.world).news.services,
                  [this](std::int64_t service) { return !plays(service); });
    std::erase_if(parked.starved, [this](const auto& entry) { return !plays(entry.first.first); });
    std::erase_if(parked.wake_of_service,
                  [this](const auto& entry) { return !plays(entry.first); });
    std::erase_if(parked.wakes, [this](const auto& entry) { return !plays(entry.second); });
    parked.renewals.clear();
    parked.renewal_of_task.clear();
  }

  /// What the hosts in touch have to say of the tasks that matter.
  std::vector<Input> reports() {
    std::map<InstanceId, std::vector<const Task*>> of_hosts;
    for (const std::int64_t key : std::exchange(open_, {})) {
      const Task* task = task_of(result_.world, key);
      if (task != nullptr && has_news(*task) && (plays(task->service) || key >= first_task_)) {
        of_hosts[*task->instance].push_back(task);
      }
    }
    std::vector<Input> inputs;
    for (const auto& [id, tasks] : of_hosts) {
      const schemas::ContainerInstance* host = find_instance(result_.world, id);
      if (host != nullptr && host->connected && !subject_.lost.contains(id)) {
        inputs.emplace_back(ideal_report(result_.world, *host, tasks, ++reports_, now_));
      }
    }
    return inputs;
  }

  /// Whether a hook holds the deployment that the call began.
  [[nodiscard]] bool is_held() const {
    const schemas::Service* service = service_of(result_.world, first_service_);
    service = service == nullptr ? service_of(result_.world, subject_.service) : service;
    return service != nullptr && !service->deployments.empty() &&
           is_paused(service->deployments.front());
  }

  const RehearsalSubject& subject_;
  Settings settings_;
  schemas::Random random_;
  const Instant start_;
  Instant now_;
  Instant next_wake_{};
  Keys players_;
  std::int64_t first_task_ = 0;     ///< this one and all above are the rehearsal's own
  std::int64_t first_service_ = 0;  ///< the same
  std::int64_t newest_task_ = 0;
  Keys told_;  ///< tasks that are told to stop
  Keys open_;  ///< tasks that their hosts have news of
  std::int64_t reports_ = 0;
  std::int64_t moves_ = 0;
  Rehearsal result_;
};

}  // namespace

Rehearsal rehearse(const World& world, const Parked& parked, const RehearsalSubject& subject,
                   const Settings& settings, Instant now, const schemas::Random& random,
                   const RehearsalLimits& limits) {
  return Rehearsing(world, parked, subject, settings, now, random).go(limits);
}

}  // namespace control
