#include "control/core/place/scan.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/core/place/filters.h"

namespace control {
namespace {

using schemas::InstanceId;
using schemas::PlacementStrategy;

constexpr std::string_view attribute_prefix = "attribute:";
constexpr std::string_view zone_attribute = "ecs.availability-zone";

/// Clients write `cpu`, Terraform `CPU`.
bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

/// What one strategy holds against a host, less being better.
struct Criterion {
  enum class Kind : std::uint8_t { zone_tasks, host_tasks, attribute_tasks, cpu, memory, load };
  Kind kind = Kind::host_tasks;
  std::string attribute;                      ///< attribute_tasks
  std::map<std::string, std::int64_t> tasks;  ///< attribute_tasks: of the group, by value
};

const std::string& value_of(const Host& host, const std::string& attribute) {
  static const std::string none;
  const auto found = host.attributes.find(attribute);
  return found == host.attributes.end() ? none : found->second;
}

/// Tasks of the group on all hosts that share a value of the attribute.
Criterion spread_over(std::string attribute, const std::string& group, const Fleet& fleet) {
  Criterion criterion{Criterion::Kind::attribute_tasks, std::move(attribute), {}};
  for (const auto& [zone, lane] : fleet.lanes()) {
    for (const Host& host : lane.hosts()) {
      criterion.tasks[value_of(host, criterion.attribute)] += host.group_tasks(group);
    }
  }
  return criterion;
}

Criterion criterion_of(const PlacementStrategy& strategy, const std::string& group,
                       const Fleet& fleet) {
  using Kind = Criterion::Kind;
  std::string_view field = strategy.field;
  if (strategy.type == PlacementStrategy::Type::binpack) {
    return {same_word(field, "memory") ? Kind::memory : Kind::cpu, {}, {}};
  }
  if (field == least_loaded) {
    return {Kind::load, {}, {}};
  }
  if (field.substr(0, attribute_prefix.size()) != attribute_prefix) {
    return {Kind::host_tasks, {}, {}};
  }
  field.remove_prefix(attribute_prefix.size());
  return field == zone_attribute ? Criterion{Kind::zone_tasks, {}, {}}
                                 : spread_over(std::string(field), group, fleet);
}

std::int64_t rank_of(const Criterion& criterion, const Host& host, const std::string& group,
                     std::int64_t tasks_in_zone) {
  switch (criterion.kind) {
    case Criterion::Kind::zone_tasks:
      return tasks_in_zone;
    case Criterion::Kind::host_tasks:
      return host.group_tasks(group);
    case Criterion::Kind::attribute_tasks:
      return criterion.tasks.at(value_of(host, criterion.attribute));
    case Criterion::Kind::cpu:
      return host.room.cpu.count;
    case Criterion::Kind::memory:
      return host.room.memory.count;
    case Criterion::Kind::load:
      return host.load();
  }
  return 0;
}

/// Asks host after host, and keeps those that nothing better is known than.
class Scan {
 public:
  Scan(const TaskRequest& request, const Fleet& fleet) : request_(request), fleet_(fleet) {
    for (const PlacementStrategy& strategy : request.strategy) {
      if (strategy.type == PlacementStrategy::Type::random) {
        by_chance_ = true;
        break;  // chance leaves nothing equal, so what follows it has no say
      }
      criteria_.push_back(criterion_of(strategy, request.claim.group, fleet));
    }
    rank_.resize(criteria_.size());
  }

  std::optional<InstanceId> run(schemas::Random& random) {
    for (const auto& [zone, lane] : fleet_.lanes()) {
      if (!zone_allowed(zone, request_)) {
        continue;
      }
      const Lane::Group* group = lane.group(request_.claim.group);
      const std::int64_t tasks_in_zone = group == nullptr ? 0 : group->total;
      const Question question(request_, zone, lane);
      for (std::size_t index = 0; index < lane.hosts().size(); ++index) {
        consider(lane.hosts()[index], question, index, tasks_in_zone);
      }
    }
    if (best_.empty()) {
      return std::nullopt;
    }
    std::sort(best_.begin(), best_.end());
    return best_[by_chance_ ? random.below(best_.size()) : 0];
  }

 private:
  /// The cheap questions first: most hosts are passed by before an attribute is looked up.
  void consider(const Host& host, const Question& question, std::size_t index,
                std::int64_t tasks_in_zone) {
    const Claim& claim = request_.claim;
    if (!host.open() || host.free_cpu() < claim.cpu || host.free_memory() < claim.memory) {
      return;
    }
    for (std::size_t i = 0; i < criteria_.size(); ++i) {
      rank_[i] = rank_of(criteria_[i], host, claim.group, tasks_in_zone);
    }
    const bool equal = !best_.empty() && rank_ == best_rank_;
    const bool worse = !best_.empty() && rank_ > best_rank_;
    const bool later = equal && !by_chance_ && best_.front() < host.id;
    if (worse || later || question.refuse(index)) {
      return;
    }
    if (!equal || !by_chance_) {
      best_.clear();
    }
    best_.push_back(host.id);
    best_rank_ = rank_;
  }

  const TaskRequest& request_;
  const Fleet& fleet_;
  std::vector<Criterion> criteria_;
  bool by_chance_ = false;
  std::vector<InstanceId> best_;  ///< one, or with chance all equals
  std::vector<std::int64_t> best_rank_;
  std::vector<std::int64_t> rank_;
};

}  // namespace

std::optional<InstanceId> place_by_scan(const TaskRequest& request, const Fleet& fleet,
                                        schemas::Random& random) {
  return Scan(request, fleet).run(random);
}

}  // namespace control
