// Another run of a container that has ended.

#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <utility>

#include "agent/edge/engine/oci/containers.h"

namespace agent {

schemas::Outcome Containers::make_again(const ContainerHome& home, const ContainerRecord& record,
                                        const std::filesystem::path& image_root) {
  const std::int64_t kills = cgroups_.memory_kills(record.task.text(), home.id());
  write_file(home.earlier_kills(), std::to_string(kills));
  if (auto cleared = home.clear_run(); !cleared.ok()) {
    return cleared;
  }
  auto again = supervised(home, record, image_root);
  if (!again.ok()) {
    return again.error();
  }
  {
    const std::lock_guard lock(mutex_);
    Held& held = held_[record.id];
    held.phase = ContainerPhase::created;
    held.pid = again.value().process;
    held.process = std::move(again.value().process_handle);
    held.exit.reset();
    held.end = Held::End::natural;
    held.end_reason.clear();
    held.watch = Held::Watch::yes;
  }
  watch_.add(record.id, std::move(again.value().supervisor_handle));
  return schemas::Done{};
}

schemas::Result<std::chrono::microseconds> Containers::restart(
    schemas::ContainerId id, const std::filesystem::path& image_root) {
  const auto begin = std::chrono::steady_clock::now();
  ContainerRecord record;
  ContainerPhase phase = ContainerPhase::running;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = held_.find(id); found != held_.end()) {
      record = found->second.record;
      phase = found->second.phase;
    }
  }
  if (phase == ContainerPhase::running) {
    return schemas::Error{.code = schemas::ErrorCode::conflict,
                          .message = "CannotStartContainerError: container " + id.text() +
                                     " has not ended, so it cannot be restarted"};
  }
  if (phase == ContainerPhase::exited) {
    const ContainerHome home(home_, id);
    // The supervisor that wrote the end down is about to be gone; two must never be.
    await_end(find_supervisor(home), supervisor_end_limit);
    if (auto made = make_again(home, record, image_root); !made.ok()) {
      std::error_code failure;
      std::filesystem::create_hard_link(home.last_exit_file(), home.exit_file(), failure);
      return schemas::Error{.code = made.error().code,
                            .message = "CannotStartContainerError: " + made.error().message};
    }
  }
  auto started = start(id);
  return started.ok() ? std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::steady_clock::now() - begin)
                      : started;
}

}  // namespace agent
