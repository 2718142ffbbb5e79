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

std::optional<Refusal> refuse(const Host& host, std::string_view zone, const TaskRequest& request) {
  if (!host.connected) {
    return because(host, RefusalReason::agent);
  }
  if (host.status != schemas::InstanceStatus::active) {
    return because(host, RefusalReason::inactive);
  }
  if (!zone_allowed(zone, request)) {
    return because(host, RefusalReason::zone);
  }
  if (const std::string* missing = missing_attribute(host, request)) {
    Refusal refusal = because(host, RefusalReason::attribute);
    refusal.attribute = *missing;
    return refusal;
  }
  if (std::optional<Refusal> refusal = refuse_resources(host, request.claim, request)) {
    return refusal;
  }
  for (const PlacementConstraint& constraint : request.constraints) {
    if (constraint.type == PlacementConstraint::Type::member_of) {
      // Expressions are refused where a request comes in; should one get here, it excludes.
      return because(host, RefusalReason::member_of);
    }
    if (host.group_tasks(request.claim.group) > 0) {
      return because(host, RefusalReason::distinct_instance);
    }
  }
  return std::nullopt;
}

}  // namespace control
