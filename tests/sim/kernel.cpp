#include "tests/sim/kernel.h"

#include <array>

#include "tests/sim/watch.h"

namespace sim {

using agent::Action;
using schemas::ContainerId;
using schemas::TaskId;

namespace {

constexpr std::int64_t exit_code_of_stop = 143;
constexpr std::int64_t exit_code_of_kill = 137;
constexpr std::int64_t exit_code_of_crash = 139;
constexpr std::int64_t log_bytes_each = 1'000;
constexpr std::int64_t memory_bytes = 32 << 20;

ContainerId container_of(const Job& job) {
  return job.task->containers.at(static_cast<std::size_t>(job.effect.index)).id;
}

bool is_of_container(Action action) {
  switch (action) {
    case Action::pull_image:
    case Action::create_container:
    case Action::start_container:
    case Action::restart_container:
    case Action::check_health:
    case Action::stop_container:
    case Action::kill_container:
    case Action::remove_container:
      return true;
    default:
      return false;
  }
}

std::string_view word(Action action) {
  constexpr std::array<std::string_view, 16> words{
      "make task", "make sandbox",    "attach",    "pull",         "create",           "start",
      "restart",   "check health of", "stop",      "kill",         "remove container", "read meter",
      "release",   "remove task",     "drop logs", "apply network"};
  const auto at = static_cast<std::size_t>(action);
  return at < words.size() ? words[at] : "do";
}

}  // namespace

Kernel::Kernel(Simulation& simulation, Watch& watch, const Images& images, const Faults& faults,
               int host)
    : simulation_(simulation), watch_(watch), images_(images), faults_(faults), host_(host) {}

const Image& Kernel::image_of(const Job& job) const {
  static const Image plain;
  const auto found = images_.find(
      job.task->containers.at(static_cast<std::size_t>(job.effect.index)).definition.image);
  return found == images_.end() ? plain : found->second;
}

bool Kernel::is_well(const Job& job) const {
  const auto found = containers_.find(container_of(job));
  if (found == containers_.end() || found->second.condition != Container::Condition::running) {
    return false;
  }
  const std::optional<Duration> sick_after = image_of(job).sick_after;
  return !sick_after || simulation_.now() < found->second.began_at + *sick_after;
}

// One line or two for each action. NOLINTNEXTLINE(readability-function-size)
agent::Finished Kernel::perform(const Job& job, const agent::Moment& now) {
  agent::Finished finished;
  finished.effect = job.effect;
  const TaskId task = job.effect.task;
  const std::pair sandbox(task, job.effect.index);
  switch (job.effect.action) {
    case Action::make_task:
      cgroups_.try_emplace(task, simulation_.now());
      break;
    case Action::make_sandbox:
      sandboxes_.try_emplace(sandbox, std::nullopt);
      break;
    case Action::attach_network:
      if (!sandboxes_.contains(sandbox)) {
        finished.error = "ResourceInitializationError: the task's namespace was not made";
      } else if (job.eni) {
        sandboxes_[sandbox] = job.eni;
        watch_.wired(host_, *job.eni);
      }
      break;
    case Action::pull_image:
      pull(job, finished);
      break;
    case Action::create_container:
      create(job, finished);
      break;
    case Action::start_container:
      start(job, finished);
      break;
    case Action::restart_container:
      restart(job, finished);
      break;
    case Action::check_health:
      finished.exit_code = is_well(job) ? 0 : 1;
      if (finished.exit_code != 0) {
        simulation_.probe("a health check failed");
      }
      break;
    case Action::stop_container:
    case Action::kill_container:
      signal(job, job.effect.action);
      break;
    case Action::remove_container:
      remove(container_of(job));
      break;
    case Action::read_meter:
      if (const auto since = cgroups_.find(task); since != cgroups_.end()) {
        constexpr std::int64_t share = 4;  // a quarter of a CPU
        finished.meter =
            agent::MeterReading{now, agent::nanoseconds(simulation_.now() - since->second) / share,
                                memory_bytes, 2 * memory_bytes};
      }
      break;
    case Action::release_sandbox:
      release(sandbox);
      break;
    case Action::remove_task:
      cgroups_.erase(task);
      finished.log_bytes = logs_.contains(task) ? log_bytes_each : 0;
      break;
    case Action::drop_logs:
      logs_.erase(task);
      break;
    case Action::apply_network:
      break;
  }
  return finished;
}

void Kernel::pull(const Job& job, agent::Finished& finished) {
  const Image& image = image_of(job);
  if (image.pull == Image::Pull::fails) {
    finished.error = "CannotPullContainerError: the registry knows no such image";
    return;
  }
  const schemas::ContainerAssignment& container =
      job.task->containers.at(static_cast<std::size_t>(job.effect.index));
  const std::string now = digest_behind(container.definition.image, image, simulation_.now());
  finished.image_digest = container.image_digest.empty() ? now : container.image_digest;
  if (finished.image_digest != now) {
    simulation_.probe("a pinned image was pulled after its tag had moved");
  }
}

void Kernel::create(const Job& job, agent::Finished& finished) {
  if (!cgroups_.contains(job.effect.task)) {
    simulation_.fail("A container was created without its task's cgroup.");
  }
  const ContainerId id = container_of(job);
  const auto known = containers_.find(id);
  if (known != containers_.end() && known->second.condition == Container::Condition::running) {
    simulation_.fail("A container was created anew while it ran.");
  }
  Container made;
  made.task = job.task;
  made.index = job.effect.index;
  made.ignores_stop = image_of(job).ignores_stop || simulation_.chance(faults_.ignores_stop);
  containers_[id] = std::move(made);
  logs_.insert(job.effect.task);
  finished.runtime_id = "runtime-" + brief(id);
}

void Kernel::start(const Job& job, agent::Finished& finished) {
  const ContainerId id = container_of(job);
  const auto found = containers_.find(id);
  if (found == containers_.end()) {
    finished.error = "CannotStartContainerError: there is no such container";
    return;
  }
  Container& container = found->second;
  watch_.container_started(host_, id, job.task->id);
  if (container.condition != Container::Condition::created) {
    simulation_.fail("A container was started although it had been started before.");
    return;
  }
  run(job, id, container);
}

/// Another run of a container that has ended.
void Kernel::restart(const Job& job, agent::Finished& finished) {
  const ContainerId id = container_of(job);
  const auto found = containers_.find(id);
  if (found == containers_.end() || found->second.condition != Container::Condition::exited) {
    finished.error = "CannotStartContainerError: there is nothing that could run again";
    return;
  }
  simulation_.probe("a container ran again");
  run(job, id, found->second);
}

void Kernel::run(const Job& job, const ContainerId& id, Container& container) {
  container.condition = Container::Condition::running;
  container.exit_code.reset();
  container.ending = false;
  ++container.runs;
  container.began_at = simulation_.now();
  if (job.task->metered) {
    watch_.metered_runs(job.task->id);
  }
  const Image& image = image_of(job);
  if (image.ends_after) {
    end_later(id, *image.ends_after, image.exit_code, "");
  } else if (simulation_.chance(faults_.exits)) {
    simulation_.probe("a container ended by itself");
    end_later(id, simulation_.between(Duration(10), Duration(180'000)), exit_code_of_crash, "");
  }
}

void Kernel::signal(const Job& job, Action action) {
  const ContainerId id = container_of(job);
  const auto found = containers_.find(id);
  if (found == containers_.end() || found->second.condition != Container::Condition::running) {
    return;
  }
  if (action == Action::kill_container) {
    end_later(id, image_of(job).kill_takes, exit_code_of_kill, "");
  } else if (found->second.ignores_stop) {
    simulation_.probe("a container slept through its stop signal");
  } else if (!found->second.ending) {
    found->second.ending = true;
    end_later(id, image_of(job).stop_takes, exit_code_of_stop, "");
  }
}

void Kernel::end_later(const ContainerId& container, Duration delay, std::int64_t exit_code,
                       const std::string& reason) {
  const auto here = containers_.find(container);
  const std::int64_t run = here == containers_.end() ? 0 : here->second.runs;
  simulation_.after(delay, [this, container, exit_code, reason, run, boot = boots_] {
    const auto found = containers_.find(container);
    if (boot == boots_ && found != containers_.end() && found->second.runs == run) {
      end(container, exit_code, reason);
    }
  });
}

void Kernel::end(const ContainerId& id, std::optional<std::int64_t> exit_code,
                 const std::string& reason) {
  const auto found = containers_.find(id);
  if (found == containers_.end() || found->second.condition != Container::Condition::running) {
    return;
  }
  Container& container = found->second;
  container.condition = Container::Condition::exited;
  container.exit_code = exit_code;
  container.reason = reason;
  container.finished_at = simulation_.now() + skew_;
  if (container.task->metered) {
    watch_.metered_ended(container.task->id);
  }
  if (exits_) {
    exits_({container.task->id, container.index, exit_code, reason, container.finished_at});
  }
}

void Kernel::remove(const ContainerId& container) { containers_.erase(container); }

void Kernel::release(const std::pair<TaskId, std::int64_t>& sandbox) {
  const auto found = sandboxes_.find(sandbox);
  if (found == sandboxes_.end()) {
    return;
  }
  if (found->second) {
    watch_.unwired(host_, *found->second);
  }
  sandboxes_.erase(found);
}

void Kernel::go_down() {
  ++boots_;
  containers_.clear();
  while (!sandboxes_.empty()) {
    release(sandboxes_.begin()->first);
  }
  cgroups_.clear();
}

void Kernel::wipe() { logs_.clear(); }

void Kernel::keep_only(const std::set<TaskId>& tasks) {
  std::erase_if(containers_,
                [&](const auto& entry) { return !tasks.contains(entry.second.task->id); });
  std::vector<std::pair<TaskId, std::int64_t>> strange;
  for (const auto& [sandbox, eni] : sandboxes_) {
    if (!tasks.contains(sandbox.first)) {
      strange.push_back(sandbox);
    }
  }
  for (const auto& sandbox : strange) {
    release(sandbox);
  }
  std::erase_if(cgroups_, [&](const auto& entry) { return !tasks.contains(entry.first); });
}

bool Kernel::runs(const TaskId& task) const {
  for (const auto& [id, container] : containers_) {
    if (container.task->id == task && container.condition == Container::Condition::running) {
      return true;
    }
  }
  return false;
}

std::string in_words(const Job& job) {
  std::string text(word(job.effect.action));
  if (job.task) {
    if (is_of_container(job.effect.action)) {
      text +=
          " " + job.task->containers.at(static_cast<std::size_t>(job.effect.index)).definition.name;
    }
    text += " of " + job.task->family + " " + brief(job.effect.task);
  }
  return text;
}

}  // namespace sim
