#include "control/core/place/refusal.h"

#include <algorithm>
#include <tuple>

#include "schemas/base/require.h"

namespace control {
namespace {

std::string lacks(std::string_view what, const Refusal& refusal) {
  return "has " + std::to_string(refusal.found) + " " + std::string(what) +
         " left, the task wants " + std::to_string(refusal.wanted) +
         (refusal.kept > 0
              ? "; " + std::to_string(refusal.kept) + " more are kept for " + refusal.kept_for
              : "");
}

/// What the closest host lacks, in ECS's words.
std::string shortcoming(const Refusal& refusal) {
  switch (refusal.reason) {
    case RefusalReason::cpu:
      return "has insufficient CPU units available";
    case RefusalReason::memory:
      return "has insufficient memory available";
    case RefusalReason::ports:
      return "is already using a port required by your task";
    case RefusalReason::attribute:
      return "is missing an attribute required by your task";
    case RefusalReason::missing:
    case RefusalReason::agent:
    case RefusalReason::inactive:
    case RefusalReason::zone:
    case RefusalReason::eni:
    case RefusalReason::distinct_instance:
    case RefusalReason::member_of:
      break;
  }
  return "encountered error \"" + std::string(ecs_reason(refusal.reason)) + "\"";
}

}  // namespace

std::string_view ecs_reason(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::missing:
      return "MISSING";
    case RefusalReason::agent:
      return "AGENT";
    case RefusalReason::inactive:
      return "INACTIVE";
    case RefusalReason::zone:
      return "LOCATION";
    case RefusalReason::attribute:
      return "ATTRIBUTE";
    case RefusalReason::cpu:
      return "RESOURCE:CPU";
    case RefusalReason::memory:
      return "RESOURCE:MEMORY";
    case RefusalReason::ports:
      return "RESOURCE:PORTS";
    case RefusalReason::eni:
      return "RESOURCE:ENI";
    case RefusalReason::distinct_instance:
      return "distinctInstance placement constraint unsatisfied.";
    case RefusalReason::member_of:
      return "memberOf placement constraint unsatisfied.";
  }
  schemas::require(false, "a refusal without a reason");
  return "";
}

std::string_view pool_shortage() {
  return "Capacity is unavailable at this time. Please try again later or in a different "
         "availability zone";
}

std::string explain(const Refusal& refusal) {
  const std::string host = "host " + refusal.instance.text() + " ";
  switch (refusal.reason) {
    case RefusalReason::missing:
      return host + "is not one of this cluster's";
    case RefusalReason::agent:
      return host + "is not connected: its agent does not answer";
    case RefusalReason::inactive:
      return host + "is not ACTIVE: it takes no new tasks";
    case RefusalReason::zone:
      return host + "is in none of the zones of the task's subnets";
    case RefusalReason::attribute:
      return host + "lacks the attribute " + refusal.attribute;
    case RefusalReason::cpu:
      return host + lacks("CPU units", refusal);
    case RefusalReason::memory:
      return host + lacks("MiB of memory", refusal);
    case RefusalReason::ports:
      return host + (refusal.kept > 0 ? "keeps port " : "already uses port ") +
             std::to_string(refusal.wanted) + (refusal.kept > 0 ? " for " + refusal.kept_for : "");
    case RefusalReason::eni:
      return host + lacks("network interface slots", refusal);
    case RefusalReason::distinct_instance:
      return host + "already runs a task of this group (distinctInstance)";
    case RefusalReason::member_of:
      return host + "is outside of the memberOf expression " + refusal.attribute;
  }
  schemas::require(false, "a refusal without a reason");
  return "";
}

std::string pool_lacks(const Refusal& refusal) {
  switch (refusal.reason) {
    case RefusalReason::missing:
    case RefusalReason::agent:
      return "No host of the pool is connected.";
    case RefusalReason::inactive:
      return "No host of the pool is in service.";
    case RefusalReason::zone:
      return "No host of the pool is in a zone of the task's subnets.";
    case RefusalReason::attribute:
      return "No host of the pool has the attribute " + refusal.attribute + ".";
    case RefusalReason::cpu:
      return "No host of the pool has " + std::to_string(refusal.wanted) + " CPU units left.";
    case RefusalReason::memory:
      return "No host of the pool has " + std::to_string(refusal.wanted) + " MiB of memory left.";
    case RefusalReason::eni:
      return "No host of the pool has a slot for a network interface left.";
    case RefusalReason::ports:
    case RefusalReason::distinct_instance:
    case RefusalReason::member_of:
      break;
  }
  return "No host of the pool can take the task.";
}

const Refusal& closest(std::span<const Refusal> refusals) {
  schemas::require(!refusals.empty(), "the closest of no hosts was asked for");
  // The latest reason is the closest match; of several the lowest instance id.
  return *std::min_element(
      refusals.begin(), refusals.end(), [](const Refusal& a, const Refusal& b) {
        return std::tuple(b.reason, a.instance) < std::tuple(a.reason, b.instance);
      });
}

std::string closest_match(std::span<const Refusal> refusals) {
  if (refusals.empty()) {
    return "No Container Instances were found in your cluster.";
  }
  const Refusal& best = closest(refusals);
  return "The closest matching (container-instance " + best.instance.text() + ") " +
         shortcoming(best) + ".";
}

}  // namespace control
