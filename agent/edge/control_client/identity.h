#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "schemas/base/result.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// What this host is to control: kept in `<data>/identity`, readable by root only.
using Identity = schemas::JoinAnswer;

/// None when this host has not joined yet.
schemas::Result<std::optional<Identity>> read_identity(const std::filesystem::path& data_directory);

/// Written whole or not at all: a crash leaves the old file or the new one.
schemas::Outcome write_identity(const std::filesystem::path& data_directory,
                                const Identity& identity);

/// The first line of a token file.
schemas::Result<std::string> read_token(const std::filesystem::path& file);

/// Buys an identity from control with a token (empty where control asks for none).
schemas::Result<Identity> join(const std::string& control_url, const schemas::JoinRequest& request);

}  // namespace agent
