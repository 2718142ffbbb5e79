#include "control/core/deploy/image_pins.h"
#include "control/core/deploy/service_deployment.h"
#include "control/core/loop/rows/loader.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::ServiceDeployment;
using schemas::TaskSpecification;

/// Called for each row of what a service deployment leads to; how it went stands in another.
void Loader::service_deployment(RowReader& row) {
  const std::int64_t service = row.integer();
  const std::int64_t number = row.integer();
  const std::int64_t definition = row.integer();
  const schemas::Instant created_at = row.instant();
  const std::string text = row.text();
  const auto state = deployments_.find(row.key());
  if (row.ok() && (state == deployments_.end() || !world_->services.contains(service))) {
    row.fail("has no record of how it went, or no service");
  }
  schemas::Result<TaskSpecification> written = wire::decode<TaskSpecification>(text);
  if (!written.ok()) {
    row.fail(written.error().message);
  }
  if (!row.ok()) {
    return;
  }
  RowReader columns(*state->second);
  const auto status = columns.choice<schemas::ServiceDeploymentStatus>(9);
  auto deployment = columns.json<ServiceDeployment>();
  if (!columns.ok()) {
    error_ = columns.error();
    return;
  }
  deployment.key = row.key();
  deployment.service = service;
  deployment.id.number = number;
  deployment.created_at = created_at;
  deployment.status = status;
  deployment.specification = specification(row, definition, std::move(written).value(), text);
  if (row.ok()) {
    apply(world_, ServiceDeploymentBegun{std::move(deployment)});
  }
}

/// Versions 1 and 2 kept no records: what still runs is given them from what is known of it.
void Loader::give_records() {
  for (const auto& [key, known] : std::map(world_->services)) {
    if (!known.current.empty() || known.deployments.empty() || known.external) {
      continue;
    }
    schemas::Service service = known;
    for (auto each = known.deployments.rbegin(); each != known.deployments.rend(); ++each) {
      ServiceDeployment record = record_from(service, *each);
      record.key = world_.next_key(Table::service_revision);
      apply(world_, ServiceDeploymentBegun{std::move(record)});
      if (each->rollout_state == schemas::RolloutState::completed) {
        service.last_completed = each->id;
      }
    }
    service.current = known.deployments.front().id;
    apply(world_, ServiceChanged{std::move(service)});
    recorded_.insert(key);
  }
}

/// Versions 1 to 3 pinned no images: what the oldest tasks of a deployment are known to run is what
/// those to come are to run.
void Loader::pin_images_of_tasks() {
  for (const auto& [key, task] : world_->tasks) {
    const ServiceDeployment* record = find_service_deployment(world_, task.deployment);
    if (record == nullptr) {
      continue;
    }
    if (auto digests = pin_images(record->image_digests, task)) {
      ServiceDeployment pinned = *record;
      pinned.image_digests = *std::move(digests);
      pinned_.push_back(pinned.key);
      apply(world_, ServiceDeploymentChanged{std::move(pinned)});
    }
  }
}

}  // namespace control
