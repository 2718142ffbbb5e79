#pragma once

#include <cstdint>
#include <string>

#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/engine/engine.h"

namespace agent {

/// What a container needs besides its specification.
struct DockerChoices {
  std::string image;           ///< the daemon's id of the image
  std::string owner;           ///< names the agent's data directory
  std::string network_holder;  ///< of a joined namespace: the container that lives in it
  std::string cgroup_parent;   ///< the task's cgroup
  std::int64_t log_bytes_max = 0;
  std::int64_t log_files_max = 0;
};

/// The labels by which an agent knows what it made. A container that lacks one of them, or has
/// another owner's, is none of ours.
inline constexpr const char* owner_label = "stowage.owner";
inline constexpr const char* task_label = "stowage.task";
inline constexpr const char* container_label = "stowage.container";
inline constexpr const char* name_label = "stowage.name";
inline constexpr const char* digest_label = "stowage.digest";
inline constexpr const char* holder_label = "stowage.namespace";
inline constexpr const char* hostname_label = "stowage.hostname";

/// The container as Docker must make it, but for its devices, which have to be looked up: with the
/// same rights and limits as `oci` gives.
docker::ContainerWish container_wish(const ContainerSpec& spec, const DockerChoices& choices);

}  // namespace agent
