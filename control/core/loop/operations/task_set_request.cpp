#include "control/core/loop/operations/task_set_request.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Deployment;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using schemas::Service;
using schemas::ServiceStatus;

namespace {

constexpr double micro = 1'000'000.0;
constexpr double percent_max = 100.0;

bool is_named(const World& world, const Service& service, const Deployment& set,
              const std::string& text) {
  return set.id.text() == text || task_set_arn(world, service, set.id) == text;
}

}  // namespace

Result<const Service*> external_service(const World& world, const schemas::Scope& scope,
                                        const std::string& cluster, const std::string& service,
                                        ServiceState state) {
  Result<const Service*> found = service_named(world, scope, cluster, service);
  if (!found.ok()) {
    return found.error();
  }
  const ServiceStatus status = found.value()->status;
  if (status == ServiceStatus::inactive ||
      (state == ServiceState::active && status != ServiceStatus::active)) {
    return Error{ErrorCode::service_not_active, "Service was not ACTIVE."};
  }
  if (!found.value()->external) {
    return invalid("The deployment controller of the service " + found.value()->name +
                   " is ECS: only services created with the EXTERNAL deployment controller have "
                   "task sets. Use UpdateService.");
  }
  return found;
}

const Deployment* task_set_in(const World& world, const Service& service, const std::string& text) {
  const auto at =
      std::find_if(service.deployments.begin(), service.deployments.end(),
                   [&](const Deployment& each) { return is_named(world, service, each, text); });
  return at == service.deployments.end() ? nullptr : &*at;
}

Result<TaskSetChange> task_set_to_change(const World& world, const schemas::Scope& scope,
                                         const std::string& cluster, const std::string& service,
                                         const std::string& text) {
  const Result<const Service*> found =
      external_service(world, scope, cluster, service, ServiceState::active);
  if (!found.ok()) {
    return found.error();
  }
  const Deployment* set = task_set_in(world, *found.value(), text);
  if (set == nullptr) {
    return Error{ErrorCode::task_set_not_found, "The service " + found.value()->name +
                                                    " has no task set '" + text +
                                                    "'. DescribeTaskSets lists those it has."};
  }
  return TaskSetChange{.service = *found.value(),
                       .at = static_cast<std::size_t>(set - found.value()->deployments.data())};
}

Result<std::int64_t> read_scale(const std::optional<api::Scale>& wanted) {
  const double percent = wanted ? wanted->value.value_or(0.0) : 0.0;
  if (!(percent >= 0.0 && percent <= percent_max)) {
    return invalid("scale.value must be between 0 and 100 percent of the desired count.");
  }
  return std::int64_t{std::llround(percent * micro)};
}

void put_task_set(Context& context, const schemas::Scope& scope, Service service,
                  schemas::DeploymentId set, const std::string& kind) {
  const std::int64_t key = service.key;
  apply(context.world, ServiceChanged{std::move(service)});
  log_event(context, scope, kind, task_set_arn(context.world, context.world->services.at(key), set),
            wire::encode(MessageDetail{.message = set.text(), .reason = {}}));
}

}  // namespace control
