#pragma once

// The parts of the Docker Engine API's documents that we read and write, under our names.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"

namespace agent::docker {

// --- what the daemon says
// -------------------------------------------------------------------------

struct Message {
  std::string message;
};

struct Version {
  std::string version;
  std::string api_version;
  std::string oldest_api_version;
};

struct RegistryIndex {
  bool secure = true;
};
struct RegistryConfig {
  std::vector<std::string> insecure_ranges;
  std::map<std::string, RegistryIndex> indexes;
};
struct Info {
  std::string cgroup_driver;
  std::string cgroup_version;
  std::vector<std::string> security_options;
  RegistryConfig registries;
};

/// One line of what a pull tells.
struct Progress {
  std::string status;
  std::string error;
};

struct ImageExecution {
  std::vector<std::string> entry_point;
  std::vector<std::string> command;
  std::vector<std::string> environment;
  std::string user;
  std::string working_directory;
  std::string stop_signal;
};
struct ImageInspection {
  std::string id;
  std::optional<ImageExecution> config;
};

struct ListedImage {
  std::string id;
  std::vector<std::string> digests;  ///< "name@sha256:…"
};

struct Created {
  std::string id;
};

struct RunState {
  std::string status;
  bool running = false;
  bool out_of_memory = false;
  std::int64_t pid = 0;
  std::int64_t exit_code = 0;
  std::string error;
  std::string finished_at;
};
struct InspectedConfig {
  std::map<std::string, std::string> labels;
};
struct Inspection {
  std::string id;
  std::string log_path;
  RunState state;
  InspectedConfig config;
};

struct Listed {
  std::string id;
  std::vector<std::string> names;
  std::map<std::string, std::string> labels;
};

struct Actor {
  std::string id;
  std::map<std::string, std::string> attributes;
};
struct Event {
  std::string action;
  Actor actor;
};

struct ExecInspection {
  bool running = false;
  std::optional<std::int64_t> exit_code;
  std::int64_t pid = 0;
};

/// The part of Docker's own config.json that has credentials.
struct SavedLogin {
  std::string auth;
};
struct ClientConfig {
  std::map<std::string, SavedLogin> registries;
};

/// A line of the json-file log.
struct LogEntry {
  std::string log;
  std::string stream;
  std::string time;
};

// --- what we ask
// ----------------------------------------------------------------------------------

struct HealthCheckWish {
  std::vector<std::string> test;
};
struct BindOptions {
  std::string propagation;
};
struct VolumeDriver {
  std::string name;
  std::map<std::string, std::string> options;
};
struct VolumeOptions {
  VolumeDriver driver;
};
struct Mount {
  std::string type;
  std::string source;
  std::string target;
  bool read_only = false;
  std::optional<BindOptions> bind;
  std::optional<VolumeOptions> volume;
};
struct UlimitWish {
  std::string name;
  std::int64_t soft = 0;
  std::int64_t hard = 0;
};
struct DeviceWish {
  std::string on_host;
  std::string in_container;
  std::string permissions;
};
struct LogWish {
  std::string type;
  std::map<std::string, std::string> config;
};
struct HostWish {
  std::vector<Mount> mounts;
  std::string network_mode;
  std::string cgroup_parent;
  std::string cgroup_namespace;
  std::string ipc_mode;
  std::int64_t cpu_shares = 0;
  std::optional<std::int64_t> memory;
  std::optional<std::int64_t> memory_swap;
  std::optional<std::int64_t> memory_swappiness;
  std::optional<std::int64_t> memory_reservation;
  std::int64_t pids = 0;
  bool read_only_root = false;
  bool privileged = false;
  std::optional<bool> init;
  std::vector<std::string> security_options;
  std::vector<std::string> capabilities_add;
  std::vector<std::string> capabilities_drop;
  std::vector<DeviceWish> devices;
  std::map<std::string, std::string> tmpfs;
  std::optional<std::int64_t> shared_memory;
  std::vector<UlimitWish> ulimits;
  LogWish log;
};
struct ContainerWish {
  std::string image;
  std::string hostname;
  std::string user;
  std::string working_directory;
  std::string stop_signal;
  std::vector<std::string> entry_point;
  std::vector<std::string> environment;
  std::map<std::string, std::string> labels;
  HealthCheckWish health_check;
  HostWish host;
};

struct ExecWish {
  bool attach_output = true;
  bool attach_error = true;
  std::vector<std::string> command;
  std::vector<std::string> environment;
};
struct ExecStart {
  bool detach = false;
  bool terminal = false;
};

struct RegistryLogin {
  std::string user;
  std::string password;
  std::string server;
};

/// For every type above that the daemon says, and for lists of the listed. A `serialization` error
/// when it is not of that form.
template <class T>
schemas::Result<T> read(std::string_view json);

/// For ContainerWish, ExecWish, ExecStart and RegistryLogin.
template <class T>
std::string write(const T& value);

}  // namespace agent::docker
