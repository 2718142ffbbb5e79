#pragma once

// A host for the conformance tests: an engine on a data directory of its own, images from a
// registry of the run's own, and an end that leaves nothing.

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "agent/edge/engine/oci/oci_engine.h"
#include "schemas/base/random.h"
#include "schemas/model/agent_channel.h"

namespace engine_tests {

/// The registry that all tests of this run share, "127.0.0.1:PORT", with probe, busybox and
/// dressed.
const std::string& registry();

/// A registry with those images, gone with the test, whose files may be meddled with.
class Registry {
 public:
  Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();
  [[nodiscard]] const std::string& address() const { return address_; }
  /// The file of a blob: a manifest, a configuration or a layer.
  [[nodiscard]] std::filesystem::path blob(const std::string& digest) const;

 private:
  std::filesystem::path directory_;
  std::string address_;
};

/// "crun", or what STOWAGE_RUNTIME says; "docker" on Docker.
std::string runtime();

/// Whether the engine under test is the one on Docker: STOWAGE_ENGINE says so. The Docker is one of
/// this run's own.
bool on_docker();

/// The engine under test, on a data directory.
schemas::Result<std::unique_ptr<agent::Engine>> open_engine(const agent::OciSettings& settings,
                                                            agent::ExitListener on_exit);

/// A network namespace with nothing in it, for as long as this lives.
class NetworkNamespace {
 public:
  NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;
  ~NetworkNamespace();
  [[nodiscard]] const std::string& path() const { return path_; }
  /// As /proc/self/ns/net reads inside it: "net:[4026532176]".
  [[nodiscard]] std::string identity() const;

 private:
  std::string path_;
};
/// The same of this process's own.
std::string own_network();

/// A file system of its own in memory, gone with the test.
class SmallDisk {
 public:
  explicit SmallDisk(const char* size);  ///< "size=2m"
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk();
  [[nodiscard]] const std::string& path() const { return path_; }
  void resize(const char* size) const;

 private:
  std::string path_ = "/tmp/stowage-disk-XXXXXX";
};

/// Waits until it holds, for at most `limit`.
bool wait_for(const std::function<bool()>& condition,
              std::chrono::milliseconds limit = std::chrono::seconds(20));

/// A container to run; what is not stated is the image's.
struct Wish {
  std::string image = "probe";
  std::vector<std::string> command;
  schemas::ContainerDefinition definition;  ///< beyond image and command
  std::vector<agent::BindMount> mounts;
  agent::ContainerLimits limits;
  agent::TaskLimits task_limits;
  agent::NetworkKind network = agent::NetworkKind::isolated;
  std::string network_namespace;
  std::string hostname;
  std::function<void(agent::ContainerSpec&)> adjust;  ///< what else is stated
};

struct Running {
  schemas::TaskId task;
  schemas::ContainerId id;
  std::string name;
};

/// How a container ended, and what it said.
struct Ended {
  agent::ContainerExit exit;
  std::vector<schemas::LogLine> lines;
  [[nodiscard]] std::string output() const;  ///< all lines, each with its newline
  [[nodiscard]] bool said(const std::string& line) const;
};

class Host {
 public:
  explicit Host(agent::OciSettings settings = {});
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  agent::Engine& engine() { return *engine_; }
  [[nodiscard]] const std::filesystem::path& data() const { return settings_.data_directory; }
  [[nodiscard]] schemas::TaskId new_task() { return schemas::TaskId::draw(random_); }

  schemas::Result<agent::Image> pull(const std::string& image);
  /// Pulls, makes the task, creates the container. The error is the engine's.
  schemas::Result<Running> create(const Wish& wish);
  schemas::Result<Running> start(const Wish& wish);
  /// The same, for tests in which it must work.
  Running started(const Wish& wish);
  Ended run(const Wish& wish);
  /// Runs probe with this command.
  Ended probe(const std::vector<std::string>& command);

  std::optional<agent::ContainerExit> await_exit(const Running& running);
  std::vector<schemas::LogLine> log(const Running& running);
  bool await_line(const Running& running, const std::string& line);

  /// The agent is gone, as after kill -9: the engine forgets all, containers run on.
  void lose_agent();
  void start_agent();
  /// Runs `work` with an engine on this data directory in a process of its own, and kills that
  /// process without warning after `life`. The host must have no agent of its own then.
  void kill_agent_in(std::chrono::milliseconds life,
                     const std::function<void(agent::Engine&, schemas::Random&)>& work);
  void set_image_bytes_max(std::int64_t bytes) { settings_.image_bytes_max = bytes; }

  /// Everything with this host's name in it that is still there: processes, mounts, cgroups, files
  /// of containers.
  [[nodiscard]] std::vector<std::string> leftovers() const;

 private:
  agent::OciSettings settings_;
  schemas::Random random_;
  std::unique_ptr<agent::Engine> engine_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<agent::ContainerExit> exits_;
};

}  // namespace engine_tests
