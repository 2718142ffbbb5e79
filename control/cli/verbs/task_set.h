#pragma once

#include <vector>

#include "api/services.h"
#include "control/cli/output/table.h"

namespace cli {

Table task_set_table(const std::vector<api::TaskSet>& sets);

}  // namespace cli
