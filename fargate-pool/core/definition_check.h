#pragma once

#include "schemas/base/result.h"
#include "schemas/model/task_definition.h"

namespace fargate_pool {

/// Whether a task definition can run on the shared pool: awsvpc, a size of the table, containers
/// that fit in it, no placement constraints, stop and start time-outs of at most 120 s, nothing
/// that reaches its host (privileges, devices, paths, rights beyond SYS_PTRACE, memory file
/// systems, swap, process limits beyond nofile). The error is what RegisterTaskDefinition answers
/// when FARGATE is among `requiresCompatibilities`; when it is not, the answer only decides whether
/// FARGATE is among `compatibilities`.
schemas::Outcome check_definition(const schemas::TaskDefinition& definition);

/// Whether RunTask or CreateService may launch this definition on Fargate:
/// InvalidParameterException when FARGATE is not among its compatibilities.
schemas::Outcome check_launch(const schemas::TaskDefinition& definition);

}  // namespace fargate_pool
