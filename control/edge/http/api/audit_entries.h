#pragma once

#include "api/audit.h"
#include "control/edge/access/seal.h"
#include "control/edge/http/api/caller.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"
#include "schemas/codec/api.h"

namespace control::http {

/// GET /v1/audit: entries of the caller's account and region. `access_denied` for the role of a
/// task: the trail tells of everyone. `invalid_parameter` for a token of another list.
schemas::Result<api::Value> list_audit_entries(store::AuditReader& audit, const access::Seal& seal,
                                               const Caller& caller,
                                               const api::ListAuditEntriesRequest& request);

}  // namespace control::http
