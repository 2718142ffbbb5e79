#include "control/core/loop/rows/encode.h"

#include <optional>
#include <utility>

#include "control/core/loop/rows/encode_access.h"
#include "control/core/loop/rows/stored.h"
#include "control/core/loop/rows/values.h"
#include "control/core/world/parts.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Instant;

namespace {

using control::values_of;  // those of encode_access.h, beside the ones below

/// The specification as JSON. Tasks of a deployment share theirs, so it is written once a batch.
class SpecificationTexts {
 public:
  const std::string& of(const schemas::TaskSpecificationRef& specification) {
    std::string& text = texts_[specification.get()];
    if (text.empty()) {
      text = wire::encode(*specification);
    }
    return text;
  }

 private:
  std::map<const schemas::TaskSpecification*, std::string> texts_;  // looked up, never iterated
};

Values values_of(const schemas::Cluster& cluster) {
  return {cluster.scope.account,
          cluster.scope.region,
          cluster.name,
          ordinal(cluster.status),
          milliseconds(cluster.created_at),
          wire::encode(StoredTags{cluster.tags}),
          wire::encode(cluster.configuration)};
}

Values values_of(const schemas::CapacityProvider& provider) {
  return {provider.scope.account, provider.scope.region, provider.name,
          milliseconds(provider.created_at), wire::encode(provider)};
}

Values values_of(const schemas::AccountSetting& setting) {
  return {setting.scope.account, setting.scope.region, setting.principal, setting.name,
          setting.value};
}

Values values_of(const OwnedDefinition& owned) {
  const schemas::TaskDefinition& definition = *owned.definition;
  return {owned.scope.account,
          owned.scope.region,
          definition.family,
          definition.revision,
          ordinal(definition.status),
          milliseconds(definition.registered_at),
          milliseconds(definition.deregistered_at),
          wire::encode(definition)};
}

Values values_of(const schemas::Service& service) {
  StoredDeployments stored;
  for (const schemas::Deployment& deployment : service.deployments) {
    stored.deployments.push_back({.deployment = deployment,
                                  .definition = deployment.specification->definition->key,
                                  .specification = *deployment.specification});
  }
  schemas::Service body = service;
  body.deployments.clear();
  body.events.clear();
  return {service.cluster,
          service.name,
          ordinal(service.status),
          service.desired_count,
          milliseconds(service.created_at),
          wire::encode(stored),
          wire::encode(body)};
}

Values values_of(const schemas::ContainerInstance& instance) {
  return {instance.id.text(),
          instance.scope.account,
          instance.scope.region,
          instance.cluster,
          ordinal(instance.status),
          instance.identity_hash,
          instance.boot_id,
          milliseconds(instance.registered_at),
          instance.version,
          flag(instance.connected),
          wire::encode(instance.inventory),
          wire::encode(StoredTags{instance.tags}),
          wire::encode(StoredAttributes{instance.attributes})};
}

Values values_of(const schemas::Vpc& vpc) {
  return {vpc.id.text(), vpc.scope.account, vpc.scope.region, vpc.cidr.text(),
          flag(vpc.is_default)};
}

Values values_of(const schemas::Subnet& subnet) {
  return {subnet.id.text(),         subnet.vpc.text(),        subnet.cidr.text(),
          subnet.availability_zone, std::int64_t{subnet.vni}, flag(subnet.is_default)};
}

Values values_of(const schemas::SecurityGroup& group) {
  return {group.id.text(), group.vpc.text(), group.name, group.description,
          wire::encode(StoredRules{group.rules})};
}

Values values_of(const schemas::Eni& eni, std::optional<Instant> released_at) {
  std::string groups;
  for (const schemas::SecurityGroupId& group : eni.security_groups) {
    groups += groups.empty() ? "" : " ";
    groups += group.text();
  }
  return {
      eni.id.text(),
      eni.attachment.text(),
      eni.vpc.text(),
      eni.subnet.text(),
      eni.task.text(),
      eni.instance ? Value(eni.instance->text()) : Value(std::monostate()),
      eni.mac.text(),
      std::int64_t{eni.address.bits},
      eni.public_address ? Value(std::int64_t{eni.public_address->bits}) : Value(std::monostate()),
      std::move(groups),
      eni.private_dns_name,
      milliseconds(eni.created_at),
      milliseconds(released_at)};
}

Values task_values(const schemas::Task& task, SpecificationTexts& texts) {
  std::string containers;
  for (const schemas::Container& container : task.containers) {
    containers += containers.empty() ? "" : " ";
    containers += container.id.text();
  }
  return {task.id.text(),
          task.cluster,
          task.service,
          task.deployment.number,
          task.specification->definition->key,
          milliseconds(task.created_at),
          std::move(containers),
          texts.of(task.specification),
          text_or_null(task.capacity_provider)};
}

Values state_values(const World& world, const schemas::Task& task) {
  StoredContainers stored;
  for (const schemas::Container& container : task.containers) {
    stored.containers.push_back({.last_status = container.last_status,
                                 .exit_code = container.exit_code,
                                 .reason = container.reason,
                                 .runtime_id = container.runtime_id,
                                 .image_digest = container.image_digest,
                                 .health = container.health,
                                 .network_bindings = container.network_bindings});
  }
  const std::int64_t instance = task.instance ? world->instances.at(*task.instance).key : 0;
  return {instance,
          task.eni ? Value(task.eni->text()) : Value(std::monostate()),
          ordinal(task.last_status),
          ordinal(task.desired_status),
          ordinal(task.health),
          ordinal(task.stop_code),
          task.version,
          milliseconds(task.placed_at),
          milliseconds(task.pull_started_at),
          milliseconds(task.pull_stopped_at),
          milliseconds(task.connectivity_at),
          milliseconds(task.started_at),
          milliseconds(task.stopping_at),
          milliseconds(task.execution_stopped_at),
          milliseconds(task.stopped_at),
          text_or_null(task.availability_zone),
          text_or_null(task.stopped_reason),
          wire::encode(stored),
          milliseconds(task.protected_until)};
}

Values values_of(const TaskUsage& usage) {
  const fargate_pool::MeterTotal& use = usage.use;
  return {usage.task.text(),    usage.scope.account,     usage.scope.region,
          usage.cluster,        usage.service,           usage.family,
          usage.revision,       usage.cpu.count,         usage.memory.count,
          use.last_sequence,    use.metered_ns,          use.monotonic_covered_ns,
          use.missing_readings, milliseconds(use.from),  milliseconds(use.until),
          use.cpu_time_ns,      use.memory_byte_seconds, use.memory_peak_bytes,
          flag(use.closed)};
}

Values values_of(const Token& token) {
  std::string tasks;
  for (const schemas::TaskId& task : token.tasks) {
    tasks += tasks.empty() ? "" : " ";
    tasks += task.text();
  }
  return {token.scope.account, token.scope.region, token.token,
          token.request_hash,  std::move(tasks),   milliseconds(token.created_at)};
}

template <class Map, class Key>
std::optional<Values> values_in(const Map& map, const Key& key) {
  const auto at = map.find(key);
  return at == map.end() ? std::nullopt : std::optional(values_of(at->second));
}

std::optional<Values> eni_values(const World& world, schemas::EniId id) {
  if (const auto held = world->enis.find(id); held != world->enis.end()) {
    return values_of(held->second, std::nullopt);
  }
  const auto released = world->released_enis.find(id);
  return released == world->released_enis.end()
             ? std::nullopt
             : std::optional(values_of(released->second.eni, released->second.released_at));
}

std::optional<Values> deployment_values(const World& world, const RowRef& ref,
                                        SpecificationTexts& texts) {
  const auto at = world->service_deployments.find(ref.key);
  if (at == world->service_deployments.end()) {
    return std::nullopt;
  }
  const schemas::ServiceDeployment& deployment = at->second;
  if (ref.table == Table::service_deployment) {
    return Values{ordinal(deployment.status), wire::encode(deployment)};
  }
  return Values{deployment.service, deployment.id.number, deployment.specification->definition->key,
                milliseconds(deployment.created_at), texts.of(deployment.specification)};
}

std::optional<Values> values_of(const World& world, const RowRef& ref, SpecificationTexts& texts) {
  switch (ref.table) {
    case Table::cluster:
      return values_in(world->clusters, ref.key);
    case Table::capacity_provider:
      return values_in(world->capacity_providers, ref.key);
    case Table::account_setting:
      return values_in(world->account_settings, ref.key);
    case Table::task_definition:
      return values_in(world->definitions, ref.key);
    case Table::service:
      return values_in(world->services, ref.key);
    case Table::instance:
      return values_in(world->instances, schemas::InstanceId(ref.id));
    case Table::vpc:
      return values_in(world->vpcs, schemas::VpcId(ref.id));
    case Table::subnet:
      return values_in(world->subnets, schemas::SubnetId(ref.id));
    case Table::security_group:
      return values_in(world->security_groups, schemas::SecurityGroupId(ref.id));
    case Table::eni:
      return eni_values(world, schemas::EniId(ref.id));
    case Table::usage:
      return values_in(world->usage, ref.key);
    case Table::token:
      return values_in(world->tokens, ref.key);
    case Table::user:
      return values_in(world->users, ref.key);
    case Table::access_key:
      return values_in(world->access_keys, ref.key);
    case Table::role:
      return values_in(world->roles, ref.key);
    case Table::join_token:
      return values_in(world->join_tokens, ref.key);
    case Table::session:
      return values_in(world->sessions, ref.key);
    case Table::service_revision:
    case Table::service_deployment:
      return deployment_values(world, ref, texts);
    case Table::metadata:
      schemas::require(ref.key == metadata_epoch, "only the epoch of the metadata is World's");
      return Values{"epoch", std::to_string(world.epoch())};
    case Table::task:
    case Table::task_state: {
      const auto task = world->tasks.find(ref.key);
      if (task == world->tasks.end()) {
        return std::nullopt;
      }
      return ref.table == Table::task ? task_values(task->second, texts)
                                      : state_values(world, task->second);
    }
    case Table::service_event:
    case Table::event:
    case Table::meter:
    case Table::audit:
      break;
  }
  schemas::require(false, "a row of an append-only table was touched");
  return std::nullopt;
}

std::vector<Row> rows_of(const World& world, const std::set<RowRef>& refs) {
  std::vector<Row> rows;
  rows.reserve(refs.size());
  SpecificationTexts texts;
  for (const RowRef& ref : refs) {
    if (std::optional<Values> values = values_of(world, ref, texts)) {
      rows.push_back({.table = ref.table, .key = ref.key, .values = std::move(*values)});
    } else {
      rows.push_back(
          {.table = ref.table, .key = ref.key, .values = {}, .action = RowAction::erase});
    }
  }
  return rows;
}

}  // namespace

