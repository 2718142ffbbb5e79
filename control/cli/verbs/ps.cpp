#include "api/tasks.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

schemas::Result<std::vector<std::string>> task_arns(Session& session, const Arguments& arguments,
                                                    api::DesiredStatus desired) {
  std::vector<std::string> arns;
  api::ListTasksRequest request;
  request.cluster = arguments.get("cluster");
  request.service_name = arguments.get("service");
  request.family = arguments.get("family");
  request.desired_status = desired;
  do {
    auto page = session.call<api::ListTasksResponse>("ListTasks", request);
    if (!page.ok()) {
      return page.error();
    }
    for (const std::string& arn :
         page.value().value.task_arns.value_or(std::vector<std::string>{})) {
      arns.push_back(arn);
    }
    request.next_token = page.value().value.next_token;
  } while (request.next_token);
  return arns;
}

/// The interface's address, or the ports published on the host.
std::string address_of(const api::Task& task) {
  std::string text;
  for (const api::Attachment& attachment :
       task.attachments.value_or(std::vector<api::Attachment>{})) {
    for (const api::KeyValuePair& detail :
         attachment.details.value_or(std::vector<api::KeyValuePair>{})) {
      if (detail.name == "privateIPv4Address" || detail.name == "publicIPv4Address") {
        text += (text.empty() ? "" : " ") + detail.value.value_or("");
      }
    }
  }
  for (const api::Container& container : task.containers.value_or(std::vector<api::Container>{})) {
    for (const api::NetworkBinding& binding :
         container.network_bindings.value_or(std::vector<api::NetworkBinding>{})) {
      text += (text.empty() ? ":" : " :") + std::to_string(binding.host_port.value_or(0));
    }
  }
  return text.empty() ? "-" : text;
}

Exit ps(Session& session, const Arguments& arguments) {
  std::vector<std::string> arns;
  std::vector<api::DesiredStatus> wanted{api::DesiredStatus::running};
  if (arguments.has("all")) {
    wanted.push_back(api::DesiredStatus::stopped);
  }
  for (const api::DesiredStatus desired : wanted) {
    const auto some = task_arns(session, arguments, desired);
    if (!some.ok()) {
      return session.failed(some.error());
    }
    arns.insert(arns.end(), some.value().begin(), some.value().end());
  }
  if (arns.empty()) {
    return session.show(R"({"tasks":[],"failures":[]})", [&] { session.say("no tasks"); });
  }
  Table table({{.title = "TASK"},
               {.title = "DEFINITION"},
               {.title = "STATUS"},
               {.title = "GROUP"},
               {.title = "WHERE"},
               {.title = "ADDRESS"},
               {.title = "AGE", .align = Align::right}});
  Exit exit = Exit::done;
  for (const std::vector<std::string>& batch : batches(arns, 100)) {
    api::DescribeTasksRequest request;
    request.cluster = arguments.get("cluster");
    request.tasks = batch;
    const auto answer = session.call<api::DescribeTasksResponse>("DescribeTasks", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    for (const api::Task& task : answer.value().value.tasks.value_or(std::vector<api::Task>{})) {
      table.add({short_name(task.task_arn.value_or("")),
                 short_name(task.task_definition_arn.value_or("")), task.last_status.value_or(""),
                 task.group.value_or(""),
                 task.container_instance_arn ? short_name(*task.container_instance_arn).substr(0, 8)
                                             : "pool " + task.availability_zone.value_or(""),
                 address_of(task), age_text(task.created_at, clock_now())});
    }
    if (session.format() != Format::table) {
      exit = session.show(answer.value().json, [] {});
    }
  }
  if (session.format() == Format::table) {
    session.print(table);
  }
  return exit;
}

}  // namespace

std::vector<Verb> ps_verbs() {
  return {
      {.path = "ps",
       .summary = "List tasks with where they run",
       .description = "Tasks that should be running, or with --all also those that stopped\n"
                      "within the last hour.\n\n"
                      "Example: ecsctl ps --cluster web --service shop",
       .options = {cluster_option(),
                   {.name = "service", .value = "NAME", .help = "Only this service's tasks"},
                   {.name = "family", .value = "FAMILY", .help = "Only this family's tasks"},
                   {.name = "all", .value = "", .help = "Stopped tasks too", .arity = Arity::flag}},
       .run = ps}};
}

}  // namespace cli
