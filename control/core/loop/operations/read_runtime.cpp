#include <utility>

#include "control/core/loop/operations/definition_rules.h"

namespace control {

using schemas::ContainerDefinition;

namespace {

template <class Element>
std::vector<Element> listed(const std::optional<std::vector<Element>>& list) {
  return list.value_or(std::vector<Element>{});
}

schemas::Duration seconds_or(const std::optional<std::int64_t>& stated, schemas::Duration absent) {
  return stated ? schemas::Duration(std::chrono::seconds(*stated)) : absent;
}

schemas::HealthCheck read_health_check(const api::HealthCheck& wanted) {
  schemas::HealthCheck check;
  check.command = wanted.command;
  check.interval = seconds_or(wanted.interval, check.interval);
  check.timeout = seconds_or(wanted.timeout, check.timeout);
  check.retries = wanted.retries.value_or(check.retries);
  check.start_period = seconds_or(wanted.start_period, check.start_period);
  return check;
}

schemas::RestartPolicy read_restart_policy(const api::ContainerRestartPolicy& wanted) {
  schemas::RestartPolicy policy;
  policy.enabled = wanted.enabled;
  policy.ignored_exit_codes = listed(wanted.ignored_exit_codes);
  policy.attempt_period = seconds_or(wanted.restart_attempt_period, policy.attempt_period);
  return policy;
}

schemas::Device read_device(const api::Device& wanted) {
  schemas::Device device;
  device.host_path = wanted.host_path;
  device.container_path = wanted.container_path.value_or("");
  for (const api::DeviceCgroupPermission permission : listed(wanted.permissions)) {
    device.permissions.emplace_back(codec::name_of(permission));
  }
  return device;
}

schemas::LinuxParameters read_linux(const api::LinuxParameters& wanted) {
  schemas::LinuxParameters linux_parameters;
  if (wanted.capabilities) {
    linux_parameters.capabilities_add = listed(wanted.capabilities->add);
    linux_parameters.capabilities_drop = listed(wanted.capabilities->drop);
  }
  for (const api::Device& device : listed(wanted.devices)) {
    linux_parameters.devices.push_back(read_device(device));
  }
  linux_parameters.init_process_enabled = wanted.init_process_enabled.value_or(false);
  if (wanted.shared_memory_size.value_or(0) > 0) {
    linux_parameters.shared_memory_size = schemas::MemoryMib{*wanted.shared_memory_size};
  }
  for (const api::Tmpfs& tmpfs : listed(wanted.tmpfs)) {
    linux_parameters.tmpfs.push_back({.container_path = tmpfs.container_path,
                                      .size = schemas::MemoryMib{tmpfs.size},
                                      .mount_options = listed(tmpfs.mount_options)});
  }
  if (wanted.max_swap) {
    linux_parameters.max_swap = schemas::MemoryMib{*wanted.max_swap};
  }
  linux_parameters.swappiness = wanted.swappiness;
  return linux_parameters;
}

}  // namespace

void read_runtime(const api::ContainerDefinition& wanted, ContainerDefinition& container) {
  container.privileged = wanted.privileged.value_or(false);
  if (wanted.health_check) {
    container.health_check = read_health_check(*wanted.health_check);
  }
  if (wanted.restart_policy) {
    container.restart_policy = read_restart_policy(*wanted.restart_policy);
  }
  for (const api::MountPoint& point : listed(wanted.mount_points)) {
    container.mount_points.push_back({.source_volume = point.source_volume.value_or(""),
                                      .container_path = point.container_path.value_or(""),
                                      .read_only = point.read_only.value_or(false)});
  }
  for (const api::VolumeFrom& from : listed(wanted.volumes_from)) {
    container.volumes_from.push_back({.source_container = from.source_container.value_or(""),
                                      .read_only = from.read_only.value_or(false)});
  }
  for (const api::Ulimit& limit : listed(wanted.ulimits)) {
    container.ulimits.push_back({.name = std::string(codec::name_of(limit.name)),
                                 .soft = limit.soft_limit,
                                 .hard = limit.hard_limit});
  }
  if (wanted.linux_parameters) {
    container.linux_parameters = read_linux(*wanted.linux_parameters);
  }
}

std::vector<schemas::Volume> read_volumes(const std::optional<std::vector<api::Volume>>& wanted) {
  std::vector<schemas::Volume> volumes;
  for (const api::Volume& volume : listed(wanted)) {
    volumes.push_back(
        {.name = volume.name.value_or(""),
         .source_path = volume.host ? volume.host->source_path.value_or("") : std::string()});
  }
  return volumes;
}

}  // namespace control
