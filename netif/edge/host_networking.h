#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "netif/core/host_network.h"
#include "netif/core/host_ports.h"
#include "netif/edge/network_settings.h"
#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/result.h"
#include "schemas/model/task_definition.h"

namespace netif {

/// A port of a container in `bridge` mode, reachable at every address of the host.
struct PublishedPort {
  schemas::TransportProtocol protocol = schemas::TransportProtocol::tcp;
  std::int64_t host_port = 0;  ///< 0: this host picks one of its dynamic range
  std::int64_t container_port = 0;
  auto operator<=>(const PublishedPort&) const = default;
};

/// A namespace on this agent's container bridge.
struct BridgeEndpoint {
  std::string namespace_path;
  schemas::Ipv4 address;
  schemas::Ipv4 gateway;
  std::uint8_t prefix = 0;
  std::vector<PublishedPort> ports;  ///< as asked for, the picked ones filled in
};

class HostKernel;

/// The network of one host: routers, tunnels, interfaces, firewalls and task namespaces, made in
/// the namespace that `open` is called in. Every call is idempotent and may be repeated after a
/// crash at any point; calls from several threads are safe and wait for each other, except that
/// namespaces are made and listeners opened side by side. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
/// Errors are `server` errors that say which kernel request failed and why.
class HostNetworking {
 public:
  /// Opens the sockets that everything else uses and makes this agent's firewall table; touches
  /// nothing that runs. The caller's mount namespace must be the one in which the agent will run
  /// again after a restart, else its namespaces are lost to it.
  static schemas::Result<HostNetworking> open(NetworkSettings settings);

  HostNetworking(HostNetworking&&) noexcept;
  HostNetworking& operator=(HostNetworking&&) noexcept;
  /// Leaves everything in the kernel as it is: tasks outlive the agent.
  ~HostNetworking();

  /// Makes the routers, subnets and neighbours of `want`; removes what this agent made and `want`
  /// does not have (interfaces, routers), and whatever an earlier process left half-made.
  /// Interfaces whose task has a namespace are attached, others wait for `attach`.
  schemas::Outcome apply(const HostNetwork& want);

  /// The path of the namespace of a task, made with `lo` up and 169.254.170.2 on it. An existing
  /// one is kept.
  schemas::Result<std::string> make_task_namespace(const schemas::TaskId& task);
  /// Gives the task's namespace back; its interface must have been detached. No process of the
  /// task may be left, or the kernel keeps the namespace until the last one is gone.
  schemas::Outcome remove_task_namespace(const schemas::TaskId& task);
  /// Where `make_task_namespace` puts it, whether or not it is there.
  [[nodiscard]] std::string task_namespace_path(const schemas::TaskId& task) const;

  /// Makes the interface `eni` of the last `apply` in its task's namespace as eth0: MAC, address,
  /// route, firewall, public address. When it returns, traffic flows. Makes the namespace if it is
  /// missing.
  schemas::Outcome attach(const schemas::EniId& eni);
  /// Cuts the interface off; when it returns, its address may be given to somebody else. The link
  /// disappears with the task's namespace, or some seconds later.
  schemas::Outcome detach(const schemas::EniId& eni);

  /// A namespace of the container bridge named `key` (letters, digits, `-`, at most 64), with
  /// 169.254.170.2 on `lo` and an address of its own on `eth0`, and its published ports. Calling it
  /// again with other ports replaces them. A host port of 0 is picked here: one that no endpoint
  /// has, that is not among `promised` and that nobody on the host uses; it stays the endpoint's,
  /// over restarts of the agent too. That no two endpoints state one port is control's care.
  schemas::Result<BridgeEndpoint> make_bridge_endpoint(const std::string& key,
                                                       const std::vector<PublishedPort>& ports,
                                                       const HostPorts& promised = {});
  schemas::Outcome remove_bridge_endpoint(const std::string& key);

  /// The path of a namespace named `key` (as above) that leads nowhere: `lo` with 169.254.170.2 on
  /// it is all there is. An existing one is kept.
  schemas::Result<std::string> make_lone_namespace(const std::string& key);
  schemas::Outcome remove_lone_namespace(const std::string& key);

  /// Removes task namespaces, bridge endpoints and lone namespaces that are not listed: what a
  /// crash left behind.
  schemas::Outcome keep_only(const std::set<schemas::TaskId>& tasks,
                             const std::set<std::string>& keys);

  /// Removes everything this agent made: its host is as it was before `open`, IPv4 forwarding
  /// excepted, which stays on.
  schemas::Outcome remove_all();

 private:
  explicit HostNetworking(std::unique_ptr<HostKernel> kernel);
  std::unique_ptr<HostKernel> kernel_;
};

}  // namespace netif
