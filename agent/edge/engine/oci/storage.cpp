// What containers have written, and their end when it is too much.

#include <signal.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "agent/edge/engine/oci/containers.h"
#include "agent/edge/engine/oci/storage_use.h"

namespace agent {

std::vector<TaskStorage> Containers::storage() {
  struct Writer {
    std::vector<std::filesystem::path> directories;
    bool runs = false;
  };
  std::map<schemas::TaskId, Writer> writers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) {
      Writer& writer = writers[held.record.task];
      writer.directories.push_back(ContainerHome(home_, id).upper());
      writer.runs =
          writer.runs || (held.phase == ContainerPhase::running && held.end == Held::End::natural);
    }
  }
  std::vector<TaskStorage> all;
  for (auto& [task, writer] : writers) {
    TaskStorage storage{.task = task};
    storage.life = writer.runs ? TaskStorage::Life::runs : TaskStorage::Life::ended;
    writer.directories.push_back(home_.volumes(task));
    for (const std::filesystem::path& directory : writer.directories) {
      storage.bytes += bytes_below(directory);
    }
    storage.bytes += bytes_without_name(cgroups_.members(task.text()), home_.data);
    all.push_back(storage);
  }
  return all;
}

void Containers::end(const StorageVerdict& verdict) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, held] : held_) {
    if (held.record.task == verdict.task && held.phase != ContainerPhase::exited &&
        held.end == Held::End::natural) {
      held.end = Held::End::killed;
      held.end_reason = verdict.reason;
      send_signal(held.process, SIGKILL);
    }
  }
}

}  // namespace agent
