#include "control/core/place/filters.h"

#include <algorithm>
#include <string>

namespace control {
namespace {

using schemas::PlacementConstraint;

bool has_attribute(const Host& host, const std::string& wanted) {
  const std::size_t equals = wanted.find('=');
  if (equals == std::string::npos) {
    return host.attributes.count(wanted) > 0;
  }
  const auto found = host.attributes.find(wanted.substr(0, equals));
  return found != host.attributes.end() &&
         found->second.compare(0, std::string::npos, wanted, equals + 1) == 0;
}

const std::string* missing_attribute(const Host& host, const TaskRequest& request) {
  for (const std::string& wanted : request.required_attributes) {
    if (!has_attribute(host, wanted)) {
      return &wanted;
    }
  }
  return nullptr;
}

const HostPort* taken_port(const Host& host, const TaskRequest& request) {
  const std::vector<HostPort>& used = host.room.used_ports;
  for (const HostPort& port : request.claim.ports) {
    if (std::binary_search(used.begin(), used.end(), port)) {
      return &port;
    }
  }
  return nullptr;
}

Refusal because(const Host& host, RefusalReason reason, std::int64_t wanted = 0,
                std::int64_t found = 0) {
  return {host.id, reason, wanted, found, {}};
}

std::optional<Refusal> refuse_resources(const Host& host, const Claim& claim,
                                        const TaskRequest& request) {
  if (host.room.cpu < claim.cpu) {
    return because(host, RefusalReason::cpu, claim.cpu.count, host.room.cpu.count);
  }
  if (host.room.memory < claim.memory) {
    return because(host, RefusalReason::memory, claim.memory.count, host.room.memory.count);
  }
  if (const HostPort* port = taken_port(host, request)) {
    return because(host, RefusalReason::ports, port->port);
  }
  // A task without an interface of its own may go to a host that has given out too many.
  if (claim.eni_slots > 0 && host.room.eni_slots < claim.eni_slots) {
    return because(host, RefusalReason::eni, claim.eni_slots, host.room.eni_slots);
  }
  return std::nullopt;
}

}  // namespace

bool zone_allowed(std::string_view zone, const TaskRequest& request) {
  return request.zones.empty() ||
         std::find(request.zones.begin(), request.zones.end(), zone) != request.zones.end();
}

Question::Question(const TaskRequest& request, std::string_view zone, const Lane& lane)
    : request_(request), zone_(zone), lane_(lane) {
  for (const PlacementConstraint& constraint : request.constraints) {
    if (constraint.type == PlacementConstraint::Type::member_of) {
      members_.push_back(lane.members(constraint.expression));
    }
  }
}

bool Question::may_be_member(std::size_t node) const {
  return std::all_of(members_.begin(), members_.end(), [node](const Lane::Members* members) {
    return members != nullptr && (members->any.empty() || members->any[node] != 0);
  });
}

/// A text that is no expression is refused where a request comes in; should one get here, it
/// excludes.
bool Question::holds(const Lane::Members* members, std::size_t index) const {
  if (members == nullptr) {
    return false;
  }
  return members->any.empty() ? members->expression.holds(lane_.hosts()[index].facts())
                              : members->any[lane_.width() + index] != 0;
}

std::optional<Refusal> Question::refuse_constraints(const Host& host, std::size_t index) const {
  auto members = members_.begin();
  for (const PlacementConstraint& constraint : request_.constraints) {
    if (constraint.type == PlacementConstraint::Type::distinct_instance) {
      if (host.group_tasks(request_.claim.group) > 0) {
        return because(host, RefusalReason::distinct_instance);
      }
      continue;
    }
    if (!holds(*members++, index)) {
      Refusal refusal = because(host, RefusalReason::member_of);
      refusal.attribute = constraint.expression;
      return refusal;
    }
  }
  return std::nullopt;
}

std::optional<Refusal> Question::refuse(std::size_t index) const {
  const Host& host = lane_.hosts()[index];
  if (!host.connected) {
    return because(host, RefusalReason::agent);
  }
  if (host.status != schemas::InstanceStatus::active) {
    return because(host, RefusalReason::inactive);
  }
  if (!zone_allowed(zone_, request_)) {
    return because(host, RefusalReason::zone);
  }
  if (const std::string* missing = missing_attribute(host, request_)) {
    Refusal refusal = because(host, RefusalReason::attribute);
    refusal.attribute = *missing;
    return refusal;
  }
  if (std::optional<Refusal> refusal = refuse_resources(host, request_.claim, request_)) {
    return refusal;
  }
  return refuse_constraints(host, index);
}

void Question::add_resources(const Host& host, std::vector<Verdict>& verdicts) const {
  const Claim& claim = request_.claim;
  verdicts.push_back({.question = RefusalReason::cpu,
                      .passed = host.room.cpu >= claim.cpu,
                      .wanted = claim.cpu.count,
                      .found = host.room.cpu.count,
                      .most = host.cpu.count});
  verdicts.push_back({.question = RefusalReason::memory,
                      .passed = host.room.memory >= claim.memory,
                      .wanted = claim.memory.count,
                      .found = host.room.memory.count,
                      .most = host.memory.count});
  const std::vector<HostPort>& used = host.room.used_ports;
  for (std::size_t at = 0; at < claim.ports.size(); ++at) {
    const HostPort& port = claim.ports[at];
    verdicts.push_back({.question = RefusalReason::ports,
                        .passed = !std::binary_search(used.begin(), used.end(), port),
                        .which = at,
                        .wanted = port.port});
  }
  if (claim.eni_slots > 0) {
    verdicts.push_back({.question = RefusalReason::eni,
                        .passed = host.room.eni_slots >= claim.eni_slots,
                        .wanted = claim.eni_slots,
                        .found = host.room.eni_slots,
                        .most = host.eni_slots});
  }
}

std::vector<Verdict> Question::verdicts(std::size_t index) const {
  const Host& host = lane_.hosts()[index];
  std::vector<Verdict> verdicts;
  verdicts.push_back({.question = RefusalReason::agent, .passed = host.connected});
  verdicts.push_back({.question = RefusalReason::inactive,
                      .passed = host.status == schemas::InstanceStatus::active});
  if (!request_.zones.empty()) {
    verdicts.push_back({.question = RefusalReason::zone, .passed = zone_allowed(zone_, request_)});
  }
  for (std::size_t at = 0; at < request_.required_attributes.size(); ++at) {
    verdicts.push_back({.question = RefusalReason::attribute,
                        .passed = has_attribute(host, request_.required_attributes[at]),
                        .which = at});
  }
  add_resources(host, verdicts);
  auto members = members_.begin();
  for (std::size_t at = 0; at < request_.constraints.size(); ++at) {
    const bool distinct =
        request_.constraints[at].type == PlacementConstraint::Type::distinct_instance;
    const std::int64_t here = distinct ? host.group_tasks(request_.claim.group) : 0;
    verdicts.push_back(
        {.question = distinct ? RefusalReason::distinct_instance : RefusalReason::member_of,
         .passed = distinct ? here == 0 : holds(*members++, index),
         .which = at,
         .found = here});
  }
  return verdicts;
}

}  // namespace control
