#pragma once

#include <optional>
#include <vector>

#include "api/shared.h"
#include "control/cli/command/session.h"

namespace cli {

/// What an operation on several things could not do, a line each on standard error: what, why.
/// Failed when there was anything.
Exit say_failures(Session& session, const std::optional<std::vector<api::Failure>>& failures);

}  // namespace cli
