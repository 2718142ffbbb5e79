#include "control/core/deploy/circuit_breaker.h"

#include <algorithm>

namespace control {
namespace {

/// Fewer, and two unlucky tasks end the deployment of a small service; more, and a large one
/// starts thousands that fail.
constexpr std::int64_t bounded_least = 3;
constexpr std::int64_t bounded_most = 200;

}  // namespace

std::int64_t failure_threshold(const schemas::CircuitBreaker& breaker, std::int64_t desired_count) {
  const std::int64_t share = (breaker.threshold_value * desired_count + 99) / 100;
  switch (breaker.threshold_type) {
    case schemas::ThresholdType::count:
      return std::max<std::int64_t>(breaker.threshold_value, 1);
    case schemas::ThresholdType::bounded_percent:
      return std::clamp(share, bounded_least, bounded_most);
    case schemas::ThresholdType::unbounded_percent:
      break;
  }
  return std::max<std::int64_t>(share, 1);
}

bool watches(const schemas::CircuitBreaker& breaker, const schemas::Deployment& deployment) {
  return breaker.enable && deployment.rollout_state == schemas::RolloutState::in_progress;
}

}  // namespace control
