#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/edge/engine/engine.h"

namespace agent {

/// Everything an engine makes carries a label derived from `data_directory`, so that several agents
/// can share one Docker.
struct DockerSettings {
  std::filesystem::path data_directory{};
  std::string socket = "/var/run/docker.sock";
  /// "host:port". What Docker trusts is in its own configuration: these are only checked.
  std::vector<std::string> insecure_registries{};
  std::chrono::seconds pull_time_limit{600};
  std::int64_t log_bytes_max = 10'485'760;  ///< of one file; it is rotated beyond
  std::int64_t log_files_max = 3;           ///< per container, the live one included
};

/// Opens the engine on its data directory, which it locks: a second engine on it is refused. Fails
/// when Docker does not answer, is older than 20.10, leaves its cgroups to systemd, or does not
/// trust a registry of `insecure_registries`; says what to do.
schemas::Result<std::unique_ptr<Engine>> open_docker_engine(const DockerSettings& settings,
                                                            ExitListener on_exit);

}  // namespace agent
