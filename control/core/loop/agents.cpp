#include "control/core/loop/agents.h"

#include <algorithm>

#include "control/core/lifecycle/lifecycle.h"
#include "control/core/loop/access.h"
#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/polls.h"
#include "control/core/loop/report_check.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Cluster;
using schemas::ContainerInstance;
using schemas::Error;
using schemas::ErrorCode;
using schemas::InstanceId;
using schemas::SyncRequest;
using schemas::Task;

namespace {

/// The name of the cluster that a host asks for, which may be written as its ARN.
std::string cluster_name(const Entry& entry) {
  return local_name(entry.scope, "cluster", entry.cluster).value_or(entry.cluster);
}

/// The same rule as CreateCluster's.
bool is_cluster_name(const std::string& name) {
  return name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                  (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
         });
}

/// The cluster a host asks for. One that does not exist yet is made: who starts the agents first
/// and the cluster afterwards, or mistypes, sees either way what was meant in the list of clusters.
std::int64_t cluster_for(Context& context, const Entry& entry) {
  const std::string name = cluster_name(entry);
  const Cluster* known = find_cluster(context.world, entry.scope, name);
  if (known != nullptr && known->status == schemas::ClusterStatus::active) {
    return known->key;
  }
  Cluster cluster;
  cluster.key = context.world.next_key(Table::cluster);
  cluster.scope = entry.scope;
  cluster.name = name;
  cluster.created_at = context.now;
  apply(context.world, ClusterCreated{cluster});
  log_event(context, entry.scope, "cluster.created", cluster_arn(cluster),
            wire::encode(MessageDetail{.message = "made because a host joined it"}));
  return cluster.key;
}

void answer_join(Context& context, std::int64_t waiter, const ContainerInstance& instance) {
  schemas::JoinAnswer answer;
  answer.instance = instance.id;
  answer.instance_arn = instance_arn(context.world, instance);
  answer.scope = instance.scope;
  if (!instance.pool()) {
    answer.cluster_arn = cluster_arn(*cluster_of(context.world, instance.cluster));
  }
  context.turn.agents.push_back({.waiter = waiter, .answer = std::move(answer)});
}

void refuse(Context& context, std::int64_t waiter, ErrorCode code, std::string message) {
  context.turn.agents.push_back({.waiter = waiter, .answer = Error{code, std::move(message)}});
}

void hear(Context& context, InstanceId id) {
  const bool back = !context.world->instances.at(id).connected;
  apply(context.world, InstanceHeard{id, context.now + context.settings.lease});
  if (back) {
    log_instance(context, context.world->instances.at(id), "instance.connected", "");
  }
}

void take_inventory(Context& context, InstanceId id, const SyncRequest& request) {
  const ContainerInstance& known = context.world->instances.at(id);
  const bool rebooted = !request.boot_id.empty() && request.boot_id != known.boot_id;
  const bool moved = request.inventory && *request.inventory != known.inventory;
  if (!rebooted && !moved) {
    return;
  }
  ContainerInstance changed = known;
  changed.version += 1;
  if (rebooted) {
    changed.boot_id = request.boot_id;
  }
  if (moved) {
    changed.inventory = *request.inventory;
  }
  apply(context.world, InstanceChanged{changed});
  log_instance(context, changed, "instance.changed", rebooted ? "its host has booted" : "");
}

bool is_on(const Task* task, InstanceId instance) {
  return task != nullptr && task->instance == instance;
}

