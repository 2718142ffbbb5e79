// What a call, or the loss of a host or a zone, would do. It happens to a part of World that is
// thrown away; World itself is only read.

#include <algorithm>
#include <array>
#include <map>

#include "api/plan.h"
#include "api/tasks.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_plan.h"
#include "control/core/loop/operations/task_request.h"
#include "control/core/loop/provider_turn.h"
#include "control/core/loop/rehearsal/subject.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::Result;

namespace {

using Subject = Result<RehearsalSubject>;

template <class Input>
Subject read_call(const World& world, const ApiCall& plan, std::string operation,
                  const Input& input) {
  ApiCall call;
  call.scope = plan.scope;
  call.principal = plan.principal;
  call.operation = std::move(operation);
  call.input = api::Value::of(input);
  if (std::optional<Error> refused = denied(world, call)) {
    return *std::move(refused);
  }
  return rehearsed_call(world, std::move(call));
}

Subject read_loss(const World& world, const ApiCall& plan, const api::HostLoss& loss) {
  const auto cluster = cluster_named(world, plan.scope, loss.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const schemas::ContainerInstance* host =
      instance_in(world, *cluster.value(), loss.container_instance);
  if (host == nullptr || host->status == schemas::InstanceStatus::inactive) {
    return invalid("Referenced container instance " + loss.container_instance + " not found.");
  }
  return rehearsed_loss(world, cluster.value()->key, {host->id});
}

/// Those of the cluster and those of the pool, wherever its tasks are.
Subject read_loss(const World& world, const ApiCall& plan, const api::ZoneLoss& loss) {
  const auto cluster = cluster_named(world, plan.scope, loss.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  std::set<schemas::InstanceId> hosts;
  for (const std::int64_t fleet : {std::int64_t{0}, cluster.value()->key}) {
    const auto& lanes = world.fleet(fleet).lanes();
    const auto lane = lanes.find(loss.availability_zone);
    if (lane == lanes.end()) {
      continue;
    }
    for (const Host& host : lane->second.hosts()) {
      hosts.insert(host.id);
    }
  }
  if (hosts.empty()) {
    return invalid("No host of cluster " + cluster.value()->name +
                   " is in the availability zone '" + loss.availability_zone + "'.");
  }
  return rehearsed_loss(world, cluster.value()->key, std::move(hosts));
}

Subject read_subject(const World& world, const ApiCall& plan, const api::PlanRequest& input) {
  const std::array given{input.run_task.has_value(), input.create_service.has_value(),
                         input.update_service.has_value(), input.lose_host.has_value(),
                         input.lose_zone.has_value()};
  if (const auto count = std::count(given.begin(), given.end(), true); count != 1) {
    return invalid(
        "A plan is about exactly one of runTask, createService, updateService, loseHost and "
        "loseZone; found " +
        std::to_string(count) + ".");
  }
  if (input.run_task) {
    return read_call(world, plan, "RunTask", *input.run_task);
  }
  if (input.create_service) {
    return read_call(world, plan, "CreateService", *input.create_service);
  }
  if (input.update_service) {
    return read_call(world, plan, "UpdateService", *input.update_service);
  }
  if (std::optional<Error> refused = denied(world, plan.principal, action_of(plan.operation))) {
    return *std::move(refused);
  }
  return input.lose_host ? read_loss(world, plan, *input.lose_host)
                         : read_loss(world, plan, *input.lose_zone);
}

/// How many tasks RunTask would list under `failures` for each reason.
std::map<std::pair<std::string, std::string>, std::int64_t> count_failures(
    const api::RunTaskResponse& answer) {
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (const api::Failure& failure : answer.failures.value_or(std::vector<api::Failure>{})) {
    ++counts[{failure.reason.value_or(""), failure.detail.value_or("")}];
  }
  return counts;
}

/// What the call itself could not place. It is read once more, where it was rehearsed.
void add_failures(Context& rehearsed, const RehearsalSubject& subject,
                  const api::RunTaskResponse& answer, api::PlanResponse& plan) {
  const auto counts = count_failures(answer);
  if (counts.empty()) {
    return;
  }
  const auto& asked = subject.call->input.as<api::RunTaskRequest>();
  auto read = read_task_request(rehearsed, *subject.call, asked,
                                *cluster_of(rehearsed.world, subject.cluster));
  schemas::require(read.ok(), "a call that was answered is refused when it is read again");
  const auto specification =
      std::make_shared<const schemas::TaskSpecification>(std::move(read).value());
  const LaunchOrder order{
      .cluster = subject.cluster,
      .service = 0,
      .deployment = {},
      .host = {},
      .capacity_provider = ProviderTurn(rehearsed.world, 0, {}, specification).next(),
      .specification = specification};
  for (const auto& [why, count] : counts) {
    add_unplaced(rehearsed.world, order,
                 {.reason = why.first, .detail = why.second, .arn = {}, .event = {}}, count, plan);
  }
}

}  // namespace

Answer plan_change(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::PlanRequest>();
  const World& world = context.world;
  const Subject subject = read_subject(world, call, input);
  if (!subject.ok()) {
    return subject.error();
  }
  Rehearsal rehearsal = rehearse(world, context.parked, subject.value(), context.settings,
                                 context.now, context.random);
  if (rehearsal.answer && !rehearsal.answer->ok()) {
    return rehearsal.answer->error();
  }
  api::PlanResponse output =
      show_plan(world, subject.value(), rehearsal, context.settings, context.now);
  if (input.run_task) {
    schemas::Random random = context.random;
    Turn turn;
    Context rehearsed{.world = rehearsal.world,
                      .parked = rehearsal.parked,
                      .settings = context.settings,
                      .now = context.now,
                      .random = random,
                      .turn = turn,
                      .due_polls = {}};
    add_failures(rehearsed, subject.value(), rehearsal.answer->value().as<api::RunTaskResponse>(),
                 output);
  }
  output.summary = plan_summary(output);
  return api::Value::of(std::move(output));
}

}  // namespace control
