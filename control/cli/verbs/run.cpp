#include "api/tasks.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/network.h"
#include "control/cli/verbs/requests.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/wait.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// --container, --command and --env as an override; nothing when none was given.
schemas::Result<std::optional<api::TaskOverride>> override_of(const Arguments& arguments) {
  if (!arguments.has("command") && !arguments.has("env")) {
    return std::optional<api::TaskOverride>();
  }
  const std::optional<std::string> container = arguments.get("container");
  if (!container) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "--command and --env change one container: say which with --container"};
  }
  api::ContainerOverride changed;
  changed.name = *container;
  if (arguments.has("command")) {
    changed.command = arguments.all("command");
  }
  const auto environment = name_values(arguments, "env");
  if (!environment.ok()) {
    return environment.error();
  }
  if (!environment.value().empty()) {
    changed.environment.emplace();
    for (const NameValue& pair : environment.value()) {
      api::KeyValuePair entry;
      entry.name = pair.name;
      entry.value = pair.value;
      changed.environment->push_back(entry);
    }
  }
  api::TaskOverride override_made;
  override_made.container_overrides = {changed};
  return std::optional<api::TaskOverride>(override_made);
}

/// The same on hosts that the caller names.
api::StartTaskRequest on_hosts(const api::RunTaskRequest& run, std::vector<std::string> hosts) {
  api::StartTaskRequest request;
  request.cluster = run.cluster;
  request.task_definition = run.task_definition;
  request.group = run.group;
  request.started_by = run.started_by;
  request.overrides = run.overrides;
  request.network_configuration = run.network_configuration;
  request.container_instances = std::move(hosts);
  return request;
}

schemas::Result<Answer<api::RunTaskResponse>> start_them(Session& session,
                                                         const Arguments& arguments,
                                                         const api::RunTaskRequest& request) {
  return arguments.has("host") ? session.call<api::RunTaskResponse>(
                                     "StartTask", on_hosts(request, arguments.all("host")))
                               : session.call<api::RunTaskResponse>("RunTask", request);
}

Exit run_task(Session& session, const Arguments& arguments) {
  if (arguments.has("host") && (arguments.has("count") || arguments.has("launch-type"))) {
    return session.misused(
        "--host says where: one task on each, without --count and --launch-type");
  }
  const auto request = run_request(session, arguments);
  if (!request.ok()) {
    return session.failed(request.error());
  }
  const auto answer = start_them(session, arguments, request.value());
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  const api::RunTaskResponse& response = answer.value().value;
  std::vector<std::string> started;
  for (const api::Task& task : response.tasks.value_or(std::vector<api::Task>{})) {
    started.push_back(task.task_arn.value_or(""));
  }
  Exit exit = session.show(answer.value().json, [&] {
    for (const std::string& arn : started) {
      session.say(short_name(arn));
    }
  });
  for (const api::Failure& failure : response.failures.value_or(std::vector<api::Failure>{})) {
    session.progress("ecsctl: not placed: " + failure.reason.value_or("") + " " +
                     failure.detail.value_or("") + " " + failure.arn.value_or(""));
    exit = Exit::failed;
  }
  if (arguments.has("wait") && !started.empty()) {
    const Exit waited = wait_running(session, arguments.get_or("cluster", "default"), started);
    exit = waited == Exit::done ? exit : waited;
  }
  return exit;
}

}  // namespace

schemas::Result<api::RunTaskRequest> run_request(Session& session, const Arguments& arguments) {
  api::RunTaskRequest request;
  request.task_definition = arguments.get_or("DEFINITION", "");
  request.cluster = arguments.get("cluster");
  request.group = arguments.get("group");
  request.started_by = arguments.get("started-by");
  const auto count = number_of(arguments, "count", 1, 1, 10);
  if (!count.ok()) {
    return count.error();
  }
  request.count = static_cast<std::int32_t>(count.value());
  auto type = launch_type(arguments);
  if (!type.ok()) {
    return type.error();
  }
  request.launch_type = type.value();
  auto overrides = override_of(arguments);
  if (!overrides.ok()) {
    return overrides.error();
  }
  request.overrides = std::move(overrides).value();
  auto network = network_configuration(session, arguments, request.task_definition);
  if (!network.ok()) {
    return network.error();
  }
  request.network_configuration = std::move(network).value();
  return request;
}

std::vector<Option> run_options() {
  std::vector<Option> options{
      {.name = "DEFINITION",
       .value = "",
       .help = "FAMILY, FAMILY:REVISION or ARN",
       .arity = Arity::positional},
      cluster_option(),
      {.name = "count", .value = "N", .help = "How many, 1 to 10 (default 1)"},
      launch_type_option(),
      {.name = "host",
       .value = "HOST",
       .help = "Run it on this host of the cluster, by id or ARN; repeatable",
       .arity = Arity::many},
      {.name = "container",
       .value = "NAME",
       .help = "The container that --command and --env change"},
      {.name = "command",
       .value = "WORD",
       .help = "One word of the container's command; repeatable",
       .arity = Arity::many},
      {.name = "env",
       .value = "NAME=VALUE",
       .help = "A variable for the container; repeatable",
       .arity = Arity::many},
      {.name = "group", .value = "NAME", .help = "The task group (default family:FAMILY)"},
      {.name = "started-by", .value = "TEXT", .help = "Who or what started it, up to 128 letters"},
      wait_option()};
  for (Option& option : network_options()) {
    options.push_back(std::move(option));
  }
  return options;
}

std::vector<Verb> run_verbs() {
  return {{.path = "run",
           .summary = "Run tasks of a definition",
           .description =
               "Prints the id of each task. What could not be placed is reported with its reason,\n"
               "and the exit status is 1.\n\n"
               "Examples: ecsctl run migrate --wait\n"
               "          ecsctl run web --launch-type fargate --public-ip --wait",
           .options = run_options(),
           .run = run_task}};
}

}  // namespace cli
