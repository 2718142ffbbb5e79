#include "control/core/deploy/daemon_plan.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "control/core/deploy/planning.h"
#include "control/core/deploy/service_events.h"
#include "control/core/lifecycle/lifecycle.h"
#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::InstanceId;
using schemas::Instant;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;
using Standing = DaemonHost::Standing;

/// The service's tasks on one host. Those told to stop are counted only.
struct Post {
  Standing standing = Standing::unfit;
  bool has_room = true;              ///< for a successor beside what it has
  std::vector<const Task*> current;  ///< of the primary deployment
  std::vector<const Task*> ailing;   ///< the same, but unhealthy: to be replaced
  std::vector<const Task*> old;      ///< of older deployments
  std::int64_t stopping = 0;
  bool healthy = false;  ///< one of `current` is

  [[nodiscard]] bool has_any() const { return !current.empty() || !ailing.empty() || !old.empty(); }
  [[nodiscard]] std::int64_t wanted() const {
    return static_cast<std::int64_t>(current.size() + ailing.size() + old.size());
  }
  /// It counts among the hosts that the service wants a task on.
  [[nodiscard]] bool counts() const {
    return standing == Standing::open || (standing == Standing::away && has_any());
  }
};

using Posts = std::map<InstanceId, Post>;

Posts posts_of(std::span<const DaemonHost> hosts) {
  Posts posts;
  for (const DaemonHost& host : hosts) {
    posts[host.instance].standing = host.standing;
    posts[host.instance].has_room = host.has_room;
  }
  return posts;
}

std::int64_t count_wanted(std::span<const ServiceTask> tasks, std::span<const DaemonHost> hosts) {
  Posts posts = posts_of(hosts);
  for (const ServiceTask& each : tasks) {
    const auto post = posts.find(each.task->instance.value_or(InstanceId{}));
    if (post != posts.end() && each.task->desired_status != TaskStatus::stopped &&
        each.task->last_status != TaskStatus::stopped) {
      post->second.current.push_back(each.task);
    }
  }
  return std::count_if(posts.begin(), posts.end(),
                       [](const auto& each) { return each.second.counts(); });
}

class DaemonPlanner : public Planning {
 public:
  DaemonPlanner(const Service& service, std::span<const ServiceTask> tasks,
                std::span<const DaemonHost> hosts, const DeploySettings& settings, Instant now)
      : Planning(service, count_wanted(tasks, hosts), settings, now), posts_(posts_of(hosts)) {
    if (desired() != service.desired_count) {
      plan_.desired_count = desired();
    }
    sort_out(tasks);
  }

  ServicePlan keep_up() {
    if (breaker_opens(ailing_)) {
      give_up();
      return std::move(plan_);
    }
    note_recovery(all_current_);
    leave_hosts();
    relieve();
    thin_out();
    start_and_replace();
    announce_stops();
    announce_trouble();
    change_deployments();
    return std::move(plan_);
  }

 private:
  void sort_out(std::span<const ServiceTask> tasks) {
    for (const ServiceTask& each : tasks) {
      const Task& task = *each.task;
      if (task.last_status == TaskStatus::stopped) {
        continue;
      }
      ++alive_[task.deployment];
      Post& post = posts_[task.instance.value_or(InstanceId{})];
      if (task.desired_status == TaskStatus::stopped) {
        ++post.stopping;
      } else if (task.deployment != primary().id) {
        post.old.push_back(&task);
      } else if (is_ailing(task)) {
        post.ailing.push_back(&task);
        ++ailing_;
      } else {
        post.current.push_back(&task);
        post.healthy = is_healthy(task) || post.healthy;
        all_current_.push_back(&task);
      }
    }
  }

  /// Stops the tasks but for those that are protected.
  void clear(std::vector<const Task*>& tasks, Post& post) {
    std::erase_if(tasks, [&](const Task* task) {
      if (is_held(*task)) {
        held_ = true;
        return false;
      }
      stop_for_scale(*task);
      ++post.stopping;
      return true;
    });
  }

  /// Stops unhealthy tasks, protected or not.
  void replace_ailing(Post& post) {
    for (const Task* task : post.ailing) {
      stop(*task, std::string(failed_checks_reason));
      ++post.stopping;
    }
    post.ailing.clear();
  }

  /// Where the service has no business any more.
  void leave_hosts() {
    for (auto& [id, post] : posts_) {
      if (post.standing == Standing::unfit || post.standing == Standing::emptied) {
        clear(post.current, post);
        clear(post.ailing, post);
        clear(post.old, post);
      }
    }
  }

  /// A task goes when its successor beside it is healthy.
  void relieve() {
    for (auto& [id, post] : posts_) {
      if (post.healthy) {
        clear(post.old, post);
        replace_ailing(post);
      }
    }
  }

  /// Stops all but the best of the tasks, and answers what stays.
  std::vector<const Task*> keep_best(std::vector<const Task*> tasks, Post& post) {
    const auto best =
        std::max_element(tasks.begin(), tasks.end(),
                         [this](const Task* a, const Task* b) { return rank(*a) < rank(*b); });
    const Task* kept = *best;
    tasks.erase(best);
    clear(tasks, post);
    tasks.push_back(kept);
    return tasks;
  }

  /// Where one update came in the midst of another there may be two tasks to be replaced: the
  /// better stays until its successor has come. Where an unhealthy task mends itself meanwhile,
  /// its successor is one too many.
  void thin_out() {
    for (auto& [id, post] : posts_) {
      if (post.current.size() > 1) {
        post.current = keep_best(post.current, post);
      }
      if (post.counts() && post.current.empty() && post.wanted() > 1) {
        std::vector<const Task*> all = post.old;
        all.insert(all.end(), post.ailing.begin(), post.ailing.end());
        const std::vector<const Task*> kept = keep_best(std::move(all), post);
        const auto goes = [&kept](const Task* task) {
          return std::find(kept.begin(), kept.end(), task) == kept.end();
        };
        std::erase_if(post.old, goes);
        std::erase_if(post.ailing, goes);
      }
    }
  }

