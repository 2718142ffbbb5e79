#include "control/core/loop/event_bridge.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "api/container_instances.h"
#include "api/tasks.h"
#include "control/core/deploy/service_events.h"
#include "control/core/loop/details.h"
#include "control/core/loop/fingerprint.h"
#include "control/core/loop/operations/show_instance.h"
#include "control/core/loop/operations/show_task.h"
#include "control/core/world/lookups.h"
#include "schemas/base/instant_text.h"
#include "schemas/codec/json_text.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Task;

namespace {

constexpr codec::Dialect bridge_dialect{.instants = codec::Dialect::Instants::text,
                                        .empty = codec::Dialect::Empty::omitted};

/// A JSON object, made member by member.
class Object {
 public:
  Object& text(std::string_view name, std::string_view value) {
    begin(name);
    codec::append_json_text(json_, value);
    return *this;
  }
  Object& raw(std::string_view name, std::string_view json) {
    begin(name);
    json_ += json;
    return *this;
  }
  /// The members of another object.
  Object& merge(std::string_view object) {
    if (object.size() > 2) {
      json_ += json_.size() > 1 ? "," : "";
      json_ += object.substr(1, object.size() - 2);
    }
    return *this;
  }
  [[nodiscard]] std::string done() && { return std::move(json_) + "}"; }

