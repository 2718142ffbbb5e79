#pragma once

// When a deployment whose tasks keep failing is given up.

#include <cstdint>

#include "schemas/model/service.h"

namespace control {

/// How many failures are too many for a service that wants `desired_count` tasks. Percentages round
/// up; BOUNDED_PERCENT stays between 3 and 200, and no threshold is below 1.
std::int64_t failure_threshold(const schemas::CircuitBreaker& breaker, std::int64_t desired_count);

/// Whether the breaker watches this deployment: it does so until the deployment is completed.
bool watches(const schemas::CircuitBreaker& breaker, const schemas::Deployment& deployment);

}  // namespace control
