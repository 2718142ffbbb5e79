#include <algorithm>

#include "api/tasks.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/failures.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// As many as UpdateTaskProtection takes at once.
constexpr std::size_t protected_at_once_max = 10;

/// Minutes from "90m", "2h" or "1d"; as many as ECS takes.
schemas::Result<std::int64_t> minutes_of(const std::string& text) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t most = 2'880;
  const std::int64_t seconds = seconds_of(text).value_or(0);
  if (seconds < minute || seconds % minute != 0 || seconds > most * minute) {
    return schemas::Error{
        schemas::ErrorCode::invalid_parameter,
        "--for " + text + ": write whole minutes from 1m to 48h, as 90m, 2h or 1d"};
  }
  return seconds / minute;
}

std::string protection_text(const api::ProtectedTask& task) {
  return short_name(task.task_arn.value_or("")) +
         (task.protection_enabled.value_or(false)
              ? "  protected until " + instant_text(task.expiration_date)
              : "  not protected");
}

Exit protect(Session& session, const Arguments& arguments) {
  std::optional<std::int64_t> minutes;
  if (const auto text = arguments.get("for")) {
    const auto read = minutes_of(*text);
    if (!read.ok() || arguments.has("off")) {
      return session.misused(read.ok() ? "--for says how long, --off that it ends: give one of them"
                                       : read.error().message);
    }
    minutes = read.value();
  }
  Exit exit = Exit::done;
  for (const std::vector<std::string>& batch :
       batches(arguments.all("TASK"), protected_at_once_max)) {
    api::UpdateTaskProtectionRequest request;
    request.cluster = arguments.get_or("cluster", "default");
    request.tasks = batch;
    request.protection_enabled = !arguments.has("off");
    request.expires_in_minutes = minutes;
    const auto answer =
        session.call<api::UpdateTaskProtectionResponse>("UpdateTaskProtection", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    const auto& said = answer.value().value;
    session.show(answer.value().json, [&] {
      for (const api::ProtectedTask& task :
           said.protected_tasks.value_or(std::vector<api::ProtectedTask>{})) {
        session.say(protection_text(task));
      }
    });
    exit = std::max(exit, say_failures(session, said.failures));
  }
  return exit;
}

}  // namespace

std::vector<Verb> protect_verbs() {
  return {
      {.path = "protect",
       .summary = "Keep tasks of a service from being stopped for a while",
       .description =
           "Scaling in, deployments and drains pass a protected task by until its protection\n"
           "ends; \"stop\" stops it all the same. Without --for it ends after two hours.\n\n"
           "Example: ecsctl protect 0123456789abcdef0123456789abcdef --for 60m\n"
           "         ecsctl protect 0123456789abcdef0123456789abcdef --off",
       .options =
           {{.name = "TASK", .value = "", .help = "Ids or ARNs", .arity = Arity::positionals},
            cluster_option(),
            {.name = "for", .value = "TIME", .help = "90m, 2h or 1d; 48h at most"},
            {.name = "off", .value = "", .help = "End the protection now", .arity = Arity::flag}},
       .run = protect}};
}

}  // namespace cli
