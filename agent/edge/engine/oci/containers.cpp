#include "agent/edge/engine/oci/containers.h"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "agent/edge/engine/oci/root_files.h"
#include "agent/edge/engine/oci/signals.h"
#include "agent/edge/logs/log_files.h"

namespace agent {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds create_limit{60'000};
constexpr std::chrono::milliseconds start_limit{30'000};
/// How often logs are looked at: long enough to cost nothing with a thousand containers, short
/// enough that a container that writes 100 MB/s cannot go far beyond its limit.
constexpr std::chrono::milliseconds tick{250};
constexpr std::int64_t open_files_max = 65'536;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

/// The prefix ECS's users look for: a command that cannot be run is the start's fault there, though
/// the runtimes notice it while they create.
schemas::Error create_error(const schemas::Error& error) {
  if (error.message.starts_with("Cannot")) {
    return error;
  }
  const bool command = error.message.find("executable") != std::string::npos ||
                       error.message.find("exec: \"") != std::string::npos;
  return {.code = error.code,
          .message = command ? "CannotStartContainerError: the image has no such command, or it "
                               "cannot be executed: " +
                                   error.message
                             : "CannotCreateContainerError: " + error.message};
}

schemas::Error unknown(schemas::ContainerId id) {
  return {.code = schemas::ErrorCode::resource_not_found,
          .message = "container " + id.text() + " is not on this host"};
}

/// A process may open as many files as this agent lets it, where that is less than we would like.
std::int64_t open_files_allowed() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min(open_files_max, static_cast<std::int64_t>(std::min<rlim_t>(
                                      limit.rlim_max, static_cast<rlim_t>(open_files_max))));
}

bool is_container_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), [](char character) {
           return (character >= 'a' && character <= 'z') ||
                  (character >= 'A' && character <= 'Z') ||
                  (character >= '0' && character <= '9') || character == '_' || character == '-';
         });
}

/// `nodev`: a device node in an image's layer opens nothing. `volatile`: without it the kernel
/// flushes the whole disk when a container ends; what a container wrote does not outlive it.
PrivateMount root_mount(const ContainerHome& home, const ContainerRecord& record,
                        const std::filesystem::path& image_root) {
  return {.type = "overlay",
          .target = home.root().string(),
          .options = "volatile,lowerdir=" + image_root.string() +
                     ",upperdir=" + home.upper().string() + ",workdir=" + home.work().string(),
          .flags = record.root == ContainerRecord::Root::with_devices
                       ? 0UL
                       : static_cast<unsigned long>(MS_NODEV)};
}

ContainerRecord record_of(const ContainerSpec& spec) {
  return {.id = spec.id,
          .task = spec.task,
          .name = spec.name,
          .image_digest = spec.image_digest,
          .root = spec.privileged ? ContainerRecord::Root::with_devices
                                  : ContainerRecord::Root::without_devices};
}

DeviceRules device_rules(const ContainerSpec& spec, const RuntimeChoices& choices) {
  DeviceRules rules;
  rules.reach = spec.privileged ? DeviceRules::Reach::all : DeviceRules::Reach::listed;
  for (const HostDevice& device : choices.devices) {
    rules.allowed.push_back(device.rule());
  }
  return rules;
}

}  // namespace

Containers::Containers(EngineHome home, RuntimeClass runtime, std::string conmon,
                       TaskCgroups& cgroups, LogLimits logs, ExitListener on_exit)
    : home_(std::move(home)),
      runtime_(std::move(runtime)),
      conmon_(std::move(conmon)),
      cgroups_(cgroups),
      log_limits_(logs),
      on_exit_(std::move(on_exit)),
      watch_([this](schemas::ContainerId id) { supervisor_ended(id); }, [this] { rotate_logs(); },
             tick) {}

std::filesystem::path Containers::log_path(schemas::TaskId task, const std::string& name) const {
  return home_.logs() / task.text() / (name + ".log");
}

ContainerExit Containers::exit_of(const ContainerHome& home, const ContainerRecord& record,
                                  Held::End end, const std::filesystem::path& exit_file) {
  ContainerExit exit{
      .id = record.id,
      .task = record.task,
      .exit_code = number_in_file(exit_file),
      .out_of_memory = false,
      .reason = {},
      .finished_at = std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now())};
  if (!exit.exit_code) {
    exit.reason =
        "ContainerRuntimeError: conmon, which supervises the container, ended before it, so its "
        "exit code is lost; the container was killed";
    return exit;
  }
  struct stat status {};
  if (stat(exit_file.c_str(), &status) == 0) {
    exit.finished_at = std::chrono::floor<schemas::Duration>(
        schemas::Instant(std::chrono::seconds(status.st_mtim.tv_sec)) +
        std::chrono::nanoseconds(status.st_mtim.tv_nsec));
  }
  // conmon also says "oom" when only a child died; the container is out of memory when its own end
  // was the kernel's doing.
  if (exit.exit_code == killed_exit_code && end == Held::End::natural &&
      cgroups_.memory_kills(record.task.text(), home.id()) >
          number_in_file(home.earlier_kills()).value_or(0)) {
    exit.out_of_memory = true;
    exit.reason = "OutOfMemoryError: Container killed due to memory usage";
  }
  return exit;
}

