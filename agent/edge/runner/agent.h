#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/edge/runner/host_facts.h"
#include "schemas/base/result.h"

namespace agent {

/// What an agent is started with.
struct AgentOptions {
  std::string control_url;
  std::string cluster;  ///< empty for a host of the pool
  enum class Kind : std::uint8_t { cluster, pool };
  Kind kind = Kind::cluster;
  std::filesystem::path data_directory;
  std::filesystem::path token_file;  ///< empty = none
  enum class EngineKind : std::uint8_t { oci, docker };
  EngineKind engine = EngineKind::oci;
  std::string runtime = "crun";                        ///< of `oci`
  std::string docker_socket = "/var/run/docker.sock";  ///< of `docker`
  std::vector<std::string> insecure_registries;
  std::int64_t log_bytes_max = 10'485'760;
  std::int64_t log_files_max = 3;
  /// MiB that a task may have on the disk; absent: what a Fargate task has on the pool, else no
  /// limit.
  std::optional<std::int64_t> task_storage_mib;
  /// MiB of the disk that stay free, or a twentieth of it if that is less.
  std::int64_t disk_kept_mib = 1024;
  StatedFacts facts;
};

/// How an agent ended; also the program's exit code.
enum class AgentEnd : std::uint8_t {
  asked = 0,    ///< SIGTERM or SIGINT; tasks run on
  failed = 1,   ///< it could not start, or not go on
  refused = 3,  ///< control does not take this host: an operator must decide
};

/// Runs an agent until the descriptor `stop` can be read (an eventfd or signalfd), or until it
/// cannot go on. Says on the log why it ended.
AgentEnd run_agent(const AgentOptions& options, int stop);

/// Stops and removes everything that the agent of this data directory has made on the host:
/// containers, cgroups, mounts, namespaces, links, firewall tables, its identity and checkpoint.
/// Images and logs stay, they are files only. Works after a kill -9; refuses while an agent runs on
/// the directory. To be called in the network namespace that the agent ran in. Which engine it was
/// is written in the directory; only an oci `runtime` must be said.
schemas::Outcome clean_up_host(const std::filesystem::path& data_directory,
                               const std::string& runtime);

}  // namespace agent
