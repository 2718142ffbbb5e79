#include "api/services.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

std::string state(const std::optional<api::ServiceDeploymentStatus>& status) {
  return status ? std::string(codec::name_of(*status)) : "-";
}

std::string took(const api::ServiceDeploymentBrief& brief) {
  if (!brief.finished_at || !brief.created_at) {
    return "-";
  }
  constexpr std::int64_t second = 1'000;
  return std::to_string((*brief.finished_at - *brief.created_at).count() / second) + " s";
}

Exit list(Session& session, const Arguments& arguments) {
  api::ListServiceDeploymentsRequest request;
  request.cluster = arguments.get("cluster");
  request.service = arguments.get_or("SERVICE", "");
  request.max_results = 100;  // more are not kept
  const auto answer =
      session.call<api::ListServiceDeploymentsResponse>("ListServiceDeployments", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    Table table({{.title = "DEPLOYMENT"},
                 {.title = "STATUS"},
                 {.title = "BEGAN"},
                 {.title = "TOOK", .align = Align::right},
                 {.title = "WHY"}});
    for (const api::ServiceDeploymentBrief& brief :
         answer.value().value.service_deployments.value_or(
             std::vector<api::ServiceDeploymentBrief>{})) {
      table.add({short_name(brief.service_deployment_arn.value_or("")), state(brief.status),
                 instant_text(brief.created_at), took(brief), brief.status_reason.value_or("")});
    }
    session.print(table);
  });
}

}  // namespace

std::vector<Verb> deployments_verbs() {
  return {
      {.path = "deployments",
       .summary = "List the deployments of a service, with how each went and why",
       .description = "The newest first; the last 50 are kept.\n\n"
                      "Example: ecsctl deployments shop --cluster web",
       .options =
           {{.name = "SERVICE", .value = "", .help = "Its name or ARN", .arity = Arity::positional},
            cluster_option()},
       .run = list}};
}

}  // namespace cli
