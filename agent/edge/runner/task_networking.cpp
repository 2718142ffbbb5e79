#include "agent/edge/runner/task_networking.h"

#include <utility>

#include "netif/edge/listener.h"

namespace agent {

namespace {
constexpr std::uint16_t http_port = 80;
}  // namespace

KernelNetworking::KernelNetworking(netif::HostNetworking networking)
    : networking_(std::move(networking)) {}

schemas::Outcome KernelNetworking::apply(const netif::HostNetwork& want) {
  return networking_.apply(want);
}

schemas::Result<std::string> KernelNetworking::make_task_namespace(const schemas::TaskId& task) {
  return networking_.make_task_namespace(task);
}

schemas::Outcome KernelNetworking::remove_task_namespace(const schemas::TaskId& task) {
  return networking_.remove_task_namespace(task);
}

schemas::Outcome KernelNetworking::attach(const schemas::EniId& eni) {
  return networking_.attach(eni);
}

schemas::Outcome KernelNetworking::detach(const schemas::EniId& eni) {
  return networking_.detach(eni);
}

schemas::Result<netif::BridgeEndpoint> KernelNetworking::make_bridge_endpoint(
    const std::string& key, const std::vector<netif::PublishedPort>& ports,
    const netif::HostPorts& promised) {
  return networking_.make_bridge_endpoint(key, ports, promised);
}

schemas::Outcome KernelNetworking::remove_bridge_endpoint(const std::string& key) {
  return networking_.remove_bridge_endpoint(key);
}

schemas::Result<std::string> KernelNetworking::make_lone_namespace(const std::string& key) {
  return networking_.make_lone_namespace(key);
}

schemas::Outcome KernelNetworking::remove_lone_namespace(const std::string& key) {
  return networking_.remove_lone_namespace(key);
}

schemas::Outcome KernelNetworking::keep_only(const std::set<schemas::TaskId>& tasks,
                                             const std::set<std::string>& keys) {
  return networking_.keep_only(tasks, keys);
}

schemas::Result<int> KernelNetworking::open_listener(const std::string& namespace_path) {
  return netif::open_listener(namespace_path, netif::metadata_address, http_port);
}

}  // namespace agent
