#include "control/core/place/search.h"

#include <algorithm>
#include <limits>

#include "control/core/place/filters.h"

namespace control {
namespace {

constexpr std::int64_t anything = std::numeric_limits<std::int64_t>::min();

class Search {
 public:
  Search(const Lane& lane, std::string_view zone, const TaskRequest& request, Preference preference)
      : lane_(lane),
        request_(request),
        question_(request, zone, lane),
        preference_(preference),
        group_(lane.group(request.claim.group)),
        eni_slots_(request.claim.eni_slots > 0 ? request.claim.eni_slots : anything),
        fewest_allowed_(has_distinct(request) ? 0 : std::numeric_limits<std::int64_t>::max()) {}

  std::optional<Found> run() {
    if (!lane_.hosts().empty()) {
      visit(1, 0, lane_.width());
    }
    return best_;
  }

 private:
  static bool has_distinct(const TaskRequest& request) {
    using Type = schemas::PlacementConstraint::Type;
    return std::any_of(request.constraints.begin(), request.constraints.end(),
                       [](const auto& each) { return each.type == Type::distinct_instance; });
  }

  std::int64_t fewest(std::size_t node) const {
    return group_ == nullptr ? 0 : group_->fewest[node];
  }

  /// The lowest rank that a host below the node can have.
  std::int64_t rank(std::size_t node) const {
    switch (preference_) {
      case Preference::none:
        return 0;
      case Preference::fewest_tasks:
        return fewest(node);
      case Preference::least_load:
        return lane_.nodes()[node].load_min;
    }
    return 0;
  }

  /// `first` is the lowest index below the node.
  bool promising(std::size_t node, std::size_t first) const {
    const Lane::Node& at = lane_.nodes()[node];
    const Claim& claim = request_.claim;
    return at.cpu_max != anything && at.cpu_max >= claim.cpu.count &&
           at.memory_max >= claim.memory.count && at.eni_slots_max >= eni_slots_ &&
           fewest(node) <= fewest_allowed_ && question_.may_be_member(node) &&
           (!best_ || rank(node) < best_->rank ||
            (rank(node) == best_->rank && first < best_->index));
  }

  /// The half with the better bound first, so that a good host is known early and the rest is
  /// passed by; the lower ids first where both promise the same.
  void visit(std::size_t node, std::size_t first, std::size_t span) {
    if (!promising(node, first)) {
      return;
    }
    if (span > 1) {
      const std::size_t half = span / 2;
      const std::size_t left = 2 * node;
      if (rank(left + 1) < rank(left)) {
        visit(left + 1, first + half, half);
        visit(left, first, half);
      } else {
        visit(left, first, half);
        visit(left + 1, first + half, half);
      }
      return;
    }
    if (!question_.refuse(first)) {
      best_ = Found{rank(node), first};
    }
  }

  const Lane& lane_;
  const TaskRequest& request_;
  const Question question_;
  const Preference preference_;
  const Lane::Group* const group_;
  const std::int64_t eni_slots_;
  const std::int64_t fewest_allowed_;
  std::optional<Found> best_;
};

}  // namespace

std::optional<Found> search(const Lane& lane, std::string_view zone, const TaskRequest& request,
                            Preference preference) {
  return Search(lane, zone, request, preference).run();
}

}  // namespace control
