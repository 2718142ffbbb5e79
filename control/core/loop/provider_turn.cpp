#include "control/core/loop/provider_turn.h"

#include <utility>

#include "control/core/world/lookups.h"

namespace control {

ProviderTurn::ProviderTurn(const World& world, std::int64_t service,
                           schemas::DeploymentId deployment,
                           schemas::TaskSpecificationRef specification)
    : specification_(std::move(specification)) {
  if (specification_->capacity_provider_strategy.empty()) {
    return;
  }
  for (const std::int64_t key : entry_or_empty(world.index().live_tasks_of_service, service)) {
    const schemas::Task& task = world->tasks.at(key);
    if (task.deployment == deployment && task.desired_status == schemas::TaskStatus::running) {
      took(task.capacity_provider);
    }
  }
}

std::string ProviderTurn::next() const {
  const schemas::CapacityProviderStrategy& strategy = specification_->capacity_provider_strategy;
  return strategy.empty() ? std::string() : next_provider(strategy, counts_);
}

void ProviderTurn::took(const std::string& provider) { ++counts_[provider]; }

}  // namespace control
