#pragma once

#include "agent/core/moment.h"

namespace agent {

/// The host's clocks, now.
Moment now();

}  // namespace agent
