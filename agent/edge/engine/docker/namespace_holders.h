#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agent/edge/engine/docker/daemon.h"
#include "schemas/base/id.h"
#include "schemas/base/result.h"

namespace agent {

/// A network namespace to be shared, and whose it is.
struct HeldNamespace {
  std::string path;
  schemas::TaskId task;
  std::string hostname;
  std::string cgroup_parent;
};

/// Docker lets a container share another container's network, never a namespace by its path. So
/// for each namespace there is a container that does nothing but live in it (`ecs-pause`), made
/// before the first container that needs it and removed with the task. What is wired into the
/// namespace is netif's, and neither made nor lost with this container.
class NamespaceHolders {
 public:
  NamespaceHolders(Daemon& daemon, std::string owner) : daemon_(daemon), owner_(std::move(owner)) {}

  /// Reads the program, which lies beside ours or in PATH.
  schemas::Outcome prepare();

  /// The name of a container that runs in the namespace, made if there is none. Repeatable, also by
  /// several threads at once.
  schemas::Result<std::string> hold(const HeldNamespace& held);

 private:
  schemas::Result<long> create(const std::string& name, const HeldNamespace& held);
  schemas::Outcome make_image();
  schemas::Outcome start(const std::string& name, const HeldNamespace& held);
  [[nodiscard]] bool lives_in(const std::string& name, const std::string& path);

  Daemon& daemon_;
  std::string owner_;
  std::string program_;  ///< its bytes
  std::string image_;    ///< named after them
};

}  // namespace agent
