#include "control/core/place/fleet.h"

#include <algorithm>
#include <utility>

#include "schemas/base/require.h"
#include "schemas/model/capability.h"

namespace control {
namespace {

using schemas::InstanceId;

Host said_by(const schemas::ContainerInstance& instance) {
  Host host;
  host.id = instance.id;
  host.status = instance.status;
  host.connected = instance.connected;
  host.cpu = instance.inventory.cpu;
  host.memory = instance.inventory.memory;
  host.eni_slots = instance.inventory.eni_capacity;
  host.attributes = attributes_of(instance);
  host.agent_version = instance.inventory.agent_version;
  host.registered_at = instance.registered_at;
  return host;
}

/// Whether its agent is of a version that did not say yet what it can do. One that was registered
/// by the API is not ours, and can do what it was said to.
bool predates_capabilities(const schemas::ContainerInstance& instance) {
  const auto& stated = instance.inventory.attributes;
  return !instance.attributes.contains(registrar_attribute) &&
         std::none_of(stated.begin(), stated.end(), [](const auto& attribute) {
           return schemas::capability::is_one(attribute.first);
         });
}

}  // namespace

std::map<std::string, std::string> attributes_of(const schemas::ContainerInstance& instance) {
  std::map<std::string, std::string> attributes = instance.inventory.attributes;
  for (const auto& [name, value] : instance.attributes) {
    attributes[name] = value;
  }
  if (predates_capabilities(instance)) {
    for (const std::string_view name : schemas::capability::ours) {
      attributes.try_emplace(std::string(name));
    }
  }
  // One truth about the zone, whatever attributes a host was given by hand.
  attributes["ecs.availability-zone"] = instance.inventory.availability_zone;
  return attributes;
}

void Fleet::put(const schemas::ContainerInstance& instance) {
  const Host said = said_by(instance);
  const std::string& zone = instance.inventory.availability_zone;
  ++generation_;
  const auto known = where_.find(instance.id);
  if (known != where_.end() && known->second == zone) {
    Lane& lane = lanes_.at(zone);
    const std::size_t index = *lane.find(instance.id);
    lane.update(index, said);
    keep_room(lane, index);
    return;
  }
  Host host = said;
  if (known == where_.end()) {
    host.room = {host.cpu, host.memory, host.eni_slots, {}};
  } else {  // it has moved to another zone, and its tasks with it
    Lane& old_lane = lanes_.at(known->second);
    Host moved = old_lane.erase(*old_lane.find(instance.id));
    moved.room.cpu += host.cpu - moved.cpu;
    moved.room.memory += host.memory - moved.memory;
    moved.room.eni_slots += host.eni_slots - moved.eni_slots;
    host.room = std::move(moved.room);
    host.groups = std::move(moved.groups);
    host.running_tasks = moved.running_tasks;
    host.daemons = std::move(moved.daemons);
    if (old_lane.hosts().empty()) {
      lanes_.erase(known->second);
    }
  }
  if (!daemons_.empty()) {
    host.keep(rooms_for(daemons_, host));
  }
  where_[instance.id] = zone;
  lanes_[zone].insert(std::move(host));
}

void Fleet::remove(const InstanceId& instance) {
  const auto known = where_.find(instance);
  if (known == where_.end()) {
    return;
  }
  const auto lane = lanes_.find(known->second);
  lane->second.erase(*lane->second.find(instance));
  if (lane->second.hosts().empty()) {
    lanes_.erase(lane);
  }
  where_.erase(known);
}

void Fleet::take(const InstanceId& instance, const Claim& claim) {
  const auto known = where_.find(instance);
  schemas::require(known != where_.end(), "a task was placed on a host that is not of its fleet");
  Lane& lane = lanes_.find(known->second)->second;
  const std::size_t index = *lane.find(instance);
  lane.take(index, claim);
  if (daemons_.count(claim.group) > 0) {
    hold(lane, index, claim);
  }
  generation_ += lane.asked_about_tasks() ? 1 : 0;
}

void Fleet::run(const InstanceId& instance, std::int64_t by) {
  const auto known = where_.find(instance);
  if (known == where_.end()) {
    return;  // the host went first
  }
  Lane& lane = lanes_.find(known->second)->second;
  lane.run(*lane.find(instance), by);
  generation_ += lane.asked_about_tasks() ? 1 : 0;
}

void Fleet::give_back(const InstanceId& instance, const Claim& claim) {
  const auto known = where_.find(instance);
  if (known == where_.end()) {
    return;  // the host went first, and what was taken from it with it
  }
  ++generation_;
  Lane& lane = lanes_.find(known->second)->second;
  const std::size_t index = *lane.find(instance);
  lane.give_back(index, claim);
  if (daemons_.count(claim.group) > 0) {
    release(lane, index, claim);
  }
}

void Fleet::put_daemon(Daemon daemon) {
  const auto known = daemons_.find(daemon.group());
  if (known != daemons_.end() && known->second.says_the_same(daemon)) {
    return;
  }
  ++generation_;
  const std::string group = daemon.group();
  daemons_.insert_or_assign(group, std::move(daemon));
  for (auto& [zone, lane] : lanes_) {
    for (std::size_t index = 0; index < lane.hosts().size(); ++index) {
      keep_room(lane, index);
    }
  }
}

void Fleet::remove_daemon(std::string_view group) {
  const auto known = daemons_.find(group);
  if (known == daemons_.end()) {
    return;
  }
  ++generation_;
  daemons_.erase(known);
  for (auto& [zone, lane] : lanes_) {
    for (std::size_t index = 0; index < lane.hosts().size(); ++index) {
      keep_room(lane, index);
    }
  }
}

void Fleet::keep_room(Lane& lane, std::size_t index) {
  const Host& host = lane.hosts()[index];
  std::vector<DaemonRoom> rooms = rooms_for(daemons_, host);
  if (rooms != host.daemons) {
    lane.keep(index, std::move(rooms));
  }
}

void Fleet::hold(Lane& lane, std::size_t index, const Claim& claim) {
  std::vector<DaemonRoom> rooms = lane.hosts()[index].daemons;
  add_held(rooms, claim);
  lane.keep(index, std::move(rooms));
  keep_room(lane, index);
}

void Fleet::release(Lane& lane, std::size_t index, const Claim& claim) {
  std::vector<DaemonRoom> rooms = lane.hosts()[index].daemons;
  take_held(rooms, claim);
  lane.keep(index, std::move(rooms));
  keep_room(lane, index);
}

const Host* Fleet::host(const InstanceId& instance) const {
  const auto known = where_.find(instance);
  if (known == where_.end()) {
    return nullptr;
  }
  const Lane& lane = lanes_.find(known->second)->second;
  return &lane.hosts()[*lane.find(instance)];
}

const std::string& Fleet::zone(const InstanceId& instance) const {
  const auto known = where_.find(instance);
  schemas::require(known != where_.end(), "the zone of a host was asked of another fleet");
  return known->second;
}

std::optional<HostRoom> Fleet::room(const InstanceId& instance) const {
  const Host* found = host(instance);
  return found == nullptr ? std::nullopt : std::optional<HostRoom>(found->room);
}

bool Fleet::contains(const InstanceId& instance) const { return where_.count(instance) > 0; }

std::int64_t Fleet::group_tasks(const InstanceId& instance, std::string_view group) const {
  const Host* found = host(instance);
  return found == nullptr ? 0 : found->group_tasks(group);
}

}  // namespace control