  std::tuple<bool, bool, std::int64_t> rank(const Task& task) const {
    return {serves(task), counts_as_healthy(task, settings_.healthy_after, now_), -task.key};
  }

  static bool is_served(const Post& post) {
    return post.healthy || std::any_of(post.old.begin(), post.old.end(),
                                       [](const Task* task) { return serves(*task); });
  }

  void start(const InstanceId& host, const Post& post) {
    plan_.starts.push_back({.deployment = primary().id, .count = 1, .host = host});
    starts_ = starts_ || post.has_room;  // else placement is asked only for it to say why not
  }

  void start_and_replace() {
    std::int64_t beside = ceiling();  // how many successors may come first
    for (const auto& [id, post] : posts_) {
      if (post.counts()) {
        beside -= std::max<std::int64_t>(1, post.wanted());
        served_ += is_served(post) ? 1 : 0;
        rising_ += !post.current.empty() && !post.healthy ? 1 : 0;
        rising_ += !post.has_any() && post.stopping > 0 ? 1 : 0;
      }
    }
    waits_ = !may_start(primary());
    if (waits_) {
      return;  // nor is anything taken away that could not be replaced
    }
    start_where_none_is();
    start_beside(beside);
    stop_first();
  }

  void start_where_none_is() {
    for (const auto& [id, post] : posts_) {
      if (post.standing == Standing::open && !post.has_any() && post.stopping == 0) {
        start(id, post);
      }
    }
  }

  /// One task there is to be replaced, and nothing is on its way there.
  static bool awaits_successor(const Post& post) {
    return post.standing == Standing::open && post.current.empty() && post.wanted() == 1 &&
           post.stopping == 0;
  }

  /// Where a host has no room for two, and what it has may not stop first, placement is asked all
  /// the same: it says why.
  void start_beside(std::int64_t most) {
    for (const auto& [id, post] : posts_) {
      if (most > 0 && awaits_successor(post) && post.has_room) {
        start(id, post);
        --most;
      }
    }
    for (const auto& [id, post] : posts_) {
      const bool held = !post.old.empty() && is_served(post) && served_ <= floor();
      if (most > 0 && awaits_successor(post) && !post.has_room && held) {
        start(id, post);
        --most;
      }
    }
  }

  /// Where no successor may come first. What serves nobody goes at once, if it is old; of the
  /// unhealthy one after the other, and none while another task is on its way up.
  void stop_first() {
    for (auto& [id, post] : posts_) {
      const bool one_at_a_time = ceiling() <= desired() || !post.has_room;
      if (post.standing != Standing::open || !post.current.empty() || !one_at_a_time) {
        continue;
      }
      const bool served = is_served(post);
      if (!post.old.empty() && (!served || served_ > floor())) {
        clear(post.old, post);
        served_ -= served && post.old.empty() ? 1 : 0;
      }
      if (!post.ailing.empty() && rising_ == 0) {
        replace_ailing(post);
        ++rising_;
      }
    }
  }

  void announce_trouble() {
    bool missing = false;
    bool replacing = false;
    for (const auto& [id, post] : posts_) {
      const bool lacks = post.standing == Standing::open && post.current.empty();
      missing = missing || lacks;
      replacing = replacing || (post.standing == Standing::open && !post.old.empty()) ||
                  (lacks && post.has_any());
    }
    if (missing) {
      announce_failures();
    }
    const bool moves = rising_ > 0 || starts_ || !plan_.stops.empty();
    if (moves || waits_ || !replacing) {
      return;
    }
    if (held_) {
      announce(protected_deployment_message(service_.name));
    } else if (ceiling() <= desired()) {
      announce(stuck_message(service_.name));
    }
  }

  void change_deployments() {
    for (const schemas::Deployment& each : service_.deployments) {
      if (each.id != primary().id && alive_.count(each.id) == 0) {
        plan_.deployments.push_back({each.id, DeploymentChange::Kind::removed});
      }
    }
    const bool settled = std::all_of(posts_.begin(), posts_.end(), [](const auto& each) {
      const Post& post = each.second;
      // A host that is drained may keep what it has for as long as others keep their tasks there.
      return post.standing == Standing::draining ||
             (post.counts() ? post.healthy && post.wanted() == 1 && post.stopping == 0
                            : post.wanted() == 0 && post.stopping == 0);
    });
    if (settled) {
      announce_rest();
    }
  }

  Posts posts_;
  std::map<schemas::DeploymentId, std::int64_t> alive_;  ///< not stopped yet
  std::vector<const Task*> all_current_;
  std::int64_t ailing_ = 0;
  std::int64_t served_ = 0;  ///< hosts where a task serves
  std::int64_t rising_ = 0;  ///< hosts where one is on its way up
  bool starts_ = false;      ///< this plan starts one that there is room for
  bool held_ = false;        ///< a protected task would have gone
  bool waits_ = false;       ///< the primary deployment starts none now
};

}  // namespace

ServicePlan plan_daemon(const Service& service, std::span<const ServiceTask> tasks,
                        std::span<const DaemonHost> hosts, const DeploySettings& settings,
                        Instant now) {
  schemas::require(service.scheduling_strategy == schemas::SchedulingStrategy::daemon,
                   "a REPLICA service is planned as if it were DAEMON");
  schemas::require(!service.deployments.empty(), "an active service without a deployment");
  return DaemonPlanner(service, tasks, hosts, settings, now).keep_up();
}

}  // namespace control
