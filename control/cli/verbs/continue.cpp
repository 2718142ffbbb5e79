#include "api/services.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// The deployment that moves the service, or moved it last.
schemas::Result<std::string> current_deployment(Session& session, const Arguments& arguments) {
  api::DescribeServicesRequest request;
  request.cluster = arguments.get("cluster");
  request.services = {arguments.get_or("SERVICE", "")};
  const auto answer = session.call<api::DescribeServicesResponse>("DescribeServices", request);
  if (!answer.ok()) {
    return answer.error();
  }
  const auto services = answer.value().value.services.value_or(std::vector<api::Service>{});
  if (services.empty()) {
    return schemas::Error{schemas::ErrorCode::service_not_found,
                          "there is no service " + request.services.front() + " in this cluster"};
  }
  return services.front().current_service_deployment.value_or("");
}

/// Its hooks that wait for an action.
schemas::Result<std::vector<std::string>> waiting_hooks(Session& session, const std::string& arn) {
  api::DescribeServiceDeploymentsRequest request;
  request.service_deployment_arns = {arn};
  const auto answer =
      session.call<api::DescribeServiceDeploymentsResponse>("DescribeServiceDeployments", request);
  if (!answer.ok()) {
    return answer.error();
  }
  std::vector<std::string> ids;
  for (const api::ServiceDeployment& each :
       answer.value().value.service_deployments.value_or(std::vector<api::ServiceDeployment>{})) {
    for (const api::DeploymentLifecycleHookDetail& hook :
         each.lifecycle_hook_details.value_or(std::vector<api::DeploymentLifecycleHookDetail>{})) {
      if (hook.status == api::DeploymentLifecycleHookStatus::awaiting_action) {
        ids.push_back(hook.hook_id.value_or(""));
      }
    }
  }
  return ids;
}

Exit proceed(Session& session, const Arguments& arguments) {
  const auto arn = current_deployment(session, arguments);
  if (!arn.ok()) {
    return session.failed(arn.error());
  }
  const auto hooks = waiting_hooks(session, arn.value());
  if (!hooks.ok()) {
    return session.failed(hooks.error());
  }
  if (hooks.value().empty()) {
    return session.failed(
        {schemas::ErrorCode::invalid_parameter,
         "deployment " + short_name(arn.value()) +
             " waits for nobody; \"ecsctl deployments SERVICE\" shows how it is"});
  }
  const bool back = arguments.has("back");
  for (const std::string& hook : hooks.value()) {
    api::ContinueServiceDeploymentRequest request;
    request.service_deployment_arn = arn.value();
    request.hook_id = hook;
    request.action = back ? api::DeploymentLifecycleHookAction::rollback
                          : api::DeploymentLifecycleHookAction::continue_;
    const auto answer =
        session.call<api::ContinueServiceDeploymentResponse>("ContinueServiceDeployment", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    session.show(answer.value().json, [&] {
      session.say("deployment " + short_name(arn.value()) +
                  (back ? " goes back to what was completed last" : " goes on"));
    });
    if (back) {
      break;  // one word ends it for all of them
    }
  }
  return Exit::done;
}

}  // namespace

std::vector<Verb> continue_verbs() {
  return {
      {.path = "continue",
       .summary = "Let a deployment go on that waits for you, or take it back",
       .description =
           "A service made or updated with --pause-before or --pause-after has deployments that\n"
           "wait: before their first task starts, or when all of theirs are healthy and before\n"
           "the last old one stops. After a day without an answer they go back.\n\n"
           "Example: ecsctl service update web --definition web:2 --pause-after\n"
           "         ecsctl continue web",
       .options =
           {{.name = "SERVICE", .value = "", .help = "Its name or ARN", .arity = Arity::positional},
            cluster_option(),
            {.name = "back",
             .value = "",
             .help = "The service goes back to what was completed last",
             .arity = Arity::flag}},
       .run = proceed}};
}

}  // namespace cli