/// How much longer than a task has existed its readings may say that it ran, because clocks are
/// set. Smaller loses what honest hosts measured meanwhile; larger lets a broken one bill more.
constexpr schemas::Duration life_slack{15 * 60 * 1'000};

/// Whether a reading, with those before it, fits into the time that its task has existed.
bool fits_into_life(const Context& context, const Task& task, const schemas::MeterRecord& record) {
  const auto usage = context.world->usage.find(task.key);
  const bool metered = usage != context.world->usage.end();
  if (metered && record.sequence <= usage->second.use.last_sequence) {
    return true;  // it has been counted, and will not be again
  }
  const std::chrono::nanoseconds before(metered ? usage->second.use.metered_ns : 0);
  const std::chrono::nanoseconds length(record.monotonic_end_ns - record.monotonic_start_ns);
  const schemas::Duration life = std::max(context.now - task.created_at, schemas::Duration(0));
  return length <= life + life_slack - before;
}

void take_meters(Context& context, InstanceId id, const SyncRequest& request) {
  // In the order of their sequence, however they came: a reading is counted only after those
  // before it.
  std::vector<const schemas::MeterRecord*> records;
  for (const schemas::MeterRecord& record : request.meters) {
    records.push_back(&record);
  }
  std::stable_sort(records.begin(), records.end(), [](const auto* left, const auto* right) {
    return left->sequence < right->sequence;
  });
  std::int64_t impossible = 0;
  const schemas::MeterRecord* first = nullptr;
  for (const schemas::MeterRecord* record : records) {
    const Task* task = find_task(context.world, record->task);
    if (!is_on(task, id) || task->specification->launch_type != schemas::LaunchType::fargate) {
      continue;
    }
    if (fits_into_life(context, *task, *record)) {
      apply(context.world, UsageMetered{task->key, *record});
    } else {
      ++impossible;
      first = first == nullptr ? record : first;
    }
  }
  if (first != nullptr) {
    const ContainerInstance& instance = context.world->instances.at(id);
    log_event(
        context, instance.scope, "usage.refused", instance_arn(context.world, instance),
        wire::encode(MessageDetail{
            .message = std::to_string(impossible) +
                       " readings say that a task ran for longer than it has existed, and are "
                       "not counted; the first is number " +
                       std::to_string(first->sequence) + " of task " + first->task.text()}));
  }
}

/// Whether no newer report of the host has been taken. What an older one says of the present is
/// past, and nobody would say it again: a container's health may go to and fro. Nothing is missed,
/// for a newer report holds all that was not acknowledged before it.
bool is_news(Context& context, InstanceId id, const SyncRequest& request) {
  Parked::NewestReport& newest = context.parked.newest_reports[id];
  if (newest.boot_id == request.boot_id && request.report_sequence < newest.sequence) {
    return false;
  }
  newest = {.boot_id = request.boot_id, .sequence = request.report_sequence};
  return true;
}

std::vector<schemas::TaskId> take_reports(Context& context, InstanceId id,
                                          const SyncRequest& request) {
  std::vector<schemas::TaskId> strangers;
  if (!request.tasks.empty() && !is_news(context, id, request)) {
    return strangers;
  }
  for (const schemas::TaskReport& report : request.tasks) {
    const Task* task = find_task(context.world, report.id);
    if (!is_on(task, id)) {
      strangers.push_back(report.id);
      continue;
    }
    if (task->last_status == schemas::TaskStatus::stopped) {
      strangers.push_back(report.id);  // known to have ended, or given up with its host
    }
    if (std::optional<Task> changed = observe(*task, report, context.now)) {
      change_task(context, *task, std::move(*changed));
    }
  }
  return strangers;
}

void take_removed_enis(Context& context, InstanceId id, const SyncRequest& request) {
  for (const schemas::EniId& eni : request.removed_enis) {
    const auto held = context.world->enis.find(eni);
    if (held == context.world->enis.end() || held->second.instance != id) {
      continue;
    }
    // An address that a task may still be using has one owner, whatever is said of its interface.
    const Task* task = find_task(context.world, held->second.task);
    if (task == nullptr || task->last_status == schemas::TaskStatus::stopped) {
      apply(context.world, EniReleased{eni, context.now});
    }
  }
}

void give_up(Context& context, InstanceId id) {
  apply(context.world, InstanceGivenUp{id});
  const std::int64_t lost = lose_tasks(context, id);
  if (lost > 0) {
    log_instance(context, context.world->instances.at(id), "instance.lost",
                 std::to_string(lost) + " tasks were given up");
  }
}

}  // namespace

void log_instance(Context& context, const ContainerInstance& instance, std::string kind,
                  std::string why) {
  InstanceDetail detail;
  const Cluster* cluster = cluster_of(context.world, instance.cluster);
  detail.cluster = cluster == nullptr ? "" : cluster->name;
  detail.availability_zone = instance.inventory.availability_zone;
  detail.address = instance.inventory.address.text();
  detail.why = std::move(why);
  log_event(context, instance.scope, std::move(kind), instance_arn(context.world, instance),
            wire::encode(detail));
}

std::int64_t lose_tasks(Context& context, InstanceId id) {
  const std::set<std::int64_t> tasks =
      entry_or_empty(context.world.index().live_tasks_of_instance, id);
  for (const std::int64_t key : tasks) {
    const Task& task = context.world->tasks.at(key);
    if (std::optional<Task> lost = lose_host(task, context.now)) {
      change_task(context, task, std::move(*lost));
    }
  }
  const std::set<schemas::EniId> enis = entry_or_empty(context.world.index().enis_of_instance, id);
  for (const schemas::EniId& eni : enis) {
    apply(context.world, EniReleased{eni, context.now});
  }
  return static_cast<std::int64_t>(tasks.size());
}

