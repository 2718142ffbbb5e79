#include "control/core/loop/daemons.h"

#include <optional>
#include <string>
#include <utility>

#include "control/core/loop/launch.h"
#include "control/core/place/filters.h"

namespace control {

namespace {

using Standing = DaemonHost::Standing;

/// Tasks on the host that are no daemon's, not stopped yet.
std::int64_t tasks_of_others(const Fleet& fleet, const Host& host) {
  std::int64_t count = 0;
  for (const auto& [group, tasks] : host.groups) {
    count += fleet.daemons().contains(group) ? 0 : tasks;
  }
  return count;
}

/// Nothing where it neither has nor gets a task.
std::optional<Standing> standing_of(const Fleet& fleet, const Daemon& daemon, const Host& host) {
  const bool has_one = host.group_tasks(daemon.group()) > 0;
  if (!daemon.belongs_on(host)) {
    return has_one ? std::optional(Standing::unfit) : std::nullopt;
  }
  if (host.status != schemas::InstanceStatus::active) {
    const bool last = tasks_of_others(fleet, host) == 0;
    return has_one ? std::optional(last ? Standing::emptied : Standing::draining) : std::nullopt;
  }
  if (!host.connected) {
    return has_one ? std::optional(Standing::away) : std::nullopt;
  }
  return has_one || daemon.may_start_on(host) ? std::optional(Standing::open) : std::nullopt;
}

/// What the next task of the service asks of hosts; nothing when its subnets have no address left.
std::optional<TaskRequest> next_request(const World& world, const schemas::Service& service) {
  const schemas::Deployment& primary = service.deployments.front();
  TaskRequest request = request_of(world, {.cluster = service.cluster,
                                           .service = service.key,
                                           .deployment = primary.id,
                                           .host = {},
                                           .specification = primary.specification});
  if (primary.specification->network && request.zones.empty()) {
    return std::nullopt;
  }
  return request;
}

}  // namespace

std::vector<DaemonHost> daemon_hosts(const World& world, const schemas::Service& service) {
  const Fleet& fleet = world.fleet(service.cluster);
  const auto daemon =
      fleet.daemons().find(group_of_cluster(service.cluster, "service:" + service.name));
  std::vector<DaemonHost> hosts;
  if (daemon == fleet.daemons().end()) {
    return hosts;
  }
  const std::optional<TaskRequest> request = next_request(world, service);
  for (const auto& [zone, lane] : fleet.lanes()) {
    const std::optional<Question> question =
        request ? std::optional<Question>(std::in_place, *request, zone, lane) : std::nullopt;
    for (std::size_t index = 0; index < lane.hosts().size(); ++index) {
      const Host& host = lane.hosts()[index];
      if (const auto standing = standing_of(fleet, daemon->second, host)) {
        hosts.push_back({.instance = host.id,
                         .standing = *standing,
                         .has_room = question && !question->refuse(index)});
      }
    }
  }
  return hosts;
}

}  // namespace control
