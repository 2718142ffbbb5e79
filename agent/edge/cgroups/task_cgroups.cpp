#include "agent/edge/cgroups/task_cgroups.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <thread>

namespace agent {

namespace {

constexpr std::string_view supervisor = "supervisor";
constexpr std::int64_t cpu_period_us = 100'000;
constexpr std::int64_t cpu_quota_us_min = 1'000;  // the kernel refuses less
constexpr std::int64_t cpu_units_per_cpu = 1'024;
constexpr std::int64_t cpu_shares_min = 2;
constexpr std::int64_t cpu_shares_max = 262'144;
constexpr std::int64_t bytes_per_mib = 1'048'576;
constexpr std::chrono::seconds removal_limit{5};

/// Docker's list: any node may be made, only harmless ones used. Terminals are the container's own.
constexpr std::array<std::string_view, 11> allowed_devices{
    "c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",  "c 1:8 rwm",
    "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm"};

schemas::Error cgroup_error(const std::string& what, const std::string& path, int error) {
  return {.code = schemas::ErrorCode::server,
          .message = "cannot " + what + " the cgroup " + path + ": " +
                     std::system_category().message(error)};
}

std::optional<std::string> read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return std::nullopt;
  }
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t moved = 1; moved > 0;) {
    moved = read(file, piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(moved, 0)));
  }
  close(file);
  return text;
}

/// 0 or the error. O_CREAT is for trees that are not the kernel's; the kernel makes no file here.
int write_file(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    return errno;
  }
  const ssize_t moved = write(file, text.data(), text.size());
  const int error = moved == static_cast<ssize_t>(text.size()) ? 0 : errno;
  close(file);
  return error;
}

std::int64_t number_in(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The number after `key` in lines of "key number"; 0 when there is none.
std::int64_t number_of(std::string_view text, std::string_view key) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ' ') {
      return number_in(line.substr(key.size() + 1));
    }
    at = end + 1;
  }
  return 0;
}

std::vector<std::string> directories_in(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  while (directory != nullptr) {
    const dirent* entry = readdir(directory.get());
    if (entry == nullptr) {
      break;
    }
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
      names.emplace_back(entry->d_name);
    }
  }
  return names;
}

std::vector<pid_t> members_of(const std::string& path) {
  const std::string text = read_file(path + "/cgroup.procs").value_or("");
  std::vector<pid_t> members;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::int64_t id = number_in(std::string_view(text).substr(at, end - at));
    if (id > 1) {
      members.push_back(static_cast<pid_t>(id));
    }
    at = end + 1;
  }
  return members;
}

void add_members_below(const std::string& path, std::vector<pid_t>& members) {
  const std::vector<pid_t> here = members_of(path);
  members.insert(members.end(), here.begin(), here.end());
  for (const std::string& name : directories_in(path)) {
    add_members_below(std::string(path).append("/").append(name), members);
  }
}

void kill_members(const std::string& path) {
  for (const pid_t id : members_of(path)) {
    ::kill(id, SIGKILL);
  }
}

