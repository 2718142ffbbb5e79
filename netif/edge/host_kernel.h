#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "netif/core/host_network.h"
#include "netif/edge/container_bridge.h"
#include "netif/edge/host.h"
#include "netif/edge/vpc_router.h"
#include "schemas/base/result.h"

namespace netif {

/// The host's namespace and the routers in it. `have_` is what is known to be in the kernel; what
/// failed half-way is not in it, and is taken down before it is tried again.
class HostKernel {
 public:
  HostKernel(Host host, ContainerBridge containers)
      : host_(std::move(host)), containers_(std::move(containers)) {}

  schemas::Outcome begin();
  schemas::Outcome apply(const HostNetwork& want);
  schemas::Outcome attach(const schemas::EniId& id);
  schemas::Outcome detach(const schemas::EniId& id);
  schemas::Outcome keep_only(const std::set<schemas::TaskId>& tasks,
                             const std::set<std::string>& keys);
  schemas::Outcome remove_container(const std::string& key);
  schemas::Outcome remove_all();

  std::mutex mutex;
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] ContainerBridge& containers() { return containers_; }

 private:
  schemas::Outcome adopt(const HostNetwork& want);
  schemas::Outcome adopt_routers(const HostNetwork& want);
  schemas::Outcome release_publics(const HostNetwork& want);
  schemas::Outcome sweep_host();
  schemas::Outcome sweep_detached();
  schemas::Outcome rewrite_host_rules(const std::set<schemas::Ipv4>& peers);
  schemas::Outcome set_peers(const std::set<schemas::Ipv4>& peers);
  schemas::Outcome carry_out(const Step& step);
  schemas::Outcome set_groups(VpcRouter& router, const SetGroups& step);
  schemas::Outcome forget_groups(VpcRouter& router, const ForgetGroups& step);
  schemas::Outcome make_router(const schemas::VpcId& vpc);
  schemas::Outcome remove_router(const schemas::VpcId& vpc);
  schemas::Outcome attach_here(const schemas::EniAssignment& eni);
  schemas::Outcome detach_here(const schemas::EniAssignment& eni);
  schemas::Outcome open_public(const schemas::EniAssignment& eni);
  schemas::Outcome close_public(const schemas::EniAssignment& eni);
  schemas::Outcome remove_task_namespaces(const std::set<schemas::TaskId>& kept);

  Host host_;
  ContainerBridge containers_;
  bool adopted_ = false;
  HostNetwork want_;
  HostNetwork have_;
  std::map<schemas::VpcId, VpcRouter> routers_;
  std::set<schemas::Ipv4> peers_;
  std::optional<std::chrono::steady_clock::time_point> last_detach_;
};

/// The hosts that `network` has neighbours on.
std::set<schemas::Ipv4> peers_of(const HostNetwork& network);

/// Keeps the first failure of several steps that are all to be tried.
void keep_first(schemas::Outcome& outcome, schemas::Outcome next);

}  // namespace netif
