#pragma once

#include <string>

#include "schemas/base/result.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/cluster.h"

namespace control {

/// Whether a host may be what it says. A host is not trusted more than a caller is: what it states
/// is counted with, shown and kept, so it has to be in the bounds of what can be.
/// `invalid_parameter` names the member, what was found and what is allowed.
schemas::Outcome check_inventory(const schemas::Inventory& inventory);

/// The same of everything else a host reports: one such member, and nothing of the report is taken.
schemas::Outcome check_report(const schemas::SyncRequest& report);

/// The name under which a host knows its start, in a join as in a report.
schemas::Outcome check_boot_id(const std::string& boot_id);

}  // namespace control
