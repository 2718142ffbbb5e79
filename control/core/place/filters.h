#pragma once

// May this task go to this host? One question after the other; the first "no" is the reason.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "control/core/place/lane.h"
#include "control/core/place/refusal.h"
#include "control/core/place/request.h"

namespace control {

/// Whether a task that asks for `zones` may go to `zone`.
bool zone_allowed(std::string_view zone, const TaskRequest& request);

/// Whether a host has every attribute that the request requires.
bool has_attributes(const Host& host, const TaskRequest& request);

/// A request as the hosts of one lane are asked it, with what it needs to know of the lane looked
/// up once. Refers to both: good until either changes.
class Question {
 public:
  Question(const TaskRequest& request, std::string_view zone, const Lane& lane);

  /// Why the host with this index cannot take the task; nothing when it can.
  [[nodiscard]] std::optional<Refusal> refuse(std::size_t index) const;

  /// What the host with this index answers to every question, in the order in which `refuse` asks:
  /// its first failed one is what `refuse` says.
  [[nodiscard]] std::vector<Verdict> verdicts(std::size_t index) const;

  /// Whether any host below a node of the lane's tree may be one that every expression holds for.
  [[nodiscard]] bool may_be_member(std::size_t node) const;

 private:
  [[nodiscard]] std::optional<Refusal> refuse_constraints(const Host& host,
                                                          std::size_t index) const;
  [[nodiscard]] bool holds(const Lane::Members* members, std::size_t index) const;
  void add_resources(const Host& host, std::vector<Verdict>& verdicts) const;

  const TaskRequest& request_;
  std::string_view zone_;
  const Lane& lane_;
  /// One a memberOf constraint, in their order; null for a text that is no expression.
  std::vector<const Lane::Members*> members_;
};

}  // namespace control