/// Removes a cgroup and those below it; 0, or the error of the first that would not go.
int remove_tree(const std::string& path) {
  if (rmdir(path.c_str()) == 0 || errno == ENOENT) {
    return 0;
  }
  for (const std::string& name : directories_in(path)) {
    std::string below = path;
    if (const int error = remove_tree(below.append("/").append(name)); error != 0) {
      return error;
    }
  }
  kill_members(path);
  return rmdir(path.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

/// Removes them, killing who is inside.
schemas::Outcome remove_all(const std::vector<std::string>& paths) {
  const auto deadline = std::chrono::steady_clock::now() + removal_limit;
  for (const std::string& path : paths) {
    // A killed process leaves its cgroup a moment after the signal.
    for (int error = remove_tree(path); error != 0; error = remove_tree(path)) {
      if (std::chrono::steady_clock::now() > deadline) {
        return cgroup_error("remove", path, error);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return schemas::Done{};
}

/// cgroup v2 counts weights from 1 to 10,000 where v1 counts shares from 2 to 262,144; runtimes
/// agree on this line between the two.
std::int64_t weight_of(std::int64_t shares) {
  return 1 + ((shares - cpu_shares_min) * 9'999) / (cpu_shares_max - cpu_shares_min);
}

std::int64_t shares_of(schemas::CpuUnits cpu) {
  return std::clamp(cpu.count, cpu_shares_min, cpu_shares_max);
}

}  // namespace

TaskCgroups::TaskCgroups(CgroupHierarchy hierarchy, std::string base)
    : hierarchy_(std::move(hierarchy)), base_(std::move(base)) {}

std::string TaskCgroups::path(const std::string& task, const std::string& container) const {
  return "/" + base_ + "/" + task + (container.empty() ? "" : "/" + container);
}

std::string TaskCgroups::directory(const CgroupMount& mount, const std::string& relative) const {
  return mount.path + relative;
}

std::string TaskCgroups::file(std::string_view controller, const std::string& relative,
                              const std::string& name) const {
  const CgroupMount* mount = hierarchy_.with(controller);
  return mount == nullptr ? std::string() : directory(*mount, relative) + "/" + name;
}

schemas::Outcome TaskCgroups::make(const std::string& relative) {
  for (const CgroupMount& mount : hierarchy_.mounts) {
    if (hierarchy_.version == CgroupVersion::v1 && mount.controllers.empty()) {
      continue;
    }
    const std::string path = directory(mount, relative);
    if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
      return cgroup_error("make", path, errno);
    }
  }
  return schemas::Done{};
}

schemas::Outcome TaskCgroups::hand_down(const std::string& relative) {
  if (hierarchy_.version == CgroupVersion::v1) {
    return schemas::Done{};
  }
  const std::string path = hierarchy_.mounts.front().path + relative;
  // One at a time: a kernel without one of them must not cost us the others.
  for (const std::string_view controller : {"cpu", "memory", "pids"}) {
    const std::string available = read_file(path + "/cgroup.controllers").value_or("");
    if (available.find(controller) == std::string::npos) {
      return cgroup_error("find the controller " + std::string(controller) + " in", path, ENOENT);
    }
    const std::string handed = read_file(path + "/cgroup.subtree_control").value_or("");
    if (handed.find(controller) != std::string::npos) {
      continue;
    }
    const int error = write_file(path + "/cgroup.subtree_control", "+" + std::string(controller));
    if (error != 0) {
      return cgroup_error("hand the controller " + std::string(controller) + " down from", path,
                          error);
    }
  }
  return schemas::Done{};
}

schemas::Outcome TaskCgroups::prepare() {
  for (const std::string& relative :
       {std::string(), "/" + base_, "/" + base_ + "/" + std::string(supervisor)}) {
    const bool last = relative.ends_with(supervisor);
    if (auto made = relative.empty() ? schemas::Outcome(schemas::Done{}) : make(relative);
        !made.ok()) {
      return made;
    }
    if (auto handed = last ? schemas::Outcome(schemas::Done{}) : hand_down(relative);
        !handed.ok()) {
      return handed;
    }
  }
  return schemas::Done{};
}

schemas::Outcome TaskCgroups::create_task(const std::string& task, const TaskLimits& limits) {
  const std::string relative = path(task, "");
  // The base goes when the last task goes, so it may have to be made again.
  if (auto prepared = prepare(); !prepared.ok()) {
    return prepared;
  }
  if (auto made = make(relative); !made.ok()) {
    return made;
  }
  if (auto handed = hand_down(relative); !handed.ok()) {
    return handed;
  }
  if (limits.cpu) {
    const std::int64_t quota =
        std::max(cpu_quota_us_min, limits.cpu->count * cpu_period_us / cpu_units_per_cpu);
    const bool v1 = hierarchy_.version == CgroupVersion::v1;
    const std::string limit_file = file("cpu", relative, v1 ? "cpu.cfs_quota_us" : "cpu.max");
    const int error =
        write_file(limit_file, v1 ? std::to_string(quota)
                                  : std::to_string(quota) + " " + std::to_string(cpu_period_us));
    if (error != 0) {
      return cgroup_error("limit the CPU time of", limit_file, error);
    }
  }
  ContainerLimits own;
  own.cpu = limits.cpu.value_or(schemas::CpuUnits{cpu_units_per_cpu});
  own.memory = limits.memory;
  own.pids = 0;
  return limit(relative, own);
}

schemas::Outcome TaskCgroups::create_container(const std::string& task,
                                               const std::string& container,
                                               const ContainerLimits& limits,
                                               const DeviceRules& devices) {
  const std::string relative = path(task, container);
  if (auto made = make(relative); !made.ok()) {
    return made;
  }
  if (auto limited = limit(relative, limits); !limited.ok()) {
    return limited;
  }
  return hierarchy_.version == CgroupVersion::v1 ? limit_devices(relative, devices)
                                                 : schemas::Done{};
}

schemas::Outcome TaskCgroups::limit(const std::string& relative, const ContainerLimits& limits) {
  struct Setting {
    std::string path;
    std::string value;
    enum class Need : std::uint8_t { must, may } need = Need::must;
  };
  std::vector<Setting> settings;
  const bool v1 = hierarchy_.version == CgroupVersion::v1;
  const std::int64_t shares = shares_of(limits.cpu);
  settings.push_back({file("cpu", relative, v1 ? "cpu.shares" : "cpu.weight"),
                      std::to_string(v1 ? shares : weight_of(shares))});
  if (limits.memory) {
    const std::string bytes = std::to_string(limits.memory->count * bytes_per_mib);
    settings.push_back(
        {file("memory", relative, v1 ? "memory.limit_in_bytes" : "memory.max"), bytes});
    // No swap beyond it but what is stated. A kernel may be built without swap accounting.
    const std::int64_t swap = limits.swap.value_or(schemas::MemoryMib{0}).count * bytes_per_mib;
    settings.push_back(
        {file("memory", relative, v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max"),
         std::to_string(swap + (v1 ? limits.memory->count * bytes_per_mib : 0)),
         swap > 0 ? Setting::Need::must : Setting::Need::may});
  }
  if (limits.swap && limits.swappiness) {
    settings.push_back(
        {file("memory", relative, "memory.swappiness"), std::to_string(*limits.swappiness)});
  }
  if (limits.memory_reservation) {
    settings.push_back({file("memory", relative, v1 ? "memory.soft_limit_in_bytes" : "memory.low"),
                        std::to_string(limits.memory_reservation->count * bytes_per_mib),
                        Setting::Need::may});
  }
  if (limits.pids > 0) {
    settings.push_back({file("pids", relative, "pids.max"), std::to_string(limits.pids)});
  }
  for (const Setting& setting : settings) {
    const int error = write_file(setting.path, setting.value);
    if (error != 0 && setting.need == Setting::Need::must) {
      return cgroup_error("write " + setting.value + " to", setting.path, error);
    }
  }
  return schemas::Done{};
}

schemas::Outcome TaskCgroups::limit_devices(const std::string& relative,
                                            const DeviceRules& devices) {
  const std::string denied = file("devices", relative, "devices.deny");
  // Without the controller nodev mounts and dropped rights remain. A new cgroup has all devices.
  if (denied.empty() || devices.reach == DeviceRules::Reach::all) {
    return schemas::Done{};
  }
  if (const int error = write_file(denied, "a"); error != 0) {
    return cgroup_error("take the devices from", denied, error);
  }
  const std::string allowed = file("devices", relative, "devices.allow");
  std::vector<std::string> rules(allowed_devices.begin(), allowed_devices.end());
  rules.insert(rules.end(), devices.allowed.begin(), devices.allowed.end());
  for (const std::string& device : rules) {
    if (const int error = write_file(allowed, device); error != 0) {
      return cgroup_error("allow devices in", allowed, error);
    }
  }
  return schemas::Done{};
}

schemas::Result<TaskUse> TaskCgroups::use(const std::string& task) const {
  const std::string relative = path(task, "");
  const bool v1 = hierarchy_.version == CgroupVersion::v1;
  const auto cpu = read_file(v1 ? file("cpuacct", relative, "cpuacct.usage")
                                : file("cpu", relative, "cpu.stat"));
  const auto memory =
      read_file(file("memory", relative, v1 ? "memory.usage_in_bytes" : "memory.current"));
  if (!cpu || !memory) {
    return schemas::Error{.code = schemas::ErrorCode::resource_not_found,
                          .message = "task " + task + " has no cgroup on this host"};
  }
  const std::string details = read_file(file("memory", relative, "memory.stat")).value_or("");
  const auto peak =
      read_file(file("memory", relative, v1 ? "memory.max_usage_in_bytes" : "memory.peak"));
  TaskUse use;
  use.cpu_time_ns = v1 ? number_in(*cpu) : number_of(*cpu, "usage_usec") * 1'000;
  const std::int64_t held = number_in(*memory);
  use.memory_bytes = std::max<std::int64_t>(
      0, held - number_of(details, v1 ? "total_inactive_file" : "inactive_file"));
  // Kernels before 5.19 keep no peak on v2: then what it holds now is the least it was.
  use.memory_peak_bytes = peak ? number_in(*peak) : held;
  return use;
}

std::int64_t TaskCgroups::memory_kills(const std::string& task,
                                       const std::string& container) const {
  const bool v1 = hierarchy_.version == CgroupVersion::v1;
  const auto events =
      read_file(file("memory", path(task, container), v1 ? "memory.oom_control" : "memory.events"));
  return events ? number_of(*events, "oom_kill") : 0;
}

std::vector<pid_t> TaskCgroups::members(const std::string& task) const {
  std::vector<pid_t> members;
  if (const auto found = directories(path(task, "")); !found.empty()) {
    add_members_below(found.front(), members);  // the same in every hierarchy
  }
  return members;
}

std::vector<std::string> TaskCgroups::directories(const std::string& relative) const {
  std::vector<std::string> paths;
  for (const CgroupMount& mount : hierarchy_.mounts) {
    paths.push_back(directory(mount, relative));
  }
  if (!hierarchy_.unified.empty()) {
    paths.push_back(hierarchy_.unified + relative);
  }
  return paths;
}

schemas::Outcome TaskCgroups::remove(const std::string& task, const std::string& container) {
  return remove_all(directories(path(task, container)));
}

schemas::Outcome TaskCgroups::create_exec(const std::string& task, const std::string& container,
                                          const std::string& name) {
  for (const std::string& parent : directories(path(task, container))) {
    const std::string made = parent + "/" + name;
    if (mkdir(made.c_str(), 0755) != 0 && errno != EEXIST && errno != ENOENT) {
      return cgroup_error("make", made, errno);
    }
    // A new cpuset holds no processor, and nobody can enter it; other controllers have no such
    // file.
    for (const char* file : {"/cpuset.cpus", "/cpuset.mems"}) {
      const auto given = read_file(parent + file);
      if (hierarchy_.version == CgroupVersion::v1 && given &&
          write_file(made + file, *given) != 0) {
        return cgroup_error("share the processors of", made, errno);
      }
    }
  }
  return schemas::Done{};
}

schemas::Outcome TaskCgroups::remove_exec(const std::string& task, const std::string& container,
                                          const std::string& name) {
  std::vector<std::string> paths;
  for (const std::string& parent : directories(path(task, container))) {
    for (const std::string& below : directories_in(parent)) {
      if (name.empty() ? below.starts_with("exec-") : below == name) {
        paths.push_back(parent + "/" + below);
      }
    }
  }
  return remove_all(paths);
}

schemas::Outcome TaskCgroups::remove_base() {
  std::vector<std::string> paths;
  for (const CgroupMount& mount : hierarchy_.mounts) {
    paths.push_back(directory(mount, "/" + base_));
  }
  if (!hierarchy_.unified.empty()) {
    paths.push_back(hierarchy_.unified + "/" + base_);
  }
  const auto deadline = std::chrono::steady_clock::now() + removal_limit;
  for (const std::string& path : paths) {
    while (tasks().empty()) {
      // With no task left, a conmon that is still here supervises nothing: it is on its way out, or
      // was cut off from the agent that started it.
      if (auto removed = remove(std::string(supervisor), ""); !removed.ok()) {
        return removed;
      }
      if (rmdir(path.c_str()) == 0 || errno == ENOENT) {
        break;
      }
      if (std::chrono::steady_clock::now() > deadline) {
        return cgroup_error("remove", path, errno);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return schemas::Done{};
}

std::vector<std::string> TaskCgroups::tasks() const {
  std::set<std::string> names;
  for (const CgroupMount& mount : hierarchy_.mounts) {
    for (std::string& name : directories_in(directory(mount, "/" + base_))) {
      names.insert(std::move(name));
    }
  }
  names.erase(std::string(supervisor));
  return {names.begin(), names.end()};
}

std::vector<std::string> TaskCgroups::entrances(const std::string& task,
                                                const std::string& container) const {
  std::vector<std::string> files;
  for (const CgroupMount& mount : hierarchy_.mounts) {
    if (hierarchy_.version == CgroupVersion::v2) {
      files.push_back(directory(mount, path(task, container)) + "/cgroup.procs");
    } else if (!mount.controllers.empty()) {
      files.push_back(directory(mount, path(task, container)) + "/tasks");
    }
  }
  return files;
}

std::vector<std::string> TaskCgroups::supervisor_entrances() const {
  return entrances(std::string(supervisor), "");
}

}  // namespace agent
