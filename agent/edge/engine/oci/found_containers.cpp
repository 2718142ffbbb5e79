// What an earlier agent left: found, watched again, or removed.

#include <signal.h>

#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "agent/edge/engine/oci/containers.h"

namespace agent {

std::optional<Containers::Held> Containers::look(const ContainerHome& home,
                                                 const ContainerRecord& record) {
  Held held;
  held.record = record;
  if (number_in_file(home.exit_file())) {
    held.phase = ContainerPhase::exited;
    held.exit = exit_of(home, record, Held::End::natural, home.exit_file());
    return held;
  }
  if (!number_in_file(home.supervisor_pid_file()) || !number_in_file(home.pid_file())) {
    if (!number_in_file(home.last_exit_file())) {
      return std::nullopt;  // it was being made, and nothing of it can have run
    }
    // It was being made again: then it is what it was before.
    kill_mentioning(home.id());
    held.phase = ContainerPhase::exited;
    held.exit = exit_of(home, record, Held::End::natural, home.last_exit_file());
    return held;
  }
  held.process = find_process(home, cgroups_.path(record.task.text(), home.id()));
  if (find_supervisor(home).open()) {
    // Both runtimes keep this until the program has been let go.
    const bool waiting = std::filesystem::exists(home.runtime_state() / "exec.fifo");
    held.phase = waiting ? ContainerPhase::created : ContainerPhase::running;
    held.pid = number_in_file(home.pid_file()).value_or(0);
    return held;
  }
  send_signal(held.process, SIGKILL);
  held.phase = ContainerPhase::exited;
  held.exit = exit_of(home, record, Held::End::natural, home.exit_file());
  return held;
}

schemas::Outcome Containers::load() {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(home_.containers(), failure)) {
    const auto id = schemas::ContainerId::parse(entry.path().filename().string());
    if (!id) {
      continue;
    }
    const ContainerHome home(home_, *id);
    const auto record = home.read_record();
    auto held = record ? look(home, *record) : std::nullopt;
    if (held) {
      if (auto removed = cgroups_.remove_exec(record->task.text(), home.id(), ""); !removed.ok()) {
        return removed;  // what ran beside it has nobody left to report to
      }
      const std::lock_guard lock(mutex_);
      held_.insert_or_assign(*id, *std::move(held));
      continue;
    }
    // We were killed while conmon, or the runtime, was making it: they must not go on.
    kill_mentioning(id->text());
    if (auto removed = record ? clean(home, *record) : home.remove(); !removed.ok()) {
      return removed;
    }
  }
  return schemas::Done{};
}

std::vector<ContainerState> Containers::recover() {
  std::vector<schemas::ContainerId> unwatched;
  std::vector<ContainerState> states;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, held] : held_) {
      states.push_back(state_of(held));
      if (held.phase != ContainerPhase::exited && held.watch == Held::Watch::no) {
        held.watch = Held::Watch::yes;
        unwatched.push_back(id);
      }
    }
  }
  for (const schemas::ContainerId id : unwatched) {
    Descriptor supervisor = find_supervisor(ContainerHome(home_, id));
    if (supervisor.open()) {
      watch_.add(id, std::move(supervisor));
    } else {
      supervisor_ended(id);  // between the look and now
    }
  }
  return states;
}

void Containers::drop_strays() const {
  for (const auto& folder : {home_.exits(), home_.sockets(), home_.runtime()}) {
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
      const std::string name = entry.path().filename().string();
      std::error_code gone;
      if (schemas::ContainerId::parse(name) &&
          !std::filesystem::exists(home_.containers() / name, gone)) {
        std::filesystem::remove_all(entry.path(), gone);
      }
    }
  }
}

}  // namespace agent
