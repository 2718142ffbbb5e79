#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/core/host.h"
#include "agent/core/recovery.h"
#include "agent/edge/checkpoint/checkpoint.h"
#include "agent/edge/control_client/control_client.h"
#include "agent/edge/engine/engine.h"
#include "agent/edge/metadata/documents.h"
#include "agent/edge/metadata/metadata_server.h"
#include "agent/edge/metadata/task_credentials.h"
#include "agent/edge/runner/lanes.h"
#include "agent/edge/runner/performer.h"
#include "agent/edge/runner/phases.h"
#include "agent/edge/runner/task_networking.h"

namespace agent {

/// What a runner is made from.
struct RunnerParts {
  Engine& engine;
  TaskNetworking& networking;
  std::filesystem::path data_directory;
  schemas::InstanceId instance;
  std::string boot_id;
  schemas::Inventory inventory;
  TaskPolicy policy;
  std::int64_t threads = 4;  ///< for effects; image pulls have threads of their own
  std::string secret;  ///< this host's own; the paths of its tasks' credentials follow from it
};

/// The loop that owns the host's state: takes events, moves the core on, saves, carries out.
/// Events that have gathered are taken together and saved in one transaction, so a burst of tasks
/// costs few writes.
class Runner {
 public:
  /// Called on the loop's thread when the agent cannot go on (the checkpoint cannot be written).
  using Fatal = std::function<void(const std::string& why)>;
  /// Called on the loop's thread when control should hear something.
  using News = std::function<void()>;
  /// Called on the loop's thread with what control asks of this host.
  using Asked = std::function<void(const schemas::Ask&)>;

  Runner(RunnerParts parts, Checkpoint checkpoint, Fatal fatal);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// Reconciles what the checkpoint says with what the engine has, then starts the loop.
  schemas::Outcome start();

  /// Ends the loop. Tasks run on. True when everything under way ended in time.
  bool stop(std::chrono::milliseconds patience);

  void on_news(News news);
  void on_ask(Asked asked);

  /// From any thread.
  void container_exited(const ContainerExit& exit);
  std::optional<schemas::SyncRequest> next_request(ChannelHost::Purpose purpose);
  void answered(const schemas::SyncRequest& request, schemas::SyncAnswer answer);
  /// The newest view of a task, for the metadata endpoint and for logs.
  std::shared_ptr<const TaskView> view(const schemas::TaskId& task) const;

 private:
  using Work = std::function<void()>;

  schemas::Outcome recover();
  schemas::Result<std::vector<FoundContainer>> find_containers(const Restored& restored);
  void keep_networks(const std::vector<TaskRecord>& tasks);
  void run();
  void post(Work work);
  void take(const Event& event);
  void merge(Step step);
  void flush();
  void publish(const schemas::TaskId& id);
  void carry_out(const Effect& effect);
  std::optional<schemas::SyncRequest> request_for(ChannelHost::Purpose purpose) const;
  void performed(const Performed& done);
  void log_progress(const TaskState& task);
  MetadataReply answer_metadata_request(const SocketOwner& owner, std::string_view path);

  RunnerParts parts_;
  Checkpoint checkpoint_;
  Fatal fatal_;
  News news_;
  Asked asked_;
  TaskCredentials credentials_;
  std::unique_ptr<MetadataServer> metadata_;
  Performer performer_;

  // The loop's own.
  HostState state_;
  Step gathered_;
  std::vector<schemas::SyncAnswer> gathered_network_;
  std::vector<Work> telling_;  ///< what the channel asked for: told once all of it is saved
  std::int64_t news_told_ = 0;
  bool inventory_told_ = false;
  struct Progress {
    schemas::TaskStatus logged = schemas::TaskStatus::provisioning;
    std::chrono::steady_clock::time_point assigned = std::chrono::steady_clock::now();
    Phases phases;
  };
  std::map<schemas::TaskId, Progress> progress_;

  // Shared.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool ending_ = false;
  mutable std::mutex views_mutex_;
  std::map<schemas::TaskId, std::shared_ptr<const TaskView>> views_;
  std::map<schemas::ContainerId, std::pair<schemas::TaskId, std::int64_t>> containers_;

  Lanes pulls_;
  Lanes checks_;
  Lanes lanes_;
  std::thread thread_;
};

}  // namespace agent
