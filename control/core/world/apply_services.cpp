#include <algorithm>

#include "control/core/world/parts.h"

namespace control {

using schemas::require;

namespace {

/// As many as DescribeServices shows.
constexpr std::size_t events_max = 100;

void erase_row(WorldParts& parts, Table table, std::int64_t key) {
  parts.news.appended.push_back(
      {.table = table, .key = key, .values = {}, .action = RowAction::erase});
}

std::string daemon_group(const schemas::Service& service) {
  return group_of_cluster(service.cluster, "service:" + service.name);
}

std::vector<std::string> zones_of(const WorldParts& parts,
                                  const schemas::NetworkConfiguration& network) {
  std::vector<std::string> zones;
  for (const schemas::SubnetId& id : network.subnets) {
    zones.push_back(parts.tables.subnets.at(id).availability_zone);
  }
  return zones;
}

/// What its next task asks of a host.
TaskRequest next_request(const WorldParts& parts, const schemas::Service& service) {
  const schemas::TaskSpecification& specification = *service.deployments.front().specification;
  TaskRequest request = daemon_request(request_for(specification));
  request.claim.group = daemon_group(service);
  if (specification.network) {
    request.zones = zones_of(parts, *specification.network);
  }
  return request;
}

}  // namespace

void show_daemon(WorldParts& parts, const schemas::Service& service) {
  if (service.scheduling_strategy != schemas::SchedulingStrategy::daemon) {
    return;
  }
  Fleet& fleet = parts.fleets[service.cluster];
  if (service.deployments.empty()) {
    fleet.remove_daemon(daemon_group(service));
    return;
  }
  const bool starts_tasks =
      service.status == schemas::ServiceStatus::active &&
      service.deployments.front().rollout_state != schemas::RolloutState::failed;
  fleet.put_daemon(Daemon(service.key, next_request(parts, service),
                          starts_tasks ? Daemon::Wants::room : Daemon::Wants::nothing));
}

void note_daemons(WorldParts& parts, std::int64_t cluster) {
  for (const auto& [group, daemon] : parts.fleets[cluster].daemons()) {
    parts.news.services.insert(daemon.service());
  }
}

void carry_out(WorldParts& parts, const ServiceCreated& change) {
  const schemas::Service& service = change.service;
  keep_key(parts, Table::service, service.key);
  parts.index.service_by_name[{service.cluster, service.name}] = service.key;
  parts.index.services_of_cluster[service.cluster].insert(service.key);
  parts.tables.services[service.key] = service;
  parts.tables.services[service.key].events.clear();
  show_daemon(parts, service);
  parts.news.services.insert(service.key);
  touch(parts, Table::service, service.key, {});
}

void carry_out(WorldParts& parts, const ServiceChanged& change) {
  schemas::Service& service = parts.tables.services.at(change.service.key);
  std::deque<schemas::ServiceEvent> events = std::move(service.events);
  service = change.service;
  service.events = std::move(events);
  show_daemon(parts, service);
  parts.news.services.insert(service.key);
  touch(parts, Table::service, service.key, {});
}

void carry_out(WorldParts& parts, const DeploymentAccounted& change) {
  std::vector<schemas::Deployment>& deployments =
      parts.tables.services.at(change.service).deployments;
  const auto at = std::find_if(
      deployments.begin(), deployments.end(),
      [&change](const schemas::Deployment& each) { return each.id == change.deployment.id; });
  require(at != deployments.end(), "an account of no deployment is settled");
  *at = change.deployment;
  parts.news.services.insert(change.service);
  touch(parts, Table::service, change.service, {});
}

void carry_out(WorldParts& parts, const ServiceEventAdded& change) {
  keep_key(parts, Table::service_event, change.key);
  schemas::Service& service = parts.tables.services.at(change.service);
  std::vector<std::int64_t>& keys = parts.index.event_keys_of_service[change.service];
  service.events.push_front(change.event);
  keys.push_back(change.key);
  parts.news.appended.push_back(
      {.table = Table::service_event,
       .key = change.key,
       .values = {change.service, change.event.id.text(),
                  change.event.created_at.time_since_epoch().count(), change.event.message}});
  if (service.events.size() > events_max) {
    service.events.pop_back();
    erase_row(parts, Table::service_event, keys.front());
    keys.erase(keys.begin());
  }
}

void carry_out(WorldParts& parts, const ServiceDeploymentBegun& change) {
  const schemas::ServiceDeployment& deployment = change.deployment;
  keep_key(parts, Table::service_revision, deployment.key);
  parts.index.deployments_of_service[deployment.service].insert(deployment.key);
  parts.index.service_deployment_by_id[deployment.id] = deployment.key;
  parts.tables.service_deployments[deployment.key] = deployment;
  touch(parts, Table::service_revision, deployment.key, {});
  touch(parts, Table::service_deployment, deployment.key, {});
}

void carry_out(WorldParts& parts, const ServiceDeploymentChanged& change) {
  schemas::ServiceDeployment& deployment =
      parts.tables.service_deployments.at(change.deployment.key);
  require(deployment.id == change.deployment.id &&
              deployment.service == change.deployment.service &&
              deployment.specification == change.deployment.specification,
          "a service deployment leads somewhere else than when it began");
  deployment = change.deployment;
  touch(parts, Table::service_deployment, deployment.key, {});
}

void carry_out(WorldParts& parts, const ServiceDeploymentForgotten& change) {
  const auto at = parts.tables.service_deployments.find(change.deployment);
  require(at != parts.tables.service_deployments.end(),
          "a service deployment that does not exist is forgotten");
  parts.index.deployments_of_service[at->second.service].erase(change.deployment);
  parts.index.service_deployment_by_id.erase(at->second.id);
  parts.tables.service_deployments.erase(at);
  touch(parts, Table::service_revision, change.deployment, {});
  touch(parts, Table::service_deployment, change.deployment, {});
}

void carry_out(WorldParts& parts, const ServiceForgotten& change) {
  const auto at = parts.tables.services.find(change.service);
  require(at != parts.tables.services.end(), "a service that does not exist is forgotten");
  require(parts.index.live_tasks_of_service[change.service].empty(),
          "a service with tasks is forgotten");
  for (const std::int64_t key : parts.index.event_keys_of_service[change.service]) {
    erase_row(parts, Table::service_event, key);
  }
  parts.index.event_keys_of_service.erase(change.service);
  const Keys records = parts.index.deployments_of_service[change.service];
  for (const std::int64_t key : records) {
    carry_out(parts, ServiceDeploymentForgotten{key});
  }
  parts.index.deployments_of_service.erase(change.service);
  parts.index.services_of_cluster[at->second.cluster].erase(change.service);
  const auto name = parts.index.service_by_name.find({at->second.cluster, at->second.name});
  if (name != parts.index.service_by_name.end() && name->second == change.service) {
    parts.index.service_by_name.erase(name);
  }
  if (at->second.scheduling_strategy == schemas::SchedulingStrategy::daemon) {
    parts.fleets[at->second.cluster].remove_daemon(daemon_group(at->second));
  }
  parts.tables.services.erase(at);
  parts.news.services.erase(change.service);
  touch(parts, Table::service, change.service, {});
}

}  // namespace control
