#include <algorithm>
#include <charconv>
#include <sstream>
#include <tuple>

#include "control/core/loop/rows/loader.h"
#include "control/core/loop/rows/stored.h"
#include "control/core/loop/rows/values.h"
#include "control/core/world/lookups.h"
#include "netif/core/default_network.h"

namespace control {

using schemas::Instant;
using schemas::Result;

Result<World> Loader::load() {
  read(Table::metadata, &Loader::metadata);
  ++parts().epoch;
  parts().assignments = Assignments(parts().epoch);
  read(Table::cluster, &Loader::cluster);
  read(Table::capacity_provider, &Loader::capacity_provider);
  read(Table::account_setting, &Loader::account_setting);
  read(Table::task_definition, &Loader::definition);
  read(Table::vpc, &Loader::vpc);
  read(Table::subnet, &Loader::subnet);
  read(Table::service, &Loader::service);
  read(Table::service_event, &Loader::service_event);
  read(Table::instance, &Loader::instance);
  read(Table::security_group, &Loader::security_group);
  read(Table::eni, &Loader::eni);
  if (!error_) {
    // Those released first, in the order in which it happened: an address may have had several
    // owners, and the one that holds it now came last.
    std::sort(released_.begin(), released_.end(), [](const auto& left, const auto& right) {
      return std::tie(left.first, left.second.key) < std::tie(right.first, right.second.key);
    });
    for (const auto& [at, eni] : released_) {
      apply(world_, EniCreated{eni});
      apply(world_, EniReleased{eni.id, at});
    }
    for (const schemas::Eni& eni : held_) {
      apply(world_, EniCreated{eni});
    }
  }
  for (const Row& row : rows(Table::task_state)) {
    states_[row.key] = &row;
  }
  read(Table::task, &Loader::task);
  read(Table::usage, &Loader::usage);
  read(Table::token, &Loader::token);
  read(Table::user, &Loader::user);
  read(Table::access_key, &Loader::access_key);
  read(Table::role, &Loader::role);
  read(Table::join_token, &Loader::join_token);
  read(Table::session, &Loader::session);
  for (const Row& row : rows(Table::service_deployment)) {
    deployments_[row.key] = &row;
  }
  read(Table::service_revision, &Loader::service_deployment);
  if (error_) {
    return *error_;
  }
  for (std::size_t table = 0; table < table_count; ++table) {
    const std::int64_t key = std::max(snapshot_.last_key[table], keys_above_);
    if (key > 0) {
      keep_key(parts(), static_cast<Table>(table), key);
    }
  }
  give_records();
  pin_images_of_tasks();
  note_what_is_new();
  return std::move(world_);
}

/// What loading alone changed is written with the first turn.
void Loader::note_what_is_new() {
  std::set<std::int64_t> services = std::move(parts().news.services);
  parts().news = {};
  parts().news.services = std::move(services);
  touch(parts(), Table::metadata, metadata_epoch, {});
  for (const auto& [key, group] : ruled_) {
    touch(parts(), Table::security_group, key, group.bytes());
  }
  for (const std::int64_t key : pinned_) {
    touch(parts(), Table::service_deployment, key, {});
  }
  for (const std::int64_t service : recorded_) {
    touch(parts(), Table::service, service, {});
    for (const std::int64_t key : entry_or_empty(world_.index().deployments_of_service, service)) {
      touch(parts(), Table::service_revision, key, {});
      touch(parts(), Table::service_deployment, key, {});
    }
  }
}

void Loader::read(Table table, void (Loader::*reader)(RowReader&)) {
  for (const Row& row : rows(table)) {
    if (error_) {
      return;
    }
    RowReader columns(row);
    if (columns.ok()) {
      (this->*reader)(columns);
    }
    if (!columns.ok()) {
      error_ = columns.error();
    }
  }
}

void Loader::metadata(RowReader& row) {
  const std::string name = row.text();
  const std::string value = row.text();
  if (name != "epoch" && name != "keys") {
    return;
  }
  std::int64_t& number = name == "epoch" ? parts().epoch : keys_above_;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size()) {
    row.fail("is not a number");
  }
}

