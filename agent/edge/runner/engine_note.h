#pragma once

#include <filesystem>

#include "agent/edge/runner/agent.h"
#include "schemas/base/result.h"

namespace agent {

/// Writes into the data directory which engine runs its containers. Refused when it names another
/// one: containers of one engine are unknown to the other, and would be left to themselves.
schemas::Outcome note_engine(const AgentOptions& options);

/// The engine that the directory names, `oci` when it names none; nothing else is set.
AgentOptions noted_engine(const std::filesystem::path& data_directory);

}  // namespace agent
