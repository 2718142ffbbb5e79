#include "control/core/place/daemon.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "control/core/place/filters.h"
#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::PlacementConstraint;

template <class Amount>
Amount beyond(Amount wanted, Amount held) {
  return wanted > held ? wanted - held : Amount{};
}

std::vector<DaemonRoom>::iterator room_of(std::vector<DaemonRoom>& rooms,
                                          const std::string& group) {
  return std::find_if(rooms.begin(), rooms.end(),
                      [&group](const DaemonRoom& room) { return room.group == group; });
}

}  // namespace

Daemon::Daemon(std::int64_t service, TaskRequest request, Wants wants)
    : service_(service), request_(std::move(request)), wants_(wants) {
  for (const PlacementConstraint& constraint : request_.constraints) {
    auto parsed = query::Expression::parse(constraint.expression);
    if (!parsed.ok()) {
      readable_ = false;  // refused where it comes in; should one get here, it excludes
      continue;
    }
    const bool about_tasks = parsed.value().asks_about_tasks();
    (about_tasks ? about_tasks_ : about_hosts_).push_back(std::move(parsed).value());
  }
}

bool Daemon::says_the_same(const Daemon& other) const {
  return service_ == other.service_ && request_ == other.request_ && wants_ == other.wants_;
}

bool Daemon::belongs_on(const Host& host) const {
  const Claim& claim = request_.claim;
  const auto zone = host.attributes.find("ecs.availability-zone");
  const bool large_enough = host.cpu >= claim.cpu && host.memory >= claim.memory &&
                            (claim.eni_slots == 0 || host.eni_slots >= claim.eni_slots);
  return readable_ && large_enough && has_attributes(host, request_) &&
         zone_allowed(zone == host.attributes.end() ? "" : std::string_view(zone->second),
                      request_) &&
         std::all_of(about_hosts_.begin(), about_hosts_.end(),
                     [&host](const auto& each) { return each.holds(host.facts()); });
}

bool Daemon::may_start_on(const Host& host) const {
  return std::all_of(about_tasks_.begin(), about_tasks_.end(),
                     [&host](const auto& each) { return each.holds(host.facts()); });
}

Claim Daemon::owed_by(const Host& host, const Claim& held) const {
  const bool owes = wants_ == Wants::room && about_tasks_.empty() &&
                    host.status == schemas::InstanceStatus::active && belongs_on(host);
  if (!owes) {
    return {};
  }
  const Claim& wanted = request_.claim;
  Claim owed;
  owed.cpu = beyond(wanted.cpu, held.cpu);
  owed.memory = beyond(wanted.memory, held.memory);
  owed.eni_slots = beyond(wanted.eni_slots, held.eni_slots);
  std::set_difference(wanted.ports.begin(), wanted.ports.end(), held.ports.begin(),
                      held.ports.end(), std::back_inserter(owed.ports));
  return owed;
}

std::vector<DaemonRoom> rooms_for(const std::map<std::string, Daemon, std::less<>>& daemons,
                                  const Host& host) {
  std::vector<DaemonRoom> rooms;
  for (const auto& [group, daemon] : daemons) {
    DaemonRoom room{.group = group, .held = {}, .owed = {}};
    for (const DaemonRoom& known : host.daemons) {
      if (known.group == group) {
        room.held = known.held;
      }
    }
    room.owed = daemon.owed_by(host, room.held);
    if (room.held != Claim{} || room.owed != Claim{}) {
      rooms.push_back(std::move(room));
    }
  }
  return rooms;
}

void add_held(std::vector<DaemonRoom>& rooms, const Claim& claim) {
  auto room = room_of(rooms, claim.group);
  if (room == rooms.end()) {
    rooms.push_back({.group = claim.group, .held = {}, .owed = {}});
    room = std::prev(rooms.end());
  }
  Claim& held = room->held;
  held.cpu += claim.cpu;
  held.memory += claim.memory;
  held.eni_slots += claim.eni_slots;
  held.ports.insert(held.ports.end(), claim.ports.begin(), claim.ports.end());
  std::sort(held.ports.begin(), held.ports.end());
}

void take_held(std::vector<DaemonRoom>& rooms, const Claim& claim) {
  const auto room = room_of(rooms, claim.group);
  if (room == rooms.end()) {
    return;  // it holds nothing that could be kept for it
  }
  Claim& held = room->held;
  held.cpu -= claim.cpu;
  held.memory -= claim.memory;
  held.eni_slots -= claim.eni_slots;
  for (const HostPort& port : claim.ports) {
    const auto at = std::lower_bound(held.ports.begin(), held.ports.end(), port);
    schemas::require(at != held.ports.end() && *at == port,
                     "a daemon gave back a port that it did not hold");
    held.ports.erase(at);
  }
}

}  // namespace control