 private:
  void begin(std::string_view name) {
    json_ += json_.size() > 1 ? "," : "";
    codec::append_json_text(json_, name);
    json_ += ':';
  }
  std::string json_ = "{";
};

template <class T>
std::string encoded(const T& value) {
  return codec::encode(codec::Described<T>::type, &value, bridge_dialect);
}

/// A UUID that follows from the event.
std::string id_of(const Event& event) {
  const std::string whole = event.scope.account + event.scope.region + event.kind + event.subject +
                            std::to_string(event.sequence) +
                            std::to_string(event.at.time_since_epoch().count());
  std::string digits = fingerprint(whole) + fingerprint(whole + "'");
  for (const std::size_t at : {20U, 16U, 12U, 8U}) {
    digits.insert(at, "-");
  }
  return digits;
}

std::string cluster_arn_of(const Event& event, const std::string& name) {
  return arn(event.scope, "cluster", name);
}

std::string tail_of(const std::string& text) { return text.substr(text.rfind('/') + 1); }

// --- tasks
// ----------------------------------------------------------------------------------------

/// The task as it was when the event happened.
Task as_of(const Task& now, const TaskDetail& detail) {
  Task then = now;
  then.last_status = detail.last_status;
  then.desired_status = detail.desired_status;
  then.health = detail.health;
  then.stop_code = detail.stop_code;
  then.stopped_reason = detail.stopped_reason;
  then.version = detail.version;
  then.pull_started_at = detail.pull_started_at;
  then.pull_stopped_at = detail.pull_stopped_at;
  then.connectivity_at = detail.connectivity_at;
  then.started_at = detail.started_at;
  then.stopping_at = detail.stopping_at;
  then.execution_stopped_at = detail.execution_stopped_at;
  then.stopped_at = detail.stopped_at;
  for (schemas::Container& container : then.containers) {
    const auto told = std::find_if(
        detail.containers.begin(), detail.containers.end(),
        [&container](const ContainerDetail& each) { return each.name == container.name; });
    ContainerDetail state;
    if (told != detail.containers.end()) {
      state = *told;
    }
    container.last_status = state.last_status;
    container.exit_code = state.exit_code;
    container.reason = state.reason;
    container.health = state.health;
  }
  return then;
}

/// What the event itself says of a task that nobody knows any more. Its containers have ended.
Task as_told(const TaskDetail& detail) {
  Task then = as_of({}, detail);
  for (const ContainerDetail& container : detail.containers) {
    schemas::Container& made = then.containers.emplace_back();
    made.name = container.name;
    made.last_status = container.last_status;
    made.exit_code = container.exit_code;
    made.reason = container.reason;
    made.health = container.health;
  }
  return then;
}

std::string task_json(const World& world, const Event& event) {
  const schemas::Result<TaskDetail> read = wire::decode<TaskDetail>(event.detail);
  if (!read.ok()) {
    return "{}";
  }
  const TaskDetail& detail = read.value();
  const auto id = schemas::TaskId::parse(tail_of(event.subject));
  const Task* known = id ? find_task(world, *id) : nullptr;
  api::Task shown = known != nullptr ? show_task(world, as_of(*known, detail), TagView::hidden)
                                     : show_state(as_told(detail));
  if (shown.attachments) {
    for (api::Attachment& attachment : *shown.attachments) {
      attachment.type = "eni";  // the one word that EventBridge has and DescribeTasks has not
    }
  }
  Object json;
  if (known == nullptr) {
    json.text("taskArn", event.subject)
        .text("clusterArn", cluster_arn_of(event, detail.cluster))
        .text("group", detail.group)
        .text("taskDefinitionArn", arn(event.scope, "task-definition", detail.definition));
  }
  return std::move(json.merge(encoded(shown)).text("updatedAt", schemas::iso_text(event.at)))
      .done();
}

// --- hosts
// ----------------------------------------------------------------------------------------

std::string instance_json(const World& world, const Event& event, const InstanceDetail& detail) {
  const auto id = schemas::InstanceId::parse(tail_of(event.subject));
  const schemas::ContainerInstance* known = id ? find_instance(world, *id) : nullptr;
  api::ContainerInstance shown;
  if (known != nullptr) {
    shown = show_instance(world, *known);
  } else {
    shown.container_instance_arn = event.subject;
    shown.status = status_text(schemas::InstanceStatus::inactive);
  }
  if (event.kind == "instance.connected" || event.kind == "instance.disconnected") {
    shown.agent_connected = event.kind == "instance.connected";
  }
  return std::move(Object()
                       .merge(encoded(shown))
                       .text("clusterArn", cluster_arn_of(event, detail.cluster))
                       .text("updatedAt", schemas::iso_text(event.at)))
      .done();
}

// --- services
// -------------------------------------------------------------------------------------

std::string action_json(const Event& event, const ServiceAction& action,
                        const MessageDetail& detail) {
  // .../service/CLUSTER/NAME
  const std::string path = event.subject.substr(0, event.subject.rfind('/'));
  Object json;
  json.text("eventType", action.type)
      .text("eventName", action.name)
      .text("clusterArn", cluster_arn_of(event, tail_of(path)))
      .text("createdAt", schemas::iso_text(event.at));
  if (!detail.reason.empty()) {
    json.text("reason", detail.reason);
  }
  return std::move(json).done();
}

std::string deployment_json(const Event& event, const ServiceAction& action,
                            const MessageDetail& detail) {
  return std::move(Object()
                       .text("eventType", action.type)
                       .text("eventName", action.name)
                       .text("deploymentId", detail.message)
                       .text("updatedAt", schemas::iso_text(event.at))
                       .text("reason", detail.reason))
      .done();
}

std::optional<ServiceAction> deployment_action(const std::string& kind) {
  if (kind == "deployment.in_progress") {
    return ServiceAction{"INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"};
  }
  if (kind == "deployment.completed") {
    return ServiceAction{"INFO", "SERVICE_DEPLOYMENT_COMPLETED"};
  }
  if (kind == "deployment.failed") {
    return ServiceAction{"ERROR", "SERVICE_DEPLOYMENT_FAILED"};
  }
  return std::nullopt;
}

/// Which kind of event of EventBridge it is, and its detail.
std::optional<std::pair<std::string, std::string>> detail_of(const World& world,
                                                             const Event& event) {
  if (event.kind == "task") {
    return std::pair("ECS Task State Change", task_json(world, event));
  }
  if (event.kind.starts_with("instance.")) {
    const schemas::Result<InstanceDetail> detail = wire::decode<InstanceDetail>(event.detail);
    if (!detail.ok() || detail.value().cluster.empty()) {
      return std::nullopt;  // a host of the pool: what runs there is all that its users see
    }
    return std::pair("ECS Container Instance State Change",
                     instance_json(world, event, detail.value()));
  }
  const std::optional<ServiceAction> deployment = deployment_action(event.kind);
  if (event.kind != "service" && !deployment) {
    return std::nullopt;
  }
  const schemas::Result<MessageDetail> detail = wire::decode<MessageDetail>(event.detail);
  if (!detail.ok()) {
    return std::nullopt;
  }
  if (deployment) {
    return std::pair("ECS Deployment State Change",
                     deployment_json(event, *deployment, detail.value()));
  }
  const std::optional<ServiceAction> action =
      action_of(tail_of(event.subject), detail.value().message);
  return action ? std::optional(
                      std::pair("ECS Service Action", action_json(event, *action, detail.value())))
                : std::nullopt;
}

}  // namespace

std::optional<BridgeEvent> event_bridge(const World& world, const Event& event) {
  std::optional<std::pair<std::string, std::string>> detail = detail_of(world, event);
  if (!detail) {
    return std::nullopt;
  }
  std::string resource = "[";
  codec::append_json_text(resource, event.subject);
  BridgeEvent bridge{.detail_type = detail->first, .json = {}};
  bridge.json = std::move(Object()
                              .text("version", "0")
                              .text("id", id_of(event))
                              .text("detail-type", detail->first)
                              .text("source", "aws.ecs")
                              .text("account", event.scope.account)
                              .text("time", schemas::iso_text(event.at))
                              .text("region", event.scope.region)
                              .raw("resources", resource + "]")
                              .raw("detail", detail->second))
                    .done();
  return bridge;
}

}  // namespace control
