#include "agent/edge/engine/docker/docker_containers.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/engine/oci/capabilities.h"
#include "agent/edge/engine/oci/devices.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using std::chrono::microseconds;

constexpr long not_found = 404;
constexpr long conflict = 409;
constexpr long already = 304;
constexpr const char* create_prefix = "CannotCreateContainerError: ";
constexpr const char* start_prefix = "CannotStartContainerError: ";

class Stopwatch {
 public:
  [[nodiscard]] microseconds elapsed() const {
    return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - start_);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Error refused(const char* prefix, const DaemonReply& reply) {
  return {ErrorCode::client, prefix + ("Error response from daemon: " + reply.message())};
}

Error unknown(schemas::ContainerId id) {
  return {ErrorCode::resource_not_found,
          "container " + id.text() + " is not known to this host's Docker"};
}

std::string label(const std::map<std::string, std::string>& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string() : found->second;
}

/// A bind mount's source is made where it is missing, as the interface has it; Docker would refuse.
schemas::Outcome make_sources(const std::vector<BindMount>& mounts) {
  for (const BindMount& mount : mounts) {
    std::error_code failure;
    if (!std::filesystem::exists(mount.source, failure)) {
      std::filesystem::create_directories(mount.source, failure);
    }
    if (failure) {
      return Error{ErrorCode::server, create_prefix + mount.source + ": " + failure.message()};
    }
  }
  return schemas::Done{};
}

}  // namespace

DockerContainers::DockerContainers(Daemon& daemon, std::string owner, TaskCgroups& cgroups,
                                   KeptLogs logs, const DockerLimits& limits, ExitListener on_exit)
    : daemon_(daemon),
      owner_(std::move(owner)),
      cgroups_(cgroups),
      logs_(std::move(logs)),
      limits_(limits),
      on_exit_(std::move(on_exit)),
      holders_(daemon, owner_) {}

schemas::Outcome DockerContainers::load() {
  if (auto prepared = holders_.prepare(); !prepared.ok()) {
    return prepared;
  }
  const auto listed = list();
  if (!listed.ok()) {
    return listed.error();
  }
  for (const docker::Listed& one : listed.value()) {
    if (const auto seen = inspect(one.id); seen.ok()) {
      adopt(seen.value());
    }
  }
  watch_ = std::make_unique<DeathWatch>(
      daemon_, owner_,
      DeathWatch::Listener{.heard = [this](schemas::ContainerId id) { heard(id); },
                           .look_at_all = [this] { look_at_all(); }});
  return schemas::Done{};
}

/// A container that an earlier process made. Its end, if it has ended, is for `recover` to tell.
void DockerContainers::adopt(const docker::Inspection& seen) {
  const auto& labels = seen.config.labels;
  const auto id = schemas::ContainerId::parse(label(labels, container_label));
  const auto task = schemas::TaskId::parse(label(labels, task_label));
  if (!id || !task) {
    return;  // it holds a namespace
  }
  Held held;
  held.task = *task;
  held.name = label(labels, name_label);
  held.digest = label(labels, digest_label);
  held.docker = seen.id;
  held.joined = {.path = label(labels, holder_label),
                 .task = *task,
                 .hostname = label(labels, hostname_label),
                 .cgroup_parent = cgroups_.path(task->text(), "")};
  held.phase = seen.state.running               ? Phase::running
               : seen.state.status == "created" ? Phase::created
                                                : Phase::ended;
  const std::lock_guard lock(mutex_);
  held_.insert_or_assign(*id, std::move(held));
}

schemas::Result<std::vector<docker::Listed>> DockerContainers::list() const {
  const std::string filters = R"({"label":[")" + std::string(owner_label) + "=" + owner_ + R"("]})";
  const auto answer =
      daemon_.call({.path = "/containers/json?all=true&filters=" + url_text(filters)});
  if (!answer.ok()) {
    return answer.error();
  }
  if (!answer.value().ok()) {
    return Error{ErrorCode::server,
                 "Docker does not list its containers: " + answer.value().message()};
  }
  return docker::read<std::vector<docker::Listed>>(answer.value().body);
}

schemas::Result<docker::Inspection> DockerContainers::inspect(const std::string& docker) const {
  const auto answer = daemon_.call({.path = "/containers/" + docker + "/json"});
  if (!answer.ok()) {
    return answer.error();
  }
  if (!answer.value().ok()) {
    return Error{
        answer.value().status == not_found ? ErrorCode::resource_not_found : ErrorCode::server,
        "Docker does not tell of container " + docker + ": " + answer.value().message()};
  }
  return docker::read<docker::Inspection>(answer.value().body);
}

