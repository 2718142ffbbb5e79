#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/task_state.h"
#include "schemas/base/result.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// The version of what is written below. A change that an older agent would misread raises it, and
/// adds a golden file beside the ones there are.
inline constexpr std::int64_t checkpoint_format = 1;

/// The part of a TaskRecord that changes; the assignment is a row of its own, written once.
std::string encode_progress(const TaskRecord& record);

/// Puts a record together from both rows. Fails on text that no version has written.
schemas::Result<TaskRecord> decode_record(std::string_view assignment, std::string_view progress);

}  // namespace agent