void Loader::cluster(RowReader& row) {
  schemas::Cluster cluster;
  cluster.key = row.key();
  cluster.scope = {row.text(), row.text()};
  cluster.name = row.text();
  cluster.status = row.choice<schemas::ClusterStatus>(2);
  cluster.created_at = row.instant();
  cluster.tags = row.json<StoredTags>().tags;
  cluster.configuration = row.json<schemas::ClusterConfiguration>();
  if (row.ok()) {
    apply(world_, ClusterCreated{std::move(cluster)});
  }
}

void Loader::capacity_provider(RowReader& row) {
  schemas::Scope scope{row.text(), row.text()};
  const std::string name = row.text();
  const Instant created_at = row.instant();
  auto provider = row.json<schemas::CapacityProvider>();
  provider.key = row.key();
  provider.scope = std::move(scope);
  provider.name = name;
  provider.created_at = created_at;
  if (row.ok() && find_capacity_provider(world_, provider.scope, name) != nullptr) {
    row.fail("has the name of another capacity provider");
  }
  if (row.ok()) {
    apply(world_, CapacityProviderCreated{std::move(provider)});
  }
}

void Loader::account_setting(RowReader& row) {
  schemas::AccountSetting setting;
  setting.key = row.key();
  setting.scope = {row.text(), row.text()};
  setting.principal = row.text();
  setting.name = row.text();
  setting.value = row.text();
  if (row.ok() &&
      find_account_setting(world_, setting.scope, setting.principal, setting.name) != nullptr) {
    row.fail("is the same setting as another");
  }
  if (row.ok()) {
    apply(world_, AccountSettingPut{std::move(setting)});
  }
}

void Loader::definition(RowReader& row) {
  schemas::Scope scope{row.text(), row.text()};
  const std::string family = row.text();
  const std::int64_t revision = row.integer();
  const auto status = row.choice<schemas::TaskDefinitionStatus>(3);
  const Instant registered_at = row.instant();
  const std::optional<Instant> deregistered_at = row.maybe_instant();
  auto definition = row.json<schemas::TaskDefinition>();
  definition.key = row.key();
  definition.family = family;
  definition.revision = revision;
  definition.status = status;
  definition.registered_at = registered_at;
  definition.deregistered_at = deregistered_at;
  if (row.ok()) {
    apply(world_, DefinitionRegistered{
                      std::move(scope),
                      std::make_shared<const schemas::TaskDefinition>(std::move(definition))});
  }
}

void Loader::service(RowReader& row) {
  const std::int64_t cluster = row.integer();
  const std::string name = row.text();
  const auto status = row.choice<schemas::ServiceStatus>(3);
  const std::int64_t desired_count = row.integer();
  const Instant created_at = row.instant();
  auto stored = row.json<StoredDeployments>();
  auto service = row.json<schemas::Service>();
  service.key = row.key();
  service.cluster = cluster;
  service.name = name;
  service.status = status;
  service.desired_count = desired_count;
  service.created_at = created_at;
  for (StoredDeployment& written : stored.deployments) {
    const std::string text = wire::encode(written.specification);
    written.deployment.specification =
        specification(row, written.definition, std::move(written.specification), text);
    service.deployments.push_back(std::move(written.deployment));
  }
  if (row.ok()) {
    apply(world_, ServiceCreated{std::move(service)});
  }
}

void Loader::service_event(RowReader& row) {
  ServiceEventAdded change;
  change.key = row.key();
  change.service = row.integer();
  change.event.id = row.named<schemas::EventId>();
  change.event.created_at = row.instant();
  change.event.message = row.text();
  if (row.ok() && !world_->services.contains(change.service)) {
    row.fail("belongs to a service that is not there");
  }
  if (row.ok()) {
    apply(world_, change);
  }
}

