#include "control/core/place/scan.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/place/filters.h"

namespace control {
namespace {

using schemas::InstanceId;
using schemas::PlacementStrategy;

constexpr std::string_view attribute_prefix = "attribute:";

/// What one strategy holds against a host, less being better.
using Score = std::function<std::int64_t(const Host&)>;

/// Clients write `cpu`, the console's history and Terraform `CPU`.
bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(a[i])) !=
        std::tolower(static_cast<unsigned char>(b[i]))) {
      return false;
    }
  }
  return true;
}

const std::string& value_of(const Host& host, const std::string& attribute) {
  static const std::string none;
  const auto found = host.attributes.find(attribute);
  return found == host.attributes.end() ? none : found->second;
}

/// Tasks of the group on all hosts that share the host's value of the attribute.
Score spread_over(const std::string& attribute, const std::string& group, const Fleet& fleet) {
  std::map<std::string, std::int64_t> tasks;
  for (const auto& [zone, lane] : fleet.lanes()) {
    for (const Host& host : lane.hosts()) {
      tasks[value_of(host, attribute)] += host.group_tasks(group);
    }
  }
  return [attribute, tasks = std::move(tasks)](const Host& host) {
    return tasks.at(value_of(host, attribute));
  };
}

Score score_of(const PlacementStrategy& strategy, const std::string& group, const Fleet& fleet) {
  const std::string_view field = strategy.field;
  if (strategy.type == PlacementStrategy::Type::binpack) {
    return same_word(field, "memory")
               ? Score([](const Host& host) { return host.room.memory.count; })
               : Score([](const Host& host) { return host.room.cpu.count; });
  }
  if (field == least_loaded) {
    return [](const Host& host) { return host.load(); };
  }
  if (field.substr(0, attribute_prefix.size()) == attribute_prefix) {
    return spread_over(std::string(field.substr(attribute_prefix.size())), group, fleet);
  }
  return [group](const Host& host) { return host.group_tasks(group); };
}

}  // namespace

std::optional<InstanceId> place_by_scan(const TaskRequest& request, const Fleet& fleet,
                                        schemas::Random& random) {
  std::vector<Score> scores;
  bool by_chance = false;
  for (const PlacementStrategy& strategy : request.strategy) {
    if (strategy.type == PlacementStrategy::Type::random) {
      by_chance = true;
      break;  // chance leaves nothing equal, so what follows it has no say
    }
    scores.push_back(score_of(strategy, request.claim.group, fleet));
  }
  std::vector<InstanceId> best;
  std::vector<std::int64_t> best_rank;
  std::vector<std::int64_t> rank(scores.size());
  for (const auto& [zone, lane] : fleet.lanes()) {
    for (const Host& host : lane.hosts()) {
      if (refuse(host, zone, request)) {
        continue;
      }
      for (std::size_t i = 0; i < scores.size(); ++i) {
        rank[i] = scores[i](host);
      }
      if (best.empty() || rank < best_rank) {
        best.assign(1, host.id);
        best_rank = rank;
      } else if (rank == best_rank) {
        best.push_back(host.id);
      }
    }
  }
  if (best.empty()) {
    return std::nullopt;
  }
  std::sort(best.begin(), best.end());
  return by_chance ? best[random.below(best.size())] : best.front();
}

}  // namespace control
