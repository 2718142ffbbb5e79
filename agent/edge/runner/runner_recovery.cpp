#include <spdlog/spdlog.h>

#include <set>
#include <utility>

#include "agent/edge/runner/clock.h"
#include "agent/edge/runner/runner.h"

namespace agent {

schemas::Result<std::vector<FoundContainer>> Runner::find_containers(const Restored& restored) {
  schemas::Result<std::vector<ContainerState>> states = parts_.engine.recover();
  if (!states.ok()) {
    return states.error();
  }
  std::set<schemas::ContainerId> begun;
  for (const TaskRecord& task : restored.tasks) {
    for (std::size_t i = 0; i < task.containers.size(); ++i) {
      if (task.containers[i].progress >= ContainerProgress::starting) {
        begun.insert(task.assignment->containers[i].id);
      }
    }
  }
  std::vector<FoundContainer> found;
  for (const ContainerState& state : states.value()) {
    if (!begun.contains(state.id)) {
      // Made but never started, and what it was made from is no longer known: made anew.
      const schemas::Outcome removed = parts_.engine.remove(state.id);
      if (!removed.ok()) {
        spdlog::warn("Container {} of an interrupted start stays for now: {}", state.id.text(),
                     removed.error().message);
      }
      continue;
    }
    FoundContainer one;
    one.task = state.task;
    one.container = state.id;
    one.runtime_id = state.runtime_id;
    one.image_digest = state.image_digest;
    if (state.phase == ContainerPhase::running) {
      one.condition = FoundContainer::Condition::running;
    } else if (state.phase == ContainerPhase::exited) {
      one.condition = FoundContainer::Condition::exited;
      if (state.exit) {
        one.exit_code = state.exit->exit_code;
        one.reason = state.exit->reason;
        one.finished_at = state.exit->finished_at;
      }
    }
    found.push_back(std::move(one));
  }
  return found;
}

void Runner::keep_networks(const std::vector<TaskRecord>& tasks) {
  std::set<schemas::TaskId> with_namespace;
  std::set<std::string> keys;
  for (const TaskRecord& task : tasks) {
    if (task.cleaned) {
      continue;
    }
    if (task.assignment->network_mode == schemas::NetworkMode::awsvpc) {
      with_namespace.insert(task.assignment->id);
    } else if (task.assignment->network_mode != schemas::NetworkMode::host) {
      for (const schemas::ContainerAssignment& container : task.assignment->containers) {
        keys.insert(container.id.text());
      }
    }
  }
  const schemas::Outcome kept = parts_.networking.keep_only(with_namespace, keys);
  if (!kept.ok()) {
    spdlog::warn("Left-over namespaces stay for now: {}", kept.error().message);
  }
}

schemas::Outcome Runner::recover() {
  schemas::Result<Restored> restored = checkpoint_.load();
  if (!restored.ok()) {
    return restored.error();
  }
  const Restored& old = restored.value();
  const Boot boot =
      old.boot_id.empty() || old.boot_id == parts_.boot_id ? Boot::same : Boot::changed;
  schemas::Result<std::vector<FoundContainer>> found = find_containers(old);
  if (!found.ok()) {
    return found.error();
  }
  std::vector<schemas::TaskId> known;
  for (const TaskRecord& task : old.tasks) {
    if (!task.cleaned) {
      known.push_back(task.assignment->id);
    }
  }
  const schemas::Outcome swept = parts_.engine.sweep(known);
  if (!swept.ok()) {
    spdlog::warn("Left-over containers stay for now: {}", swept.error().message);
  }
  keep_networks(old.tasks);
  constexpr std::int64_t start_bits = 32;
  state_.change = old.starts << start_bits;
  state_.network = old.network;
  for (const schemas::MeterRecord& record : old.meters) {
    state_.meters.push_back({record, ++state_.change});
  }
  spdlog::info("Found {} tasks and {} containers of an earlier run{}", old.tasks.size(),
               found.value().size(), boot == Boot::changed ? "; the host has restarted since" : "");
  merge(agent::recover(state_, old.tasks, found.value(), boot, now()));
  for (const auto& [id, task] : state_.tasks) {
    progress_[id].logged = task.record.status;
    publish(id);
  }
  flush();
  return checkpoint_.keep_boot(parts_.boot_id);
}

}  // namespace agent
