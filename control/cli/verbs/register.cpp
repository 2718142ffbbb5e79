#include <fstream>
#include <iostream>
#include <sstream>

#include "api/task_definitions.h"
#include "control/cli/command/session.h"
#include "control/cli/output/document.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"
#include "schemas/codec/yaml.h"

namespace cli {

namespace {

schemas::Result<std::string> contents(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  const std::ifstream file(path);
  if (!file) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "the file \"" + path + "\" cannot be read"};
  }
  text << file.rdbuf();
  return text.str();
}

Exit run_register(Session& session, const Arguments& arguments) {
  const schemas::Result<std::string> text = contents(arguments.get_or("f", "-"));
  if (!text.ok()) {
    return session.failed(text.error());
  }
  // JSON is YAML too, but its own reader says more exactly what is wrong with it.
  std::string json = text.value();
  const std::size_t first = json.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || json[first] != '{') {
    schemas::Result<std::string> converted =
        codec::yaml_to_json(json, &codec::Described<api::RegisterTaskDefinitionRequest>::type);
    if (!converted.ok()) {
      return session.failed(converted.error());
    }
    json = std::move(converted).value();
  }
  const auto answer =
      session.call_with<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", json);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say("registered " +
                short_name(answer.value().value.task_definition->task_definition_arn.value_or("")));
  });
}

}  // namespace

std::vector<Verb> register_verbs() {
  return {{.path = "register",
           .summary = "Register a task definition from a file",
           .description =
               "The file is what RegisterTaskDefinition takes, as YAML or JSON: family,\n"
               "containerDefinitions and so on, in ECS's own words. Each registration of a family\n"
               "makes its next revision.\n\n"
               "Examples: ecsctl register -f web.yaml\n"
               "          ecsctl register -f - < web.json",
           .options = {{.name = "f",
                        .value = "FILE",
                        .help = "The file (.yaml or .json); - or none: standard input"}},
           .run = run_register}};
}

}  // namespace cli
