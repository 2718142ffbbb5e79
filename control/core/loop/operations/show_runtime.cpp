#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_definition.h"

namespace control {

namespace {

std::int64_t seconds(schemas::Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

template <class Element>
std::optional<std::vector<Element>> unless_none(const std::vector<Element>& list) {
  return list.empty() ? std::nullopt : std::optional(list);
}

api::HealthCheck show_health_check(const schemas::HealthCheck& check) {
  api::HealthCheck shown;
  shown.command = check.command;
  shown.interval = seconds(check.interval);
  shown.timeout = seconds(check.timeout);
  shown.retries = check.retries;
  if (check.start_period.count() > 0) {
    shown.start_period = seconds(check.start_period);
  }
  return shown;
}

api::Device show_device(const schemas::Device& device) {
  api::Device shown;
  shown.host_path = device.host_path;
  shown.container_path = unless_empty(device.container_path);
  if (!device.permissions.empty()) {
    shown.permissions.emplace();
    for (const std::string& permission : device.permissions) {
      if (const auto named = codec::named<api::DeviceCgroupPermission>(permission)) {
        shown.permissions->push_back(*named);
      }
    }
  }
  return shown;
}

api::LinuxParameters show_linux(const schemas::LinuxParameters& parameters) {
  api::LinuxParameters shown;
  if (!parameters.capabilities_add.empty() || !parameters.capabilities_drop.empty()) {
    shown.capabilities = {.add = unless_none(parameters.capabilities_add),
                          .drop = unless_none(parameters.capabilities_drop)};
  }
  if (!parameters.devices.empty()) {
    shown.devices.emplace();
    for (const schemas::Device& device : parameters.devices) {
      shown.devices->push_back(show_device(device));
    }
  }
  shown.init_process_enabled = parameters.init_process_enabled;
  if (parameters.shared_memory_size) {
    shown.shared_memory_size = parameters.shared_memory_size->count;
  }
  if (!parameters.tmpfs.empty()) {
    shown.tmpfs.emplace();
    for (const schemas::Tmpfs& tmpfs : parameters.tmpfs) {
      shown.tmpfs->push_back({.container_path = tmpfs.container_path,
                              .size = tmpfs.size.count,
                              .mount_options = unless_none(tmpfs.mount_options)});
    }
  }
  if (parameters.max_swap) {
    shown.max_swap = parameters.max_swap->count;
  }
  shown.swappiness = parameters.swappiness;
  return shown;
}

}  // namespace

void show_runtime(const schemas::ContainerDefinition& container, api::ContainerDefinition& shown) {
  if (container.health_check) {
    shown.health_check = show_health_check(*container.health_check);
  }
  if (container.restart_policy) {
    const schemas::RestartPolicy& policy = *container.restart_policy;
    shown.restart_policy = {.enabled = policy.enabled,
                            .ignored_exit_codes = unless_none(policy.ignored_exit_codes),
                            .restart_attempt_period = seconds(policy.attempt_period)};
  }
  shown.mount_points.emplace();
  for (const schemas::MountPoint& point : container.mount_points) {
    shown.mount_points->push_back({.source_volume = point.source_volume,
                                   .container_path = point.container_path,
                                   .read_only = point.read_only});
  }
  shown.volumes_from.emplace();
  for (const schemas::VolumeFrom& from : container.volumes_from) {
    shown.volumes_from->push_back(
        {.source_container = from.source_container, .read_only = from.read_only});
  }
  if (!container.ulimits.empty()) {
    shown.ulimits.emplace();
    for (const schemas::Ulimit& limit : container.ulimits) {
      if (const auto name = codec::named<api::UlimitName>(limit.name)) {
        shown.ulimits->push_back(
            {.name = *name, .soft_limit = limit.soft, .hard_limit = limit.hard});
      }
    }
  }
  if (container.linux_parameters) {
    shown.linux_parameters = show_linux(*container.linux_parameters);
  }
  if (container.privileged) {
    shown.privileged = true;
  }
}

}  // namespace control
