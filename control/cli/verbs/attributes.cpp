#include "api/attributes.h"

#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit list(Session& session, const Arguments& arguments) {
  api::ListAttributesRequest request;
  request.cluster = arguments.get("cluster");
  request.target_type = api::TargetType::container_instance;
  request.attribute_name = arguments.get("name");
  Table table({{.title = "HOST"}, {.title = "NAME"}, {.title = "VALUE"}});
  do {
    const auto page = session.call<api::ListAttributesResponse>("ListAttributes", request);
    if (!page.ok()) {
      return session.failed(page.error());
    }
    const auto& found = page.value().value;
    for (const api::Attribute& each : found.attributes.value_or(std::vector<api::Attribute>{})) {
      table.add({short_name(each.target_id.value_or("")), each.name, each.value.value_or("")});
    }
    if (session.format() != Format::table) {
      session.show(page.value().json, [] {});
    }
    request.next_token = found.next_token;
  } while (request.next_token);
  if (session.format() == Format::table) {
    if (table.empty()) {
      session.say("no such attributes");
    } else {
      session.print(table);
    }
  }
  return Exit::done;
}

Exit put(Session& session, const Arguments& arguments) {
  api::PutAttributesRequest request;
  request.cluster = arguments.get("cluster");
  for (const std::string& text : arguments.all("ATTRIBUTE")) {
    const std::size_t equals = text.find('=');
    request.attributes.push_back({.name = text.substr(0, equals),
                                  .value = equals == std::string::npos
                                               ? std::nullopt
                                               : std::optional(text.substr(equals + 1)),
                                  .target_type = {},
                                  .target_id = arguments.get("HOST")});
  }
  const auto answer = session.call<api::PutAttributesResponse>("PutAttributes", request);
  return answer.ok() ? session.show(answer.value().json, [] {}) : session.failed(answer.error());
}

Exit remove(Session& session, const Arguments& arguments) {
  api::DeleteAttributesRequest request;
  request.cluster = arguments.get("cluster");
  for (const std::string& name : arguments.all("NAME")) {
    request.attributes.push_back(
        {.name = name, .value = {}, .target_type = {}, .target_id = arguments.get("HOST")});
  }
  const auto answer = session.call<api::DeleteAttributesResponse>("DeleteAttributes", request);
  return answer.ok() ? session.show(answer.value().json, [] {}) : session.failed(answer.error());
}

Option host_option() {
  return {.name = "HOST", .value = "", .help = "Id or ARN of a host", .arity = Arity::positional};
}

}  // namespace

std::vector<Verb> attribute_verbs() {
  return {
      {.path = "attributes",
       .summary = "Show the attributes of the hosts of a cluster",
       .description = "Example: ecsctl attributes --name stack",
       .options = {cluster_option(),
                   {.name = "name", .value = "NAME", .help = "Only those of this name"}},
       .run = list},
      {.path = "attribute put",
       .summary = "Put attributes on a host, for placement to go by",
       .description = "One that is there already gets the new value.\n\n"
                      "Example: ecsctl attribute put 0123456789abcdef0123456789abcdef stack=prod",
       .options = {cluster_option(),
                   host_option(),
                   {.name = "ATTRIBUTE",
                    .value = "",
                    .help = "NAME=VALUE, or NAME; more than one can be given",
                    .arity = Arity::positionals}},
       .run = put},
      {.path = "attribute delete",
       .summary = "Take attributes off a host",
       .description = "Example: ecsctl attribute delete 0123456789abcdef0123456789abcdef stack",
       .options = {cluster_option(),
                   host_option(),
                   {.name = "NAME",
                    .value = "",
                    .help = "A name; more than one can be given",
                    .arity = Arity::positionals}},
       .run = remove}};
}

}  // namespace cli
