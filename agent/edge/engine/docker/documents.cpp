#include "agent/edge/engine/docker/documents.h"

#include <array>

#include "schemas/codec/engine.h"
#include "schemas/wire/table.h"

// Declares and defines the table of one structure of the API.
#define DOCKER_DOCUMENT(Struct, members)              \
  template <>                                         \
  const Type Described<agent::docker::Struct>::type = \
      wire::structure<agent::docker::Struct>(#Struct, members)
#define DOCKER_MEMBER(Struct, field, name) STOWAGE_MEMBER_AS(agent::docker::Struct, field, name)

namespace codec {

namespace {
constexpr std::array message_members{DOCKER_MEMBER(Message, message, "message")};
constexpr std::array version_members{DOCKER_MEMBER(Version, version, "Version"),
                                     DOCKER_MEMBER(Version, api_version, "ApiVersion"),
                                     DOCKER_MEMBER(Version, oldest_api_version, "MinAPIVersion")};
constexpr std::array index_members{DOCKER_MEMBER(RegistryIndex, secure, "Secure")};
constexpr std::array progress_members{DOCKER_MEMBER(Progress, status, "status"),
                                      DOCKER_MEMBER(Progress, error, "error")};
constexpr std::array execution_members{
    DOCKER_MEMBER(ImageExecution, entry_point, "Entrypoint"),
    DOCKER_MEMBER(ImageExecution, command, "Cmd"),
    DOCKER_MEMBER(ImageExecution, environment, "Env"),
    DOCKER_MEMBER(ImageExecution, user, "User"),
    DOCKER_MEMBER(ImageExecution, working_directory, "WorkingDir"),
    DOCKER_MEMBER(ImageExecution, stop_signal, "StopSignal")};
constexpr std::array listed_image_members{DOCKER_MEMBER(ListedImage, id, "Id"),
                                          DOCKER_MEMBER(ListedImage, digests, "RepoDigests")};
constexpr std::array created_members{DOCKER_MEMBER(Created, id, "Id")};
constexpr std::array state_members{DOCKER_MEMBER(RunState, status, "Status"),
                                   DOCKER_MEMBER(RunState, running, "Running"),
                                   DOCKER_MEMBER(RunState, out_of_memory, "OOMKilled"),
                                   DOCKER_MEMBER(RunState, pid, "Pid"),
                                   DOCKER_MEMBER(RunState, exit_code, "ExitCode"),
                                   DOCKER_MEMBER(RunState, error, "Error"),
                                   DOCKER_MEMBER(RunState, finished_at, "FinishedAt")};
constexpr std::array inspected_config_members{DOCKER_MEMBER(InspectedConfig, labels, "Labels")};
constexpr std::array listed_members{DOCKER_MEMBER(Listed, id, "Id"),
                                    DOCKER_MEMBER(Listed, names, "Names"),
                                    DOCKER_MEMBER(Listed, labels, "Labels")};
constexpr std::array actor_members{DOCKER_MEMBER(Actor, id, "ID"),
                                   DOCKER_MEMBER(Actor, attributes, "Attributes")};
constexpr std::array exec_inspection_members{DOCKER_MEMBER(ExecInspection, running, "Running"),
                                             DOCKER_MEMBER(ExecInspection, exit_code, "ExitCode"),
                                             DOCKER_MEMBER(ExecInspection, pid, "Pid")};
constexpr std::array log_members{DOCKER_MEMBER(LogEntry, log, "log"),
                                 DOCKER_MEMBER(LogEntry, stream, "stream"),
                                 DOCKER_MEMBER(LogEntry, time, "time")};
constexpr std::array login_members{DOCKER_MEMBER(SavedLogin, auth, "auth")};
constexpr std::array registry_login_members{DOCKER_MEMBER(RegistryLogin, user, "username"),
                                            DOCKER_MEMBER(RegistryLogin, password, "password"),
                                            DOCKER_MEMBER(RegistryLogin, server, "serveraddress")};
constexpr std::array health_members{DOCKER_MEMBER(HealthCheckWish, test, "Test")};
constexpr std::array bind_members{DOCKER_MEMBER(BindOptions, propagation, "Propagation")};
constexpr std::array driver_members{DOCKER_MEMBER(VolumeDriver, name, "Name"),
                                    DOCKER_MEMBER(VolumeDriver, options, "Options")};
constexpr std::array ulimit_members{DOCKER_MEMBER(UlimitWish, name, "Name"),
                                    DOCKER_MEMBER(UlimitWish, soft, "Soft"),
                                    DOCKER_MEMBER(UlimitWish, hard, "Hard")};
constexpr std::array device_members{DOCKER_MEMBER(DeviceWish, on_host, "PathOnHost"),
                                    DOCKER_MEMBER(DeviceWish, in_container, "PathInContainer"),
                                    DOCKER_MEMBER(DeviceWish, permissions, "CgroupPermissions")};
constexpr std::array log_wish_members{DOCKER_MEMBER(LogWish, type, "Type"),
                                      DOCKER_MEMBER(LogWish, config, "Config")};
constexpr std::array exec_members{DOCKER_MEMBER(ExecWish, attach_output, "AttachStdout"),
                                  DOCKER_MEMBER(ExecWish, attach_error, "AttachStderr"),
                                  DOCKER_MEMBER(ExecWish, command, "Cmd"),
                                  DOCKER_MEMBER(ExecWish, environment, "Env")};
constexpr std::array exec_start_members{DOCKER_MEMBER(ExecStart, detach, "Detach"),
                                        DOCKER_MEMBER(ExecStart, terminal, "Tty")};
}  // namespace

DOCKER_DOCUMENT(Message, message_members);
DOCKER_DOCUMENT(Version, version_members);
DOCKER_DOCUMENT(RegistryIndex, index_members);
DOCKER_DOCUMENT(Progress, progress_members);
DOCKER_DOCUMENT(ImageExecution, execution_members);
DOCKER_DOCUMENT(ListedImage, listed_image_members);
DOCKER_DOCUMENT(Created, created_members);
DOCKER_DOCUMENT(RunState, state_members);
DOCKER_DOCUMENT(InspectedConfig, inspected_config_members);
DOCKER_DOCUMENT(Listed, listed_members);
DOCKER_DOCUMENT(Actor, actor_members);
DOCKER_DOCUMENT(ExecInspection, exec_inspection_members);
DOCKER_DOCUMENT(LogEntry, log_members);
DOCKER_DOCUMENT(SavedLogin, login_members);
DOCKER_DOCUMENT(RegistryLogin, registry_login_members);
DOCKER_DOCUMENT(HealthCheckWish, health_members);
DOCKER_DOCUMENT(BindOptions, bind_members);
DOCKER_DOCUMENT(VolumeDriver, driver_members);
DOCKER_DOCUMENT(UlimitWish, ulimit_members);
DOCKER_DOCUMENT(DeviceWish, device_members);
DOCKER_DOCUMENT(LogWish, log_wish_members);
DOCKER_DOCUMENT(ExecWish, exec_members);
DOCKER_DOCUMENT(ExecStart, exec_start_members);

// Those that hold others of them.
namespace {
constexpr std::array registry_members{
    DOCKER_MEMBER(RegistryConfig, insecure_ranges, "InsecureRegistryCIDRs"),
    DOCKER_MEMBER(RegistryConfig, indexes, "IndexConfigs")};
constexpr std::array image_members{DOCKER_MEMBER(ImageInspection, id, "Id"),
                                   DOCKER_MEMBER(ImageInspection, config, "Config")};
constexpr std::array inspection_members{
    DOCKER_MEMBER(Inspection, id, "Id"), DOCKER_MEMBER(Inspection, log_path, "LogPath"),
    DOCKER_MEMBER(Inspection, state, "State"), DOCKER_MEMBER(Inspection, config, "Config")};
constexpr std::array client_members{DOCKER_MEMBER(ClientConfig, registries, "auths")};
constexpr std::array event_members{DOCKER_MEMBER(Event, action, "Action"),
                                   DOCKER_MEMBER(Event, actor, "Actor")};
constexpr std::array volume_members{DOCKER_MEMBER(VolumeOptions, driver, "DriverConfig")};
}  // namespace
DOCKER_DOCUMENT(RegistryConfig, registry_members);
DOCKER_DOCUMENT(ImageInspection, image_members);
DOCKER_DOCUMENT(Inspection, inspection_members);
DOCKER_DOCUMENT(ClientConfig, client_members);
DOCKER_DOCUMENT(Event, event_members);
DOCKER_DOCUMENT(VolumeOptions, volume_members);

namespace {
constexpr std::array info_members{DOCKER_MEMBER(Info, cgroup_driver, "CgroupDriver"),
                                  DOCKER_MEMBER(Info, cgroup_version, "CgroupVersion"),
                                  DOCKER_MEMBER(Info, security_options, "SecurityOptions"),
                                  DOCKER_MEMBER(Info, registries, "RegistryConfig")};
constexpr std::array mount_members{
    DOCKER_MEMBER(Mount, type, "Type"),        DOCKER_MEMBER(Mount, source, "Source"),
    DOCKER_MEMBER(Mount, target, "Target"),    DOCKER_MEMBER(Mount, read_only, "ReadOnly"),
    DOCKER_MEMBER(Mount, bind, "BindOptions"), DOCKER_MEMBER(Mount, volume, "VolumeOptions")};
}  // namespace
DOCKER_DOCUMENT(Info, info_members);
DOCKER_DOCUMENT(Mount, mount_members);

namespace {
constexpr std::array host_members{DOCKER_MEMBER(HostWish, mounts, "Mounts"),
                                  DOCKER_MEMBER(HostWish, network_mode, "NetworkMode"),
                                  DOCKER_MEMBER(HostWish, cgroup_parent, "CgroupParent"),
                                  DOCKER_MEMBER(HostWish, cgroup_namespace, "CgroupnsMode"),
                                  DOCKER_MEMBER(HostWish, ipc_mode, "IpcMode"),
                                  DOCKER_MEMBER(HostWish, cpu_shares, "CpuShares"),
                                  DOCKER_MEMBER(HostWish, memory, "Memory"),
                                  DOCKER_MEMBER(HostWish, memory_swap, "MemorySwap"),
                                  DOCKER_MEMBER(HostWish, memory_swappiness, "MemorySwappiness"),
                                  DOCKER_MEMBER(HostWish, memory_reservation, "MemoryReservation"),
                                  DOCKER_MEMBER(HostWish, pids, "PidsLimit"),
                                  DOCKER_MEMBER(HostWish, read_only_root, "ReadonlyRootfs"),
                                  DOCKER_MEMBER(HostWish, privileged, "Privileged"),
                                  DOCKER_MEMBER(HostWish, init, "Init"),
                                  DOCKER_MEMBER(HostWish, security_options, "SecurityOpt"),
                                  DOCKER_MEMBER(HostWish, capabilities_add, "CapAdd"),
                                  DOCKER_MEMBER(HostWish, capabilities_drop, "CapDrop"),
                                  DOCKER_MEMBER(HostWish, devices, "Devices"),
                                  DOCKER_MEMBER(HostWish, tmpfs, "Tmpfs"),
                                  DOCKER_MEMBER(HostWish, shared_memory, "ShmSize"),
                                  DOCKER_MEMBER(HostWish, ulimits, "Ulimits"),
                                  DOCKER_MEMBER(HostWish, log, "LogConfig")};
}  // namespace
DOCKER_DOCUMENT(HostWish, host_members);

namespace {
constexpr std::array container_members{
    DOCKER_MEMBER(ContainerWish, image, "Image"),
    DOCKER_MEMBER(ContainerWish, hostname, "Hostname"),
    DOCKER_MEMBER(ContainerWish, user, "User"),
    DOCKER_MEMBER(ContainerWish, working_directory, "WorkingDir"),
    DOCKER_MEMBER(ContainerWish, stop_signal, "StopSignal"),
    DOCKER_MEMBER(ContainerWish, entry_point, "Entrypoint"),
    DOCKER_MEMBER(ContainerWish, environment, "Env"),
    DOCKER_MEMBER(ContainerWish, labels, "Labels"),
    DOCKER_MEMBER(ContainerWish, health_check, "Healthcheck"),
    DOCKER_MEMBER(ContainerWish, host, "HostConfig")};
}  // namespace
DOCKER_DOCUMENT(ContainerWish, container_members);

}  // namespace codec

namespace agent::docker {

template <class T>
schemas::Result<T> read(std::string_view json) {
  T value{};
  const schemas::Outcome decoded =
      codec::decode(json, codec::TypeOf<T>::type, &value, codec::wire_dialect);
  if (!decoded.ok()) {
    return decoded.error();
  }
  return value;
}

template <class T>
std::string write(const T& value) {
  return codec::encode(codec::TypeOf<T>::type, &value, codec::wire_dialect);
}

template schemas::Result<Message> read(std::string_view json);
template schemas::Result<Version> read(std::string_view json);
template schemas::Result<Info> read(std::string_view json);
template schemas::Result<Progress> read(std::string_view json);
template schemas::Result<ImageInspection> read(std::string_view json);
template schemas::Result<Created> read(std::string_view json);
template schemas::Result<Inspection> read(std::string_view json);
template schemas::Result<std::vector<Listed>> read(std::string_view json);
template schemas::Result<std::vector<ListedImage>> read(std::string_view json);
template schemas::Result<Event> read(std::string_view json);
template schemas::Result<ExecInspection> read(std::string_view json);
template schemas::Result<ClientConfig> read(std::string_view json);
template schemas::Result<LogEntry> read(std::string_view json);
template std::string write(const ContainerWish& value);
template std::string write(const ExecWish& value);
template std::string write(const ExecStart& value);
template std::string write(const RegistryLogin& value);

}  // namespace agent::docker
