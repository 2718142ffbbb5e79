// How containers are found again, and what became of them.

#include <chrono>
#include <utility>

#include "agent/edge/engine/docker/docker_containers.h"
#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/logs/log_reader.h"

namespace agent {

namespace {

using schemas::ErrorCode;

}  // namespace

ContainerExit DockerContainers::exit_of(schemas::ContainerId id, const Held& held,
                                        const docker::Inspection& seen) const {
  ContainerExit exit;
  exit.id = id;
  exit.task = held.task;
  exit.exit_code = seen.state.exit_code;
  exit.out_of_memory = seen.state.out_of_memory && seen.state.exit_code == killed_exit_code;
  if (exit.out_of_memory) {
    exit.reason = "OutOfMemoryError: Container killed due to memory usage";
  }
  exit.finished_at = parse_log_instant(seen.state.finished_at).value_or(schemas::Instant{});
  return exit;
}

void DockerContainers::heard(schemas::ContainerId id) {
  const auto known = held(id);
  if (!known.ok() || known.value().phase == Phase::doomed) {
    return;
  }
  const auto seen = inspect(known.value().docker);
  const bool gone = !seen.ok() && seen.error().code == ErrorCode::resource_not_found;
  if ((!seen.ok() && !gone) || (seen.ok() && seen.value().state.running)) {
    return;  // a run before this one has ended; or nobody knows yet, and it will be looked at again
  }
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end()) {
      return;
    }
    Held& held = found->second;
    held.died = held.died || held.phase == Phase::starting;
    if (held.phase != Phase::running) {
      return;
    }
    held.phase = Phase::ended;
    held.telling = true;
  }
  if (gone) {
    on_exit_(
        {.id = id,
         .task = known.value().task,
         .exit_code = std::nullopt,
         .out_of_memory = false,
         .reason = "The container was removed from Docker by somebody else: its exit code "
                   "is lost",
         .finished_at = std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now())});
  } else {
    on_exit_(exit_of(id, known.value(), seen.value()));
  }
  const std::lock_guard lock(mutex_);
  if (const auto found = held_.find(id); found != held_.end()) {
    found->second.telling = false;
  }
  told_.notify_all();
}

/// Of a container that has ended, so that its next run is not mistaken for that end: waits until
/// it was told.
void DockerContainers::await_end(schemas::ContainerId id) {
  const auto known = held(id);
  if (!known.ok()) {
    return;
  }
  if (known.value().phase == Phase::running) {
    const auto seen = inspect(known.value().docker);
    if (!seen.ok() || seen.value().state.running) {
      return;
    }
    watch_->mention(id);
  }
  constexpr std::chrono::seconds limit{10};
  std::unique_lock lock(mutex_);
  told_.wait_for(lock, limit, [&] {
    const auto found = held_.find(id);
    return found == held_.end() ||
           (found->second.phase != Phase::running && !found->second.telling);
  });
}

void DockerContainers::look_at_all() {
  std::vector<schemas::ContainerId> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) {
      ids.push_back(id);
    }
  }
  for (const schemas::ContainerId& id : ids) {
    heard(id);
  }
}

schemas::Result<ContainerState> DockerContainers::state(schemas::ContainerId id) {
  const auto known = held(id);
  if (!known.ok()) {
    return known.error();
  }
  const auto seen = inspect(known.value().docker);
  if (!seen.ok()) {
    return seen.error();
  }
  ContainerState state;
  state.id = id;
  state.task = known.value().task;
  state.name = known.value().name;
  state.image_digest = known.value().digest;
  state.runtime_id = seen.value().id;
  if (seen.value().state.running) {
    state.phase = ContainerPhase::running;
    state.pid = seen.value().state.pid;
  } else if (seen.value().state.status != "created") {
    state.phase = ContainerPhase::exited;
    state.exit = exit_of(id, known.value(), seen.value());
  }
  return state;
}

schemas::Result<std::vector<ContainerState>> DockerContainers::recover() {
  std::vector<schemas::ContainerId> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) {
      ids.push_back(id);
    }
  }
  std::vector<ContainerState> states;
  for (const schemas::ContainerId& id : ids) {
    auto seen = state(id);
    if (!seen.ok() && seen.error().code != ErrorCode::resource_not_found) {
      return seen.error();
    }
    if (!seen.ok()) {
      continue;  // removed by somebody else while nobody looked
    }
    if (seen.value().phase == ContainerPhase::exited) {
      const std::lock_guard lock(mutex_);
      const auto found = held_.find(id);
      if (found != held_.end() && found->second.phase == Phase::running) {
        found->second.phase = Phase::ended;  // told here, and so not once more
      }
    }
    states.push_back(std::move(seen).value());
  }
  return states;
}

}  // namespace agent
