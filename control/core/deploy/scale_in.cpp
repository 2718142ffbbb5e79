#include "control/core/deploy/scale_in.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "control/core/lifecycle/lifecycle.h"

namespace control {
namespace {

using schemas::InstanceId;
using schemas::Task;

/// Tasks that have no host yet share the empty id.
InstanceId host_of(const Task& task) { return task.instance.value_or(InstanceId{}); }

/// A host with tasks that may go; hosts sort by what they would be chosen for, best last.
struct Seat {
  std::int64_t tasks_on_host = 0;
  std::int64_t newest_key = 0;
  InstanceId host;
  auto operator<=>(const Seat&) const = default;
};

/// All tasks still there, counted by zone and by host, and the candidates among them.
class Balance {
 public:
  explicit Balance(std::span<const Task* const> tasks) {
    for (const Task* task : tasks) {
      ++in_zone_[task->availability_zone];
      ++on_host_[host_of(*task)];
    }
  }

  void remove(const Task& task) {
    --in_zone_[task.availability_zone];
    --on_host_[host_of(task)];
  }

  /// Picks `count` of the candidates, one after the other, and removes them.
  void pick(std::vector<const Task*> candidates, std::int64_t count,
            std::vector<const Task*>& chosen) {
    std::sort(candidates.begin(), candidates.end(),
              [](const Task* a, const Task* b) { return a->key < b->key; });
    std::map<InstanceId, std::vector<const Task*>> by_host;
    for (const Task* task : candidates) {
      by_host[host_of(*task)].push_back(task);
    }
    std::map<std::string, std::set<Seat>> seats;
    for (const auto& [host, tasks] : by_host) {
      seats[tasks.back()->availability_zone].insert({on_host_[host], tasks.back()->key, host});
    }
    for (; count > 0 && !seats.empty(); --count) {
      const auto zone = fullest(seats);
      const Seat seat = *std::prev(zone->second.end());
      zone->second.erase(seat);
      std::vector<const Task*>& tasks = by_host[seat.host];
      const Task* task = tasks.back();
      tasks.pop_back();
      chosen.push_back(task);
      remove(*task);
      if (!tasks.empty()) {
        zone->second.insert({on_host_[seat.host], tasks.back()->key, seat.host});
      } else if (zone->second.empty()) {
        seats.erase(zone);
      }
    }
  }

 private:
  using Seats = std::map<std::string, std::set<Seat>>;

  /// The zone with the most tasks that has a candidate; of equal ones that with the newest.
  Seats::iterator fullest(Seats& seats) {
    return std::max_element(seats.begin(), seats.end(), [this](const auto& a, const auto& b) {
      return std::tuple(in_zone_[a.first], std::prev(a.second.end())->newest_key) <
             std::tuple(in_zone_[b.first], std::prev(b.second.end())->newest_key);
    });
  }

  std::map<std::string, std::int64_t> in_zone_;
  std::map<InstanceId, std::int64_t> on_host_;
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
