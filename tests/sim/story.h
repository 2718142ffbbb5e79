#pragma once

#include "tests/sim/run.h"
#include "tests/sim/scenario.h"

namespace sim {

/// Lets a scenario happen. At its end everything is healed and must come to rest, and all that is
/// watched in a random life is watched here too.
Outcome tell(const Scenario& scenario, Trace::Print print);

}  // namespace sim
