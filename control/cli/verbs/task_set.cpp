#include "control/cli/verbs/task_set.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include "control/cli/command/session.h"
#include "control/cli/verbs/network.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

std::string percent_text(const api::TaskSet& set) {
  const double percent = set.scale ? set.scale->value.value_or(0.0) : 0.0;
  std::string text = std::to_string(percent);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) {
    text.pop_back();
  }
  return text + " %";
}

/// "50", "33.3" or "50%".
schemas::Result<api::Scale> scale_of(std::string text) {
  if (text.ends_with('%')) {
    text.pop_back();
  }
  char* end = nullptr;
  const double percent = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(percent)) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "\"" + text + "\" is no percentage: 0 to 100, for example 33.3"};
  }
  return api::Scale{.value = percent, .unit = api::ScaleUnit::percent};
}

/// Cluster and service of any request on task sets.
template <class Request>
Request request_on(const Arguments& arguments) {
  Request request;
  request.cluster = arguments.get_or("cluster", "default");
  request.service = arguments.get_or("SERVICE", "");
  return request;
}

template <class Response>
Exit say_set(Session& session, const schemas::Result<Answer<Response>>& answer,
             const std::string& done) {
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::TaskSet& set = *answer.value().value.task_set;
    session.say("task set " + set.id.value_or("") + " " + done + ": " + set.status.value_or("") +
                ", " + percent_text(set) + ", " +
                std::to_string(set.computed_desired_count.value_or(0)) + " tasks wanted");
  });
}

Exit list_sets(Session& session, const Arguments& arguments) {
  const auto request = request_on<api::DescribeTaskSetsRequest>(arguments);
  const auto answer = session.call<api::DescribeTaskSetsResponse>("DescribeTaskSets", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const auto sets = answer.value().value.task_sets.value_or(std::vector<api::TaskSet>{});
    if (sets.empty()) {
      session.say("no task sets");
    } else {
      session.print(task_set_table(sets));
    }
  });
}

Exit create_set(Session& session, const Arguments& arguments) {
  auto request = request_on<api::CreateTaskSetRequest>(arguments);
  request.task_definition = arguments.get_or("definition", request.service);
  request.external_id = arguments.get("external-id");
  const auto scale = scale_of(arguments.get_or("scale", "0"));
  if (!scale.ok()) {
    return session.misused(scale.error().message);
  }
  const auto type = launch_type(arguments);
  const auto network = network_configuration(session, arguments, request.task_definition);
  for (const schemas::Error* error :
       {type.ok() ? nullptr : &type.error(), network.ok() ? nullptr : &network.error()}) {
    if (error != nullptr) {
      return session.failed(*error);
    }
  }
  request.scale = scale.value();
  request.launch_type = type.value();
  request.network_configuration = network.value();
  return say_set(session, session.call<api::CreateTaskSetResponse>("CreateTaskSet", request),
                 "created");
}

Exit update_set(Session& session, const Arguments& arguments) {
  auto request = request_on<api::UpdateTaskSetRequest>(arguments);
  request.task_set = arguments.get_or("SET", "");
  const auto scale = scale_of(arguments.get_or("PERCENT", ""));
  if (!scale.ok()) {
    return session.misused(scale.error().message);
  }
  request.scale = scale.value();
  return say_set(session, session.call<api::UpdateTaskSetResponse>("UpdateTaskSet", request),
                 "scaled");
}

Exit make_primary(Session& session, const Arguments& arguments) {
  auto request = request_on<api::UpdateServicePrimaryTaskSetRequest>(arguments);
  request.primary_task_set = arguments.get_or("SET", "");
  return say_set(session,
                 session.call<api::UpdateServicePrimaryTaskSetResponse>(
                     "UpdateServicePrimaryTaskSet", request),
                 "is the primary one");
}

Exit delete_set(Session& session, const Arguments& arguments) {
  auto request = request_on<api::DeleteTaskSetRequest>(arguments);
  request.task_set = arguments.get_or("SET", "");
  if (arguments.has("force")) {
    request.force = true;
  }
  return say_set(session, session.call<api::DeleteTaskSetResponse>("DeleteTaskSet", request),
                 "deleted");
}

const Option whose_option{
    .name = "SERVICE", .value = "", .help = "Its service", .arity = Arity::positional};
const Option set_option{
    .name = "SET", .value = "", .help = "Its id or ARN", .arity = Arity::positional};

Verb create_set_verb() {
  std::vector<Option> options{
      whose_option,
      cluster_option(),
      {.name = "definition",
       .value = "DEFINITION",
       .help = "FAMILY (its newest revision), FAMILY:REVISION or ARN"},
      {.name = "scale",
       .value = "PERCENT",
       .help = "Of the service's desired count, 0 to 100 (default 0)"},
      {.name = "external-id", .value = "TEXT", .help = "What it is called elsewhere"},
      launch_type_option()};
  for (Option& option : network_options()) {
    options.push_back(std::move(option));
  }
  return {.path = "task-set create",
          .summary = "Run a definition as a share of a service made with --external",
          .description =
              "Without --definition the family of the service's own name is used.\n\n"
              "Example: ecsctl task-set create shop --definition shop:2 --scale 25",
          .options = std::move(options),
          .run = create_set};
}

}  // namespace

Table task_set_table(const std::vector<api::TaskSet>& sets) {
  Table table({{.title = "TASK SET"},
               {.title = "STATUS"},
               {.title = "DEFINITION"},
               {.title = "SCALE", .align = Align::right},
               {.title = "DESIRED", .align = Align::right},
               {.title = "RUNNING", .align = Align::right},
               {.title = "PENDING", .align = Align::right},
               {.title = "STABILITY"}});
  for (const api::TaskSet& set : sets) {
    table.add({set.id.value_or(""), set.status.value_or(""),
               short_name(set.task_definition.value_or("")), percent_text(set),
               std::to_string(set.computed_desired_count.value_or(0)),
               std::to_string(set.running_count.value_or(0)),
               std::to_string(set.pending_count.value_or(0)),
               set.stability_status ? std::string(codec::name_of(*set.stability_status)) : "-"});
  }
  return table;
}

std::vector<Verb> task_set_verbs() {
  return {{.path = "task-set list",
           .summary = "List the task sets of a service",
           .description = "Example: ecsctl task-set list shop --cluster web",
           .options = {whose_option, cluster_option()},
           .run = list_sets},
          create_set_verb(),
          {.path = "task-set update",
           .summary = "Scale a task set",
           .description = "Example: ecsctl task-set update shop ecs-svc/1234567890123456789 100",
           .options = {whose_option,
                       set_option,
                       {.name = "PERCENT",
                        .value = "",
                        .help = "Of the service's desired count, 0 to 100",
                        .arity = Arity::positional},
                       cluster_option()},
           .run = update_set},
          {.path = "task-set primary",
           .summary = "Make a task set the primary one of its service",
           .description = "The one before it becomes ACTIVE; what runs stays as it is.\n\n"
                          "Example: ecsctl task-set primary shop ecs-svc/1234567890123456789",
           .options = {whose_option, set_option, cluster_option()},
           .run = make_primary},
          {.path = "task-set delete",
           .summary = "Delete a task set",
           .description = "One that is scaled above 0 needs --force, which stops its protected\n"
                          "tasks, too. It is DRAINING until its tasks have stopped.",
           .options = {whose_option,
                       set_option,
                       cluster_option(),
                       {.name = "force",
                        .value = "",
                        .help = "Even though it is scaled above 0, and with protected tasks",
                        .arity = Arity::flag}},
           .run = delete_set}};
}

}  // namespace cli
