#include "control/core/loop/operations/show_explanation.h"

#include <utility>

#include "control/core/loop/operations/shapes.h"
#include "control/core/place/explanation.h"
#include "control/core/place/place.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::LaunchType;

namespace {

std::string question_name(RefusalReason question) {
  switch (question) {
    case RefusalReason::missing:
    case RefusalReason::agent:
      return "AGENT";
    case RefusalReason::inactive:
      return "ACTIVE";
    case RefusalReason::zone:
      return "ZONE";
    case RefusalReason::attribute:
      return "ATTRIBUTE";
    case RefusalReason::cpu:
      return "CPU";
    case RefusalReason::memory:
      return "MEMORY";
    case RefusalReason::ports:
      return "PORT";
    case RefusalReason::eni:
      return "ENI";
    case RefusalReason::distinct_instance:
      return "DISTINCT_INSTANCE";
    case RefusalReason::member_of:
      return "MEMBER_OF";
  }
  return "";
}

std::string port_text(const HostPort& port) {
  return std::to_string(port.port) +
         (port.protocol == schemas::TransportProtocol::udp ? "/udp" : "/tcp");
}

std::string zones_text(const TaskRequest& request) {
  std::string zones;
  for (const std::string& zone : request.zones) {
    zones += (zones.empty() ? "" : ", ") + zone;
  }
  return zones;
}

/// What a verdict or a step is about.
std::string subject_of(const TaskRequest& request, RefusalReason question, std::size_t which) {
  switch (question) {
    case RefusalReason::zone:
      return zones_text(request);
    case RefusalReason::attribute:
      return request.required_attributes[which];
    case RefusalReason::ports:
      return port_text(request.claim.ports[which]);
    case RefusalReason::member_of:
      return request.constraints[which].expression;
    default:
      return "";
  }
}

std::string step_text(const TaskRequest& request, const Step& step, const std::string& host) {
  const std::string subject = subject_of(request, step.question, step.which);
  switch (step.question) {
    case RefusalReason::missing:
    case RefusalReason::agent:
      return "bring the agent of " + host + " back";
    case RefusalReason::inactive:
      return "set " + host + " ACTIVE again";
    case RefusalReason::zone:
      return "name subnets with free addresses in other zones than " + subject;
    case RefusalReason::attribute:
      return "do without the attribute " + subject;
    case RefusalReason::cpu:
      return "free " + std::to_string(step.amount) + " CPU units on " + host;
    case RefusalReason::memory:
      return "free " + std::to_string(step.amount) + " MiB on " + host;
    case RefusalReason::ports:
      return "free port " + subject + " on " + host;
    case RefusalReason::eni:
      return "free " + std::to_string(step.amount) + " network interface slots on " + host;
    case RefusalReason::distinct_instance:
      return "drop the constraint distinctInstance";
    case RefusalReason::member_of:
      return "drop the constraint memberOf(" + subject + ")";
  }
  return "";
}

api::PlacementChange show_change(const World& world, const TaskRequest& request,
                                 const Remedy& remedy) {
  api::PlacementChange shown;
  const std::string host = remedy.instance.empty() ? "" : remedy.instance.text();
  for (const Step& step : remedy.steps) {
    shown.description += shown.description.empty() ? "" : " and ";
    shown.description += step_text(request, step, host);
  }
  shown.description +=
      ": " + std::to_string(remedy.hosts) + (remedy.hosts == 1 ? " host fits" : " hosts fit");
  if (!host.empty()) {
    shown.container_instance_arn = instance_arn(world, *find_instance(world, remedy.instance));
  }
  shown.hosts = remedy.hosts;
  return shown;
}

api::PlacementVerdict show_verdict(const TaskRequest& request, const Verdict& verdict) {
  api::PlacementVerdict shown;
  shown.question = question_name(verdict.question);
  shown.passed = verdict.passed;
  const std::string subject = subject_of(request, verdict.question, verdict.which);
  if (!subject.empty()) {
    shown.subject = subject;
  }
  const bool measured = verdict.question == RefusalReason::cpu ||
                        verdict.question == RefusalReason::memory ||
                        verdict.question == RefusalReason::eni;
  if (measured) {
    shown.wanted = verdict.wanted;
    shown.registered = verdict.most;
  }
  if (measured || verdict.question == RefusalReason::distinct_instance) {
    shown.found = verdict.found;
  }
  if (verdict.kept > 0) {
    shown.reserved = verdict.kept;
  }
  return shown;
}

api::ExplainedHost show_host(const World& world, const TaskRequest& request,
                             const HostExplanation& host) {
  api::ExplainedHost shown;
  shown.container_instance_arn = instance_arn(world, *find_instance(world, host.instance));
  shown.availability_zone = host.zone;
  shown.fits = host.failed == 0;
  shown.reserved_for = unless_empty(host.keeps_for);
  shown.verdicts.reserve(host.verdicts.size());
  for (const Verdict& verdict : host.verdicts) {
    shown.verdicts.push_back(show_verdict(request, verdict));
  }
  return shown;
}

/// Whether the pool has a host for it, and no word about which, or who else is there.
api::PlacementExplanation explain_pool(const World& world, const TaskRequest& request) {
  api::PlacementExplanation shown;
  const Explanation explained = explain(request, world.fleet(0));
  if (explained.fitting > 0) {
    shown.fitting_hosts = 1;
    shown.summary = "The shared pool has room for the task.";
    return shown;
  }
  shown.fitting_hosts = 0;
  schemas::Random unused(0);
  const Placement placement = place(request, world.fleet(0), unused);
  const auto* refusals = std::get_if<std::vector<Refusal>>(&placement);
  schemas::require(refusals != nullptr, "a host that fits was not explained");
  shown.summary = std::string(pool_shortage()) + ". " +
                  (refusals->empty() ? "The pool has no hosts." : pool_lacks(closest(*refusals)));
  return shown;
}

}  // namespace

api::PlacementExplanation show_explanation(const World& world, const LaunchOrder& order) {
  const TaskRequest request = request_of(world, order);
  if (order.specification->network && request.zones.empty()) {
    api::PlacementExplanation shown;
    shown.summary = "No free address is left in the subnets of the task.";
    shown.fitting_hosts = 0;
    return shown;
  }
  if (order.specification->launch_type == LaunchType::fargate) {
    return explain_pool(world, request);
  }
  const Explanation explained = explain(request, world.fleet(order.cluster));
  api::PlacementExplanation shown;
  shown.fitting_hosts = explained.fitting;
  shown.hosts.reserve(explained.hosts.size());
  for (const HostExplanation& host : explained.hosts) {
    shown.hosts.push_back(show_host(world, request, host));
  }
  for (const Remedy& remedy : explained.remedies) {
    shown.changes.push_back(show_change(world, request, remedy));
  }
  const std::string of_all =
      " of " + std::to_string(explained.hosts.size()) + " hosts can take the task";
  if (explained.hosts.empty()) {
    shown.summary = "No Container Instances were found in your cluster.";
  } else if (explained.fitting > 0) {
    shown.summary = std::to_string(explained.fitting) + of_all + ".";
  } else if (shown.changes.empty()) {
    shown.summary =
        "None" + of_all +
        ", and every one is too small for it even when only daemons are there: it wants " +
        std::to_string(request.claim.cpu.count) + " CPU units and " +
        std::to_string(request.claim.memory.count) + " MiB on one host.";
  } else {
    shown.summary =
        "None" + of_all + ". The smallest change: " + shown.changes.front().description + ".";
  }
  return shown;
}

}  // namespace control
