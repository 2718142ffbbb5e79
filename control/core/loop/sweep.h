#pragma once

#include "control/core/loop/context.h"

namespace control {

/// What time alone does to World: stopped tasks and client tokens are forgotten when they have been
/// kept long enough, addresses whose host never said so are freed. Now and then every service is
/// planned anew, so that nothing depends on no event ever having been missed.
void sweep(Context& context);

}  // namespace control
