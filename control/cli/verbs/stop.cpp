#include "api/tasks.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/wait.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit stop(Session& session, const Arguments& arguments) {
  api::StopTaskRequest request;
  request.cluster = arguments.get("cluster");
  request.task = arguments.get_or("TASK", "");
  request.reason = arguments.get("reason");
  const auto answer = session.call<api::StopTaskResponse>("StopTask", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  const Exit exit = session.show(answer.value().json, [&] {
    session.say("task " + short_name(answer.value().value.task->task_arn.value_or("")) +
                " is to stop");
  });
  if (!arguments.has("wait")) {
    return exit;
  }
  return wait_stopped(session, arguments.get_or("cluster", "default"), request.task);
}

}  // namespace

std::vector<Verb> stop_verbs() {
  return {{.path = "stop",
           .summary = "Stop a task",
           .description = "The task's containers get their stop signal and are killed when they\n"
                          "are still there after stopTimeout. A service starts another task.\n\n"
                          "Example: ecsctl stop 0123456789abcdef0123456789abcdef --wait",
           .options =
               {{.name = "TASK", .value = "", .help = "Its id or ARN", .arity = Arity::positional},
                cluster_option(),
                {.name = "reason", .value = "TEXT", .help = "Shown as its stoppedReason"},
                wait_option()},
           .run = stop}};
}

}  // namespace cli
