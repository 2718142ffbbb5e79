#pragma once

#include <filesystem>

#include "agent/edge/engine/oci/program.h"
#include "schemas/base/result.h"

namespace agent {

/// Holds a data directory for this process; it goes when the process goes.
using DataLock = Descriptor;

/// Refused, after 2 s, while another process has it.
schemas::Result<DataLock> lock_data_directory(const std::filesystem::path& data);

}  // namespace agent
