#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "agent/edge/engine/docker/daemon.h"
#include "agent/edge/engine/engine.h"
#include "agent/edge/images/reference.h"

namespace agent {

/// Images as the daemon has them. Nothing is removed here: they are also other people's.
class DockerImages {
 public:
  DockerImages(Daemon& daemon, std::chrono::seconds time_limit)
      : daemon_(daemon), time_limit_(time_limit) {}

  /// See Engine::pull.
  schemas::Result<Image> pull(const PullRequest& request);
  /// The daemon's own id of an image that `pull` gave.
  schemas::Result<std::string> id_of(const std::string& digest) const;

 private:
  struct Fetched {
    std::string digest;  ///< as the registry said; empty when it did not
  };
  schemas::Result<Fetched> fetch(const ImageReference& reference);
  schemas::Result<Image> inspect(const std::string& name, const std::string& digest);

  Daemon& daemon_;
  std::chrono::seconds time_limit_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> ids_;      ///< by digest
  std::map<std::string, std::string> digests_;  ///< by name and tag, the last that was pulled
};

/// The value of X-Registry-Auth for a registry, from the text of Docker's own config.json; empty
/// when that has none for it.
std::string registry_auth(const std::string& config_json, const std::string& host);

}  // namespace agent