void join(Context& context, const AgentJoin& request) {
  if (const ContainerInstance* known = find_identity(context.world, request.identity_hash)) {
    if (known->status == schemas::InstanceStatus::inactive) {
      refuse(context, request.waiter, ErrorCode::access_denied, std::string(deregistered_message));
      return;
    }
    hear(context, known->id);
    answer_join(context, request.waiter, *known);
    return;
  }
  const schemas::Result<Entry> entry = admit(context, request);
  if (!entry.ok()) {
    refuse(context, request.waiter, entry.error().code, entry.error().message);
    return;
  }
  const schemas::Inventory& inventory = request.request.inventory;
  for (const schemas::Outcome& checked :
       {check_inventory(inventory), check_boot_id(request.request.boot_id)}) {
    if (!checked.ok()) {
      refuse(context, request.waiter, checked.error().code, checked.error().message);
      return;
    }
  }
  if (!request.request.pool && !is_cluster_name(cluster_name(entry.value()))) {
    refuse(context, request.waiter, ErrorCode::invalid_parameter,
           "'" + cluster_name(entry.value()) +
               "' is no name of a cluster: up to 255 letters, digits, hyphens and underscores.");
    return;
  }
  ContainerInstance instance;
  instance.cluster = request.request.pool ? 0 : cluster_for(context, entry.value());
  instance.key = context.world.next_key(Table::instance);
  instance.id = InstanceId::draw(context.random);
  instance.scope = entry.value().scope;
  instance.inventory = inventory;
  instance.identity_hash = request.identity_hash;
  instance.boot_id = request.request.boot_id;
  instance.connected = true;
  instance.lease_until = context.now + context.settings.lease;
  instance.registered_at = context.now;
  apply(context.world, InstanceRegistered{instance});
  if (entry.value().token != 0) {
    apply(context.world, JoinTokenSpent{entry.value().token});
  }
  log_instance(context, instance, "instance.registered", "");
  answer_join(context, request.waiter, instance);
}

void sync(Context& context, const AgentSync& request) {
  const ContainerInstance* instance = find_identity(context.world, request.identity_hash);
  if (instance == nullptr) {
    refuse(context, request.waiter, ErrorCode::access_denied,
           "No instance has this identity: join again.");
    return;
  }
  if (instance->status == schemas::InstanceStatus::inactive) {
    refuse(context, request.waiter, ErrorCode::access_denied, std::string(deregistered_message));
    return;
  }
  const InstanceId id = instance->id;
  const SyncRequest& report = request.request;
  // Not heard either: who cannot say properly how it is should get nothing more to do.
  if (const schemas::Outcome checked = check_report(report); !checked.ok()) {
    refuse(context, request.waiter, checked.error().code, checked.error().message);
    return;
  }
  hear(context, id);
  take_inventory(context, id, report);
  take_meters(context, id, report);
  std::vector<schemas::TaskId> strangers = take_reports(context, id, report);
  take_removed_enis(context, id, report);

  // A report wants its acknowledgement, a stale assignment its news: neither waits.
  const bool urgent = !report.tasks.empty() || !report.meters.empty() ||
                      !report.removed_enis.empty() ||
                      report.have_version != context.world.assignments().version(id);
  const schemas::Duration hold = std::min(
      schemas::Duration(std::max<std::int64_t>(report.hold_ms, 0)), context.settings.poll_hold);
  DuePoll poll{.instance = id,
               .poll = {.waiter = request.waiter,
                        .have_version = report.have_version,
                        .acknowledge = report.report_sequence,
                        .until = context.now + hold},
               .strangers = std::move(strangers)};
  if (urgent || hold.count() == 0) {
    context.due_polls.push_back(std::move(poll));
  } else {
    park(context, std::move(poll));
  }
}

void check_leases(Context& context) {
  const Index& index = context.world.index();
  while (!index.leases.empty() && index.leases.begin()->first <= context.now) {
    const InstanceId id = index.leases.begin()->second;
    apply(context.world, InstanceDisconnected{id});
    log_instance(context, context.world->instances.at(id), "instance.disconnected",
                 "its lease has ended");
  }
  while (!index.absent.empty() &&
         index.absent.begin()->first + context.settings.loss_grace <= context.now) {
    give_up(context, index.absent.begin()->second);
  }
}

}  // namespace control
