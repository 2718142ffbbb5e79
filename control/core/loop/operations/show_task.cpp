#include "control/core/loop/operations/show_task.h"

#include <algorithm>

#include "control/core/world/lookups.h"
#include "fargate-pool/core/platform_version.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Container;
using schemas::ContainerDefinition;
using schemas::ContainerOverride;
using schemas::Eni;
using schemas::Task;
using schemas::TaskSpecification;
using schemas::TaskStatus;

namespace {

constexpr std::int64_t fargate_storage_gib = 20;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return text;
}

api::HealthStatus show_health(schemas::HealthStatus health) {
  switch (health) {
    case schemas::HealthStatus::healthy:
      return api::HealthStatus::healthy;
    case schemas::HealthStatus::unhealthy:
      return api::HealthStatus::unhealthy;
    case schemas::HealthStatus::unknown:
      return api::HealthStatus::unknown;
  }
  return api::HealthStatus::unknown;
}

std::optional<api::TaskStopCode> show_stop_code(schemas::StopCode code) {
  if (code == schemas::StopCode::none) {
    return std::nullopt;
  }
  // The API has the same codes without "none".
  static_assert(static_cast<int>(schemas::StopCode::infrastructure_health) ==
                static_cast<int>(api::TaskStopCode::infrastructure_health) + 1);
  return static_cast<api::TaskStopCode>(static_cast<int>(code) - 1);
}

std::string attachment_status(const World& world, const Task& task, const Eni& eni) {
  if (!world->enis.contains(eni.id)) {
    return "DELETED";
  }
  if (task.last_status == TaskStatus::stopped) {
    return "DETACHING";
  }
  return task.connectivity_at ? "ATTACHED" : "PRECREATED";
}

api::Attachment show_attachment(const World& world, const Task& task, const Eni& eni) {
  const auto pair = [](const char* name, std::string value) {
    return api::KeyValuePair{.name = name, .value = std::move(value)};
  };
  api::Attachment shown;
  shown.id = eni.attachment.text();
  shown.type = "ElasticNetworkInterface";
  shown.status = attachment_status(world, task, eni);
  shown.details = {pair("subnetId", eni.subnet.text()), pair("networkInterfaceId", eni.id.text()),
                   pair("macAddress", eni.mac.text()), pair("privateDnsName", eni.private_dns_name),
                   pair("privateIPv4Address", eni.address.text())};
  if (eni.public_address) {
    // Beyond ECS, where one asks EC2 for it; nobody else here could tell.
    shown.details->push_back(pair("publicIPv4Address", eni.public_address->text()));
  }
  return shown;
}

api::ContainerOverride show_override(const ContainerOverride& over) {
  api::ContainerOverride shown;
  shown.name = over.name;
  shown.command = over.command;
  if (!over.environment.empty()) {
    shown.environment = show_pairs(over.environment);
  }
  if (over.cpu) {
    shown.cpu = over.cpu->count;
  }
  if (over.memory) {
    shown.memory = over.memory->count;
  }
  if (over.memory_reservation) {
    shown.memory_reservation = over.memory_reservation->count;
  }
  return shown;
}

/// Every container is listed, by name alone when nothing of it is overridden, as ECS does.
api::TaskOverride show_overrides(const TaskSpecification& specification) {
  api::TaskOverride shown;
  shown.container_overrides.emplace();
  for (const ContainerDefinition& container : specification.definition->containers) {
    const auto& overrides = specification.overrides.containers;
    const auto over = std::find_if(
        overrides.begin(), overrides.end(),
        [&container](const ContainerOverride& each) { return each.name == container.name; });
    if (over != overrides.end()) {
      shown.container_overrides->push_back(show_override(*over));
    } else {
      shown.container_overrides->push_back({.name = container.name,
                                            .command = {},
                                            .environment = {},
                                            .environment_files = {},
                                            .cpu = {},
                                            .memory = {},
                                            .memory_reservation = {},
                                            .resource_requirements = {}});
    }
  }
  shown.inference_accelerator_overrides.emplace();
  if (specification.overrides.cpu) {
    shown.cpu = std::to_string(specification.overrides.cpu->count);
  }
  if (specification.overrides.memory) {
    shown.memory = std::to_string(specification.overrides.memory->count);
  }
  shown.task_role_arn = unless_empty(specification.overrides.task_role_arn);
  shown.execution_role_arn = unless_empty(specification.overrides.execution_role_arn);
  return shown;
}

std::string container_status(schemas::ContainerStatus status) {
  switch (status) {
    case schemas::ContainerStatus::pending:
      return "PENDING";
    case schemas::ContainerStatus::running:
      return "RUNNING";
    case schemas::ContainerStatus::stopped:
      return "STOPPED";
  }
  return "PENDING";
}

api::NetworkBinding show_binding(const schemas::NetworkBinding& binding) {
  api::NetworkBinding shown;
  shown.bind_ip = binding.bind_ip.text();
  shown.container_port = binding.container_port;
  shown.host_port = binding.host_port;
  shown.protocol = binding.protocol == schemas::TransportProtocol::udp
                       ? api::TransportProtocol::udp
                       : api::TransportProtocol::tcp;
  return shown;
}

