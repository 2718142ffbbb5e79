#pragma once

#include "api/plan.h"
#include "control/cli/output/table.h"

namespace cli {

/// What a plan starts and stops, in order; tasks that are alike share a row.
Table plan_steps_table(const api::PlanResponse& plan);

/// What hosts have left before and after.
Table plan_hosts_table(const api::PlanResponse& plan);

/// What finds no room, what would help, what becomes of services, and what it costs: a line each.
std::vector<std::string> plan_lines(const api::PlanResponse& plan);

}  // namespace cli
