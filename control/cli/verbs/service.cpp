#include "api/services.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/task_set.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

schemas::Result<std::vector<std::string>> service_arns(Session& session,
                                                       const Arguments& arguments) {
  std::vector<std::string> arns;
  api::ListServicesRequest request;
  request.cluster = arguments.get("cluster");
  request.max_results = 100;
  do {
    auto page = session.call<api::ListServicesResponse>("ListServices", request);
    if (!page.ok()) {
      return page.error();
    }
    for (const std::string& arn :
         page.value().value.service_arns.value_or(std::vector<std::string>{})) {
      arns.push_back(arn);
    }
    request.next_token = page.value().value.next_token;
  } while (request.next_token);
  return arns;
}

std::string rollout(const api::Service& service) {
  const auto deployments = service.deployments.value_or(std::vector<api::Deployment>{});
  if (deployments.empty() || !deployments.front().rollout_state) {
    return "-";
  }
  return std::string(codec::name_of(*deployments.front().rollout_state));
}

Exit list(Session& session, const Arguments& arguments) {
  const auto arns = service_arns(session, arguments);
  if (!arns.ok()) {
    return session.failed(arns.error());
  }
  if (arns.value().empty()) {
    return session.show(R"({"services":[],"failures":[]})", [&] { session.say("no services"); });
  }
  Table table({{.title = "SERVICE"},
               {.title = "STATUS"},
               {.title = "TYPE"},
               {.title = "DEFINITION"},
               {.title = "DESIRED", .align = Align::right},
               {.title = "RUNNING", .align = Align::right},
               {.title = "PENDING", .align = Align::right},
               {.title = "ROLLOUT"}});
  for (const std::vector<std::string>& batch : batches(arns.value(), 10)) {
    api::DescribeServicesRequest request;
    request.cluster = arguments.get("cluster");
    request.services = batch;
    const auto answer = session.call<api::DescribeServicesResponse>("DescribeServices", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    for (const api::Service& service :
         answer.value().value.services.value_or(std::vector<api::Service>{})) {
      table.add({service.service_name.value_or(""), service.status.value_or(""),
                 service.launch_type ? std::string(codec::name_of(*service.launch_type)) : "-",
                 short_name(service.task_definition.value_or("")),
                 std::to_string(service.desired_count.value_or(0)),
                 std::to_string(service.running_count.value_or(0)),
                 std::to_string(service.pending_count.value_or(0)), rollout(service)});
    }
    if (session.format() != Format::table) {
      session.show(answer.value().json, [] {});
    }
  }
  if (session.format() == Format::table) {
    session.print(table);
  }
  return Exit::done;
}

Exit show(Session& session, const Arguments& arguments) {
  api::DescribeServicesRequest request;
  request.cluster = arguments.get("cluster");
  request.services = {arguments.get_or("SERVICE", "")};
  const auto answer = session.call<api::DescribeServicesResponse>("DescribeServices", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  const auto& services = answer.value().value.services;
  if (!services || services->empty()) {
    return session.failed({schemas::ErrorCode::service_not_found,
                           "there is no service \"" + request.services.front() +
                               "\" in cluster \"" + request.cluster.value_or("default") + "\""});
  }
  return session.show(answer.value().json, [&] {
    const api::Service& service = services->front();
    session.say(service.service_name.value_or("") + " is " + service.status.value_or("") + ": " +
                std::to_string(service.running_count.value_or(0)) + " of " +
                std::to_string(service.desired_count.value_or(0)) + " running\n");
    Table deployments({{.title = "DEPLOYMENT"},
                       {.title = "STATUS"},
                       {.title = "DEFINITION"},
                       {.title = "DESIRED", .align = Align::right},
                       {.title = "RUNNING", .align = Align::right},
                       {.title = "FAILED", .align = Align::right},
                       {.title = "ROLLOUT"}});
    for (const api::Deployment& deployment :
         service.deployments.value_or(std::vector<api::Deployment>{})) {
      deployments.add({deployment.id.value_or(""), deployment.status.value_or(""),
                       short_name(deployment.task_definition.value_or("")),
                       std::to_string(deployment.desired_count.value_or(0)),
                       std::to_string(deployment.running_count.value_or(0)),
                       std::to_string(deployment.failed_tasks.value_or(0)),
                       deployment.rollout_state
                           ? std::string(codec::name_of(*deployment.rollout_state))
                           : "-"});
    }
    if (!service.task_sets.value_or(std::vector<api::TaskSet>{}).empty()) {
      session.print(task_set_table(*service.task_sets));
    } else {
      session.print(deployments);
    }
    session.say("");
    for (const api::ServiceEvent& event :
         service.events.value_or(std::vector<api::ServiceEvent>{})) {
      session.say(instant_text(event.created_at) + "  " + event.message.value_or(""));
    }
  });
}

}  // namespace

std::vector<Verb> service_verbs() {
  return {
      {.path = "service list",
       .summary = "List services",
       .description = "Example: ecsctl service list --cluster web",
       .options = {cluster_option()},
       .run = list},
      {.path = "service show",
       .summary = "Show a service with its deployments or task sets, and events",
       .description = "Its events say what happened and why, the newest first.\n\n"
                      "Example: ecsctl service show shop --cluster web",
       .options =
           {{.name = "SERVICE", .value = "", .help = "Its name or ARN", .arity = Arity::positional},
            cluster_option()},
       .run = show}};
}

}  // namespace cli
