#include "control/core/deploy/scale_in.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "control/core/lifecycle/lifecycle.h"
#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::InstanceId;
using schemas::Task;

/// All tasks still there, counted by zone and by host, and the candidates among them.
class Balance {
 public:
  explicit Balance(std::span<const Task* const> tasks) {
    for (const Task* task : tasks) {
      Host& host = host_of(*task);
      if (host.zone == nullptr) {
        host.zone = &zones_[task->availability_zone];
      }
      ++host.tasks;
      ++host.zone->tasks;
    }
  }

  /// Picks `count` of the candidates, one after the other, and removes them.
  void pick(std::vector<const Task*> candidates, std::int64_t count,
            std::vector<const Task*>& chosen) {
    std::sort(candidates.begin(), candidates.end(),
              [](const Task* a, const Task* b) { return a->key > b->key; });
    if (static_cast<std::int64_t>(candidates.size()) <= count) {
      for (const Task* task : candidates) {
        remove(host_of(*task));
      }
      chosen.insert(chosen.end(), candidates.begin(), candidates.end());
      return;
    }
    seat(candidates);
    for (; count > 0; --count) {
      Zone& zone = fullest();
      const auto best = std::prev(zone.seats.end());
      Host& host = *best->host;
      zone.seats.erase(best);
      chosen.push_back(host.candidates.back());
      host.candidates.pop_back();
      remove(host);
      if (!host.candidates.empty()) {
        zone.seats.insert({host.tasks, host.candidates.back()->key, &host});
      }
    }
    for (auto& [id, host] : hosts_) {
      host.candidates.clear();
    }
    for (auto& [name, zone] : zones_) {
      zone.seats.clear();
    }
  }

 private:
  struct Host;
  /// A host with candidates; the best to take from sorts last. Task keys are unique, so no two
  /// hosts are equal.
  struct Seat {
    std::int64_t tasks_on_host = 0;
    std::int64_t newest_key = 0;
    Host* host = nullptr;
    bool operator<(const Seat& other) const {
      return std::tie(tasks_on_host, newest_key) < std::tie(other.tasks_on_host, other.newest_key);
    }
  };
  struct Zone {
    std::int64_t tasks = 0;
    std::set<Seat> seats;
  };
  struct Host {
    std::int64_t tasks = 0;
    Zone* zone = nullptr;
    std::vector<const Task*> candidates;  ///< the newest last
  };

  /// Tasks that have no host yet share the empty id.
  Host& host_of(const Task& task) { return hosts_[task.instance.value_or(InstanceId{})]; }

  static void remove(Host& host) {
    --host.tasks;
    --host.zone->tasks;
  }

  /// `newest_first` gives each host its candidates, and each zone its hosts that have any.
  void seat(const std::vector<const Task*>& newest_first) {
    std::for_each(newest_first.rbegin(), newest_first.rend(),
                  [this](const Task* task) { host_of(*task).candidates.push_back(task); });
    for (auto& [id, host] : hosts_) {
      if (!host.candidates.empty()) {
        host.zone->seats.insert({host.tasks, host.candidates.back()->key, &host});
      }
    }
  }

  /// The zone with the most tasks that has a candidate; of equal ones that with the newest.
  Zone& fullest() {
    Zone* best = nullptr;
    const auto order = [](const Zone& zone) {
      return std::tuple(zone.tasks, std::prev(zone.seats.end())->newest_key);
    };
    for (auto& [name, zone] : zones_) {
      if (!zone.seats.empty() && (best == nullptr || order(*best) < order(zone))) {
        best = &zone;
      }
    }
    schemas::require(best != nullptr, "more tasks were to be chosen than there are");
    return *best;
  }

  std::map<std::string, Zone> zones_;
  std::map<InstanceId, Host> hosts_;
};

/// 0 goes before 1 goes before 2.
std::size_t reluctance(const Task& task, schemas::Duration healthy_after, schemas::Instant now) {
  if (task.last_status != schemas::TaskStatus::running) {
    return 0;
  }
  return counts_as_healthy(task, healthy_after, now) ? 2 : 1;
}

}  // namespace

std::vector<const Task*> choose_for_scale_in(std::span<const Task* const> tasks, std::int64_t count,
                                             schemas::Duration healthy_after,
                                             schemas::Instant now) {
  std::array<std::vector<const Task*>, 3> classes;
  for (const Task* task : tasks) {
    if (is_protected(*task, now)) {
      continue;
    }
    classes[reluctance(*task, healthy_after, now)].push_back(task);
  }
  Balance balance(tasks);
  std::vector<const Task*> chosen;
  for (const std::vector<const Task*>& candidates : classes) {
    const std::int64_t wanted = count - static_cast<std::int64_t>(chosen.size());
    balance.pick(candidates, wanted, chosen);
  }
  return chosen;
}

}  // namespace control