void Loader::instance(RowReader& row) {
  schemas::ContainerInstance instance;
  instance.key = row.key();
  instance.id = row.named<schemas::InstanceId>();
  instance.scope = {row.text(), row.text()};
  instance.cluster = row.integer();
  instance.status = row.choice<schemas::InstanceStatus>(3);
  instance.identity_hash = row.text();
  instance.boot_id = row.text();
  instance.registered_at = row.instant();
  instance.version = row.integer();
  instance.connected = row.flag();
  instance.inventory = row.json<schemas::Inventory>();
  instance.tags = row.json<StoredTags>().tags;
  instance.attributes = row.json<StoredAttributes>().attributes;
  // Leases are not stored: what was connected has a whole lease to show itself again, and what was
  // not has a whole grace before its tasks are given up.
  instance.lease_until = instance.connected ? now_ + settings_.lease : now_;
  if (row.ok()) {
    instances_[instance.key] = instance.id;
    apply(world_, InstanceRegistered{std::move(instance)});
  }
}

void Loader::vpc(RowReader& row) {
  schemas::Vpc vpc;
  vpc.key = row.key();
  vpc.id = row.named<schemas::VpcId>();
  vpc.scope = {row.text(), row.text()};
  vpc.cidr = row.named<schemas::Cidr>();
  vpc.is_default = row.flag();
  if (row.ok()) {
    apply(world_, VpcCreated{std::move(vpc)});
  }
}

void Loader::subnet(RowReader& row) {
  schemas::Subnet subnet;
  subnet.key = row.key();
  subnet.id = row.named<schemas::SubnetId>();
  subnet.vpc = row.named<schemas::VpcId>();
  subnet.cidr = row.named<schemas::Cidr>();
  subnet.availability_zone = row.text();
  subnet.vni = static_cast<std::uint32_t>(row.integer());
  subnet.is_default = row.flag();
  if (row.ok()) {
    apply(world_, SubnetCreated{std::move(subnet)});
  }
}

void Loader::security_group(RowReader& row) {
  schemas::SecurityGroup group;
  group.key = row.key();
  group.id = row.named<schemas::SecurityGroupId>();
  group.vpc = row.named<schemas::VpcId>();
  group.name = row.text();
  group.description = row.text();
  if (row.at_null()) {
    // Version 1 knew no rules, and only groups that were made with their VPC. One whose owner has
    // removed all of its rules says so in its row.
    group.rules = netif::default_rules(group.id);
    ruled_.emplace_back(group.key, group.id);
  } else {
    group.rules = row.json<StoredRules>().rules;
  }
  if (row.ok()) {
    apply(world_, SecurityGroupCreated{std::move(group)});
  }
}

void Loader::eni(RowReader& row) {
  schemas::Eni eni;
  eni.key = row.key();
  eni.id = row.named<schemas::EniId>();
  eni.attachment = row.named<schemas::AttachmentId>();
  eni.vpc = row.named<schemas::VpcId>();
  eni.subnet = row.named<schemas::SubnetId>();
  eni.task = row.named<schemas::TaskId>();
  eni.instance = row.maybe_named<schemas::InstanceId>();
  eni.mac = row.named<schemas::Mac>();
  eni.address.bits = static_cast<std::uint32_t>(row.integer());
  if (const auto bits = row.maybe_integer()) {
    eni.public_address = schemas::Ipv4{static_cast<std::uint32_t>(*bits)};
  }
  std::istringstream groups(row.text());
  for (std::string group; groups >> group;) {
    if (const auto id = schemas::SecurityGroupId::parse(group)) {
      eni.security_groups.push_back(*id);
    } else {
      row.fail("names something that is no security group");
    }
  }
  eni.private_dns_name = row.text();
  eni.created_at = row.instant();
  const std::optional<Instant> released_at = row.maybe_instant();
  if (row.ok() && !world_->subnets.contains(eni.subnet)) {
    row.fail("belongs to a subnet that is not there");
  }
  if (!row.ok()) {
    return;
  }
  if (released_at) {
    released_.emplace_back(*released_at, std::move(eni));
  } else {
    held_.push_back(std::move(eni));
  }
}

Result<World> load(const Snapshot& snapshot, const Settings& settings, Instant now) {
  return Loader(snapshot, settings, now).load();
}

}  // namespace control
