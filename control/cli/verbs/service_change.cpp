#include <utility>

#include "api/services.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/network.h"
#include "control/cli/verbs/requests.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/wait.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

constexpr std::int64_t count_max = 5000;

/// What --pause-before, --pause-after and --no-pause say of hooks; absent when nothing is said.
std::optional<std::vector<api::DeploymentLifecycleHook>> hooks_of(const Arguments& arguments) {
  std::vector<api::DeploymentLifecycleHook> hooks;
  for (const auto& [option, stage] :
       {std::pair{"pause-before", api::DeploymentLifecycleHookStage::pre_scale_up},
        {"pause-after", api::DeploymentLifecycleHookStage::post_scale_up}}) {
    if (arguments.has(option)) {
      api::DeploymentLifecycleHook& hook = hooks.emplace_back();
      hook.target_type = api::DeploymentLifecycleHookTargetType::pause;
      hook.lifecycle_stages = {stage};
    }
  }
  return hooks.empty() && !arguments.has("no-pause") ? std::nullopt
                                                     : std::optional(std::move(hooks));
}

schemas::Result<std::optional<api::DeploymentConfiguration>> deployment_configuration(
    const Arguments& arguments) {
  auto hooks = hooks_of(arguments);
  if (!arguments.has("min-healthy") && !arguments.has("max-percent") && !hooks) {
    return std::optional<api::DeploymentConfiguration>();
  }
  const auto least = number_of(arguments, "min-healthy", 100, 0, 200);
  if (!least.ok()) {
    return least.error();
  }
  const auto most = number_of(arguments, "max-percent", 200, 0, 1000);
  if (!most.ok()) {
    return most.error();
  }
  api::DeploymentConfiguration configuration;
  configuration.lifecycle_hooks = std::move(hooks);
  if (arguments.has("min-healthy")) {
    configuration.minimum_healthy_percent = static_cast<std::int32_t>(least.value());
  }
  if (arguments.has("max-percent")) {
    configuration.maximum_percent = static_cast<std::int32_t>(most.value());
  }
  return std::optional<api::DeploymentConfiguration>(configuration);
}

schemas::Result<std::optional<std::int32_t>> count_of(const Arguments& arguments,
                                                      const std::string& name) {
  if (!arguments.has(name)) {
    return std::optional<std::int32_t>();
  }
  const auto count = number_of(arguments, name, 0, 0, count_max);
  if (!count.ok()) {
    return count.error();
  }
  return std::optional<std::int32_t>(static_cast<std::int32_t>(count.value()));
}

template <class Response>
Exit finish(Session& session, const Arguments& arguments, const Answer<Response>& answer,
            const std::string& done) {
  const Exit exit = session.show(answer.json, [&] {
    session.say("service " + answer.value.service->service_name.value_or("") + " " + done);
  });
  if (!arguments.has("wait")) {
    return exit;
  }
  return wait_stable(session, arguments.get_or("cluster", "default"),
                     answer.value.service->service_name.value_or(""));
}

/// What it runs, its task sets say; where a request says it nevertheless, it is refused with the
/// reason.
schemas::Result<api::CreateServiceRequest> external_request(const Arguments& arguments) {
  api::CreateServiceRequest request;
  request.cluster = arguments.get("cluster");
  request.service_name = arguments.get_or("NAME", "");
  request.task_definition = arguments.get("definition");
  request.deployment_controller = {.type = api::DeploymentControllerType::external};
  const auto count = count_of(arguments, "count");
  const auto type = launch_type(arguments);
  if (!count.ok() || !type.ok()) {
    return count.ok() ? type.error() : count.error();
  }
  request.desired_count = count.value().value_or(1);
  request.launch_type = type.value();
  return request;
}

