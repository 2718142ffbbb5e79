#include <algorithm>

#include "api/task_definitions.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/failures.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

constexpr std::size_t batch_max = 10;  ///< as many as DeleteTaskDefinitions takes at once

Exit deregister(Session& session, const Arguments& arguments) {
  for (const std::string& name : arguments.all("DEFINITION")) {
    api::DeregisterTaskDefinitionRequest request;
    request.task_definition = name;
    const auto answer =
        session.call<api::DeregisterTaskDefinitionResponse>("DeregisterTaskDefinition", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    session.show(answer.value().json, [&] { session.say(short_name(name) + "  INACTIVE"); });
  }
  return Exit::done;
}

Exit remove_definitions(Session& session, const Arguments& arguments) {
  Exit exit = Exit::done;
  for (const std::vector<std::string>& batch : batches(arguments.all("DEFINITION"), batch_max)) {
    api::DeleteTaskDefinitionsRequest request;
    request.task_definitions = batch;
    const auto answer =
        session.call<api::DeleteTaskDefinitionsResponse>("DeleteTaskDefinitions", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    const auto& said = answer.value().value;
    session.show(answer.value().json, [&] {
      for (const api::TaskDefinition& definition :
           said.task_definitions.value_or(std::vector<api::TaskDefinition>{})) {
        session.say(short_name(definition.task_definition_arn.value_or("")) +
                    "  DELETE_IN_PROGRESS");
      }
    });
    exit = std::max(exit, say_failures(session, said.failures));
  }
  return exit;
}

Option revisions_option() {
  return {.name = "DEFINITION",
          .value = "",
          .help = "FAMILY:REVISION or ARN; more than one can be named",
          .arity = Arity::positionals};
}

}  // namespace

std::vector<Verb> definitions_change_verbs() {
  return {{.path = "definitions deregister",
           .summary = "Make revisions inactive",
           .description = "What runs goes on; nothing new starts from them.\n\n"
                          "Example: ecsctl definitions deregister web:3",
           .options = {revisions_option()},
           .run = deregister},
          {.path = "definitions delete",
           .summary = "Delete inactive revisions",
           .description = "Deregister them first. A revision is gone when no task and no service\n"
                          "refers to it any more; its number is never used again.\n\n"
                          "Example: ecsctl definitions delete web:1 web:2",
           .options = {revisions_option()},
           .run = remove_definitions}};
}

}  // namespace cli
