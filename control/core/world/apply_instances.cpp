#include "control/core/world/parts.h"

namespace control {

using schemas::ContainerInstance;
using schemas::require;

namespace {

/// Public addresses come from the range that is routed to the host.
void keep_public_range(WorldParts& parts, const ContainerInstance& instance) {
  parts.index.public_addresses.erase(instance.id);
  if (!instance.inventory.public_cidr) {
    return;
  }
  netif::AddressPool pool = netif::AddressPool::of_public_range(*instance.inventory.public_cidr);
  for (const schemas::EniId& id : parts.index.enis_of_instance[instance.id]) {
    const schemas::Eni& eni = parts.tables.enis.at(id);
    if (eni.public_address) {
      // An address of a range that the host no longer has stays the task's until it ends.
      static_cast<void>(pool.hold(*eni.public_address));
    }
  }
  parts.index.public_addresses.emplace(instance.id, std::move(pool));
}

void end_lease(WorldParts& parts, const ContainerInstance& instance) {
  parts.index.leases.erase({instance.lease_until, instance.id});
  parts.index.absent.erase({instance.lease_until, instance.id});
}

/// Takes it out of everything but the table: it can be described, and known again by its identity.
void leave(WorldParts& parts, const ContainerInstance& instance) {
  parts.index.instances_of_cluster[instance.cluster].erase(instance.id);
  parts.index.public_addresses.erase(instance.id);
  parts.fleets[instance.cluster].remove(instance.id);
  parts.index.deregistered.insert({instance.lease_until, instance.id});
  note_daemons(parts, instance.cluster);
}

void begin_lease(WorldParts& parts, const ContainerInstance& instance) {
  (instance.connected ? parts.index.leases : parts.index.absent)
      .insert({instance.lease_until, instance.id});
}

void note(WorldParts& parts, const ContainerInstance& instance) {
  show_to_placement(parts, instance);
  touch(parts, Table::instance, instance.key, instance.id.bytes());
  note_daemons(parts, instance.cluster);
  // What its host means for a task has changed, so its service may want something else.
  for (const std::int64_t key : parts.index.live_tasks_of_instance[instance.id]) {
    if (const std::int64_t service = parts.tables.tasks.at(key).service; service != 0) {
      parts.news.services.insert(service);
    }
  }
}

}  // namespace

void show_to_placement(WorldParts& parts, const ContainerInstance& instance) {
  const auto pool = parts.index.public_addresses.find(instance.id);
  if (pool == parts.index.public_addresses.end() || pool->second.free_count() == 0) {
    parts.fleets[instance.cluster].put(instance);
    return;
  }
  ContainerInstance shown = instance;
  shown.inventory.attributes[std::string(public_address_attribute)] = "available";
  parts.fleets[instance.cluster].put(shown);
}

void carry_out(WorldParts& parts, const InstanceRegistered& change) {
  const ContainerInstance& instance = change.instance;
  keep_key(parts, Table::instance, instance.key);
  require(!parts.tables.instances.contains(instance.id), "an instance is registered twice");
  parts.tables.instances[instance.id] = instance;
  parts.index.instance_by_identity[instance.identity_hash] = instance.id;
  if (instance.status == schemas::InstanceStatus::inactive) {
    leave(parts, instance);
    touch(parts, Table::instance, instance.key, instance.id.bytes());
    return;
  }
  parts.index.instances_of_cluster[instance.cluster].insert(instance.id);
  keep_public_range(parts, instance);
  begin_lease(parts, instance);
  note(parts, instance);
}

void carry_out(WorldParts& parts, const InstanceChanged& change) {
  ContainerInstance& instance = parts.tables.instances.at(change.instance.id);
  require(instance.key == change.instance.key && instance.cluster == change.instance.cluster,
          "an instance has changed its name or its cluster");
  const bool moved = instance.inventory.public_cidr != change.instance.inventory.public_cidr;
  end_lease(parts, instance);
  instance = change.instance;
  begin_lease(parts, instance);
  if (moved) {
    keep_public_range(parts, instance);
  }
  note(parts, instance);
}

void carry_out(WorldParts& parts, const InstanceHeard& change) {
  ContainerInstance& instance = parts.tables.instances.at(change.instance);
  end_lease(parts, instance);
  const bool back = !instance.connected;
  instance.connected = true;
  instance.lease_until = change.lease_until;
  begin_lease(parts, instance);
  if (back) {
    note(parts, instance);
  }
}

void carry_out(WorldParts& parts, const InstanceDisconnected& change) {
  ContainerInstance& instance = parts.tables.instances.at(change.instance);
  end_lease(parts, instance);
  instance.connected = false;
  begin_lease(parts, instance);
  note(parts, instance);
}

void carry_out(WorldParts& parts, const InstanceGivenUp& change) {
  const ContainerInstance& instance = parts.tables.instances.at(change.instance);
  require(!instance.connected, "a connected host is given up");
  parts.index.absent.erase({instance.lease_until, instance.id});
}

void carry_out(WorldParts& parts, const InstanceDeregistered& change) {
  ContainerInstance& instance = parts.tables.instances.at(change.instance);
  require(parts.index.live_tasks_of_instance[change.instance].empty(),
          "a host with tasks is deregistered");
  require(parts.index.enis_of_instance[change.instance].empty(),
          "a host with interfaces is deregistered");
  end_lease(parts, instance);
  instance.status = schemas::InstanceStatus::inactive;
  instance.connected = false;
  instance.lease_until = change.at;
  instance.version += 1;
  leave(parts, instance);
  touch(parts, Table::instance, instance.key, instance.id.bytes());
}

void carry_out(WorldParts& parts, const InstanceForgotten& change) {
  const auto at = parts.tables.instances.find(change.instance);
  require(at != parts.tables.instances.end(), "a host that does not exist is forgotten");
  const ContainerInstance& instance = at->second;
  require(instance.status == schemas::InstanceStatus::inactive, "a host in service is forgotten");
  parts.index.deregistered.erase({instance.lease_until, instance.id});
  parts.index.instance_by_identity.erase(instance.identity_hash);
  parts.index.live_tasks_of_instance.erase(instance.id);
  parts.index.enis_of_instance.erase(instance.id);
  touch(parts, Table::instance, instance.key, instance.id.bytes());
  parts.tables.instances.erase(at);
}

}  // namespace control