Exit create(Session& session, const Arguments& arguments) {
  const auto request = create_service_request(session, arguments);
  if (!request.ok()) {
    return session.failed(request.error());
  }
  const auto answer = session.call<api::CreateServiceResponse>("CreateService", request.value());
  return answer.ok() ? finish(session, arguments, answer.value(), "created")
                     : session.failed(answer.error());
}

Exit update(Session& session, const Arguments& arguments) {
  const auto request = update_service_request(arguments);
  if (!request.ok()) {
    return session.failed(request.error());
  }
  const auto answer = session.call<api::UpdateServiceResponse>("UpdateService", request.value());
  return answer.ok() ? finish(session, arguments, answer.value(), "updated")
                     : session.failed(answer.error());
}

Exit scale(Session& session, const Arguments& arguments) {
  api::UpdateServiceRequest request;
  request.cluster = arguments.get("cluster");
  request.service = arguments.get_or("SERVICE", "");
  const auto count = count_of(arguments, "COUNT");
  if (!count.ok()) {
    return session.misused(count.error().message);
  }
  request.desired_count = count.value();
  const auto answer = session.call<api::UpdateServiceResponse>("UpdateService", request);
  return answer.ok() ? finish(session, arguments, answer.value(),
                              "is to run " + std::to_string(count.value().value_or(0)))
                     : session.failed(answer.error());
}

Exit remove(Session& session, const Arguments& arguments) {
  api::DeleteServiceRequest request;
  request.cluster = arguments.get("cluster");
  request.service = arguments.get_or("SERVICE", "");
  if (arguments.has("force")) {
    request.force = true;
  }
  const auto answer = session.call<api::DeleteServiceResponse>("DeleteService", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  const Exit exit = session.show(answer.value().json, [&] {
    session.say("service " + answer.value().value.service->service_name.value_or("") + " is " +
                answer.value().value.service->status.value_or(""));
  });
  if (!arguments.has("wait")) {
    return exit;
  }
  return wait_inactive(session, arguments.get_or("cluster", "default"), request.service);
}

const Option service_word{
    .name = "SERVICE", .value = "", .help = "Its name or ARN", .arity = Arity::positional};
const Option definition_option{.name = "definition",
                               .value = "DEFINITION",
                               .help = "FAMILY (its newest revision), FAMILY:REVISION or ARN"};
const Option min_healthy_option{
    .name = "min-healthy",
    .value = "PERCENT",
    .help = "Never fewer healthy tasks than this (default 100, of a daemon 0)"};
const Option max_percent_option{
    .name = "max-percent",
    .value = "PERCENT",
    .help = "Never more tasks than this while rolling (default 200, of a daemon 100)"};
const Option pause_before_option{.name = "pause-before",
                                 .value = "",
                                 .help = "A deployment waits for \"continue\" before it starts",
                                 .arity = Arity::flag};
const Option pause_after_option{
    .name = "pause-after",
    .value = "",
    .help = "A deployment waits for \"continue\" before the last old task stops",
    .arity = Arity::flag};

}  // namespace

schemas::Result<api::CreateServiceRequest> create_service_request(Session& session,
                                                                  const Arguments& arguments) {
  if (arguments.has("external")) {
    return external_request(arguments);
  }
  api::CreateServiceRequest request;
  request.cluster = arguments.get("cluster");
  request.service_name = arguments.get_or("NAME", "");
  const std::string definition = arguments.get_or("definition", request.service_name);
  auto count = count_of(arguments, "count");
  auto type = launch_type(arguments);
  auto configuration = deployment_configuration(arguments);
  auto network = network_configuration(session, arguments, definition);
  for (const schemas::Error* error :
       {count.ok() ? nullptr : &count.error(), type.ok() ? nullptr : &type.error(),
        configuration.ok() ? nullptr : &configuration.error(),
        network.ok() ? nullptr : &network.error()}) {
    if (error != nullptr) {
      return *error;
    }
  }
  if (arguments.has("daemon")) {
    request.scheduling_strategy = api::SchedulingStrategy::daemon;
    request.desired_count = count.value();  // refused, with the reason
  } else {
    request.desired_count = count.value().value_or(1);
  }
  request.task_definition = definition;
  request.launch_type = type.value();
  request.deployment_configuration = configuration.value();
  request.network_configuration = network.value();
  return request;
}

