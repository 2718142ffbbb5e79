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

/// What a host has for the tasks of a request, and what it keeps from them for daemons. Daemons
/// may have all of it.
struct Offer {
  explicit Offer(const Host& of, const TaskRequest& request)
      : host(of),
        cpu(request.daemon ? of.room.cpu : of.free_cpu()),
        memory(request.daemon ? of.room.memory : of.free_memory()),
        eni_slots(request.daemon ? of.room.eni_slots : of.free_eni_slots()),
        daemon(request.daemon) {}

  [[nodiscard]] bool is_used(const HostPort& port) const {
    const std::vector<HostPort>& used = host.room.used_ports;
    return std::binary_search(used.begin(), used.end(), port);
  }
  [[nodiscard]] bool is_kept(const HostPort& port) const {
    const std::vector<HostPort>& kept = host.owed.ports;
    return !daemon && std::binary_search(kept.begin(), kept.end(), port);
  }

  const Host& host;
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  std::int64_t eni_slots;
  bool daemon;
};

Refusal because(const Host& host, RefusalReason reason, std::int64_t wanted = 0,
                std::int64_t found = 0) {
  return {host.id, reason, wanted, found, {}};
}

/// The same where daemons may be why.
Refusal because(const Host& host, RefusalReason reason, std::int64_t wanted, std::int64_t found,
                std::int64_t kept) {
  Refusal refusal = because(host, reason, wanted, found);
  if (kept > 0) {
    refusal.kept = kept;
    refusal.kept_for = host.keeps_for();
  }
  return refusal;
}

std::optional<Refusal> refuse_resources(const Host& host, const TaskRequest& request) {
  const Claim& claim = request.claim;
  const Offer offer(host, request);
  if (offer.cpu < claim.cpu) {
    return because(host, RefusalReason::cpu, claim.cpu.count, offer.cpu.count,
                   (host.room.cpu - offer.cpu).count);
  }
  if (offer.memory < claim.memory) {
    return because(host, RefusalReason::memory, claim.memory.count, offer.memory.count,
                   (host.room.memory - offer.memory).count);
  }
  for (const HostPort& port : claim.ports) {
    if (offer.is_used(port) || offer.is_kept(port)) {
      return because(host, RefusalReason::ports, port.port, 0, offer.is_used(port) ? 0 : 1);
    }
  }
  // A task without an interface of its own may go to a host that has given out too many.
  if (claim.eni_slots > 0 && offer.eni_slots < claim.eni_slots) {
    return because(host, RefusalReason::eni, claim.eni_slots, offer.eni_slots,
                   host.room.eni_slots - offer.eni_slots);
  }
  return std::nullopt;
}

}  // namespace

bool has_attributes(const Host& host, const TaskRequest& request) {
  return missing_attribute(host, request) == nullptr;
}

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
  if (std::optional<Refusal> refusal = refuse_resources(host, request_)) {
    return refusal;
  }
  return refuse_constraints(host, index);
}

void Question::add_resources(const Host& host, std::vector<Verdict>& verdicts) const {
  const Claim& claim = request_.claim;
  const Offer offer(host, request_);
  verdicts.push_back({.question = RefusalReason::cpu,
                      .passed = offer.cpu >= claim.cpu,
                      .wanted = claim.cpu.count,
                      .found = offer.cpu.count,
                      .most = host.cpu.count,
                      .kept = (host.room.cpu - offer.cpu).count});
  verdicts.push_back({.question = RefusalReason::memory,
                      .passed = offer.memory >= claim.memory,
                      .wanted = claim.memory.count,
                      .found = offer.memory.count,
                      .most = host.memory.count,
                      .kept = (host.room.memory - offer.memory).count});
  for (std::size_t at = 0; at < claim.ports.size(); ++at) {
    const HostPort& port = claim.ports[at];
    verdicts.push_back({.question = RefusalReason::ports,
                        .passed = !offer.is_used(port) && !offer.is_kept(port),
                        .which = at,
                        .wanted = port.port,
                        .kept = offer.is_kept(port) ? 1 : 0});
  }
  if (claim.eni_slots > 0) {
    verdicts.push_back({.question = RefusalReason::eni,
                        .passed = offer.eni_slots >= claim.eni_slots,
                        .wanted = claim.eni_slots,
                        .found = offer.eni_slots,
                        .most = host.eni_slots,
                        .kept = host.room.eni_slots - offer.eni_slots});
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
