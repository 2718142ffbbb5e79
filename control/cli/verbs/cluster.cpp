#include "api/clusters.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit create(Session& session, const Arguments& arguments) {
  api::CreateClusterRequest request;
  request.cluster_name = arguments.get("NAME");
  const auto answer = session.call<api::CreateClusterResponse>("CreateCluster", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say("cluster " + answer.value().value.cluster->cluster_name.value_or("") + " is " +
                answer.value().value.cluster->status.value_or(""));
  });
}

schemas::Result<std::vector<std::string>> all_clusters(Session& session) {
  std::vector<std::string> arns;
  api::ListClustersRequest request;
  do {
    auto page = session.call<api::ListClustersResponse>("ListClusters", request);
    if (!page.ok()) {
      return page.error();
    }
    for (const std::string& arn :
         page.value().value.cluster_arns.value_or(std::vector<std::string>{})) {
      arns.push_back(arn);
    }
    request.next_token = page.value().value.next_token;
  } while (request.next_token);
  return arns;
}

Exit list(Session& session, const Arguments&) {
  const auto arns = all_clusters(session);
  if (!arns.ok()) {
    return session.failed(arns.error());
  }
  if (arns.value().empty()) {
    return session.show(R"({"clusters":[]})",
                        [&] { session.say("no clusters yet: ecsctl cluster create NAME"); });
  }
  Exit exit = Exit::done;
  for (const std::vector<std::string>& batch : batches(arns.value(), 100)) {
    api::DescribeClustersRequest request;
    request.clusters = batch;
    const auto answer = session.call<api::DescribeClustersResponse>("DescribeClusters", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    exit = session.show(answer.value().json, [&] {
      Table table({{.title = "CLUSTER"},
                   {.title = "STATUS"},
                   {.title = "HOSTS", .align = Align::right},
                   {.title = "SERVICES", .align = Align::right},
                   {.title = "RUNNING", .align = Align::right},
                   {.title = "PENDING", .align = Align::right}});
      for (const api::Cluster& cluster :
           answer.value().value.clusters.value_or(std::vector<api::Cluster>{})) {
        table.add({cluster.cluster_name.value_or(""), cluster.status.value_or(""),
                   std::to_string(cluster.registered_container_instances_count.value_or(0)),
                   std::to_string(cluster.active_services_count.value_or(0)),
                   std::to_string(cluster.running_tasks_count.value_or(0)),
                   std::to_string(cluster.pending_tasks_count.value_or(0))});
      }
      session.print(table);
    });
  }
  return exit;
}

Exit update(Session& session, const Arguments& arguments) {
  api::UpdateClusterSettingsRequest request;
  request.cluster = arguments.get_or("NAME", "");
  request.settings.push_back({.name = api::ClusterSettingName::container_insights,
                              .value = arguments.get_or("container-insights", "")});
  const auto answer =
      session.call<api::UpdateClusterSettingsResponse>("UpdateClusterSettings", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say("cluster " + answer.value().value.cluster->cluster_name.value_or("") +
                " has containerInsights " + *request.settings.front().value);
  });
}

Exit remove(Session& session, const Arguments& arguments) {
  api::DeleteClusterRequest request;
  request.cluster = arguments.get_or("NAME", "");
  const auto answer = session.call<api::DeleteClusterResponse>("DeleteCluster", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say("cluster " + answer.value().value.cluster->cluster_name.value_or("") + " is " +
                answer.value().value.cluster->status.value_or(""));
  });
}

}  // namespace

std::vector<Verb> cluster_verbs() {
  const Option name{
      .name = "NAME", .value = "", .help = "The cluster's name", .arity = Arity::positional};
  return {
      {.path = "cluster create",
       .summary = "Create a cluster",
       .description = "A cluster is a name under which hosts, services and tasks stand together.\n"
                      "Creating one that is there already changes nothing.\n\n"
                      "Example: ecsctl cluster create web",
       .options = {name},
       .run = create},
      {.path = "cluster list",
       .summary = "List clusters with what runs in them",
       .description = "Example: ecsctl cluster list --output json",
       .options = {},
       .run = list},
      {.path = "cluster update",
       .summary = "Change what /metrics tells of a cluster",
       .description = "disabled: nothing of its own; enabled: its tasks, services and hosts;\n"
                      "enhanced: the tasks of each service as well.\n\n"
                      "Example: ecsctl cluster update web --container-insights enabled",
       .options = {name,
                   {.name = "container-insights",
                    .value = "VALUE",
                    .help = "disabled, enabled or enhanced"}},
       .run = update},
      {.path = "cluster delete",
       .summary = "Delete an empty cluster",
       .description = "A cluster that still has hosts, services or tasks is refused, and the\n"
                      "message says which.",
       .options = {name},
       .run = remove},
  };
}

}  // namespace cli