std::vector<Option> create_service_options() {
  std::vector<Option> options{
      {.name = "NAME", .value = "", .help = "The service's name", .arity = Arity::positional},
      cluster_option(),
      definition_option,
      {.name = "count", .value = "N", .help = "How many tasks to keep running (default 1)"},
      {.name = "daemon",
       .value = "",
       .help = "One task on each host that it may run on, in place of --count",
       .arity = Arity::flag},
      {.name = "external",
       .value = "",
       .help = "Nothing runs but its task sets: see ecsctl task-set create",
       .arity = Arity::flag},
      launch_type_option(),
      min_healthy_option,
      max_percent_option,
      pause_before_option,
      pause_after_option,
      wait_option()};
  for (Option& option : network_options()) {
    options.push_back(std::move(option));
  }
  return options;
}

schemas::Result<api::UpdateServiceRequest> update_service_request(const Arguments& arguments) {
  api::UpdateServiceRequest request;
  request.cluster = arguments.get("cluster");
  request.service = arguments.get_or("SERVICE", "");
  request.task_definition = arguments.get("definition");
  auto count = count_of(arguments, "count");
  auto configuration = deployment_configuration(arguments);
  if (!count.ok() || !configuration.ok()) {
    return count.ok() ? configuration.error() : count.error();
  }
  request.desired_count = count.value();
  request.deployment_configuration = configuration.value();
  if (arguments.has("force")) {
    request.force_new_deployment = true;
  }
  return request;
}

std::vector<Option> update_service_options() {
  return {service_word,
          cluster_option(),
          definition_option,
          {.name = "count", .value = "N", .help = "How many tasks to keep running"},
          min_healthy_option,
          max_percent_option,
          pause_before_option,
          pause_after_option,
          {.name = "no-pause",
           .value = "",
           .help = "Later deployments wait for nobody",
           .arity = Arity::flag},
          {.name = "force",
           .value = "",
           .help = "Replace all tasks even when nothing changed",
           .arity = Arity::flag},
          wait_option()};
}

std::vector<Verb> service_change_verbs() {
  return {{.path = "service create",
           .summary = "Create a service that keeps tasks running",
           .description = "Without --definition the family of the service's own name is used.\n\n"
                          "Example: ecsctl service create web --definition web:1 --count 2 --wait\n"
                          "         ecsctl service create logs --definition logs --daemon\n"
                          "         ecsctl service create shop --count 4 --external",
           .options = create_service_options(),
           .run = create},
          {.path = "service update",
           .summary = "Change a service; a new definition rolls out",
           .description = "Old tasks go as new ones become healthy, within --min-healthy and\n"
                          "--max-percent.\n\n"
                          "Example: ecsctl service update web --definition web:2 --wait",
           .options = update_service_options(),
           .run = update},
          {.path = "service scale",
           .summary = "Change how many tasks a service keeps running",
           .description = "Example: ecsctl service scale web 5 --wait",
           .options = {service_word,
                       {.name = "COUNT",
                        .value = "",
                        .help = "How many, 0 to 5000",
                        .arity = Arity::positional},
                       cluster_option(),
                       wait_option()},
           .run = scale},
          {.path = "service delete",
           .summary = "Delete a service",
           .description = "A service that still wants tasks needs --force; its tasks are stopped.\n"
                          "It stays describable as INACTIVE.",
           .options = {service_word,
                       cluster_option(),
                       {.name = "force",
                        .value = "",
                        .help = "Even though it still wants tasks",
                        .arity = Arity::flag},
                       wait_option()},
           .run = remove}};
}

}  // namespace cli