schemas::Result<Supervised> Containers::make(const ContainerSpec& spec, const ContainerHome& home,
                                             const std::filesystem::path& image_root,
                                             PhaseTimes& phases) {
  const auto begin = Clock::now();
  const std::string task = spec.task.text();
  const auto identity = identity_of(spec.process.user, image_root);
  if (!identity.ok()) {
    return identity.error();
  }
  auto directory = make_working_directory(spec.process.working_directory, identity.value(),
                                          image_root, home.upper());
  if (!directory.ok()) {
    return directory.error();
  }
  for (const BindMount& mount : spec.mounts) {
    // Two containers of a task may be made at once and share a volume: one of them fills it.
    const std::lock_guard lock(volumes_mutex_);
    if (auto begun = begin_volume(mount, image_root); !begun.ok()) {
      return begun.error();
    }
  }
  RuntimeChoices choices;
  choices.root = home.root().string();
  choices.identity = identity.value();
  choices.open_files_max = open_files_allowed();
  if (auto chosen = runtime_.choose(choices, spec, cgroups_, home.id()); !chosen.ok()) {
    return chosen.error();
  }
  if (auto made =
          cgroups_.create_container(task, home.id(), spec.limits, device_rules(spec, choices));
      !made.ok()) {
    return made.error();
  }
  std::error_code failure;
  std::filesystem::create_directories(log_path(spec.task, spec.name).parent_path(), failure);
  int error = failure.value();
  error = error != 0 ? error : write_file(home.configuration(), runtime_config_json(spec, choices));
  error = error != 0 ? error : write_file(home.process(), process_json_head(spec, choices));
  if (error != 0) {
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = "cannot write below " + home_.data.string() + ": " +
                                     std::system_category().message(error)};
  }
  phases.rootfs = since(begin);
  const auto creating = Clock::now();
  auto made = supervised(home, record_of(spec), image_root);
  phases.create = since(creating);
  return made;
}

schemas::Result<Supervised> Containers::supervised(const ContainerHome& home,
                                                   const ContainerRecord& record,
                                                   const std::filesystem::path& image_root) {
  Supervision supervision;
  supervision.conmon = conmon_;
  supervision.groups = cgroups_.supervisor_entrances();
  supervision.mounts = hidden_mounts(cgroups_.hierarchy());
  supervision.mounts.push_back(root_mount(home, record, image_root));
  supervision.name = record.name;
  supervision.log = log_path(record.task, record.name);
  runtime_.call_by(supervision, home_, cgroups_, record.task.text(), home.id());
  return supervise(home_, home, supervision, create_limit);
}

schemas::Result<CreatedContainer> Containers::create(const ContainerSpec& spec,
                                                     const std::filesystem::path& image_root) {
  if (!is_container_name(spec.name)) {
    return create_error({.code = schemas::ErrorCode::client,
                         .message = "'" + spec.name +
                                    "' is not a container's name: letters, "
                                    "digits, '_' and '-', 255 at most"});
  }
  struct stat status {};
  if (stat(image_root.c_str(), &status) != 0) {
    return create_error(
        {.code = schemas::ErrorCode::client,
         .message = "the image " + spec.image_digest + " is not on this host; pull it first"});
  }
  const ContainerHome home(home_, spec.id);
  const ContainerRecord record = record_of(spec);
  if (std::filesystem::exists(home.bundle())) {
    return create_error({.code = schemas::ErrorCode::conflict,
                         .message = "container " + home.id() + " exists already; remove it first"});
  }
  CreatedContainer created{.runtime_id = home.id(), .phases = {}};
  auto made = home.make(record);
  auto supervised = made.ok() ? make(spec, home, image_root, created.phases)
                              : schemas::Result<Supervised>(made.error());
  if (!supervised.ok()) {
    if (auto cleaned = clean(home, record); !cleaned.ok()) {
      spdlog::warn("{}", cleaned.error().message);
    }
    return create_error(supervised.error());
  }
  Held held;
  held.record = record;
  held.pid = supervised.value().process;
  held.process = std::move(supervised.value().process_handle);
  held.watch = Held::Watch::yes;
  {
    const std::lock_guard lock(mutex_);
    held_.insert_or_assign(spec.id, std::move(held));
  }
  watch_.add(spec.id, std::move(supervised.value().supervisor_handle));
  return created;
}

schemas::Result<std::chrono::microseconds> Containers::start(schemas::ContainerId id) {
  const auto begin = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end()) {
      return unknown(id);
    }
    if (found->second.phase != ContainerPhase::created) {
      return schemas::Error{
          .code = schemas::ErrorCode::conflict,
          .message = "CannotStartContainerError: container " + id.text() + " was started before"};
    }
    // Before the fact: its end may be noticed before this call returns.
    found->second.phase = ContainerPhase::running;
  }
  if (runtime_.start_by == StartBy::pipe && open_gate(ContainerHome(home_, id))) {
    return since(begin);
  }
  Program program;
  program.arguments = {runtime_.program};
  for (std::string& option : runtime_.options(home_)) {
    program.arguments.push_back(std::move(option));
  }
  program.arguments.insert(program.arguments.end(), {"start", id.text()});
  program.environment = program_environment();
  auto ended = run_program(std::move(program), start_limit);
  if (ended.ok() && ended.value().status == 0) {
    return since(begin);
  }
  const std::string why = ended.ok() ? said_by(ended.value().output) : ended.error().message;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = held_.find(id);
        found != held_.end() && found->second.phase == ContainerPhase::running) {
      found->second.phase = ContainerPhase::created;
    }
  }
  return schemas::Error{.code = schemas::ErrorCode::client,
                        .message = "CannotStartContainerError: " + why};
}

