#include "api/roles.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"
#include "schemas/codec/json_text.h"

namespace cli {

namespace {

std::string joined(const std::vector<std::string>& actions) {
  std::string text;
  for (const std::string& action : actions) {
    text += (text.empty() ? "" : " ") + action;
  }
  return text.empty() ? "nothing" : text;
}

std::string path_of(const Arguments& arguments) {
  return "/v1/roles/" + url_encoded(arguments.get_or("NAME", ""));
}

Exit show_role(Session& session, const std::string& json, const api::Role& role) {
  return session.show(json, [&] {
    session.say(role.arn);
    session.say("allows " + joined(role.actions));
    if (role.description) {
      session.say(*role.description);
    }
  });
}

Exit create(Session& session, const Arguments& arguments) {
  api::CreateRoleRequest request;
  request.role_name = arguments.get_or("NAME", "");
  request.path = arguments.get("path");
  request.description = arguments.get("description");
  request.actions = arguments.all("allow");
  const auto answer = session.rest<api::CreateRoleResponse>("POST", "/v1/roles", request);
  return answer.ok() ? show_role(session, answer.value().json, answer.value().value.role)
                     : session.failed(answer.error());
}

Exit list(Session& session, const Arguments& /*arguments*/) {
  Table table({{.title = "ROLE"}, {.title = "ALLOWS"}, {.title = "ARN"}});
  std::string query;
  do {
    const auto page = session.get<api::ListRolesResponse>("/v1/roles", query);
    if (!page.ok()) {
      return session.failed(page.error());
    }
    if (session.format() != Format::table) {
      session.show(page.value().json, [] {});
    }
    for (const api::Role& role : page.value().value.roles) {
      table.add({role.role_name, joined(role.actions), role.arn});
    }
    const auto& token = page.value().value.next_token;
    query = token ? "nextToken=" + url_encoded(*token) : "";
  } while (!query.empty());
  if (session.format() == Format::table) {
    if (table.empty()) {
      session.say("no roles yet: ecsctl role create NAME --allow ACTION");
    } else {
      session.print(table);
    }
  }
  return Exit::done;
}

Exit show(Session& session, const Arguments& arguments) {
  const auto answer = session.get<api::DescribeRoleResponse>(path_of(arguments), "");
  return answer.ok() ? show_role(session, answer.value().json, answer.value().value.role)
                     : session.failed(answer.error());
}

/// The body of an update: the name stands in the path.
std::string changes(const Arguments& arguments) {
  std::string json;
  if (arguments.has("allow")) {
    json += "\"actions\":";
    char before = '[';
    for (const std::string& action : arguments.all("allow")) {
      json.push_back(before);
      before = ',';
      codec::append_json_text(json, action);
    }
    json += "]";
  }
  if (arguments.has("description")) {
    json += json.empty() ? "\"description\":" : ",\"description\":";
    codec::append_json_text(json, arguments.get_or("description", ""));
  }
  return "{" + json + "}";
}

Exit update(Session& session, const Arguments& arguments) {
  if (!arguments.has("allow") && !arguments.has("description")) {
    return session.misused("say with --allow or --description what is to change");
  }
  const auto answer =
      session.rest_with<api::UpdateRoleResponse>("PATCH", path_of(arguments), changes(arguments));
  return answer.ok() ? show_role(session, answer.value().json, answer.value().value.role)
                     : session.failed(answer.error());
}

Exit remove(Session& session, const Arguments& arguments) {
  const auto answer = session.remove<api::DeleteRoleResponse>(path_of(arguments), "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say("role " + answer.value().value.role.role_name +
                " is deleted; credentials of tasks that have it are good for nothing any more");
  });
}

}  // namespace

std::vector<Verb> role_verbs() {
  const Option name{
      .name = "NAME", .value = "", .help = "The role's name", .arity = Arity::positional};
  const Option allow{.name = "allow",
                     .value = "ACTION",
                     .help = "ecs:RunTask, ecs:List*, stowage:GetBill, *; repeatable",
                     .arity = Arity::many};
  const Option description{.name = "description", .value = "TEXT", .help = "What it is for"};
  return {{.path = "role create",
           .summary = "Make a role that tasks can have",
           .description =
               "A task definition names it as taskRoleArn. Its containers find temporary\n"
               "credentials where the AWS SDKs look for them, and may do what the role allows.\n\n"
               "Example: ecsctl role create reader --allow 'ecs:Describe*' --allow ecs:ListTasks",
           .options = {name,
                       allow,
                       description,
                       {.name = "path", .value = "/PATH/", .help = "A path for its ARN"}},
           .run = create},
          {.path = "role list",
           .summary = "List the roles of the account",
           .description = "Example: ecsctl role list",
           .options = {},
           .run = list},
          {.path = "role show",
           .summary = "Show a role",
           .description = "Example: ecsctl role show reader",
           .options = {name},
           .run = show},
          {.path = "role update",
           .summary = "Change what a role allows",
           .description =
               "What --allow names is all that it allows from now on, running tasks included.\n\n"
               "Example: ecsctl role update reader --allow 'ecs:*'",
           .options = {name, allow, description},
           .run = update},
          {.path = "role delete",
           .summary = "Delete a role",
           .description =
               "Tasks that have it run on, but may do nothing in its name any more; nothing new\n"
               "starts with it.\n\nExample: ecsctl role delete reader",
           .options = {name},
           .run = remove}};
}

}  // namespace cli
