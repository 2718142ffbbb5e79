#include "control/core/world/assignments.h"

#include <algorithm>

namespace control {

using schemas::EniId;
using schemas::InstanceId;
using schemas::SecurityGroupId;
using schemas::SubnetId;
using schemas::TaskId;
using schemas::VpcId;

namespace {

constexpr int epoch_shift = 32;

AssignmentLog::Entry entry(AssignmentKind kind, const schemas::IdBytes& id, Presence presence,
                           InstanceId host = InstanceId{}) {
  return {.key = {.kind = kind, .id = id}, .presence = presence, .host = host};
}

/// Adds what one entry of a VPC's log means to host `reader`.
void add_shared(const AssignmentLog::Entry& shared, Presence presence, InstanceId reader,
                AssignmentDelta& delta) {
  if (shared.key.kind == AssignmentKind::subnet) {
    auto& subnets = presence == Presence::present ? delta.subnets : delta.subnets_gone;
    subnets.emplace_back(shared.key.id);
  } else if (shared.host != reader) {
    auto& enis = presence == Presence::present ? delta.neighbours : delta.neighbours_gone;
    enis.emplace_back(shared.key.id);
  }
}

}  // namespace

Assignments::Assignments(std::int64_t epoch)
    : base_((epoch << epoch_shift) + 1), last_((epoch << epoch_shift) + 1) {}

void Assignments::task_changed(InstanceId host, TaskId task) {
  hosts_[host].log.record(entry(AssignmentKind::task, task.bytes(), Presence::present), ++last_);
  news_.insert(host);
}

void Assignments::task_gone(InstanceId host, TaskId task) {
  hosts_[host].log.record(entry(AssignmentKind::task, task.bytes(), Presence::gone), ++last_);
  news_.insert(host);
}

void Assignments::subnet_added(VpcId vpc, SubnetId subnet) {
  networks_[vpc].log.record(entry(AssignmentKind::subnet, subnet.bytes(), Presence::present),
                            ++last_);
  network_news_.insert(vpc);
}

void Assignments::eni_placed(const schemas::Eni& eni, InstanceId host) {
  const VpcId vpc = eni.vpc;
  Host& view = hosts_[host];
  view.log.record(entry(AssignmentKind::eni, eni.id.bytes(), Presence::present), ++last_);
  take_groups(eni, host, view);
  if (++view.enis[vpc] == 1) {
    view.since[vpc] = ++last_;
    view.floor = last_;
    view.left.erase(vpc);
    networks_[vpc].hosts.insert(host);
  }
  networks_[vpc].log.record(entry(AssignmentKind::eni, eni.id.bytes(), Presence::present, host),
                            ++last_);
  news_.insert(host);
  network_news_.insert(vpc);
}

void Assignments::eni_gone(const schemas::Eni& eni, InstanceId host) {
  const VpcId vpc = eni.vpc;
  Host& view = hosts_[host];
  view.log.record(entry(AssignmentKind::eni, eni.id.bytes(), Presence::gone), ++last_);
  networks_[vpc].log.record(entry(AssignmentKind::eni, eni.id.bytes(), Presence::gone, host),
                            ++last_);
  drop_groups(eni, host, view);
  if (--view.enis[vpc] == 0) {
    view.enis.erase(vpc);
    view.since.erase(vpc);
    view.left[vpc] = ++last_;
    view.floor = last_;
    networks_[vpc].hosts.erase(host);
  }
  news_.insert(host);
  network_news_.insert(vpc);
}

void Assignments::take_groups(const schemas::Eni& eni, InstanceId id, Host& host) {
  for (const SecurityGroupId& group : eni.security_groups) {
    if (++host.groups[group] == 1) {
      host.log.record(entry(AssignmentKind::group, group.bytes(), Presence::present), ++last_);
      hosts_of_group_[group].insert(id);
    }
  }
}

void Assignments::drop_groups(const schemas::Eni& eni, InstanceId id, Host& host) {
  for (const SecurityGroupId& group : eni.security_groups) {
    if (--host.groups[group] == 0) {
      host.groups.erase(group);
      host.log.record(entry(AssignmentKind::group, group.bytes(), Presence::gone), ++last_);
      hosts_of_group_[group].erase(id);
      if (hosts_of_group_[group].empty()) {
        hosts_of_group_.erase(group);
      }
    }
  }
}

void Assignments::group_changed(SecurityGroupId group) {
  const auto hosts = hosts_of_group_.find(group);
  if (hosts == hosts_of_group_.end()) {
    return;
  }
  for (const InstanceId& host : hosts->second) {
    hosts_.at(host).log.record(entry(AssignmentKind::group, group.bytes(), Presence::present),
                               ++last_);
    news_.insert(host);
  }
}

std::int64_t Assignments::version(InstanceId id) const {
  const auto at = hosts_.find(id);
  if (at == hosts_.end()) {
    return base_;
  }
  std::int64_t version = std::max({base_, at->second.log.version(), at->second.floor});
  for (const auto& [vpc, since] : at->second.since) {
    version = std::max(version, networks_.at(vpc).log.version());
  }
  return version;
}

bool Assignments::knows(const Host& host, std::int64_t have) const {
  if (!host.log.knows(have)) {
    return false;
  }
  return std::all_of(host.since.begin(), host.since.end(), [&](const auto& member) {
    return networks_.at(member.first).log.knows(have);
  });
}

AssignmentDelta Assignments::since(InstanceId id, std::optional<std::int64_t> have) const {
  AssignmentDelta delta;
  delta.version = version(id);
  const auto at = hosts_.find(id);
  const bool usable = have && *have >= base_ && *have <= delta.version;
  delta.full = !usable || (at != hosts_.end() && !knows(at->second, *have));
  if (at == hosts_.end()) {
    return delta;
  }
  const std::int64_t after = delta.full ? 0 : *have;
  add_own(at->second, after, delta);
  add_networks(id, at->second, after, delta);
  if (delta.full) {
    delta.tasks_gone.clear();
    delta.enis_gone.clear();
    delta.subnets_gone.clear();
    delta.neighbours_gone.clear();
    delta.groups_gone.clear();
  }
  return delta;
}

void Assignments::add_own(const Host& host, std::int64_t have, AssignmentDelta& delta) const {
  const auto& entries = host.log.by_version();
  for (auto at = entries.upper_bound(have); at != entries.end(); ++at) {
    const AssignmentLog::Entry& own = at->second;
    const bool present = own.presence == Presence::present;
    if (own.key.kind == AssignmentKind::task) {
      (present ? delta.tasks : delta.tasks_gone).emplace_back(own.key.id);
    } else if (own.key.kind == AssignmentKind::group) {
      (present ? delta.groups : delta.groups_gone).emplace_back(own.key.id);
    } else {
      (present ? delta.enis : delta.enis_gone).emplace_back(own.key.id);
    }
  }
}

void Assignments::add_networks(InstanceId id, const Host& host, std::int64_t have,
                               AssignmentDelta& delta) const {
  for (const auto& [vpc, since] : host.since) {
    // A newcomer needs the VPC from its beginning, and what it may still hold from an earlier stay
    // must go.
    const auto& entries = networks_.at(vpc).log.by_version();
    for (auto at = entries.upper_bound(since > have ? 0 : have); at != entries.end(); ++at) {
      add_shared(at->second, at->second.presence, id, delta);
    }
  }
  for (const auto& [vpc, left] : host.left) {
    if (left > have) {
      for (const auto& [version, shared] : networks_.at(vpc).log.by_version()) {
        add_shared(shared, Presence::gone, id, delta);
      }
    }
  }
}

std::set<InstanceId> Assignments::take_news() {
  for (const VpcId& vpc : network_news_) {
    const auto& hosts = networks_.at(vpc).hosts;
    news_.insert(hosts.begin(), hosts.end());
  }
  network_news_.clear();
  return std::exchange(news_, {});
}

}  // namespace control
