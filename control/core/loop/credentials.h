#pragma once

#include "control/core/loop/context.h"

namespace control {

/// Adds to what a host is told the credentials of the roles of the tasks that it is told of. Keys
/// and tokens are the edge's to fill in: here is only whose they are and until when.
void add_credentials(Context& context, schemas::SyncAnswer& answer);

/// Tasks whose credentials are through half of their life are told to their hosts anew, with
/// fresh ones. Should that answer be lost, the host's next question brings it again.
void renew_credentials(Context& context);

}  // namespace control
