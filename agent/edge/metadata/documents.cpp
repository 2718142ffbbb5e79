#include "agent/edge/metadata/documents.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <utility>

#include "agent/edge/metadata/document_shapes.h"

namespace agent {

namespace {

using schemas::NetworkMode;

constexpr int http_not_found = 404;
constexpr double units_per_cpu = 1024.0;
constexpr std::int64_t bytes_per_mib = 1'048'576;

MetadataReply not_found(const std::string& what) {
  return {http_not_found, R"({"error":")" + what + R"("})"};
}

std::string task_status_word(schemas::TaskStatus status) {
  constexpr std::array<const char*, 8> words{"PROVISIONING",   "PENDING",      "ACTIVATING",
                                             "RUNNING",        "DEACTIVATING", "STOPPING",
                                             "DEPROVISIONING", "STOPPED"};
  return words[static_cast<std::size_t>(status)];
}

std::string container_status_word(ContainerProgress progress) {
  switch (progress) {
    case ContainerProgress::waiting:
    case ContainerProgress::pulling:
      return "NONE";
    case ContainerProgress::pulled:
    case ContainerProgress::creating:
      return "PULLED";
    case ContainerProgress::created:
    case ContainerProgress::starting:
      return "CREATED";
    case ContainerProgress::running:
      return "RUNNING";
    case ContainerProgress::stopped:
      return "STOPPED";
  }
  return "NONE";
}

std::string network_mode_word(NetworkMode mode) {
  switch (mode) {
    case NetworkMode::awsvpc:
      return "awsvpc";
    case NetworkMode::bridge:
      return "bridge";
    case NetworkMode::host:
      return "host";
    case NetworkMode::none:
      return "none";
  }
  return "none";
}

std::optional<std::string> time_text(const std::optional<schemas::Instant>& instant) {
  return instant ? std::optional(rfc3339(*instant)) : std::nullopt;
}

/// "…:task/CLUSTER/ID" becomes "…:container/CLUSTER/ID/<container>".
std::string container_arn(const schemas::TaskAssignment& task, const schemas::ContainerId& id) {
  constexpr std::string_view task_part = ":task/";
  std::string arn = task.arn;
  const std::size_t at = arn.find(task_part);
  if (at != std::string::npos) {
    arn.replace(at, task_part.size(), ":container/");
  }
  return arn + "/" + id.text();
}

std::vector<NetworkDocument> networks_of(const TaskView& view, std::size_t container) {
  const schemas::TaskAssignment& task = *view.record.assignment;
  NetworkDocument network;
  network.network_mode = network_mode_word(task.network_mode);
  if (view.record.eni) {
    network.ipv4_addresses = {view.record.eni->address.text()};
    network.attachment_index = 0;
    network.mac_address = view.record.eni->mac.text();
    network.private_dns_name = view.record.eni->private_dns_name;
  }
  if (view.subnet) {
    network.ipv4_subnet_cidr_block = view.subnet->cidr.text();
    network.subnet_gateway =
        view.subnet->gateway.text() + "/" + std::to_string(view.subnet->cidr.prefix);
  }
  if (container < view.bridge_addresses.size() && !view.bridge_addresses[container].empty()) {
    network.ipv4_addresses = {view.bridge_addresses[container]};
  }
  return {network};
}

std::string protocol_word(schemas::TransportProtocol protocol) {
  return protocol == schemas::TransportProtocol::tcp ? "tcp" : "udp";
}

std::vector<PortDocument> ports_of(const schemas::ContainerDefinition& definition,
                                   const SavedContainer& container) {
  std::vector<PortDocument> ports;
  if (!container.network_bindings.empty()) {
    for (const schemas::NetworkBinding& binding : container.network_bindings) {
      PortDocument port;
      port.container_port = binding.container_port;
      port.protocol = protocol_word(binding.protocol);
      port.host_port = binding.host_port;
      port.host_ip = binding.bind_ip.text();
      ports.push_back(std::move(port));
    }
    return ports;
  }
  for (const schemas::PortMapping& mapping : definition.port_mappings) {
    PortDocument port;
    port.container_port = mapping.container_port;
    port.protocol = protocol_word(mapping.protocol);
    ports.push_back(std::move(port));
  }
  return ports;
}

std::optional<HealthDocument> health_of(const schemas::ContainerDefinition& definition,
                                        const SavedContainer& record) {
  if (!definition.health_check) {
    return std::nullopt;
  }
  constexpr std::array<const char*, 3> words{"UNKNOWN", "HEALTHY", "UNHEALTHY"};
  HealthDocument document;
  document.status = words[static_cast<std::size_t>(record.health)];
  document.status_since = time_text(record.health_since);
  if (record.health_since) {
    document.exit_code = record.health_exit_code;
    document.output = record.health_output;
  }
  return document;
}

/// The task's own volumes have no path that a container could use, so none is shown.
std::optional<std::vector<VolumeDocument>> volumes_of(
    const schemas::TaskAssignment& task, const schemas::ContainerDefinition& definition) {
  std::vector<VolumeDocument> volumes;
  for (const schemas::MountPoint& point : definition.mount_points) {
    VolumeDocument document;
    document.destination = point.container_path;
    for (const schemas::Volume& volume : task.volumes) {
      if (volume.name == point.source_volume) {
        document.source = volume.source_path;
        document.docker_name = volume.source_path.empty() ? volume.name : "";
      }
    }
    volumes.push_back(std::move(document));
  }
  return volumes.empty() ? std::nullopt : std::optional(std::move(volumes));
}

ContainerDocument container_document(const TaskView& view, std::size_t index) {
  const schemas::TaskAssignment& task = *view.record.assignment;
  const schemas::ContainerAssignment& assignment = task.containers[index];
  const schemas::ContainerDefinition& definition = assignment.definition;
  const SavedContainer& record = view.record.containers[index];
  ContainerDocument document;
  document.docker_id = record.runtime_id.empty() ? assignment.id.text() : record.runtime_id;
  document.name = definition.name;
  document.docker_name = "ecs-" + task.family + "-" + std::to_string(task.revision) + "-" +
                         definition.name + "-" + task.id.text().substr(0, 12);
  document.image = definition.image;
  document.image_id = record.image_digest;
  document.ports = ports_of(definition, record);
  document.labels = definition.docker_labels;
  document.labels["com.amazonaws.ecs.cluster"] = task.cluster_arn;
  document.labels["com.amazonaws.ecs.container-name"] = definition.name;
  document.labels["com.amazonaws.ecs.task-arn"] = task.arn;
  document.labels["com.amazonaws.ecs.task-definition-family"] = task.family;
  document.labels["com.amazonaws.ecs.task-definition-version"] = std::to_string(task.revision);
  document.desired_status = view.record.stopping ? "STOPPED" : "RUNNING";
  const bool between_runs = record.progress == ContainerProgress::starting && record.restarts > 0;
  document.known_status = between_runs ? "RUNNING" : container_status_word(record.progress);
  if (record.progress == ContainerProgress::stopped) {
    document.exit_code = record.exit_code;
  }
  document.limits.cpu = static_cast<double>(definition.cpu.count);
  if (definition.memory) {
    document.limits.memory = definition.memory->count;
  }
  document.started_at = time_text(record.started_at);
  document.created_at = document.started_at;
  document.finished_at = time_text(record.finished_at);
  document.type = "NORMAL";
  document.container_arn = container_arn(task, assignment.id);
  document.health = health_of(definition, record);
  document.volumes = volumes_of(task, definition);
  document.networks = networks_of(view, index);
  if (definition.restart_policy && definition.restart_policy->enabled) {
    document.restart_count = record.restarts;
  }
  return document;
}

enum class Tags : std::uint8_t { without, with };

TaskDocument task_document(const TaskView& view, Tags tags) {
  const TaskRecord& record = view.record;
  const schemas::TaskAssignment& task = *record.assignment;
  TaskDocument document;
  document.cluster = task.cluster_arn;
  document.task_arn = task.arn;
  document.family = task.family;
  document.revision = std::to_string(task.revision);
  if (!task.service_name.empty()) {
    document.service_name = task.service_name;
  }
  document.desired_status = record.stopping ? "STOPPED" : "RUNNING";
  document.known_status = task_status_word(record.status);
  if (task.cpu_limit || task.memory_limit) {
    LimitsDocument limits;
    if (task.cpu_limit) {
      limits.cpu = static_cast<double>(task.cpu_limit->count) / units_per_cpu;
    }
    if (task.memory_limit) {
      limits.memory = task.memory_limit->count;
    }
    document.limits = limits;
  }
  document.pull_started_at = time_text(record.pull_started_at);
  document.pull_stopped_at = time_text(record.pull_stopped_at);
  document.execution_stopped_at = time_text(record.execution_stopped_at);
  document.availability_zone = task.availability_zone;
  document.launch_type = task.launch_type == schemas::LaunchType::fargate ? "FARGATE" : "EC2";
  if (!task.vpc_id.empty()) {
    document.vpc_id = task.vpc_id;
  }
  if (!task.group.empty()) {
    document.group = task.group;
  }
  for (std::size_t i = 0; i < record.containers.size(); ++i) {
    document.containers.push_back(container_document(view, i));
  }
  if (tags == Tags::with) {
    document.task_tags.emplace();
    for (const schemas::Tag& tag : task.tags) {
      (*document.task_tags)[tag.key] = tag.value;
    }
  }
  return document;
}

StatsDocument stats_document(const TaskView& view, std::size_t index, const UseView& use) {
  const ContainerDocument about = container_document(view, index);
  const schemas::TaskAssignment& task = *view.record.assignment;
  const std::optional<schemas::MemoryMib> own = task.containers[index].definition.memory;
  const std::optional<schemas::MemoryMib> limit = own ? own : task.memory_limit;
  StatsDocument document;
  document.read = rfc3339(use.read_at);
  document.name = about.docker_name;
  document.id = about.docker_id;
  document.cpu_stats = {{use.cpu_ns}, use.system_cpu_ns, use.online_cpus};
  document.memory_stats = {use.memory_bytes, use.memory_peak_bytes,
                           limit ? limit->count * bytes_per_mib : 0};
  return document;
}

MetadataReply all_stats(const TaskView& view, const UseSource& use) {
  std::map<std::string, StatsDocument> documents;
  for (std::size_t i = 0; i < view.record.containers.size(); ++i) {
    if (const std::optional<UseView> numbers = use(static_cast<std::int64_t>(i))) {
      StatsDocument document = stats_document(view, i, *numbers);
      documents[document.id] = std::move(document);
    }
  }
  return {200, to_json(documents)};
}

/// The container a path names, if the asking namespace may see it.
std::optional<std::size_t> container_named(const TaskView& view, std::int64_t sandbox,
                                           std::string_view id) {
  const schemas::TaskAssignment& task = *view.record.assignment;
  for (std::size_t i = 0; i < task.containers.size(); ++i) {
    const std::optional<std::int64_t> home = sandbox_of(task, static_cast<std::int64_t>(i));
    if (task.containers[i].id.text() == id && home == sandbox) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace

MetadataReply answer_metadata(const TaskView& task, std::int64_t sandbox, std::string_view path,
                              const UseSource& use) {
  path = path.substr(0, path.find('?'));
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  if (!path.starts_with("/v4/") && !path.starts_with("/v3/")) {
    return not_found("no such path; ask /v4/<id>, /v4/<id>/task or /v4/<id>/stats");
  }
  path.remove_prefix(4);
  const std::size_t slash = path.find('/');
  const std::optional<std::size_t> container =
      container_named(task, sandbox, path.substr(0, slash));
  if (!container) {
    return not_found("no such container here");
  }
  const std::string_view rest = slash == std::string_view::npos ? "" : path.substr(slash);
  if (rest.empty()) {
    return {200, to_json(container_document(task, *container))};
  }
  if (rest == "/task") {
    return {200, to_json(task_document(task, Tags::without))};
  }
  if (rest == "/taskWithTags") {
    return {200, to_json(task_document(task, Tags::with))};
  }
  if (rest == "/task/stats") {
    return all_stats(task, use);
  }
  if (rest == "/stats") {
    const std::optional<UseView> numbers = use(static_cast<std::int64_t>(*container));
    return numbers ? MetadataReply{200, to_json(stats_document(task, *container, *numbers))}
                   : not_found("the container has no numbers yet");
  }
  return not_found("no such path below /v4/<id>");
}

std::vector<schemas::KeyValue> metadata_environment(const schemas::TaskAssignment& task,
                                                    std::int64_t container,
                                                    const std::string& credentials_path) {
  const std::string id = task.containers.at(static_cast<std::size_t>(container)).id.text();
  const bool fargate = task.launch_type == schemas::LaunchType::fargate;
  std::vector<schemas::KeyValue> variables = {
      {"AWS_EXECUTION_ENV", fargate ? "AWS_ECS_FARGATE" : "AWS_ECS_EC2"}};
  if (fargate) {
    variables.push_back({"AWS_REGION", task.scope.region});
    variables.push_back({"AWS_DEFAULT_REGION", task.scope.region});
  }
  // Host mode has no namespace of ours, so no socket to ask.
  if (sandbox_of(task, container)) {
    const std::string base = "http://169.254.170.2";
    variables.push_back({"ECS_CONTAINER_METADATA_URI", base + "/v3/" + id});
    variables.push_back({"ECS_CONTAINER_METADATA_URI_V4", base + "/v4/" + id});
    if (!task.task_role_arn.empty()) {
      variables.push_back({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", credentials_path});
    }
  }
  return variables;
}

std::string rfc3339(schemas::Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

}  // namespace agent
