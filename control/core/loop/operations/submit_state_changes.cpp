#include <algorithm>
#include <utility>
#include <vector>

#include "api/agent.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/registrar.h"
#include "control/core/loop/operations/state_change.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

using schemas::Eni;
using schemas::Outcome;
using schemas::Result;
using schemas::Task;
using schemas::TaskReport;
using schemas::TaskStatus;

Result<std::vector<schemas::NetworkBinding>> read_bindings(
    const std::optional<std::vector<api::NetworkBinding>>& stated) {
  std::vector<schemas::NetworkBinding> bindings;
  for (const api::NetworkBinding& each : stated.value_or(std::vector<api::NetworkBinding>{})) {
    const auto address = schemas::Ipv4::parse(each.bind_ip.value_or("0.0.0.0"));
    if (!address) {
      return invalid("networkBindings: bindIP '" + *each.bind_ip + "' is no IPv4 address.");
    }
    bindings.push_back({.bind_ip = *address,
                        .container_port = each.container_port.value_or(0),
                        .host_port = each.host_port.value_or(0),
                        .protocol = each.protocol == api::TransportProtocol::udp
                                        ? schemas::TransportProtocol::udp
                                        : schemas::TransportProtocol::tcp});
  }
  return bindings;
}

Outcome add_container(ContainerWords words,
                      const std::optional<std::vector<api::NetworkBinding>>& bindings,
                      TaskReport& report) {
  Result<schemas::ContainerReport> container = read_container_words(std::move(words));
  if (!container.ok()) {
    return container.error();
  }
  auto read = read_bindings(bindings);
  if (!read.ok()) {
    return read.error();
  }
  container.value().network_bindings = std::move(read).value();
  report.containers.push_back(std::move(container).value());
  return schemas::Done{};
}

Outcome read_task_status(const api::SubmitTaskStateChangeRequest& input, TaskReport& report) {
  const std::string status = input.status.value_or("");
  if (status != "RUNNING" && status != "STOPPED") {
    return invalid("status is '" + status +
                   "'; RUNNING and STOPPED are what is reported of a task.");
  }
  report.status = status == "RUNNING" ? TaskStatus::running : TaskStatus::stopped;
  if (report.status == TaskStatus::running && input.reason && !input.reason->empty()) {
    return invalid("reason says why a task has STOPPED; this one is RUNNING.");
  }
  report.stopped_reason = input.reason.value_or("");
  report.pull_started_at = input.pull_started_at;
  report.pull_stopped_at = input.pull_stopped_at;
  report.execution_stopped_at = input.execution_stopped_at;
  return schemas::Done{};
}

bool names_attachment(const ApiCall& call, const Eni& eni, const std::string& sent) {
  return local_name(call.scope, "attachment", sent) == eni.attachment.text();
}

Outcome read_task_attachments(const Context& context, const ApiCall& call, const Task& task,
                              TaskReport& report) {
  const auto& input = call.input.as<api::SubmitTaskStateChangeRequest>();
  for (const api::AttachmentStateChange& each :
       input.attachments.value_or(std::vector<api::AttachmentStateChange>{})) {
    const Eni* eni = task.eni ? find_eni(context.world, *task.eni) : nullptr;
    if (eni == nullptr || !names_attachment(call, *eni, each.attachment_arn)) {
      return invalid("attachments: " + each.attachment_arn + " is none of task " + task.id.text() +
                     ".");
    }
    if (each.status != "ATTACHED") {
      return invalid(
          "attachments: with its task an interface is reported as ATTACHED; that it is "
          "DETACHED is said with SubmitAttachmentStateChanges.");
    }
    report.eni_attached = true;
  }
  return schemas::Done{};
}

/// What becomes of one interface.
struct AttachmentChange {
  Eni eni;
  bool attached = false;
};

/// Among those of the hosts that the caller speaks for: others look as if they were not there.
Result<AttachmentChange> read_attachment(const Context& context, const ApiCall& call,
                                         const schemas::Cluster& cluster,
                                         const api::AttachmentStateChange& change) {
  if (change.status != "ATTACHED" && change.status != "DETACHED") {
    return invalid("attachments: status is '" + change.status +
                   "'; ATTACHED and DETACHED are what is reported of an interface.");
  }
  for (const schemas::InstanceId& host :
       entry_or_empty(context.world.index().instances_of_cluster, cluster.key)) {
    if (!may_speak_for(call, context.world->instances.at(host)).ok()) {
      continue;
    }
    for (const schemas::EniId& id : entry_or_empty(context.world.index().enis_of_instance, host)) {
      const Eni& eni = context.world->enis.at(id);
      if (names_attachment(call, eni, change.attachment_arn)) {
        return AttachmentChange{.eni = eni, .attached = change.status == "ATTACHED"};
      }
    }
  }
  return invalid("attachments: " + change.attachment_arn +
                 " is no interface of a host that you registered in the cluster " + cluster.name +
                 ".");
}

