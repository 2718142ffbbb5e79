#pragma once

// Rows of who may call.

#include "control/core/loop/rows/values.h"
#include "schemas/model/access.h"

namespace control {

Values values_of(const schemas::User& user);
Values values_of(const schemas::AccessKey& access_key);
Values values_of(const schemas::Role& role);
Values values_of(const schemas::JoinToken& token);
Values values_of(const schemas::Session& session);

}  // namespace control
