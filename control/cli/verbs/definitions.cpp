#include "api/task_definitions.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit definitions(Session& session, const Arguments& arguments) {
  api::ListTaskDefinitionsRequest request;
  request.family_prefix = arguments.get("FAMILY");
  if (arguments.has("inactive")) {
    request.status = api::TaskDefinitionStatus::inactive;
  }
  Table table({{.title = "FAMILY"}, {.title = "REVISION", .align = Align::right}});
  std::string arns;
  do {
    const auto page =
        session.call<api::ListTaskDefinitionsResponse>("ListTaskDefinitions", request);
    if (!page.ok()) {
      return session.failed(page.error());
    }
    for (const std::string& arn :
         page.value().value.task_definition_arns.value_or(std::vector<std::string>{})) {
      const std::string name = short_name(arn);
      const std::size_t colon = name.rfind(':');
      table.add({name.substr(0, colon), name.substr(colon + 1)});
      arns += (arns.empty() ? "\"" : ",\"") + arn + "\"";
    }
    request.next_token = page.value().value.next_token;
  } while (request.next_token);
  return session.show("{\"taskDefinitionArns\":[" + arns + "]}", [&] {
    if (table.empty()) {
      session.say("no task definitions yet: ecsctl register -f FILE");
    } else {
      session.print(table);
    }
  });
}

Exit definition(Session& session, const Arguments& arguments) {
  api::DescribeTaskDefinitionRequest request;
  request.task_definition = arguments.get_or("DEFINITION", "");
  const auto answer =
      session.call<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::TaskDefinition& shown = *answer.value().value.task_definition;
    session.say(shown.family.value_or("") + ":" + std::to_string(shown.revision.value_or(0)) +
                "  cpu " + shown.cpu.value_or("-") + "  memory " + shown.memory.value_or("-"));
    Table table({{.title = "CONTAINER"},
                 {.title = "IMAGE"},
                 {.title = "CPU", .align = Align::right},
                 {.title = "MEMORY", .align = Align::right},
                 {.title = "ESSENTIAL"}});
    for (const api::ContainerDefinition& container :
         shown.container_definitions.value_or(std::vector<api::ContainerDefinition>{})) {
      table.add({container.name, container.image, std::to_string(container.cpu.value_or(0)),
                 container.memory ? std::to_string(*container.memory) : "-",
                 container.essential.value_or(true) ? "yes" : "no"});
    }
    session.print(table);
  });
}

}  // namespace

std::vector<Verb> definitions_verbs() {
  return {{.path = "definitions",
           .summary = "List task definitions",
           .description = "Every active revision, or those of one family.\n\n"
                          "Example: ecsctl definitions web",
           .options = {{.name = "FAMILY",
                        .value = "",
                        .help = "Only this family",
                        .arity = Arity::optional_positional},
                       {.name = "inactive",
                        .value = "",
                        .help = "The deregistered ones instead",
                        .arity = Arity::flag}},
           .run = definitions},
          {.path = "definition",
           .summary = "Show one task definition",
           .description = "Example: ecsctl definition web:3 --output yaml",
           .options = {{.name = "DEFINITION",
                        .value = "",
                        .help = "FAMILY (its newest revision), FAMILY:REVISION or ARN",
                        .arity = Arity::positional}},
           .run = definition}};
}

}  // namespace cli
