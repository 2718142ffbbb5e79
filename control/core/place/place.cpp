#include "control/core/place/place.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "control/core/place/filters.h"
#include "control/core/place/scan.h"
#include "control/core/place/search.h"
#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::InstanceId;
using schemas::PlacementStrategy;

constexpr std::string_view zone_field = "attribute:ecs.availability-zone";

bool is_spread(const PlacementStrategy& strategy, std::string_view field) {
  return strategy.type == PlacementStrategy::Type::spread && strategy.field == field;
}

bool is_host_spread(const PlacementStrategy& strategy) {
  return is_spread(strategy, "instanceId") || is_spread(strategy, "host");
}

/// A strategy that the trees answer: zones first or not, then at most one preference among hosts.
struct TreePlan {
  enum class Zones : std::uint8_t { all_alike, fewest_first };
  Zones zones = Zones::all_alike;
  Preference preference = Preference::none;
};

std::optional<TreePlan> tree_plan(const std::vector<PlacementStrategy>& strategies) {
  TreePlan plan;
  std::size_t at = 0;
  if (at < strategies.size() && is_spread(strategies[at], zone_field)) {
    plan.zones = TreePlan::Zones::fewest_first;
    ++at;
  }
  if (at < strategies.size() && is_host_spread(strategies[at])) {
    plan.preference = Preference::fewest_tasks;
    ++at;
  } else if (at < strategies.size() && is_spread(strategies[at], least_loaded)) {
    plan.preference = Preference::least_load;
    ++at;
  }
  return at == strategies.size() ? std::optional<TreePlan>(plan) : std::nullopt;
}

struct ZoneChoice {
  std::int64_t tasks = 0;
  const std::string* name = nullptr;
  const Lane* lane = nullptr;
};

std::optional<InstanceId> place_by_tree(const TaskRequest& request, const Fleet& fleet,
                                        const TreePlan& plan) {
  std::vector<ZoneChoice> zones;
  for (const auto& [name, lane] : fleet.lanes()) {
    if (zone_allowed(name, request)) {
      const Lane::Group* group =
          plan.zones == TreePlan::Zones::fewest_first ? lane.group(request.claim.group) : nullptr;
      zones.push_back({group == nullptr ? 0 : group->total, &name, &lane});
    }
  }
  std::stable_sort(zones.begin(), zones.end(),
                   [](const ZoneChoice& a, const ZoneChoice& b) { return a.tasks < b.tasks; });
  std::optional<std::pair<std::int64_t, InstanceId>> best;
  std::int64_t tasks = 0;
  for (const ZoneChoice& zone : zones) {
    if (best && zone.tasks > tasks) {
      break;  // only zones with as few tasks compete
    }
    const std::optional<Found> found = search(*zone.lane, *zone.name, request, plan.preference);
    if (!found) {
      continue;
    }
    const std::pair candidate(found->rank, zone.lane->hosts()[found->index].id);
    if (!best || candidate < *best) {
      best = candidate;
      tasks = zone.tasks;
    }
  }
  return best ? std::optional<InstanceId>(best->second) : std::nullopt;
}

std::vector<Refusal> refuse_all(const TaskRequest& request, const Fleet& fleet) {
  std::vector<Refusal> refusals;
  refusals.reserve(static_cast<std::size_t>(fleet.size()));
  for (const auto& [zone, lane] : fleet.lanes()) {
    const Question question(request, zone, lane);
    for (std::size_t index = 0; index < lane.hosts().size(); ++index) {
      std::optional<Refusal> refusal = question.refuse(index);
      schemas::require(refusal.has_value(), "a host that can take the task was not found");
      refusals.push_back(*std::move(refusal));
    }
  }
  std::sort(refusals.begin(), refusals.end(),
            [](const Refusal& a, const Refusal& b) { return a.instance < b.instance; });
  return refusals;
}

}  // namespace

Placement place(const TaskRequest& request, const Fleet& fleet, schemas::Random& random) {
  const std::optional<TreePlan> plan = tree_plan(request.strategy);
  const std::optional<InstanceId> chosen =
      plan ? place_by_tree(request, fleet, *plan) : place_by_scan(request, fleet, random);
  if (chosen) {
    return *chosen;
  }
  return refuse_all(request, fleet);
}

std::optional<Refusal> refusal_of(const InstanceId& instance, const TaskRequest& request,
                                  const Fleet& fleet) {
  if (!fleet.contains(instance)) {
    Refusal missing;
    missing.instance = instance;
    missing.reason = RefusalReason::missing;
    return missing;
  }
  const std::string& zone = fleet.zone(instance);
  const Lane& lane = fleet.lanes().find(zone)->second;
  return Question(request, zone, lane).refuse(*lane.find(instance));
}

}  // namespace control
