#include "control/cli/verbs/failures.h"

#include "control/cli/verbs/words.h"

namespace cli {

Exit say_failures(Session& session, const std::optional<std::vector<api::Failure>>& failures) {
  Exit exit = Exit::done;
  for (const api::Failure& failure : failures.value_or(std::vector<api::Failure>{})) {
    session.progress("ecsctl: " + short_name(failure.arn.value_or("")) + ": " +
                     failure.reason.value_or("") + " " + failure.detail.value_or(""));
    exit = Exit::failed;
  }
  return exit;
}

}  // namespace cli