void add_state(const Container& container, api::Container& shown) {
  shown.last_status = container_status(container.last_status);
  shown.exit_code = container.exit_code;
  shown.reason = unless_empty(container.reason);
  shown.health_status = show_health(container.health);
}

api::Container show_container(const World& world, const Task& task, const Container& container,
                              const ContainerDefinition& defined, const Eni* eni) {
  api::Container shown;
  shown.container_arn = container_arn(world, task, container);
  shown.task_arn = task_arn(world, task);
  shown.name = container.name;
  shown.image = defined.image;
  shown.image_digest = unless_empty(container.image_digest);
  shown.runtime_id = unless_empty(container.runtime_id);
  add_state(container, shown);
  shown.network_bindings.emplace();
  for (const schemas::NetworkBinding& binding : container.network_bindings) {
    shown.network_bindings->push_back(show_binding(binding));
  }
  shown.network_interfaces.emplace();
  if (eni != nullptr) {
    shown.network_interfaces->push_back(
        {.attachment_id = eni->attachment.text(), .private_ipv4_address = eni->address.text()});
  }
  shown.cpu = std::to_string(defined.cpu.count);
  if (defined.memory) {
    shown.memory = std::to_string(defined.memory->count);
  }
  if (defined.memory_reservation) {
    shown.memory_reservation = std::to_string(defined.memory_reservation->count);
  }
  return shown;
}

void add_instants(const Task& task, api::Task& shown) {
  shown.connectivity_at = task.connectivity_at;
  if (task.connectivity_at) {
    shown.connectivity = api::Connectivity::connected;
  }
  shown.pull_started_at = task.pull_started_at;
  shown.pull_stopped_at = task.pull_stopped_at;
  shown.started_at = task.started_at;
  shown.stopping_at = task.stopping_at;
  shown.execution_stopped_at = task.execution_stopped_at;
  shown.stopped_at = task.stopped_at;
}

void add_state(const Task& task, api::Task& shown) {
  add_instants(task, shown);
  shown.desired_status = status_text(task.desired_status);
  shown.health_status = show_health(task.health);
  shown.last_status = status_text(task.last_status);
  shown.stop_code = show_stop_code(task.stop_code);
  shown.stopped_reason = unless_empty(task.stopped_reason);
  shown.version = task.version;
}

void add_placement(const World& world, const Task& task, api::Task& shown) {
  const TaskSpecification& specification = *task.specification;
  shown.launch_type = show_launch_type(specification.launch_type);
  shown.capacity_provider_name = unless_empty(task.capacity_provider);
  if (specification.launch_type == schemas::LaunchType::fargate) {
    shown.platform_version = specification.platform_version;
    shown.platform_family = std::string(fargate_pool::platform_family);
    shown.ephemeral_storage = {.size_in_gib = fargate_storage_gib};
    shown.fargate_ephemeral_storage = {.size_in_gib = fargate_storage_gib};
  } else if (task.instance) {
    if (const auto* instance = find_instance(world, *task.instance)) {
      shown.container_instance_arn = instance_arn(world, *instance);
    }
  }
  shown.availability_zone = unless_empty(task.availability_zone);
  shown.attributes = {
      {.name = "ecs.cpu-architecture", .value = "x86_64", .target_type = {}, .target_id = {}}};
}

}  // namespace

std::string status_text(TaskStatus status) { return upper(std::string(codec::name_of(status))); }

std::string started_by(const Task& task) {
  return task.service != 0 ? task.deployment.text() : task.specification->started_by;
}

api::Task show_state(const Task& task) {
  api::Task shown;
  add_state(task, shown);
  shown.containers.emplace();
  for (const Container& container : task.containers) {
    api::Container& state = shown.containers->emplace_back();
    state.name = container.name;
    add_state(container, state);
  }
  return shown;
}

api::Task show_task(const World& world, const Task& task, TagView tags) {
  const TaskSpecification& specification = *task.specification;
  const schemas::TaskDefinition& definition = *specification.definition;
  const schemas::Cluster& cluster = *cluster_of(world, task.cluster);
  const Eni* eni = task.eni ? find_eni(world, *task.eni) : nullptr;
  api::Task shown;
  shown.attachments.emplace();
  if (eni != nullptr) {
    shown.attachments->push_back(show_attachment(world, task, *eni));
  }
  add_placement(world, task, shown);
  add_state(task, shown);
  shown.created_at = task.created_at;
  shown.cluster_arn = cluster_arn(cluster);
  shown.containers.emplace();
  for (std::size_t at = 0; at < task.containers.size(); ++at) {
    shown.containers->push_back(
        show_container(world, task, task.containers[at], definition.containers[at], eni));
  }
  shown.cpu = std::to_string(specification.cpu.count);
  shown.memory = std::to_string(specification.memory.count);
  shown.enable_execute_command = false;
  shown.group = specification.group;
  shown.inference_accelerators.emplace();
  shown.overrides = show_overrides(specification);
  shown.started_by = unless_empty(started_by(task));
  shown.tags.emplace();
  if (tags == TagView::shown) {
    shown.tags = show_tags(specification.tags);
  }
  shown.task_arn = task_arn(world, task);
  shown.task_definition_arn = definition_arn(cluster.scope, definition);
  return shown;
}

}  // namespace control