schemas::Result<DockerContainers::Held> DockerContainers::held(schemas::ContainerId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  return found == held_.end() ? schemas::Result<Held>(unknown(id)) : found->second;
}

schemas::Outcome DockerContainers::create_in_daemon(const std::string& name,
                                                    const docker::ContainerWish& wish,
                                                    CreatedContainer& created) const {
  const DaemonCall call{
      .method = "POST", .path = "/containers/create?name=" + name, .body = docker::write(wish)};
  auto answer = daemon_.call(call);
  if (answer.ok() && answer.value().status == conflict) {
    // Ours, of a life that ended in the middle of this: nobody else makes such names.
    if (auto erased = erase(name); !erased.ok()) {
      return erased;
    }
    answer = daemon_.call(call);
  }
  if (!answer.ok()) {
    return Error{ErrorCode::server, create_prefix + answer.error().message};
  }
  if (!answer.value().ok()) {
    return refused(create_prefix, answer.value());
  }
  const auto made = docker::read<docker::Created>(answer.value().body);
  if (!made.ok()) {
    return Error{ErrorCode::server, create_prefix + made.error().message};
  }
  created.runtime_id = made.value().id;
  return schemas::Done{};
}

schemas::Result<CreatedContainer> DockerContainers::create(const ContainerSpec& spec,
                                                           const std::string& image) {
  const Stopwatch watch;
  const auto rights =
      capabilities_of(spec.capabilities_add, spec.capabilities_drop, host_capabilities());
  if (!rights.ok()) {
    return rights.error();
  }
  CreatedContainer created;
  Held held;
  held.task = spec.task;
  held.name = spec.name;
  held.digest = spec.image_digest;
  held.joined = {.path = spec.network == NetworkKind::joined ? spec.network_namespace : "",
                 .task = spec.task,
                 .hostname = spec.hostname,
                 .cgroup_parent = cgroups_.path(spec.task.text(), "")};
  DockerChoices choices{.image = image,
                        .owner = owner_,
                        .network_holder = {},
                        .cgroup_parent = held.joined.cgroup_parent,
                        .log_bytes_max = limits_.log_bytes_max,
                        .log_files_max = limits_.log_files_max};
  if (!held.joined.path.empty()) {
    const auto holder = holders_.hold(held.joined);
    if (!holder.ok()) {
      return holder.error();
    }
    choices.network_holder = holder.value();
  }
  if (auto made = make_sources(spec.mounts); !made.ok()) {
    return made.error();
  }
  created.phases.rootfs = watch.elapsed();
  docker::ContainerWish wish = container_wish(spec, choices);
  const auto devices = host_devices(spec.devices);
  if (!devices.ok()) {
    return devices.error();
  }
  for (const HostDevice& device : devices.value()) {
    wish.host.devices.push_back(
        {.on_host = device.source, .in_container = device.path, .permissions = device.access});
  }
  if (!held.joined.path.empty()) {
    wish.labels.insert_or_assign(holder_label, held.joined.path);
    wish.labels.insert_or_assign(hostname_label, held.joined.hostname);
  }
  const std::string name = "ecs-" + spec.name + "-" + spec.id.text();
  if (auto made = create_in_daemon(name, wish, created); !made.ok()) {
    return made.error();
  }
  held.docker = created.runtime_id;
  created.phases.create = watch.elapsed() - created.phases.rootfs;
  const std::lock_guard lock(mutex_);
  held_.insert_or_assign(spec.id, std::move(held));
  return created;
}

schemas::Outcome DockerContainers::ask_to_start(const Held& held) {
  if (!held.joined.path.empty()) {
    if (const auto holder = holders_.hold(held.joined); !holder.ok()) {
      return holder.error();
    }
  }
  const auto answer =
      daemon_.call({.method = "POST", .path = "/containers/" + held.docker + "/start"});
  if (!answer.ok()) {
    return Error{ErrorCode::server, start_prefix + answer.error().message};
  }
  if (answer.value().status == already) {
    return Error{ErrorCode::conflict, std::string(start_prefix) + "the container runs already"};
  }
  if (!answer.value().ok()) {
    return refused(start_prefix, answer.value());
  }
  const auto seen = inspect(held.docker);
  if (seen.ok() && !seen.value().log_path.empty()) {
    return logs_.follow(held.task.text(), held.name, seen.value().log_path);
  }
  return schemas::Done{};
}

schemas::Result<microseconds> DockerContainers::start(schemas::ContainerId id) {
  return run(id, Begin::first);
}

schemas::Result<microseconds> DockerContainers::restart(schemas::ContainerId id) {
  await_end(id);
  return run(id, Begin::again);
}

