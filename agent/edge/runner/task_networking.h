#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "netif/core/host_network.h"
#include "netif/edge/host_networking.h"
#include "schemas/base/id.h"
#include "schemas/base/result.h"

namespace agent {

/// What the agent asks of its host's network; `netif::HostNetworking` in production, a fake in
/// tests that run without the kernel. Thread-safe and repeatable like the former.
class TaskNetworking {
 public:
  TaskNetworking() = default;
  TaskNetworking(const TaskNetworking&) = delete;
  TaskNetworking& operator=(const TaskNetworking&) = delete;
  virtual ~TaskNetworking() = default;

  virtual schemas::Outcome apply(const netif::HostNetwork& want) = 0;
  virtual schemas::Result<std::string> make_task_namespace(const schemas::TaskId& task) = 0;
  virtual schemas::Outcome remove_task_namespace(const schemas::TaskId& task) = 0;
  virtual schemas::Outcome attach(const schemas::EniId& eni) = 0;
  virtual schemas::Outcome detach(const schemas::EniId& eni) = 0;
  virtual schemas::Result<netif::BridgeEndpoint> make_bridge_endpoint(
      const std::string& key, const std::vector<netif::PublishedPort>& ports,
      const netif::HostPorts& promised) = 0;
  virtual schemas::Outcome remove_bridge_endpoint(const std::string& key) = 0;
  virtual schemas::Result<std::string> make_lone_namespace(const std::string& key) = 0;
  virtual schemas::Outcome remove_lone_namespace(const std::string& key) = 0;
  virtual schemas::Outcome keep_only(const std::set<schemas::TaskId>& tasks,
                                     const std::set<std::string>& keys) = 0;
  /// A socket of the metadata endpoint in that namespace.
  virtual schemas::Result<int> open_listener(const std::string& namespace_path) = 0;
};

/// The kernel's.
class KernelNetworking : public TaskNetworking {
 public:
  explicit KernelNetworking(netif::HostNetworking networking);

  schemas::Outcome apply(const netif::HostNetwork& want) override;
  schemas::Result<std::string> make_task_namespace(const schemas::TaskId& task) override;
  schemas::Outcome remove_task_namespace(const schemas::TaskId& task) override;
  schemas::Outcome attach(const schemas::EniId& eni) override;
  schemas::Outcome detach(const schemas::EniId& eni) override;
  schemas::Result<netif::BridgeEndpoint> make_bridge_endpoint(
      const std::string& key, const std::vector<netif::PublishedPort>& ports,
      const netif::HostPorts& promised) override;
  schemas::Outcome remove_bridge_endpoint(const std::string& key) override;
  schemas::Result<std::string> make_lone_namespace(const std::string& key) override;
  schemas::Outcome remove_lone_namespace(const std::string& key) override;
  schemas::Outcome keep_only(const std::set<schemas::TaskId>& tasks,
                             const std::set<std::string>& keys) override;
  schemas::Result<int> open_listener(const std::string& namespace_path) override;

 private:
  netif::HostNetworking networking_;
};

}  // namespace agent
