#include "control/core/place/lane.h"

#include <algorithm>
#include <utility>

#include "schemas/base/require.h"

namespace control {
namespace {

constexpr std::int64_t whole = 1'000'000;

/// Expressions remembered. More than the constraints of one request, or it would forget its own.
constexpr std::size_t members_max = 64;

std::int64_t share(std::int64_t all, std::int64_t left) {
  return all <= 0 ? whole : std::max<std::int64_t>(0, (all - left) * whole / all);
}

Lane::Node leaf(const Host& host) {
  if (!host.open()) {
    return {};
  }
  return {host.free_cpu().count, host.free_memory().count, host.free_eni_slots(), host.load()};
}

Lane::Node joined(const Lane::Node& a, const Lane::Node& b) {
  return {std::max(a.cpu_max, b.cpu_max), std::max(a.memory_max, b.memory_max),
          std::max(a.eni_slots_max, b.eni_slots_max), std::min(a.load_min, b.load_min)};
}

/// Leaves without a host never win.
constexpr std::int32_t no_host = std::numeric_limits<std::int32_t>::max();

}  // namespace

std::int64_t Host::load() const {
  return std::max(share(cpu.count, room.cpu.count), share(memory.count, room.memory.count));
}

std::int64_t Host::group_tasks(std::string_view group) const {
  const auto found = groups.find(group);
  return found == groups.end() ? 0 : found->second;
}

void Host::keep(std::vector<DaemonRoom> rooms) {
  daemons = std::move(rooms);
  owed = {};
  for (const DaemonRoom& daemon : daemons) {
    owed.cpu += daemon.owed.cpu;
    owed.memory += daemon.owed.memory;
    owed.eni_slots += daemon.owed.eni_slots;
    owed.ports.insert(owed.ports.end(), daemon.owed.ports.begin(), daemon.owed.ports.end());
  }
  std::sort(owed.ports.begin(), owed.ports.end());
}

std::string Host::keeps_for() const {
  std::string names;
  for (const DaemonRoom& daemon : daemons) {
    if (daemon.owed != Claim{}) {
      names += names.empty() ? "" : ", ";
      names += daemon.group.substr(daemon.group.find('/') + 1);  // without its cluster's number
    }
  }
  return names;
}

query::Facts Host::facts() const {
  return {.agent_connected = connected,
          .agent_version = agent_version,
          .attributes = &attributes,
          .registered_at = registered_at,
          .running_tasks = running_tasks,
          .groups = &groups};
}

std::optional<std::size_t> Lane::find(const schemas::InstanceId& id) const {
  sort_in();
  const auto at =
      std::lower_bound(hosts_.begin(), hosts_.end(), id,
                       [](const Host& host, const auto& wanted) { return host.id < wanted; });
  if (at == hosts_.end() || at->id != id) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(at - hosts_.begin());
}

const Lane::Group* Lane::group(std::string_view name) const {
  sort_in();
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : &found->second;
}

const Lane::Members* Lane::members(std::string_view expression) const {
  sort_in();
  auto known = members_.find(expression);
  if (known == members_.end()) {
    auto parsed = query::Expression::parse(expression);
    if (!parsed.ok()) {
      return nullptr;
    }
    if (members_.size() >= members_max) {
      members_.erase(std::min_element(
          members_.begin(), members_.end(),
          [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
    }
    Members made{.expression = std::move(parsed).value(), .any = {}};
    ask(made);
    known = members_.emplace(expression, std::move(made)).first;
  }
  known->second.used = ++asked_;
  return &known->second;
}

void Lane::ask(Members& members) const {
  if (members.expression.asks_about_tasks()) {
    asked_about_tasks_ = true;
    return;
  }
  const std::size_t width = nodes_.size() / 2;
  members.any.assign(2 * width, 0);
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    members.any[width + i] = members.expression.holds(hosts_[i].facts()) ? 1 : 0;
  }
  for (std::size_t i = width - 1; i > 0; --i) {
    members.any[i] = members.any[2 * i] | members.any[2 * i + 1];
  }
}

/// A host says something else of itself.
void Lane::ask_again(std::size_t index) {
  for (auto& [text, members] : members_) {
    if (members.any.empty()) {
      continue;
    }
    std::size_t node = width() + index;
    members.any[node] = members.expression.holds(hosts_[index].facts()) ? 1 : 0;
    for (node /= 2; node > 0; node /= 2) {
      members.any[node] = members.any[2 * node] | members.any[2 * node + 1];
    }
  }
}

void Lane::insert(Host host) {
  hosts_.push_back(std::move(host));
  newcomers_ = true;
}

void Lane::sort_in() const {
  if (!newcomers_) {
    return;
  }
  newcomers_ = false;
  std::sort(hosts_.begin(), hosts_.end(),
            [](const Host& left, const Host& right) { return left.id < right.id; });
  const auto twice =
      std::adjacent_find(hosts_.begin(), hosts_.end(),
                         [](const Host& left, const Host& right) { return left.id == right.id; });
  schemas::require(twice == hosts_.end(), "a host was put into its zone twice");
  rebuild();
}

Host Lane::erase(std::size_t index) {
  Host host = std::move(hosts_[index]);
  hosts_.erase(hosts_.begin() + static_cast<std::ptrdiff_t>(index));
  rebuild();
  return host;
}

void Lane::update(std::size_t index, const Host& said) {
  Host& host = hosts_[index];
  host.room.cpu += said.cpu - host.cpu;
  host.room.memory += said.memory - host.memory;
  host.room.eni_slots += said.eni_slots - host.eni_slots;
  host.cpu = said.cpu;
  host.memory = said.memory;
  host.eni_slots = said.eni_slots;
  host.status = said.status;
  const bool asks_again = host.connected != said.connected || host.attributes != said.attributes ||
                          host.agent_version != said.agent_version ||
                          host.registered_at != said.registered_at;
  host.connected = said.connected;
  host.attributes = said.attributes;
  host.agent_version = said.agent_version;
  host.registered_at = said.registered_at;
  refresh(index);
  if (asks_again) {
    ask_again(index);
  }
}

void Lane::take(std::size_t index, const Claim& claim) {
  Host& host = hosts_[index];
  host.room.cpu -= claim.cpu;
  host.room.memory -= claim.memory;
  host.room.eni_slots -= claim.eni_slots;
  for (const HostPort& port : claim.ports) {
    std::vector<HostPort>& used = host.room.used_ports;
    used.insert(std::upper_bound(used.begin(), used.end(), port), port);
  }
  refresh(index);
  count(index, claim.group, 1);
}

void Lane::give_back(std::size_t index, const Claim& claim) {
  Host& host = hosts_[index];
  schemas::require(host.group_tasks(claim.group) > 0,
                   "a task gave back what it had not taken from its host");
  host.room.cpu += claim.cpu;
  host.room.memory += claim.memory;
  host.room.eni_slots += claim.eni_slots;
  for (const HostPort& port : claim.ports) {
    std::vector<HostPort>& used = host.room.used_ports;
    const auto at = std::lower_bound(used.begin(), used.end(), port);
    schemas::require(at != used.end() && *at == port, "a port was given back that was not taken");
    used.erase(at);
  }
  refresh(index);
  count(index, claim.group, -1);
}

void Lane::keep(std::size_t index, std::vector<DaemonRoom> rooms) {
  hosts_[index].keep(std::move(rooms));
  refresh(index);
}

/// Hosts have come or gone: rare, so everything is built anew.
void Lane::rebuild() const {
  std::size_t width = 1;
  while (width < hosts_.size()) {
    width *= 2;
  }
  nodes_.assign(2 * width, Node{});
  groups_.clear();
  members_.clear();
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    nodes_[width + i] = leaf(hosts_[i]);
  }
  for (std::size_t i = width - 1; i > 0; --i) {
    nodes_[i] = joined(nodes_[2 * i], nodes_[2 * i + 1]);
  }
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    for (const auto& [name, tasks] : hosts_[i].groups) {
      Group& group = groups_[name];
      group.fewest.resize(2 * width, 0);
      group.fewest[width + i] = static_cast<std::int32_t>(tasks);
      group.total += tasks;
    }
  }
  for (auto& [name, group] : groups_) {
    std::fill(group.fewest.begin() + static_cast<std::ptrdiff_t>(width + hosts_.size()),
              group.fewest.end(), no_host);
    for (std::size_t i = width - 1; i > 0; --i) {
      group.fewest[i] = std::min(group.fewest[2 * i], group.fewest[2 * i + 1]);
    }
  }
}

void Lane::refresh(std::size_t index) {
  std::size_t node = width() + index;
  nodes_[node] = leaf(hosts_[index]);
  for (node /= 2; node > 0; node /= 2) {
    nodes_[node] = joined(nodes_[2 * node], nodes_[2 * node + 1]);
  }
}

void Lane::count(std::size_t index, const std::string& name, std::int32_t by) {
  std::map<std::string, std::int64_t, std::less<>>& here = hosts_[index].groups;
  const auto mine = here.try_emplace(name, 0).first;
  mine->second += by;
  if (mine->second == 0) {
    here.erase(mine);
  }
  const auto found = groups_.try_emplace(name).first;
  Group& group = found->second;
  if (group.fewest.empty()) {
    group.fewest.assign(2 * width(), 0);
    std::fill(group.fewest.begin() + static_cast<std::ptrdiff_t>(width() + hosts_.size()),
              group.fewest.end(), no_host);
    for (std::size_t i = width() - 1; i > 0; --i) {
      group.fewest[i] = std::min(group.fewest[2 * i], group.fewest[2 * i + 1]);
    }
  }
  group.total += by;
  std::size_t node = width() + index;
  group.fewest[node] += by;
  for (node /= 2; node > 0; node /= 2) {
    group.fewest[node] = std::min(group.fewest[2 * node], group.fewest[2 * node + 1]);
  }
  if (group.total == 0) {
    groups_.erase(found);
  }
}

}  // namespace control
