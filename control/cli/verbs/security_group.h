#pragma once

#include <string>

#include "api/networks.h"
#include "control/cli/command/session.h"

namespace cli {

/// The group of that id, or of that name in the account; the error names what there is.
schemas::Result<api::SecurityGroup> security_group_named(Session& session, const std::string& text);

}  // namespace cli
