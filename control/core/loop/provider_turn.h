#pragma once

#include <string>

#include "control/core/providers/split.h"
#include "control/core/world/world.h"

namespace control {

/// Gives the tasks of one specification to the providers of its strategy, one after the other.
class ProviderTurn {
 public:
  /// Of a deployment's tasks, those that it has already; of standalone ones, none.
  ProviderTurn(const World& world, std::int64_t service, schemas::DeploymentId deployment,
               schemas::TaskSpecificationRef specification);

  /// Where the next task goes; empty without a strategy.
  [[nodiscard]] std::string next() const;
  /// It did.
  void took(const std::string& provider);

 private:
  schemas::TaskSpecificationRef specification_;
  ProviderCounts counts_;
};

}  // namespace control
