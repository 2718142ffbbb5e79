#include "control/core/loop/operations/show_instance.h"

#include <algorithm>

#include "control/core/loop/operations/registrar.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerInstance;

namespace {

/// Ports that a host keeps for itself: ssh and the container engine's.
const std::vector<std::string> reserved_ports{"22", "2375", "2376", "51678", "51679", "51680"};

api::Resource amount(const char* name, std::int64_t count) {
  return {.name = name,
          .type = "INTEGER",
          .double_value = 0.0,
          .long_value = 0,
          .integer_value = count,
          .string_set_value = {}};
}

api::Resource ports(const char* name, std::vector<std::string> taken) {
  return {.name = name,
          .type = "STRINGSET",
          .double_value = 0.0,
          .long_value = 0,
          .integer_value = 0,
          .string_set_value = std::move(taken)};
}

std::vector<api::Resource> registered(const ContainerInstance& instance) {
  return {amount("CPU", instance.inventory.cpu.count),
          amount("MEMORY", instance.inventory.memory.count), ports("PORTS", reserved_ports),
          ports("PORTS_UDP", {})};
}

/// Less what is kept for daemons that are to come.
std::vector<api::Resource> remaining(const World& world, const ContainerInstance& instance) {
  const Host* host = world.fleet(instance.cluster).host(instance.id);
  if (host == nullptr) {
    return {};
  }
  std::vector<std::string> tcp = reserved_ports;
  std::vector<std::string> udp;
  std::vector<HostPort> taken = host->room.used_ports;
  taken.insert(taken.end(), host->owed.ports.begin(), host->owed.ports.end());
  for (const HostPort& port : taken) {
    (port.protocol == schemas::TransportProtocol::udp ? udp : tcp)
        .push_back(std::to_string(port.port));
  }
  return {amount("CPU", host->free_cpu().count), amount("MEMORY", host->free_memory().count),
          ports("PORTS", std::move(tcp)), ports("PORTS_UDP", std::move(udp))};
}

std::vector<api::Attribute> attributes(const ContainerInstance& instance) {
  const std::map<std::string, std::string> shown = attributes_of(instance);
  std::vector<api::Attribute> list;
  list.reserve(shown.size());
  for (const auto& [name, value] : shown) {
    list.push_back(
        {.name = name, .value = unless_empty(value), .target_type = {}, .target_id = {}});
  }
  return list;
}

std::optional<std::string> agent_hash_of(const ContainerInstance& instance) {
  const auto found = instance.attributes.find(agent_hash_attribute);
  return found == instance.attributes.end() ? std::nullopt : unless_empty(found->second);
}

}  // namespace

bool is_reserved_port(const std::string& port) {
  return std::find(reserved_ports.begin(), reserved_ports.end(), port) != reserved_ports.end();
}

std::string status_text(schemas::InstanceStatus status) {
  switch (status) {
    case schemas::InstanceStatus::active:
      return "ACTIVE";
    case schemas::InstanceStatus::draining:
      return "DRAINING";
    case schemas::InstanceStatus::inactive:
      return "INACTIVE";
  }
  return "ACTIVE";
}

api::ContainerInstance show_instance(const World& world, const ContainerInstance& instance,
                                     TagView tags) {
  api::ContainerInstance shown;
  shown.container_instance_arn = instance_arn(world, instance);
  const auto provider = instance.inventory.attributes.find(schemas::capacity_provider_attribute);
  if (provider != instance.inventory.attributes.end()) {
    shown.capacity_provider_name = unless_empty(provider->second);
  }
  shown.version = instance.version;
  shown.version_info = {.agent_version = instance.inventory.agent_version,
                        .agent_hash = agent_hash_of(instance),
                        .docker_version = unless_empty(instance.inventory.engine_version)};
  shown.remaining_resources = remaining(world, instance);
  shown.registered_resources = registered(instance);
  shown.status = status_text(instance.status);
  shown.agent_connected = instance.connected;
  std::int64_t running = 0;
  std::int64_t pending = 0;
  for (const std::int64_t key : entry_or_empty(world.index().live_tasks_of_instance, instance.id)) {
    const schemas::TaskStatus status = world->tasks.at(key).last_status;
    running += status == schemas::TaskStatus::running ? 1 : 0;
    pending += status < schemas::TaskStatus::running ? 1 : 0;
  }
  shown.running_tasks_count = running;
  shown.pending_tasks_count = pending;
  shown.attributes = attributes(instance);
  shown.registered_at = instance.registered_at;
  shown.attachments.emplace();
  shown.tags.emplace();
  if (tags == TagView::shown) {
    shown.tags = show_tags(instance.tags);
  }
  return shown;
}

}  // namespace control