schemas::Result<microseconds> DockerContainers::run(schemas::ContainerId id, Begin begin) {
  const Stopwatch watch;
  Held copy;
  Phase before = Phase::created;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end()) {
      return Error{ErrorCode::resource_not_found, start_prefix + unknown(id).message};
    }
    Held& held = found->second;
    const bool may =
        held.phase == Phase::created || (held.phase == Phase::ended && begin == Begin::again);
    if (!may) {
      return Error{ErrorCode::conflict,
                   std::string(start_prefix) + "the container " +
                       (held.phase == Phase::ended ? "has run already" : "runs already")};
    }
    before = held.phase;
    held.phase = Phase::starting;
    held.died = false;
    copy = held;
  }
  const schemas::Outcome started = ask_to_start(copy);
  if (!started.ok() && begin == Begin::first && started.error().code == ErrorCode::client) {
    // Docker has refused it: as elsewhere, nothing is left of a container that could not start.
    static_cast<void>(remove(id).ok());
    return started.error();
  }
  bool died = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found != held_.end() && found->second.phase == Phase::starting) {
      found->second.phase = started.ok() ? Phase::running : before;
      died = started.ok() && found->second.died;
    }
  }
  if (died) {
    watch_->mention(id);
  }
  return started.ok() ? schemas::Result<microseconds>(watch.elapsed()) : started.error();
}

schemas::Outcome DockerContainers::signal(schemas::ContainerId id, const std::string& signal) {
  const auto known = held(id);
  if (!known.ok()) {
    return known.error();
  }
  const auto answer = daemon_.call(
      {.method = "POST",
       .path = "/containers/" + known.value().docker + "/kill?signal=" + url_text(signal)});
  if (!answer.ok()) {
    return answer.error();
  }
  // It has ended meanwhile, or is gone.
  const long status = answer.value().status;
  return answer.value().ok() || status == conflict || status == not_found
             ? schemas::Outcome(schemas::Done{})
             : Error{ErrorCode::server, "Docker cannot send " + signal + " to container " +
                                            id.text() + ": " + answer.value().message()};
}

schemas::Outcome DockerContainers::kill(schemas::ContainerId id) { return signal(id, "SIGKILL"); }

schemas::Outcome DockerContainers::erase(const std::string& docker) const {
  const auto answer =
      daemon_.call({.method = "DELETE", .path = "/containers/" + docker + "?force=true&v=true"});
  if (!answer.ok()) {
    return answer.error();
  }
  if (answer.value().ok() || answer.value().status == not_found) {
    return schemas::Done{};
  }
  if (answer.value().status == conflict) {
    // Somebody else's removal is under way: over when it is gone.
    const auto gone = daemon_.call(
        {.method = "POST", .path = "/containers/" + docker + "/wait?condition=removed"});
    if (gone.ok() && (gone.value().ok() || gone.value().status == not_found)) {
      return schemas::Done{};
    }
  }
  return Error{ErrorCode::server,
               "Docker cannot remove container " + docker + ": " + answer.value().message()};
}

schemas::Outcome DockerContainers::remove(schemas::ContainerId id) {
  Held copy;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end()) {
      return schemas::Done{};
    }
    found->second.phase = Phase::doomed;
    copy = found->second;
  }
  // Its last words are written before its log is kept, and that before it goes with the container.
  if (auto killed_all = kill(id); !killed_all.ok()) {
    return killed_all;
  }
  const auto ended =
      daemon_.call({.method = "POST",
                    .path = "/containers/" + copy.docker + "/wait?condition=not-running",
                    .time_limit = std::chrono::seconds(30)});
  if (!ended.ok()) {
    return ended.error();
  }
  if (auto kept = logs_.keep(copy.task.text(), copy.name); !kept.ok()) {
    spdlog::warn("{}", kept.error().message);
  }
  schemas::Outcome erased = erase(copy.docker);
  if (erased.ok()) {
    const std::lock_guard lock(mutex_);
    held_.erase(id);
  }
  return erased;
}

schemas::Outcome DockerContainers::remove_where(
    const std::function<bool(schemas::TaskId)>& chosen) {
  std::vector<schemas::ContainerId> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) {
      if (chosen(held.task)) {
        ids.push_back(id);
      }
    }
  }
  for (const schemas::ContainerId& id : ids) {
    if (auto removed = remove(id); !removed.ok()) {
      return removed;
    }
  }
  // What is left is what holds namespaces, and what a crash left unfinished.
  const auto listed = list();
  if (!listed.ok()) {
    return listed.error();
  }
  for (const docker::Listed& one : listed.value()) {
    const auto task = schemas::TaskId::parse(label(one.labels, task_label));
    if (!task || chosen(*task)) {
      if (auto erased = erase(one.id); !erased.ok()) {
        return erased;
      }
    }
  }
  return schemas::Done{};
}

}  // namespace agent
