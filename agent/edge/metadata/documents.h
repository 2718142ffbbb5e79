#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/task_state.h"
#include "agent/edge/metadata/metadata_server.h"
#include "schemas/base/time.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/task_definition.h"

namespace agent {

/// A task as its own containers may see it.
struct TaskView {
  TaskRecord record;
  std::optional<schemas::SubnetAssignment> subnet;  ///< awsvpc
  std::vector<std::string> bridge_addresses;        ///< of each container, "" where unknown
};

/// What a container has used so far.
struct UseView {
  schemas::Instant read_at{};
  std::int64_t cpu_ns = 0;
  std::int64_t system_cpu_ns = 0;
  std::int64_t online_cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t memory_peak_bytes = 0;
};

/// Asked only when a path wants numbers. None = there are none (yet, or any more).
using UseSource = std::function<std::optional<UseView>(std::int64_t container)>;

/// Answers the paths of the task metadata endpoint, version 4 (and 3, whose documents are a part
/// of them), about the one task that asks: `/v4/<container id>`, then nothing, `/task`,
/// `/taskWithTags`, `/stats` or `/task/stats`. Unknown paths and ids of other tasks' containers
/// answer 404; in bridge mode so do those of other containers.
MetadataReply answer_metadata(const TaskView& task, std::int64_t sandbox, std::string_view path,
                              const UseSource& use);

/// The variables that tell a container where to ask, and what runs it. `credentials_path` is where
/// its task role's credentials are, should the task have a role.
std::vector<schemas::KeyValue> metadata_environment(const schemas::TaskAssignment& task,
                                                    std::int64_t container,
                                                    const std::string& credentials_path);

/// "2026-11-23T18:30:00.123Z".
std::string rfc3339(schemas::Instant instant);

}  // namespace agent
