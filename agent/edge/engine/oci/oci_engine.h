#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "agent/edge/engine/oci/storage_rules.h"

namespace agent {

/// Everything an engine makes (cgroups, mounts, sockets, runtime state) is derived from
/// `data_directory`, so several agents can share a machine.
struct OciSettings {
  std::filesystem::path data_directory{};
  std::string runtime = "crun";  ///< "crun" or "runc"
  std::vector<std::string>
      insecure_registries{};  ///< "host:port": TLS is not verified, HTTP allowed
  std::chrono::seconds pull_time_limit{600};
  std::int64_t log_bytes_max = 10'485'760;        ///< of one file; it is rotated beyond
  std::int64_t log_files_max = 3;                 ///< per container, the live one included
  std::int64_t image_bytes_max = 21'474'836'480;  ///< unused images beyond it go, oldest use first
  StorageLimits storage{};                        ///< what tasks may write; no limits by themselves
};

/// Opens the engine on its data directory, which it locks: a second engine on it is refused.
/// Removes what interrupted pulls left. Fails when a program it needs (skopeo, umoci, conmon, the
/// runtime) is missing, saying which package has it.
schemas::Result<std::unique_ptr<Engine>> open_oci_engine(const OciSettings& settings,
                                                         ExitListener on_exit);

}  // namespace agent
