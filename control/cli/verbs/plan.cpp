#include "api/plan.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "control/cli/command/session.h"
#include "control/cli/verbs/plan_table.h"
#include "control/cli/verbs/requests.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

void print_plan(Session& session, const api::PlanResponse& plan) {
  session.say(plan.summary);
  for (const std::string& line : plan_lines(plan)) {
    session.say(line);
  }
  if (const Table steps = plan_steps_table(plan); !steps.empty()) {
    session.say("");
    session.print(steps);
  }
  for (const api::PlanStep& step : plan.steps) {
    for (const std::string& event : step.events) {
      session.say("after " + std::to_string(step.after_seconds) + "s: " + event);
    }
  }
  if (const Table hosts = plan_hosts_table(plan); !hosts.empty()) {
    session.say("");
    session.print(hosts);
  }
}

Exit plan(Session& session, const api::PlanRequest& request) {
  const auto answer = session.rest<api::PlanResponse>("POST", "/v1/plan", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  const api::PlanResponse& planned = answer.value().value;
  const Exit exit = session.show(answer.value().json, [&] { print_plan(session, planned); });
  const bool whole = planned.complete && planned.unplaced.empty();
  return exit == Exit::done && !whole ? Exit::unplaced : exit;
}

/// The plan of what `request` asks for, if that could be read.
template <class Request>
Exit plan_of(Session& session, const schemas::Result<Request>& request,
             std::optional<Request> api::PlanRequest::*member) {
  if (!request.ok()) {
    return session.failed(request.error());
  }
  api::PlanRequest asked;
  asked.*member = request.value();
  return plan(session, asked);
}

Exit plan_run(Session& session, const Arguments& arguments) {
  return plan_of(session, run_request(session, arguments), &api::PlanRequest::run_task);
}

Exit plan_create(Session& session, const Arguments& arguments) {
  return plan_of(session, create_service_request(session, arguments),
                 &api::PlanRequest::create_service);
}

Exit plan_update(Session& session, const Arguments& arguments) {
  return plan_of(session, update_service_request(arguments), &api::PlanRequest::update_service);
}

Exit plan_host(Session& session, const Arguments& arguments) {
  api::PlanRequest asked;
  asked.lose_host = api::HostLoss{.cluster = arguments.get("cluster"),
                                  .container_instance = arguments.get_or("HOST", "")};
  return plan(session, asked);
}

Exit plan_zone(Session& session, const Arguments& arguments) {
  api::PlanRequest asked;
  asked.lose_zone = api::ZoneLoss{.cluster = arguments.get("cluster"),
                                  .availability_zone = arguments.get_or("ZONE", "")};
  return plan(session, asked);
}

/// A plan waits for nothing, and names no hosts of its own.
std::vector<Option> plannable(std::vector<Option> options) {
  constexpr std::array<std::string_view, 2> others{"wait", "host"};
  std::erase_if(options, [&](const Option& option) {
    return std::find(others.begin(), others.end(), option.name) != others.end();
  });
  return options;
}

std::string description(const std::string& what, const std::string& example) {
  return what +
         "\n\nHosts that can be reached are taken to do at once what they are told, and what they\n"
         "start to be healthy. Nothing is done. The exit status is 0 when everything finds room, "
         "3\n"
         "when something does not or the plan is not complete, 1 when the call would be "
         "refused.\n\n"
         "Example: ecsctl plan " +
         example;
}

}  // namespace

std::vector<Verb> plan_verbs() {
  return {
      {.path = "plan run",
       .summary = "Say where \"run\" would start tasks, without starting them",
       .description = description("Takes what \"run\" takes.", "run web --count 3"),
       .options = plannable(run_options()),
       .run = plan_run},
      {.path = "plan create-service",
       .summary = "Say what \"service create\" would do",
       .description = description("Takes what \"service create\" takes.",
                                  "create-service web --definition web:1 --count 2"),
       .options = plannable(create_service_options()),
       .run = plan_create},
      {.path = "plan update-service",
       .summary = "Say what \"service update\" would do, step by step",
       .description = description("Takes what \"service update\" takes.",
                                  "update-service web --definition web:2"),
       .options = plannable(update_service_options()),
       .run = plan_update},
      {.path = "plan lose-host",
       .summary = "Say what the loss of a host would do",
       .description = description("The host falls silent now and is never heard of again.",
                                  "lose-host 0123456789abcdef0123456789abcdef"),
       .options =
           {{.name = "HOST", .value = "", .help = "Its id or ARN", .arity = Arity::positional},
            cluster_option()},
       .run = plan_host},
      {.path = "plan lose-zone",
       .summary = "Say what the loss of an availability zone would do to a cluster",
       .description =
           description("All hosts of the zone fall silent now, those of the shared pool too.",
                       "lose-zone us-east-1a"),
       .options = {{.name = "ZONE", .value = "", .help = "Its name", .arity = Arity::positional},
                   cluster_option()},
       .run = plan_zone}};
}

}  // namespace cli
