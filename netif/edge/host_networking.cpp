#include "netif/edge/host_networking.h"

#include <mutex>
#include <utility>

#include "netif/edge/container_bridge.h"
#include "netif/edge/host.h"
#include "netif/edge/host_kernel.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/vpc_router.h"

namespace netif {

using schemas::EniId;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskId;

HostNetworking::HostNetworking(std::unique_ptr<HostKernel> kernel) : kernel_(std::move(kernel)) {}
HostNetworking::HostNetworking(HostNetworking&&) noexcept = default;
HostNetworking& HostNetworking::operator=(HostNetworking&&) noexcept = default;
HostNetworking::~HostNetworking() = default;

Result<HostNetworking> HostNetworking::open(NetworkSettings settings) {
  auto host = open_host(std::move(settings));
  if (!host.ok()) {
    return host.error();
  }
  auto containers = ContainerBridge::open(host.value());
  if (!containers.ok()) {
    return containers.error();
  }
  auto kernel =
      std::make_unique<HostKernel>(std::move(host).value(), std::move(containers).value());
  if (Outcome begun = kernel->begin(); !begun.ok()) {
    return begun.error();
  }
  return HostNetworking(std::move(kernel));
}

Outcome HostNetworking::apply(const HostNetwork& want) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->apply(want);
}

std::string HostNetworking::task_namespace_path(const TaskId& task) const {
  return task_path(kernel_->host(), task);
}

Result<std::string> HostNetworking::make_task_namespace(const TaskId& task) {
  std::string path = task_namespace_path(task);
  if (Outcome made = make_namespace(path, &prepare_task_namespace); !made.ok()) {
    return made.error();
  }
  return path;
}

Outcome HostNetworking::remove_task_namespace(const TaskId& task) {
  return remove_namespace(task_namespace_path(task));
}

Outcome HostNetworking::attach(const EniId& eni) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->attach(eni);
}

Outcome HostNetworking::detach(const EniId& eni) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->detach(eni);
}

Result<BridgeEndpoint> HostNetworking::make_bridge_endpoint(const std::string& key,
                                                            const std::vector<PublishedPort>& ports,
                                                            const HostPorts& promised) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->containers().make(kernel_->host(), key, ports, promised);
}

Outcome HostNetworking::remove_bridge_endpoint(const std::string& key) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->remove_container(key);
}

Result<std::string> HostNetworking::make_lone_namespace(const std::string& key) {
  if (Outcome named = check_key(key); !named.ok()) {
    return named.error();
  }
  std::string path = lone_path(kernel_->host(), key);
  if (Outcome made = make_namespace(path, &prepare_task_namespace); !made.ok()) {
    return made.error();
  }
  return path;
}

Outcome HostNetworking::remove_lone_namespace(const std::string& key) {
  return remove_namespace(lone_path(kernel_->host(), key));
}

Outcome HostNetworking::keep_only(const std::set<TaskId>& tasks,
                                  const std::set<std::string>& keys) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->keep_only(tasks, keys);
}

Outcome HostNetworking::remove_all() {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->remove_all();
}

}  // namespace netif
