#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "agent/edge/engine/oci/storage_rules.h"

namespace agent {

/// Blocks that the files below a directory take. What goes while it is counted is not counted.
std::int64_t bytes_below(const std::filesystem::path& directory);

/// Blocks of files that no directory has any more and these processes still write to: removed, and
/// on an overlay or on the disk of `directory`. Each counts once.
std::int64_t bytes_without_name(std::span<const pid_t> processes,
                                const std::filesystem::path& directory);

/// The disk that a directory is on, as far as it is anybody's but root's.
std::optional<DiskState> disk_of(const std::filesystem::path& directory);

}  // namespace agent
