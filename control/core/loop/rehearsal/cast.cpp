#include "control/core/loop/rehearsal/cast.h"

#include <algorithm>

#include "control/core/access/role.h"
#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"

namespace control {

using schemas::InstanceId;
using schemas::Instant;

namespace {

class Casting {
 public:
  Casting(const World& world, const RehearsalSubject& subject) : world_(world) {
    cast_.wish.scope = subject.scope;
    cast_.wish.token = subject.token;
    cast_.wish.fleets = {0, subject.cluster};
    play(subject.service);
  }

  /// The tasks and services that the loss of a host moves.
  void lose(const InstanceId& id, std::set<std::int64_t>& clusters) {
    const schemas::ContainerInstance* host = find_instance(world_, id);
    if (host == nullptr) {
      return;
    }
    clusters.insert(host->cluster);
    cast_.wish.fleets.insert(host->cluster);
    for (const std::int64_t key : entry_or_empty(world_.index().live_tasks_of_instance, id)) {
      cast_.wish.tasks.insert(key);
      play(world_->tasks.at(key).service);
    }
  }

  void play(std::int64_t service) {
    if (service != 0) {
      cast_.players.insert(service);
      cast_.wish.services.insert(service);
    }
  }
  void walk_on(std::int64_t service) { cast_.wish.services.insert(service); }
  void bring(std::int64_t task) { cast_.wish.tasks.insert(task); }
  [[nodiscard]] bool concerns(std::int64_t fleet) const {
    return cast_.wish.fleets.contains(fleet);
  }

  /// With the fleets of everybody who takes part.
  Cast take() {
    for (const std::int64_t service : cast_.wish.services) {
      if (const schemas::Service* known = service_of(world_, service)) {
        cast_.wish.fleets.insert(known->cluster);
      }
    }
    return std::move(cast_);
  }

 private:
  const World& world_;
  Cast cast_;
};

/// Hosts that time takes away in this very turn.
std::set<InstanceId> hosts_out_of_time(const Index& index, const Settings& settings, Instant now) {
  std::set<InstanceId> hosts;
  for (const auto& [until, id] : index.leases) {
    if (until > now) {
      break;
    }
    hosts.insert(id);
  }
  for (const auto& [until, id] : index.absent) {
    if (until + settings.loss_grace > now) {
      break;
    }
    hosts.insert(id);
  }
  return hosts;
}

bool has_draining_hosts(const Fleet& fleet) {
  return std::any_of(fleet.lanes().begin(), fleet.lanes().end(), [](const auto& lane) {
    const std::vector<Host>& hosts = lane.second.hosts();
    return std::any_of(hosts.begin(), hosts.end(), [](const Host& host) {
      return host.status != schemas::InstanceStatus::active;
    });
  });
}

enum class HostsThen : std::uint8_t { stay, change };

/// Daemons move with their hosts, some with the tasks there.
void cast_daemons(Casting& casting, const Fleet& fleet, HostsThen hosts) {
  if (fleet.daemons().empty()) {
    return;
  }
  const bool all = hosts == HostsThen::change || has_draining_hosts(fleet);
  for (const auto& [group, daemon] : fleet.daemons()) {
    if (all || daemon.asks_about_tasks()) {
      casting.play(daemon.service());
    }
  }
}

/// Who waits for room takes what becomes free, and may be asked in this very turn.
void cast_starved(Casting& casting, const World& world, const Parked& parked) {
  for (const auto& [starving, generation] : parked.starved) {
    const auto& [service, fleet] = starving;
    if (casting.concerns(fleet)) {
      casting.play(service);
    } else if (world.fleet(fleet).generation() != generation) {
      casting.walk_on(service);
    }
  }
}

/// Those that something has happened to already, or whose time has come.
void cast_due(Casting& casting, const World& world, const Parked& parked, Instant now) {
  for (const std::int64_t service : WorldAccess::parts(world).news.services) {
    casting.walk_on(service);
  }
  for (const auto& [at, service] : parked.wakes) {
    if (at > now) {
      break;
    }
    casting.walk_on(service);
  }
}

/// Who asks, if it is a task; and what the call's token bought before.
void cast_named(Casting& casting, const World& world, const RehearsalSubject& subject) {
  const auto bring = [&](const schemas::TaskId& id) {
    if (const schemas::Task* task = find_task(world, id)) {
      casting.bring(task->key);
    }
  };
  if (subject.call) {
    if (const auto assumed = assumed_role_of(subject.call->principal)) {
      bring(assumed->task);
    }
  }
  const Token* token =
      subject.token.empty() ? nullptr : find_token(world, subject.scope, subject.token);
  if (token != nullptr) {
    std::for_each(token->tasks.begin(), token->tasks.end(), bring);
  }
}

/// A sweep frees the addresses of tasks that are over; it does not happen in a rehearsal but in a
/// turn in which it is due.
void cast_swept(Casting& casting, const World& world) {
  for (const auto& [at, key] : world.index().stopped_tasks) {
    const std::optional<schemas::EniId>& eni = world->tasks.at(key).eni;
    if (eni && world->enis.contains(*eni)) {
      casting.bring(key);
    }
  }
}

}  // namespace

Cast cast_for(const World& world, const Parked& parked, const RehearsalSubject& subject,
              const Settings& settings, Instant now) {
  Casting casting(world, subject);
  std::set<std::int64_t> changing;  // clusters
  for (const InstanceId& id : subject.lost) {
    casting.lose(id, changing);
  }
  for (const InstanceId& id : hosts_out_of_time(world.index(), settings, now)) {
    casting.lose(id, changing);
  }
  for (const std::int64_t cluster : changing) {
    cast_daemons(casting, world.fleet(cluster), HostsThen::change);
  }
  if (!changing.contains(subject.cluster)) {
    cast_daemons(casting, world.fleet(subject.cluster), HostsThen::stay);
  }
  cast_starved(casting, world, parked);
  cast_due(casting, world, parked, now);
  cast_named(casting, world, subject);
  if (parked.next_sweep <= now) {
    cast_swept(casting, world);
  }
  return casting.take();
}

Parked parked_for(const Parked& parked, const World& excerpt) {
  // Every member is named, so that one that is new does not compile before it is decided on.
  const auto& [newest_reports, polls, poll_deadlines, asks, wake_of_service, wakes, starved,
               renewal_of_task, renewals, next_sweep] = parked;
  Parked copy;
  copy.next_sweep = next_sweep;
  for (const auto& [service, at] : wake_of_service) {
    if (excerpt->services.contains(service)) {
      copy.wake_of_service.emplace(service, at);
      copy.wakes.insert({at, service});
    }
  }
  for (const auto& [starving, generation] : starved) {
    if (excerpt->services.contains(starving.first)) {
      copy.starved.emplace(starving, generation);
    }
  }
  return copy;
}

}  // namespace control
