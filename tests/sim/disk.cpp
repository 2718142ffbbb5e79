#include "tests/sim/disk.h"

#include <algorithm>

namespace sim {

namespace {

template <class Map, class Set, class Gone>
void fold(Map& map, const Set& set, const Gone& gone) {
  for (const auto& id : gone) {
    map.erase(id);
  }
  for (const auto& value : set) {
    map.insert_or_assign(value.id, value);
  }
}

}  // namespace

void Disk::save(const agent::Step& step, const agent::HostState& state,
                const std::vector<schemas::SyncAnswer>& network) {
  for (const schemas::TaskId& id : step.forget) {
    tasks.erase(id);
  }
  for (const schemas::TaskId& id : step.save) {
    tasks[id] = agent::durable_part(state.tasks.at(id));
  }
  meters.insert(meters.end(), step.meters_made.begin(), step.meters_made.end());
  std::erase_if(meters, [&](const schemas::MeterRecord& record) {
    return std::find(step.meters_acknowledged.begin(), step.meters_acknowledged.end(),
                     std::pair(record.task, record.sequence)) != step.meters_acknowledged.end();
  });
  for (const schemas::SyncAnswer& answer : network) {
    if (answer.full) {
      enis.clear();
      subnets.clear();
      neighbours.clear();
      groups.clear();
    }
    fold(enis, answer.enis_set, answer.enis_gone);
    fold(subnets, answer.subnets_set, answer.subnets_gone);
    fold(neighbours, answer.neighbours_set, answer.neighbours_gone);
    fold(groups, answer.groups_set, answer.groups_gone);
  }
}

netif::HostNetwork Disk::network() const {
  schemas::SyncAnswer everything;
  everything.full = true;
  for (const auto& [id, eni] : enis) {
    everything.enis_set.push_back(eni);
  }
  for (const auto& [id, subnet] : subnets) {
    everything.subnets_set.push_back(subnet);
  }
  for (const auto& [id, neighbour] : neighbours) {
    everything.neighbours_set.push_back(neighbour);
  }
  for (const auto& [id, group] : groups) {
    everything.groups_set.push_back(group);
  }
  netif::HostNetwork network;
  netif::fold(network, everything);
  return network;
}

}  // namespace sim