/// An address has one owner until its task has stopped.
Outcome check_attachment(const Context& context, const AttachmentChange& change) {
  const Task* task = find_task(context.world, change.eni.task);
  const bool over = task == nullptr || task->last_status == TaskStatus::stopped;
  if (change.attached == over) {
    return invalid("attachments: " + change.eni.attachment.text() +
                   (over ? " is of a task that has stopped: it can only be DETACHED."
                         : " is of a task that has not stopped: it cannot be DETACHED yet."));
  }
  return schemas::Done{};
}

void take_attachment(Context& context, const AttachmentChange& change) {
  if (!change.attached) {
    if (context.world->enis.contains(change.eni.id)) {
      apply(context.world, EniReleased{change.eni.id, context.now});
    }
    return;
  }
  const Task& task = *find_task(context.world, change.eni.task);
  TaskReport report;
  report.id = task.id;
  report.status = task.last_status;
  report.eni_attached = true;
  take_change(context, task, report);
}

template <class Response>
Answer acknowledge() {
  Response output;
  output.acknowledgment = acknowledged;
  return api::Value::of(std::move(output));
}

/// Takes a report that could be read and can be true.
template <class Response>
Answer answer_report(Context& context, const Task& task, const Outcome& read,
                     const TaskReport& report) {
  const Outcome checked = read.ok() ? check_change(task, report) : read;
  if (!checked.ok()) {
    return checked.error();
  }
  take_change(context, task, report);
  return acknowledge<Response>();
}

}  // namespace

Answer submit_task_state_change(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::SubmitTaskStateChangeRequest>();
  const auto task =
      task_to_report_on(context, call, input.cluster.value_or(""), input.task.value_or(""));
  if (!task.ok()) {
    return task.error();
  }
  TaskReport report;
  report.id = task.value()->id;
  Outcome read = read_task_status(input, report);
  for (const api::ContainerStateChange& each :
       input.containers.value_or(std::vector<api::ContainerStateChange>{})) {
    if (read.ok()) {
      read = add_container({.name = each.container_name.value_or(""),
                            .status = each.status.value_or(""),
                            .exit_code = each.exit_code,
                            .reason = each.reason.value_or(""),
                            .runtime_id = each.runtime_id.value_or(""),
                            .image_digest = each.image_digest.value_or("")},
                           each.network_bindings, report);
    }
  }
  if (read.ok()) {
    read = read_task_attachments(context, call, *task.value(), report);
  }
  return answer_report<api::SubmitTaskStateChangeResponse>(context, *task.value(), read, report);
}

Answer submit_container_state_change(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::SubmitContainerStateChangeRequest>();
  const auto task =
      task_to_report_on(context, call, input.cluster.value_or(""), input.task.value_or(""));
  if (!task.ok()) {
    return task.error();
  }
  TaskReport report;
  report.id = task.value()->id;
  report.status = task.value()->last_status;  // the task's own is reported for itself
  Outcome read = add_container({.name = input.container_name.value_or(""),
                                .status = input.status.value_or(""),
                                .exit_code = input.exit_code,
                                .reason = input.reason.value_or(""),
                                .runtime_id = input.runtime_id.value_or(""),
                                .image_digest = ""},
                               input.network_bindings, report);
  return answer_report<api::SubmitContainerStateChangeResponse>(context, *task.value(), read,
                                                                report);
}

/// What one of them cannot be true of is taken for none.
Answer submit_attachment_state_changes(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::SubmitAttachmentStateChangesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  std::vector<AttachmentChange> changes;
  for (const api::AttachmentStateChange& each : input.attachments) {
    Result<AttachmentChange> change = read_attachment(context, call, *cluster.value(), each);
    if (!change.ok()) {
      return change.error();
    }
    if (Outcome checked = check_attachment(context, change.value()); !checked.ok()) {
      return checked.error();
    }
    changes.push_back(std::move(change).value());
  }
  for (const AttachmentChange& change : changes) {
    take_attachment(context, change);
  }
  return acknowledge<api::SubmitAttachmentStateChangesResponse>();
}

}  // namespace control
