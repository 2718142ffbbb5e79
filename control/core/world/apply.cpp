#include "control/core/world/parts.h"

namespace control {

using schemas::require;

void apply(World& world, const Change& change) {
  WorldParts& parts = WorldAccess::parts(world);
  std::visit([&parts](const auto& fact) { carry_out(parts, fact); }, change);
}

void carry_out(WorldParts& parts, const ClusterCreated& change) {
  const schemas::Cluster& cluster = change.cluster;
  keep_key(parts, Table::cluster, cluster.key);
  parts.index.cluster_by_name[{cluster.scope, cluster.name}] = cluster.key;
  parts.tables.clusters[cluster.key] = cluster;
  touch(parts, Table::cluster, cluster.key, {});
}

void carry_out(WorldParts& parts, const ClusterDeactivated& change) {
  parts.tables.clusters.at(change.cluster).status = schemas::ClusterStatus::inactive;
  touch(parts, Table::cluster, change.cluster, {});
}

void carry_out(WorldParts& parts, const ClusterTagged& change) {
  parts.tables.clusters.at(change.cluster).tags = change.tags;
  touch(parts, Table::cluster, change.cluster, {});
}

void carry_out(WorldParts& parts, const ClusterConfigured& change) {
  parts.tables.clusters.at(change.cluster).configuration = change.configuration;
  touch(parts, Table::cluster, change.cluster, {});
}

void carry_out(WorldParts& parts, const VpcCreated& change) {
  const schemas::Vpc& vpc = change.vpc;
  keep_key(parts, Table::vpc, vpc.key);
  parts.tables.vpcs[vpc.id] = vpc;
  if (vpc.is_default) {
    parts.index.default_vpc[vpc.scope] = vpc.id;
  }
  touch(parts, Table::vpc, vpc.key, vpc.id.bytes());
}

void carry_out(WorldParts& parts, const SubnetCreated& change) {
  const schemas::Subnet& subnet = change.subnet;
  keep_key(parts, Table::subnet, subnet.key);
  parts.tables.subnets[subnet.id] = subnet;
  parts.index.subnets_of_vpc[subnet.vpc].push_back(subnet.id);
  parts.index.addresses.try_emplace(subnet.id, netif::AddressPool::of_subnet(subnet.cidr));
  parts.assignments.subnet_added(subnet.vpc, subnet.id);
  touch(parts, Table::subnet, subnet.key, subnet.id.bytes());
}

void carry_out(WorldParts& parts, const SecurityGroupCreated& change) {
  const schemas::SecurityGroup& group = change.group;
  keep_key(parts, Table::security_group, group.key);
  parts.tables.security_groups[group.id] = group;
  parts.index.groups_of_vpc[group.vpc].insert(group.id);
  touch(parts, Table::security_group, group.key, group.id.bytes());
}

void carry_out(WorldParts& parts, const SecurityGroupChanged& change) {
  schemas::SecurityGroup& group = parts.tables.security_groups.at(change.group.id);
  require(group.key == change.group.key && group.vpc == change.group.vpc,
          "a security group has changed its name or its VPC");
  group = change.group;
  parts.assignments.group_changed(group.id);
  touch(parts, Table::security_group, group.key, group.id.bytes());
}

void carry_out(WorldParts& parts, const SecurityGroupDeleted& change) {
  const auto at = parts.tables.security_groups.find(change.group);
  require(at != parts.tables.security_groups.end(), "a security group is deleted twice");
  require(!parts.index.enis_of_group.contains(change.group),
          "a security group is deleted that an interface has");
  parts.index.groups_of_vpc[at->second.vpc].erase(change.group);
  touch(parts, Table::security_group, at->second.key, change.group.bytes());
  parts.tables.security_groups.erase(at);
}

void carry_out(WorldParts& parts, const UsageMetered& change) {
  const auto task = parts.tables.tasks.find(change.task);
  if (!parts.tables.usage.contains(change.task)) {
    require(task != parts.tables.tasks.end(), "use of a task that was never made");
    const schemas::Task& used = task->second;
    const schemas::Cluster& cluster = parts.tables.clusters.at(used.cluster);
    TaskUsage usage{.key = used.key,
                    .task = used.id,
                    .scope = cluster.scope,
                    .cluster = cluster.name,
                    .service = {},
                    .family = used.specification->definition->family,
                    .revision = used.specification->definition->revision,
                    .cpu = used.specification->cpu,
                    .memory = used.specification->memory,
                    .use = {}};
    if (const auto at = parts.tables.services.find(used.service);
        at != parts.tables.services.end()) {
      usage.service = at->second.name;
    }
    parts.tables.usage.emplace(used.key, std::move(usage));
  }
  const schemas::MeterRecord& record = change.record;
  if (fargate_pool::absorb(parts.tables.usage.at(change.task).use, record) ==
      fargate_pool::Absorbed::repeated) {
    return;
  }
  keep_key(parts, Table::usage, change.task);
  touch(parts, Table::usage, change.task, {});
  std::int64_t& last = parts.last_key[static_cast<std::size_t>(Table::meter)];
  parts.news.appended.push_back(
      {.table = Table::meter,
       .key = ++last,
       .values = {change.task, record.sequence, record.monotonic_start_ns, record.monotonic_end_ns,
                  record.wall_start.time_since_epoch().count(),
                  record.wall_end.time_since_epoch().count(), record.cpu_time_ns,
                  record.memory_byte_seconds, record.memory_peak_bytes,
                  std::int64_t{record.last ? 1 : 0}}});
}

void carry_out(WorldParts& parts, const TokenRemembered& change) {
  const Token& token = change.token;
  keep_key(parts, Table::token, token.key);
  parts.index.token_by_name[{token.scope, token.token}] = token.key;
  parts.tables.tokens[token.key] = token;
  touch(parts, Table::token, token.key, {});
}

void carry_out(WorldParts& parts, const TokenForgotten& change) {
  const auto at = parts.tables.tokens.find(change.token);
  require(at != parts.tables.tokens.end(), "a token that was never remembered is forgotten");
  parts.index.token_by_name.erase({at->second.scope, at->second.token});
  parts.tables.tokens.erase(at);
  touch(parts, Table::token, change.token, {});
}

void carry_out(WorldParts& parts, const Logged& change) {
  Event event = change.event;
  event.sequence = ++parts.last_key[static_cast<std::size_t>(Table::event)];
  parts.news.appended.push_back(
      {.table = Table::event,
       .key = event.sequence,
       .values = {event.at.time_since_epoch().count(), event.scope.account, event.scope.region,
                  event.kind, event.subject, event.detail}});
  parts.news.events.push_back(std::move(event));
}

void carry_out(WorldParts& parts, const Audited& change) {
  const AuditEntry& entry = change.entry;
  std::int64_t& last = parts.last_key[static_cast<std::size_t>(Table::audit)];
  parts.news.appended.push_back(
      {.table = Table::audit,
       .key = ++last,
       .values = {entry.at.time_since_epoch().count(), entry.scope.account, entry.scope.region,
                  entry.principal, entry.record.source, entry.record.request_id, entry.operation,
                  entry.error, entry.message, entry.resources, entry.record.parameters}});
}

}  // namespace control
