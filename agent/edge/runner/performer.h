#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agent/core/effect.h"
#include "agent/core/task_state.h"
#include "agent/edge/engine/engine.h"
#include "agent/edge/metadata/metadata_server.h"
#include "agent/edge/metadata/task_credentials.h"
#include "agent/edge/runner/phases.h"
#include "agent/edge/runner/task_files.h"
#include "agent/edge/runner/task_networking.h"
#include "netif/core/host_network.h"
#include "netif/core/host_ports.h"

namespace agent {

/// An effect with everything it needs, taken from the state when it was asked for.
struct Job {
  Effect effect;
  std::shared_ptr<const schemas::TaskAssignment> task;
  std::optional<schemas::EniAssignment> eni;
  SavedContainer container;                           ///< of effects about a container
  std::shared_ptr<const netif::HostNetwork> network;  ///< of `apply_network`
  netif::HostPorts promised_ports;                    ///< of `make_sandbox`, bridge mode
};

/// What came of it.
struct Performed {
  Finished finished;
  Phases phases;
};

/// Carries out effects: the one place where the agent touches the engine, the network and the
/// metadata endpoint on a task's behalf. Any thread; two effects of one lane never at once.
class Performer {
 public:
  Performer(Engine& engine, TaskNetworking& networking, MetadataServer& metadata,
            const TaskCredentials& credentials, const std::filesystem::path& data_directory);

  Performed perform(const Job& job);

  /// The address of a bridge-mode container, "" when it has none (yet).
  [[nodiscard]] std::string bridge_address(const schemas::TaskId& task, std::int64_t sandbox) const;

 private:
  struct Sandbox {
    std::string namespace_path;
    std::string address;  ///< bridge mode
  };

  std::string make_task(const Job& job);
  std::string make_sandbox(const Job& job, Finished& finished);
  std::string attach_network(const Job& job);
  void pull_image(const Job& job, Performed& done);
  void create_container(const Job& job, Performed& done);
  void start_container(const Job& job, Performed& done);
  void restart_container(const Job& job, Performed& done);
  void check_health(const Job& job, Performed& done);
  std::string stop_container(const Job& job);
  void read_meter(const Job& job, Performed& done);
  std::string release_sandbox(const Job& job);
  void remove_task(const Job& job, Performed& done);
  [[nodiscard]] schemas::Result<ContainerSpec> spec_of(const Job& job) const;
  [[nodiscard]] std::optional<Sandbox> sandbox(const schemas::TaskId& task,
                                               std::int64_t index) const;
  [[nodiscard]] std::int64_t log_bytes(const Job& job) const;

  Engine& engine_;
  TaskNetworking& networking_;
  MetadataServer& metadata_;
  const TaskCredentials& credentials_;
  TaskFiles files_;
  mutable std::mutex mutex_;
  std::map<SocketOwner, Sandbox> sandboxes_;
  std::map<std::string, ImageConfig> images_;  ///< by digest
};

/// The lane an effect runs in: one for each container, sandbox and task.
std::string lane_of(const Effect& effect);

}  // namespace agent
