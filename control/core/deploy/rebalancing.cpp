#include "control/core/deploy/rebalancing.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "control/core/lifecycle/lifecycle.h"

namespace control {

using schemas::PlacementStrategy;
using schemas::Task;

namespace {

struct ZoneTasks {
  std::int64_t all = 0;
  bool open = false;     ///< a task could start there
  bool movable = false;  ///< one of them may be stopped
};

std::map<std::string, ZoneTasks, std::less<>> by_zone(std::span<const Task* const> tasks,
                                                      std::span<const std::string> zones,
                                                      schemas::Instant now) {
  std::map<std::string, ZoneTasks, std::less<>> counted;
  for (const std::string& zone : zones) {
    counted[zone].open = true;
  }
  for (const Task* task : tasks) {
    ZoneTasks& zone = counted[task->availability_zone];
    ++zone.all;
    zone.movable = zone.movable || !is_protected(*task, now);
  }
  return counted;
}

bool spreads_over_zones(const PlacementStrategy& strategy) {
  return strategy.type == PlacementStrategy::Type::spread &&
         strategy.field == "attribute:ecs.availability-zone";
}

}  // namespace

bool can_rebalance(const schemas::Service& service,
                   const std::vector<PlacementStrategy>& strategy) {
  constexpr std::int64_t all_percent = 100;
  return service.scheduling_strategy == schemas::SchedulingStrategy::replica &&
         service.deployment_configuration.maximum_percent > all_percent &&
         (strategy.empty() || spreads_over_zones(strategy.front()));
}

std::optional<std::string> zone_to_fill(std::span<const Task* const> tasks,
                                        std::span<const std::string> zones, schemas::Instant now) {
  const auto counted = by_zone(tasks, zones, now);
  const std::pair<const std::string, ZoneTasks>* emptiest = nullptr;
  std::int64_t most = 0;
  for (const auto& entry : counted) {
    most = entry.second.movable ? std::max(most, entry.second.all) : most;
    if (entry.second.open && (emptiest == nullptr || entry.second.all < emptiest->second.all)) {
      emptiest = &entry;
    }
  }
  return emptiest != nullptr && most - emptiest->second.all > 1 ? std::optional(emptiest->first)
                                                                : std::nullopt;
}

std::string zone_counts(std::span<const Task* const> tasks, std::span<const std::string> zones) {
  std::string text;
  for (const auto& [name, zone] : by_zone(tasks, zones, {})) {
    text += (text.empty() ? "" : ", ") + std::to_string(zone.all) + " tasks in " + name;
  }
  return text;
}

}  // namespace control
