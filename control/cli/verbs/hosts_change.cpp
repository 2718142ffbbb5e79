#include <algorithm>

#include "api/container_instances.h"
#include "api/tasks.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/failures.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/wait.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// As many as UpdateContainerInstancesState takes at once.
constexpr std::size_t batch_max = 10;

Exit set_state(Session& session, const Arguments& arguments, api::ContainerInstanceStatus status) {
  Exit exit = Exit::done;
  for (const std::vector<std::string>& batch : batches(arguments.all("HOST"), batch_max)) {
    api::UpdateContainerInstancesStateRequest request;
    request.cluster = arguments.get("cluster");
    request.container_instances = batch;
    request.status = status;
    const auto answer = session.call<api::UpdateContainerInstancesStateResponse>(
        "UpdateContainerInstancesState", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    const auto& said = answer.value().value;
    session.show(answer.value().json, [&] {
      for (const api::ContainerInstance& host :
           said.container_instances.value_or(std::vector<api::ContainerInstance>{})) {
        session.say(short_name(host.container_instance_arn.value_or("")) + "  " +
                    host.status.value_or(""));
      }
    });
    exit = std::max(exit, say_failures(session, said.failures));
  }
  return exit;
}

/// How many tasks of services are left on the hosts.
schemas::Result<std::int64_t> tasks_of_services(Session& session, const Arguments& arguments) {
  std::int64_t count = 0;
  for (const std::string& host : arguments.all("HOST")) {
    api::ListTasksRequest list;
    list.cluster = arguments.get("cluster");
    list.container_instance = host;
    do {
      const auto page = session.call<api::ListTasksResponse>("ListTasks", list);
      if (!page.ok()) {
        return page.error();
      }
      list.next_token = page.value().value.next_token;
      api::DescribeTasksRequest describe;
      describe.cluster = list.cluster;
      describe.tasks = page.value().value.task_arns.value_or(std::vector<std::string>{});
      if (describe.tasks.empty()) {
        continue;
      }
      const auto shown = session.call<api::DescribeTasksResponse>("DescribeTasks", describe);
      if (!shown.ok()) {
        return shown.error();
      }
      for (const api::Task& task : shown.value().value.tasks.value_or(std::vector<api::Task>{})) {
        count += task.group.value_or("").starts_with("service:") ? 1 : 0;
      }
    } while (list.next_token);
  }
  return count;
}

Exit drain(Session& session, const Arguments& arguments) {
  const Exit exit = set_state(session, arguments, api::ContainerInstanceStatus::draining);
  if (exit != Exit::done || !arguments.has("wait")) {
    return exit;
  }
  return wait_until(session, [&]() -> schemas::Result<Look> {
    const auto left = tasks_of_services(session, arguments);
    if (!left.ok()) {
      return left.error();
    }
    return Look{.state = left.value() == 0 ? Look::State::there : Look::State::not_yet,
                .line = std::to_string(left.value()) + " tasks of services left"};
  });
}

Exit activate(Session& session, const Arguments& arguments) {
  return set_state(session, arguments, api::ContainerInstanceStatus::active);
}

Exit remove_hosts(Session& session, const Arguments& arguments) {
  for (const std::string& host : arguments.all("HOST")) {
    api::DeregisterContainerInstanceRequest request;
    request.cluster = arguments.get("cluster");
    request.container_instance = host;
    if (arguments.has("force")) {
      request.force = true;
    }
    const auto answer = session.call<api::DeregisterContainerInstanceResponse>(
        "DeregisterContainerInstance", request);
    if (!answer.ok()) {
      return session.failed(answer.error());
    }
    session.show(answer.value().json, [&] { session.say(short_name(host) + "  deregistered"); });
  }
  return Exit::done;
}

Option hosts_option() {
  return {.name = "HOST",
          .value = "",
          .help = "Its id or ARN; more than one can be named",
          .arity = Arity::positionals};
}

}  // namespace

std::vector<Verb> hosts_change_verbs() {
  return {
      {.path = "hosts drain",
       .summary = "Take hosts out of service: their services move elsewhere",
       .description =
           "Nothing new is placed on a draining host. Tasks of services there are replaced\n"
           "elsewhere first and stopped then, within the service's minimum and maximum healthy\n"
           "percent; tasks of no service are left alone. `hosts activate` ends it.\n\n"
           "Example: ecsctl hosts drain 0123456789abcdef0123456789abcdef --cluster web --wait",
       .options = {hosts_option(),
                   cluster_option(),
                   {.name = "wait",
                    .value = "",
                    .help = "Wait until no task of a service is left there",
                    .arity = Arity::flag}},
       .run = drain},
      {.path = "hosts activate",
       .summary = "Put draining hosts back into service",
       .description = "Example: ecsctl hosts activate 0123456789abcdef0123456789abcdef",
       .options = {hosts_option(), cluster_option()},
       .run = activate},
      {.path = "hosts remove",
       .summary = "Take hosts out of their cluster for good",
       .description =
           "The host's agent is told and ends with status 3; what it made on its machine goes\n"
           "with `ecs-agent cleanup`. A host with tasks is removed with --force only: they count\n"
           "as stopped, and services replace theirs.\n\n"
           "Example: ecsctl hosts remove 0123456789abcdef0123456789abcdef --cluster web",
       .options = {hosts_option(),
                   cluster_option(),
                   {.name = "force",
                    .value = "",
                    .help = "Although tasks run there",
                    .arity = Arity::flag}},
       .run = remove_hosts}};
}

}  // namespace cli
