#pragma once

#include <optional>
#include <string>

#include "api/access.h"
#include "control/core/loop/context.h"
#include "schemas/model/access.h"

namespace control {

api::User show_user(const schemas::User& user);
api::AccessKey show_access_key(const World& world, const schemas::AccessKey& access_key);

/// The account that an operation is about: the caller's, or another for the operator alone.
schemas::Result<std::string> account_for(const Context& context, const ApiCall& call,
                                         const std::optional<std::string>& stated);

/// The user of that name, or ResourceNotFoundException.
schemas::Result<const schemas::User*> user_named(const World& world, const std::string& account,
                                                 const std::string& name);

}  // namespace control
