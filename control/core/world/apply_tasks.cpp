#include "control/core/world/parts.h"

namespace control {

using schemas::Eni;
using schemas::require;
using schemas::Task;
using schemas::TaskStatus;

namespace {

bool on_host(const Task& task) {
  return task.instance.has_value() && task.last_status != TaskStatus::stopped;
}

/// Daemons hear of tasks that come and go where that may move them: those that ask about tasks,
/// and those that leave a host that is drained as the last of its tasks.
void tell_daemons(WorldParts& parts, std::int64_t cluster, const schemas::InstanceId& instance) {
  const Fleet& fleet = parts.fleets[cluster];
  if (fleet.daemons().empty()) {
    return;
  }
  const Host* host = fleet.host(instance);
  const bool leaving = host != nullptr && host->status != schemas::InstanceStatus::active;
  for (const auto& [group, daemon] : fleet.daemons()) {
    if (daemon.asks_about_tasks() || (leaving && host->group_tasks(group) > 0)) {
      parts.news.services.insert(daemon.service());
    }
  }
}

/// Keeps the host's room and its list of tasks in step.
void settle_host(WorldParts& parts, const Task* before, const Task& after) {
  const bool was = before != nullptr && on_host(*before);
  const bool is = on_host(after);
  require(!(was && is) || before->instance == after.instance, "a task has moved to another host");
  const bool ran = was && before->last_status == TaskStatus::running;
  const bool runs = is && after.last_status == TaskStatus::running;
  if (ran && !runs) {
    parts.fleets[fleet_of(after)].run(*before->instance, -1);
  }
  if (is && !was) {
    parts.fleets[fleet_of(after)].take(*after.instance, claim_on_fleet(after));
    parts.index.live_tasks_of_instance[*after.instance].insert(after.key);
  }
  if (was && !is) {
    parts.fleets[fleet_of(after)].give_back(*before->instance, claim_on_fleet(after));
    parts.index.live_tasks_of_instance[*before->instance].erase(after.key);
  }
  if (runs && !ran) {
    parts.fleets[fleet_of(after)].run(*after.instance, 1);
  }
  if (was != is || ran != runs) {
    tell_daemons(parts, fleet_of(after), *after.instance);
  }
}

/// Keeps in step what the host is told.
void settle_assignment(WorldParts& parts, const Task* before, const Task& after) {
  if (!after.instance) {
    return;
  }
  const bool was = before != nullptr && on_host(*before);
  if (on_host(after)) {
    if (!was || before->desired_status != after.desired_status) {
      parts.assignments.task_changed(*after.instance, after.id);
    }
    return;
  }
  if (was) {
    parts.assignments.task_gone(*after.instance, after.id);
  }
  if (after.eni) {
    if (const auto eni = parts.tables.enis.find(*after.eni); eni != parts.tables.enis.end()) {
      unassign_eni(parts, eni->second);
    }
  }
}

void settle_service(WorldParts& parts, const Task* before, const Task& after) {
  if (after.service == 0) {
    return;
  }
  if (after.last_status == TaskStatus::stopped) {
    parts.index.live_tasks_of_service[after.service].erase(after.key);
    parts.index.stopped_tasks_of_service[after.service].insert(after.key);
  } else {
    parts.index.live_tasks_of_service[after.service].insert(after.key);
  }
  const bool matters = before == nullptr || before->last_status != after.last_status ||
                       before->desired_status != after.desired_status ||
                       before->health != after.health ||
                       before->protected_until != after.protected_until;
  if (matters && parts.tables.services.contains(after.service)) {
    parts.news.services.insert(after.service);
  }
}

/// Holds or releases a public address of a host; placement hears of the first and of the last.
template <class Step>
void keep_public_address(WorldParts& parts, const Eni& eni, Step step) {
  const auto pool = parts.index.public_addresses.find(*eni.instance);
  if (pool == parts.index.public_addresses.end()) {
    return;
  }
  const bool had = pool->second.free_count() > 0;
  step(pool->second);
  if (had != (pool->second.free_count() > 0)) {
    show_to_placement(parts, parts.tables.instances.at(*eni.instance));
  }
}

/// Adds the task to its cluster's tally, or takes it out.
void tally(WorldParts& parts, const Task& task, std::int64_t count) {
  TaskTally& tally = parts.index.tally_of_cluster[task.cluster];
  const bool pool = fleet_of(task) == 0;
  if (task.last_status < TaskStatus::running) {
    (pool ? tally.pending_on_pool : tally.pending_on_hosts) += count;
  } else if (task.last_status == TaskStatus::running) {
    (pool ? tally.running_on_pool : tally.running_on_hosts) += count;
  }
}

void enter(WorldParts& parts, const Task* before, const Task& after) {
  if (before != nullptr) {
    tally(parts, *before, -1);
  }
  tally(parts, after, 1);
  settle_host(parts, before, after);
  settle_assignment(parts, before, after);
  settle_service(parts, before, after);
  if (after.last_status == TaskStatus::stopped) {
    require(after.stopped_at.has_value(), "a task has stopped at no time");
    if (before != nullptr && before->stopped_at) {
      parts.index.stopped_tasks.erase({*before->stopped_at, before->key});
    }
    parts.index.stopped_tasks.insert({*after.stopped_at, after.key});
  }
  touch(parts, Table::task_state, after.key, {});
}

}  // namespace

void carry_out(WorldParts& parts, const TaskCreated& change) {
  const Task& task = change.task;
  keep_key(parts, Table::task, task.key);
  require(task.specification != nullptr, "a task without a specification");
  require(parts.tables.tasks.emplace(task.key, task).second, "a task is created twice");
  parts.index.task_by_id[task.id] = task.key;
  parts.index.tasks_of_cluster[task.cluster].insert(task.key);
  touch(parts, Table::task, task.key, {});
  enter(parts, nullptr, task);
}

void carry_out(WorldParts& parts, const TaskChanged& change) {
  Task& task = parts.tables.tasks.at(change.task.key);
  require(task.id == change.task.id, "a task has changed its name");
  require(task.last_status <= change.task.last_status, "a task's status has gone back");
  const Task before = std::exchange(task, change.task);
  enter(parts, &before, task);
}

void carry_out(WorldParts& parts, const CredentialsRenewalDue& change) {
  const Task& task = parts.tables.tasks.at(parts.index.task_by_id.at(change.task));
  if (on_host(task)) {
    parts.assignments.task_changed(*task.instance, task.id);
  }
}

void carry_out(WorldParts& parts, const TaskTagged& change) {
  Task& task = parts.tables.tasks.at(change.task);
  schemas::TaskSpecification tagged = *task.specification;
  tagged.tags = change.tags;
  task.specification = std::make_shared<const schemas::TaskSpecification>(std::move(tagged));
  touch(parts, Table::task, task.key, {});
  if (on_host(task)) {
    parts.assignments.task_changed(*task.instance, task.id);
  }
}

void carry_out(WorldParts& parts, const TaskForgotten& change) {
  const auto at = parts.tables.tasks.find(change.task);
  require(at != parts.tables.tasks.end(), "a task that does not exist is forgotten");
  const Task& task = at->second;
  require(task.last_status == TaskStatus::stopped, "a task that has not stopped is forgotten");
  if (task.eni) {
    if (const auto eni = parts.tables.released_enis.find(*task.eni);
        eni != parts.tables.released_enis.end()) {
      touch(parts, Table::eni, eni->second.eni.key, eni->first.bytes());
      parts.tables.released_enis.erase(eni);
    }
  }
  parts.index.stopped_tasks.erase({*task.stopped_at, task.key});
  parts.index.task_by_id.erase(task.id);
  parts.index.tasks_of_cluster[task.cluster].erase(task.key);
  parts.index.stopped_tasks_of_service[task.service].erase(task.key);
  touch(parts, Table::task, task.key, {});
  touch(parts, Table::task_state, task.key, {});
  parts.tables.tasks.erase(at);
}

void carry_out(WorldParts& parts, const EniCreated& change) {
  const Eni& eni = change.eni;
  keep_key(parts, Table::eni, eni.key);
  require(parts.index.addresses.at(eni.subnet).hold(eni.address), "an address with two owners");
  require(parts.tables.enis.emplace(eni.id, eni).second, "an interface is created twice");
  for (const schemas::SecurityGroupId& group : eni.security_groups) {
    parts.index.enis_of_group[group].insert(eni.id);
  }
  touch(parts, Table::eni, eni.key, eni.id.bytes());
  if (!eni.instance) {
    return;
  }
  parts.index.enis_of_instance[*eni.instance].insert(eni.id);
  if (eni.public_address) {
    keep_public_address(parts, eni, [&](netif::AddressPool& pool) {
      static_cast<void>(pool.hold(*eni.public_address));
    });
  }
  parts.index.enis_assigned.insert(eni.id);
  parts.assignments.eni_placed(eni, *eni.instance);
}

void unassign_eni(WorldParts& parts, const Eni& eni) {
  if (parts.index.enis_assigned.erase(eni.id) > 0) {
    parts.assignments.eni_gone(eni, *eni.instance);
  }
}

void carry_out(WorldParts& parts, const EniReleased& change) {
  const auto at = parts.tables.enis.find(change.eni);
  require(at != parts.tables.enis.end(), "an interface that is not held is released");
  const Eni eni = at->second;
  unassign_eni(parts, eni);
  parts.index.addresses.at(eni.subnet).release(eni.address, change.at);
  for (const schemas::SecurityGroupId& group : eni.security_groups) {
    if (auto& enis = parts.index.enis_of_group[group]; enis.erase(eni.id) > 0 && enis.empty()) {
      parts.index.enis_of_group.erase(group);
    }
  }
  if (eni.instance) {
    parts.index.enis_of_instance[*eni.instance].erase(eni.id);
    if (eni.public_address) {
      keep_public_address(parts, eni, [&](netif::AddressPool& pool) {
        pool.release(*eni.public_address, change.at);
      });
    }
  }
  parts.tables.enis.erase(at);
  parts.tables.released_enis.emplace(eni.id, ReleasedEni{.eni = eni, .released_at = change.at});
  touch(parts, Table::eni, eni.key, eni.id.bytes());
}

}  // namespace control
