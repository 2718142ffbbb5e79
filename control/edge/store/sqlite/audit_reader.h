#pragma once

#include <memory>
#include <string>

#include "control/edge/store/store.h"
#include "schemas/base/result.h"

namespace control::store::sqlite {

/// Reads the audit trail of the database at `path`, by a connection of its own.
schemas::Result<std::unique_ptr<AuditReader>> open_audit_reader(const std::string& path);

}  // namespace control::store::sqlite
