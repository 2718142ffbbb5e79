#pragma once

// What an agent says by the API of a task, a container or an interface of its host. It is held
// against what is known, and folded in as the reports of our own agents are.

#include <string>

#include "control/core/loop/context.h"
#include "schemas/model/agent_channel.h"

namespace control {

/// The task of a cluster that the caller reports on. AccessDeniedException when its host is not the
/// caller's to speak for, InvalidParameterException when there is none.
schemas::Result<const schemas::Task*> task_to_report_on(const Context& context, const ApiCall& call,
                                                        const std::string& cluster,
                                                        const std::string& task);

/// Why a report cannot be true of the task: a status that goes back, a container that it does not
/// have, a number that cannot be. InvalidParameterException.
schemas::Outcome check_change(const schemas::Task& task, const schemas::TaskReport& report);

/// Folds the report in. It was checked.
void take_change(Context& context, const schemas::Task& task, const schemas::TaskReport& report);

/// One container's part of a report, in the words of the API. InvalidParameterException for a
/// status that containers do not have, or an exit code of one that has not stopped.
struct ContainerWords {
  std::string name;
  std::string status;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  std::string runtime_id;
  std::string image_digest;
};
schemas::Result<schemas::ContainerReport> read_container_words(ContainerWords words);

/// What the answer to a change that was taken says.
inline constexpr const char* acknowledged = "ACK";

}  // namespace control
