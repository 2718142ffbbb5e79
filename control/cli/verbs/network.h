#pragma once

#include <optional>
#include <vector>

#include "api/services.h"
#include "control/cli/command/session.h"

namespace cli {

/// --subnet, --security-group and --public-ip.
std::vector<Option> network_options();

/// Whether a definition's tasks have network interfaces of their own.
schemas::Result<bool> uses_awsvpc(Session& session, const std::string& definition);

/// The network configuration that the options ask for. Without --subnet: the account's default
/// subnets, so that nobody has to look ids up to run a task. Empty when `definition` is not
/// awsvpc and no option was given.
schemas::Result<std::optional<api::NetworkConfiguration>> network_configuration(
    Session& session, const Arguments& arguments, const std::string& definition);

/// --launch-type, read as ECS writes it in either case.
schemas::Result<std::optional<api::LaunchType>> launch_type(const Arguments& arguments);
Option launch_type_option();

}  // namespace cli
