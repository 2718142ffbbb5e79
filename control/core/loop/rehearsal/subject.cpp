#include "control/core/loop/rehearsal/subject.h"

#include <algorithm>
#include <array>

#include "api/services.h"
#include "api/tasks.h"
#include "control/core/loop/names.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

/// 0 when there is none: then the call is refused, and it is all the same where.
std::int64_t cluster_meant(const World& world, const ApiCall& call,
                           const std::optional<std::string>& text) {
  const auto cluster = cluster_named(world, call.scope, text.value_or(""));
  return cluster.ok() ? cluster.value()->key : 0;
}

}  // namespace

bool can_be_rehearsed(std::string_view operation) {
  constexpr std::array<std::string_view, 3> known{"CreateService", "RunTask", "UpdateService"};
  return std::find(known.begin(), known.end(), operation) != known.end();
}

RehearsalSubject rehearsed_call(const World& world, ApiCall call) {
  RehearsalSubject subject{.call = {}, .scope = call.scope};
  if (call.operation == "RunTask") {
    const auto& input = call.input.as<api::RunTaskRequest>();
    subject.cluster = cluster_meant(world, call, input.cluster);
    subject.token = input.client_token.value_or("");
  } else if (call.operation == "CreateService") {
    const auto& input = call.input.as<api::CreateServiceRequest>();
    subject.cluster = cluster_meant(world, call, input.cluster);
    const schemas::Service* known = find_service(world, subject.cluster, input.service_name);
    subject.service = known == nullptr ? 0 : known->key;
  } else {
    schemas::require(call.operation == "UpdateService", "a call is rehearsed that cannot be");
    const auto& input = call.input.as<api::UpdateServiceRequest>();
    subject.cluster = cluster_meant(world, call, input.cluster);
    const auto known = service_named(world, call.scope, input.cluster.value_or(""), input.service);
    subject.service = known.ok() ? known.value()->key : 0;
  }
  subject.call = std::move(call);
  return subject;
}

RehearsalSubject rehearsed_loss(const World& world, std::int64_t cluster,
                                std::set<schemas::InstanceId> hosts) {
  return {.call = {},
          .lost = std::move(hosts),
          .scope = world->clusters.at(cluster).scope,
          .cluster = cluster};
}

}  // namespace control