std::vector<Row> take_rows(World& world) {
  News& news = WorldAccess::parts(world).news;
  std::vector<Row> rows = rows_of(world, std::exchange(news.touched, {}));
  std::vector<Row> appended = std::exchange(news.appended, {});
  rows.insert(rows.end(), std::make_move_iterator(appended.begin()),
              std::make_move_iterator(appended.end()));
  return rows;
}

std::vector<Row> all_rows(const World& world) {
  std::set<RowRef> refs;
  const auto add = [&refs](Table table, std::int64_t key, const schemas::IdBytes& id) {
    refs.insert({.table = table, .key = key, .id = id});
  };
  const auto add_keyed = [&add](Table table, const auto& map) {
    for (const auto& [key, value] : map) {
      add(table, key, {});
    }
  };
  const auto add_named = [&add](Table table, const auto& map) {
    for (const auto& [id, value] : map) {
      add(table, value.key, id.bytes());
    }
  };
  add_keyed(Table::cluster, world->clusters);
  add_keyed(Table::capacity_provider, world->capacity_providers);
  add_keyed(Table::account_setting, world->account_settings);
  add_keyed(Table::task_definition, world->definitions);
  add_keyed(Table::service, world->services);
  add_keyed(Table::task, world->tasks);
  add_keyed(Table::task_state, world->tasks);
  add_keyed(Table::usage, world->usage);
  add_keyed(Table::token, world->tokens);
  add_keyed(Table::user, world->users);
  add_keyed(Table::access_key, world->access_keys);
  add_keyed(Table::role, world->roles);
  add_keyed(Table::join_token, world->join_tokens);
  add_keyed(Table::session, world->sessions);
  add_keyed(Table::service_revision, world->service_deployments);
  add_keyed(Table::service_deployment, world->service_deployments);
  add_named(Table::instance, world->instances);
  add_named(Table::vpc, world->vpcs);
  add_named(Table::subnet, world->subnets);
  add_named(Table::security_group, world->security_groups);
  add_named(Table::eni, world->enis);
  for (const auto& [id, released] : world->released_enis) {
    add(Table::eni, released.eni.key, id.bytes());
  }
  std::vector<Row> rows = rows_of(world, refs);
  for (const auto& [service, keys] : world.index().event_keys_of_service) {
    const std::deque<schemas::ServiceEvent>& events = world->services.at(service).events;
    for (std::size_t at = 0; at < keys.size(); ++at) {  // keys oldest first, events newest first
      const schemas::ServiceEvent& event = events[events.size() - 1 - at];
      rows.push_back(
          {.table = Table::service_event,
           .key = keys[at],
           .values = {service, event.id.text(), milliseconds(event.created_at), event.message}});
    }
  }
  return rows;
}

}  // namespace control
