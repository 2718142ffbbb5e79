#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// The volumes of a container of this task as mounts: its own mount points, then those of the
/// containers it takes volumes from, where it has none at the same path. `scratch` is the directory
/// that holds the task's own volumes, by name.
std::vector<BindMount> volume_mounts(const schemas::TaskAssignment& task, std::int64_t container,
                                     const std::filesystem::path& scratch);

/// What the definition wishes beyond image, process and network: limits, rights, devices, memory
/// file systems.
void add_wishes(ContainerSpec& spec, const schemas::ContainerDefinition& definition);

/// What a health check runs in the container: after "CMD" the words themselves, after "CMD-SHELL"
/// one line for the container's /bin/sh. The time-out is the check's.
ExecRequest health_request(const schemas::HealthCheck& check);

}  // namespace agent
