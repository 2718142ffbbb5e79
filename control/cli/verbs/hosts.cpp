#include "api/container_instances.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

schemas::Result<std::vector<std::string>> instance_arns(Session& session,
                                                        const Arguments& arguments) {
  std::vector<std::string> arns;
  api::ListContainerInstancesRequest request;
  request.cluster = arguments.get("cluster");
  request.filter = arguments.get("filter");
  do {
    auto page =
        session.call<api::ListContainerInstancesResponse>("ListContainerInstances", request);
    if (!page.ok()) {
      return page.error();
    }
    for (const std::string& arn :
         page.value().value.container_instance_arns.value_or(std::vector<std::string>{})) {
      arns.push_back(arn);
    }
    request.next_token = page.value().value.next_token;
  } while (request.next_token);
  return arns;
}

std::string resource(const std::optional<std::vector<api::Resource>>& resources,
                     const std::string& name) {
  for (const api::Resource& entry : resources.value_or(std::vector<api::Resource>{})) {
    if (entry.name == name) {
      return std::to_string(entry.integer_value.value_or(0));
    }
  }
  return "-";
}

std::string attribute(const api::ContainerInstance& host, const std::string& name) {
  for (const api::Attribute& entry : host.attributes.value_or(std::vector<api::Attribute>{})) {
    if (entry.name == name) {
      return entry.value.value_or("");
    }
  }
  return "-";
}

Exit hosts(Session& session, const Arguments& arguments) {
  const auto arns = instance_arns(session, arguments);
  if (!arns.ok()) {
    return session.failed(arns.error());
  }
  if (arns.value().empty()) {
    return session.show(R"({"containerInstances":[],"failures":[]})", [&] {
      if (arguments.get("filter")) {
        session.say("no host that the filter holds for");
        return;
      }
      session.say("no hosts: start ecs-agent --cluster " + arguments.get_or("cluster", "default") +
                  " on a machine");
    });
  }
  Table table({{.title = "HOST"},
               {.title = "ZONE"},
               {.title = "STATUS"},
               {.title = "CONNECTED"},
               {.title = "TASKS", .align = Align::right},
               {.title = "CPU FREE", .align = Align::right},
               {.title = "OF", .align = Align::right},
               {.title = "MIB FREE", .align = Align::right},
               {.title = "OF", .align = Align::right}});
  for (const std::vector<std::string>& batch : batches(arns.value(), 100)) {
    api::DescribeContainerInstancesRequest request;
    request.cluster = arguments.get("cluster");
    request.container_instances = batch;
    const auto answer = session.call<api::DescribeContainerInstancesResponse>(
        "DescribeContainerInstances", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    for (const api::ContainerInstance& host :
         answer.value().value.container_instances.value_or(std::vector<api::ContainerInstance>{})) {
      table.add({short_name(host.container_instance_arn.value_or("")),
                 attribute(host, "ecs.availability-zone"), host.status.value_or(""),
                 host.agent_connected.value_or(false) ? "yes" : "no",
                 std::to_string(host.running_tasks_count.value_or(0) +
                                host.pending_tasks_count.value_or(0)),
                 resource(host.remaining_resources, "CPU"),
                 resource(host.registered_resources, "CPU"),
                 resource(host.remaining_resources, "MEMORY"),
                 resource(host.registered_resources, "MEMORY")});
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

}  // namespace

std::vector<Verb> hosts_verbs() {
  return {{.path = "hosts",
           .summary = "List a cluster's hosts with what is free on them",
           .description = "CPU in units of 1/1024 of a core, memory in MiB. The hosts of the\n"
                          "shared pool belong to the operator and are not listed.\n\n"
                          "Example: ecsctl hosts --filter 'attribute:stack == prod'",
           .options = {cluster_option(),
                       {.name = "filter",
                        .value = "EXPRESSION",
                        .help = "Only those that it holds for (cluster query language)"}},
           .run = hosts}};
}

}  // namespace cli
