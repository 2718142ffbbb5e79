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

/// The secret that names this host, drawn once and kept in `<data>/secret` (readable by root only)
/// from before control is asked: whoever asks again, after a lost answer or a crash, is the same.
schemas::Result<std::string> own_secret(const std::filesystem::path& data_directory);

/// The first line of a token file.
schemas::Result<std::string> read_token(const std::filesystem::path& file);

/// Has control make `request.secret` this host's identity, with a token (empty where control asks
/// for none). Asked again with the same secret, control answers the same instance.
schemas::Result<Identity> join(const std::string& control_url, const schemas::JoinRequest& request);

}  // namespace agent
