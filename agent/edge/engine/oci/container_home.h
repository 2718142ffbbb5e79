#pragma once

// Where one container's things lie below the engine's data directory, and the record that tells a
// later agent whose it is. Everything is named from the data directory and the container's id, so
// that what a crash left can be found and removed by name.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "schemas/base/id.h"
#include "schemas/base/result.h"

namespace agent {

/// The directories of an engine.
struct EngineHome {
  std::filesystem::path data;

  [[nodiscard]] std::filesystem::path containers() const { return data / "containers"; }
  [[nodiscard]] std::filesystem::path images() const { return data / "images"; }
  [[nodiscard]] std::filesystem::path logs() const { return data / "logs"; }
  [[nodiscard]] std::filesystem::path exits() const { return data / "exits"; }
  [[nodiscard]] std::filesystem::path sockets() const { return data / "sockets"; }
  [[nodiscard]] std::filesystem::path runtime() const { return data / "runtime"; }
  /// What a task shares among its containers and takes along; see runner/task_files.h.
  [[nodiscard]] std::filesystem::path volumes(schemas::TaskId task) const {
    return data / "tasks" / task.text() / "volumes";
  }
};

/// Whose a container is. Written before anything else is made for it.
struct ContainerRecord {
  schemas::ContainerId id;
  schemas::TaskId task;
  std::string name;
  std::string image_digest;
  enum class Root : std::uint8_t { without_devices, with_devices } root = Root::without_devices;
};

/// The files of one container.
class ContainerHome {
 public:
  ContainerHome(const EngineHome& home, schemas::ContainerId id);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] std::filesystem::path bundle() const { return bundle_; }
  [[nodiscard]] std::filesystem::path root() const { return bundle_ / "rootfs"; }
  [[nodiscard]] std::filesystem::path upper() const { return bundle_ / "upper"; }
  [[nodiscard]] std::filesystem::path work() const { return bundle_ / "work"; }
  [[nodiscard]] std::filesystem::path configuration() const { return bundle_ / "config.json"; }
  /// What another process of the container is like; see process_json_head.
  [[nodiscard]] std::filesystem::path process() const { return bundle_ / "process.json"; }
  /// The exit file of the run before this one, and how many of its processes the kernel had killed
  /// for memory by then. There from the moment a restart begins.
  [[nodiscard]] std::filesystem::path last_exit_file() const { return bundle_ / "last_exit"; }
  [[nodiscard]] std::filesystem::path earlier_kills() const { return bundle_ / "earlier_kills"; }
  [[nodiscard]] std::filesystem::path record() const { return bundle_ / "record"; }
  [[nodiscard]] std::filesystem::path pid_file() const { return bundle_ / "pid"; }
  [[nodiscard]] std::filesystem::path supervisor_pid_file() const { return bundle_ / "conmon.pid"; }
  [[nodiscard]] std::filesystem::path control() const { return bundle_ / "ctl"; }
  [[nodiscard]] std::filesystem::path exit_file() const { return exit_file_; }
  [[nodiscard]] std::filesystem::path socket_link() const { return socket_link_; }
  /// The runtime's own state of this container.
  [[nodiscard]] std::filesystem::path runtime_state() const { return runtime_state_; }

  /// Makes the directories and writes the record.
  schemas::Outcome make(const ContainerRecord& record) const;
  /// The record, or nothing when it is not there or not whole: then nothing else was made.
  [[nodiscard]] std::optional<ContainerRecord> read_record() const;
  /// Removes what the run that has ended left, so that another can be made: its exit is kept as the
  /// last one. Interrupted anywhere, either the exit file or the last exit's is there.
  schemas::Outcome clear_run() const;
  /// Removes every file of the container. Repeatable.
  schemas::Outcome remove() const;

 private:
  std::string id_;
  std::filesystem::path bundle_;
  std::filesystem::path exit_file_;
  std::filesystem::path socket_link_;
  std::filesystem::path runtime_state_;
};

/// The number in a file; nothing when there is none.
std::optional<std::int64_t> number_in_file(const std::filesystem::path& path);

/// Writes a whole file; 0 or the error.
int write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace agent
