#pragma once

// The log of one container: <directory>/<container>.log, older files beside it as .1 (the
// youngest), .2, … conmon writes it; we rename. Or it is a link to a log that Docker writes and
// renames in the same way.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace agent {

enum class Rotated : std::uint8_t { no, yes };

/// Renames the files of a log by one when the live one has grown to `bytes_max`, keeping
/// `files_max` in all, the live one included. The writer must then open the log anew.
Rotated rotate_log(const std::filesystem::path& log, std::int64_t bytes_max,
                   std::int64_t files_max);

/// The files of a log that exist, oldest first, the live one last.
std::vector<std::filesystem::path> log_files(const std::filesystem::path& link);

}  // namespace agent
