#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/edge/metadata/metadata_server.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// The temporary credentials of this host's tasks: in memory only, never saved, never logged.
/// Thread-safe.
///
/// The path under which a task finds its own follows from the task and from this host's secret, so
/// it is the same whenever it is asked for, in this process and in the next, and nobody else can
/// tell it. It is no protection by itself: who may ask is decided by the socket that is reached.
class TaskCredentials {
 public:
  explicit TaskCredentials(std::string host_secret) : host_secret_(std::move(host_secret)) {}

  /// "/v2/credentials/" and a UUID.
  [[nodiscard]] std::string path_of(const schemas::TaskId& task) const;

  /// Takes over what control has sent. Of two for one use the later expiry is the newer.
  void take(const std::vector<schemas::RoleCredentials>& credentials);
  void forget(const schemas::TaskId& task);
  [[nodiscard]] std::optional<schemas::RoleCredentials> of(const schemas::TaskId& task,
                                                           schemas::RoleUse use) const;

  /// Answers a task that asks for `path`: its task role's credentials in ECS's shape under its own
  /// path, 404 under any other. Those of the execution role are the agent's and are never served.
  [[nodiscard]] MetadataReply answer(const schemas::TaskId& task, std::string_view path) const;

 private:
  const std::string host_secret_;
  mutable std::mutex mutex_;
  std::map<std::pair<schemas::TaskId, schemas::RoleUse>, schemas::RoleCredentials> held_;
};

}  // namespace agent
