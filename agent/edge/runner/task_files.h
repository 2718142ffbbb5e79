#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "schemas/base/id.h"
#include "schemas/base/result.h"

namespace agent {

/// What a sandbox's containers see as their own name and address.
struct SandboxIdentity {
  std::string hostname;
  std::vector<std::string> addresses;
};

/// The files that a container has of its host instead of its image: /etc/hosts, /etc/hostname and
/// /etc/resolv.conf, one set per sandbox, in `<data>/tasks/<task>/<sandbox>`.
class TaskFiles {
 public:
  explicit TaskFiles(const std::filesystem::path& data_directory);

  /// Writes them and says how they are mounted. Repeating it writes them anew.
  schemas::Result<std::vector<BindMount>> make(const schemas::TaskId& task, std::int64_t sandbox,
                                               const SandboxIdentity& identity) const;
  /// The same of a container that has the host's own network: copies of the host's files.
  schemas::Result<std::vector<BindMount>> copy_of_host(const schemas::TaskId& task,
                                                       std::int64_t container) const;
  /// Where the task's own volumes lie, by name; they go with `remove`.
  [[nodiscard]] std::filesystem::path volumes(const schemas::TaskId& task) const;
  schemas::Outcome remove(const schemas::TaskId& task) const;

 private:
  /// Pairs of file name and text.
  using Texts = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] schemas::Result<std::vector<BindMount>> write_files(const schemas::TaskId& task,
                                                                    std::int64_t folder,
                                                                    const Texts& texts) const;

  std::filesystem::path tasks_;
};

/// The host's resolv.conf without name servers on loopback, which a namespace cannot reach.
std::string resolv_conf_for_sandbox(const std::string& host_text);

}  // namespace agent