schemas::Outcome Containers::signal(schemas::ContainerId id, const std::string& signal) {
  const auto number = signal_number(signal);
  if (!number) {
    return schemas::Error{.code = schemas::ErrorCode::client,
                          .message = "'" + signal +
                                     "' is not a signal; use a name like SIGTERM, "
                                     "or a number"};
  }
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  if (found == held_.end()) {
    return unknown(id);
  }
  if (*number == SIGKILL && found->second.phase != ContainerPhase::exited) {
    found->second.end = Held::End::killed;
  }
  send_signal(found->second.process, *number);  // gone already: what was wanted has happened
  return schemas::Done{};
}

schemas::Outcome Containers::kill(schemas::ContainerId id) { return signal(id, "SIGKILL"); }

schemas::Outcome Containers::clean(const ContainerHome& home, const ContainerRecord& record) {
  await_end(find_supervisor(home), supervisor_end_limit);
  {
    // They end with the container's first process, or with their cgroup here below.
    std::unique_lock lock(mutex_);
    exec_over_.wait_for(lock, supervisor_end_limit, [&] {
      const auto found = held_.find(record.id);
      return found == held_.end() || found->second.execs == 0;
    });
  }
  if (auto removed = cgroups_.remove(record.task.text(), home.id()); !removed.ok()) {
    return removed;
  }
  return home.remove();
}

void Containers::doom(schemas::ContainerId id) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = held_.find(id); found != held_.end()) {
      found->second.end = Held::End::removed;
      send_signal(found->second.process, SIGKILL);
    }
  }
  watch_.remove(id);
}

schemas::Outcome Containers::remove(schemas::ContainerId id) {
  doom(id);
  const ContainerHome home(home_, id);
  std::optional<ContainerRecord> record;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = held_.find(id); found != held_.end()) {
      record = found->second.record;
    }
  }
  record = record ? record : home.read_record();
  auto cleaned = record ? clean(home, *record) : home.remove();
  if (cleaned.ok()) {
    const std::lock_guard lock(mutex_);
    held_.erase(id);
  }
  return cleaned;
}

ContainerState Containers::state_of(const Held& held) const {
  return {.id = held.record.id,
          .task = held.record.task,
          .name = held.record.name,
          .image_digest = held.record.image_digest,
          .runtime_id = held.record.id.text(),
          .phase = held.phase,
          .pid = held.phase == ContainerPhase::exited ? 0 : held.pid,
          .exit = held.exit};
}

schemas::Result<ContainerState> Containers::state(schemas::ContainerId id) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  return found == held_.end() ? schemas::Result<ContainerState>(unknown(id))
                              : state_of(found->second);
}

std::vector<ContainerRecord> Containers::records() {
  const std::lock_guard lock(mutex_);
  std::vector<ContainerRecord> records;
  for (const auto& [id, held] : held_) {
    records.push_back(held.record);
  }
  return records;
}

std::set<std::string> Containers::images_in_use() {
  const std::lock_guard lock(mutex_);
  std::set<std::string> digests;
  for (const auto& [id, held] : held_) {
    digests.insert(held.record.image_digest);
  }
  return digests;
}

void Containers::supervisor_ended(schemas::ContainerId id) {
  const ContainerHome home(home_, id);
  ContainerExit exit;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end() || found->second.end == Held::End::removed ||
        found->second.phase == ContainerPhase::exited) {
      return;
    }
    Held& held = found->second;
    exit = exit_of(home, held.record, held.end, home.exit_file());
    if (!exit.exit_code) {
      send_signal(held.process, SIGKILL);
    }
    if (!held.end_reason.empty()) {
      exit.reason = held.end_reason;
      // On a full disk conmon cannot write down what we know, because it was us.
      exit.exit_code = exit.exit_code.value_or(killed_exit_code);
    }
    held.phase = ContainerPhase::exited;
    held.exit = exit;
    held.process.close();
  }
  on_exit_(exit);
}

void Containers::rotate_logs() {
  std::vector<std::pair<schemas::ContainerId, std::filesystem::path>> logs;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) {
      if (held.phase == ContainerPhase::running) {
        logs.emplace_back(id, log_path(held.record.task, held.record.name));
      }
    }
  }
  for (const auto& [id, log] : logs) {
    if (rotate_log(log, log_limits_.bytes_max, log_limits_.files_max) == Rotated::yes) {
      reopen_log(ContainerHome(home_, id));
    }
  }
}

}  // namespace agent
