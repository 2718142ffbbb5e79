#include <doctest/doctest.h>

#include <set>

#include "control/core/world/assignments.h"

using control::AssignmentDelta;
using control::Assignments;
using schemas::EniId;
using schemas::InstanceId;
using schemas::SecurityGroupId;
using schemas::SubnetId;
using schemas::TaskId;
using schemas::VpcId;

namespace {

/// What a host would hold after folding every delta it was given.
struct Held {
  std::optional<std::int64_t> version;
  std::set<TaskId> tasks;
  std::set<EniId> enis;
  std::set<SubnetId> subnets;
  std::set<EniId> neighbours;
  std::set<SecurityGroupId> groups;

  void fold(const AssignmentDelta& delta) {
    if (delta.full) {
      *this = {};
    }
    const auto change = [](auto& held, const auto& set, const auto& gone) {
      for (const auto& id : gone) {
        held.erase(id);
      }
      held.insert(set.begin(), set.end());
    };
    change(tasks, delta.tasks, delta.tasks_gone);
    change(enis, delta.enis, delta.enis_gone);
    change(subnets, delta.subnets, delta.subnets_gone);
    change(neighbours, delta.neighbours, delta.neighbours_gone);
    change(groups, delta.groups, delta.groups_gone);
    version = delta.version;
  }

  bool operator==(const Held& other) const {
    return tasks == other.tasks && enis == other.enis && subnets == other.subnets &&
           neighbours == other.neighbours && groups == other.groups;
  }
};

struct Placed {
  schemas::Eni eni;
  InstanceId host;
};

schemas::Eni interface(schemas::Random& random, VpcId vpc,
                       std::vector<SecurityGroupId> groups = {}) {
  schemas::Eni eni;
  eni.id = EniId::draw(random);
  eni.vpc = vpc;
  eni.security_groups = std::move(groups);
  return eni;
}

}  // namespace

TEST_CASE("a host that has nothing is given everything, then only what changed") {
  schemas::Random random(1);
  Assignments assignments(3);
  const auto host = InstanceId::draw(random);
  const auto task = TaskId::draw(random);
  assignments.task_changed(host, task);
  const AssignmentDelta first = assignments.since(host, std::nullopt);
  CHECK(first.full);
  CHECK(first.tasks == std::vector{task});
  CHECK_FALSE(assignments.since(host, first.version).full);
  CHECK(assignments.since(host, first.version).tasks.empty());
  assignments.task_gone(host, task);
  CHECK(assignments.since(host, first.version).tasks_gone == std::vector{task});
  CHECK(assignments.since(host, std::nullopt).tasks_gone.empty());
}

TEST_CASE("a version of another process, or of the future, is answered with everything") {
  schemas::Random random(1);
  Assignments earlier(1);
  Assignments later(2);
  const auto host = InstanceId::draw(random);
  earlier.task_changed(host, TaskId::draw(random));
  later.task_changed(host, TaskId::draw(random));
  CHECK(later.since(host, earlier.version(host)).full);
  CHECK(later.since(host, later.version(host) + 1).full);
  CHECK(earlier.since(host, later.version(host)).full);
  CHECK_FALSE(later.since(host, later.version(host)).full);
}

TEST_CASE("more gone entries than are remembered make the next answer a full one") {
  schemas::Random random(1);
  Assignments assignments(1);
  const auto host = InstanceId::draw(random);
  const std::int64_t before = assignments.version(host);
  for (std::int64_t count = 0; count <= control::AssignmentLog::gone_max; ++count) {
    const auto task = TaskId::draw(random);
    assignments.task_changed(host, task);
    assignments.task_gone(host, task);
  }
  CHECK(assignments.since(host, before).full);
  CHECK_FALSE(assignments.since(host, assignments.version(host)).full);
}

TEST_CASE("news names the hosts that a change concerns, and no others") {
  schemas::Random random(1);
  Assignments assignments(1);
  const auto vpc = VpcId::draw(random);
  const auto member = InstanceId::draw(random);
  const auto other = InstanceId::draw(random);
  const auto stranger = InstanceId::draw(random);
  assignments.eni_placed(interface(random, vpc), member);
  assignments.task_changed(stranger, TaskId::draw(random));
  static_cast<void>(assignments.take_news());
  assignments.eni_placed(interface(random, vpc), other);
  CHECK(assignments.take_news() == std::set{member, other});
  CHECK(assignments.take_news().empty());
}

TEST_CASE("a security group goes to exactly the hosts that have an interface with it") {
  schemas::Random random(1);
  Assignments assignments(1);
  const auto vpc = VpcId::draw(random);
  const auto web = SecurityGroupId::draw(random);
  const auto database = SecurityGroupId::draw(random);
  const auto first = InstanceId::draw(random);
  const auto second = InstanceId::draw(random);
  const schemas::Eni eni = interface(random, vpc, {web});
  assignments.eni_placed(eni, first);
  assignments.eni_placed(interface(random, vpc, {web}), first);
  assignments.eni_placed(interface(random, vpc, {database}), second);
  CHECK(assignments.since(first, std::nullopt).groups == std::vector{web});
  CHECK(assignments.since(second, std::nullopt).groups == std::vector{database});
  const std::int64_t before_first = assignments.version(first);
  const std::int64_t before_second = assignments.version(second);
  static_cast<void>(assignments.take_news());
  assignments.group_changed(web);
  CHECK(assignments.take_news() == std::set{first});
  CHECK(assignments.since(first, before_first).groups == std::vector{web});
  CHECK(assignments.version(second) == before_second);
  assignments.group_changed(SecurityGroupId::draw(random));
  CHECK(assignments.take_news().empty());
  // It goes with the last interface that has it.
  assignments.eni_gone(eni, first);
  CHECK(assignments.since(first, before_first).groups_gone.empty());
}

TEST_CASE("folding deltas at any moments leads where everything at once leads") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    schemas::Random random(seed);
    Assignments assignments(7);
    std::vector<InstanceId> hosts;
    std::vector<Held> held(4);
    for (int count = 0; count < 4; ++count) {
      hosts.push_back(InstanceId::draw(random));
    }
    std::vector<VpcId> vpcs{VpcId::draw(random), VpcId::draw(random)};
    for (const VpcId& vpc : vpcs) {
      assignments.subnet_added(vpc, SubnetId::draw(random));
    }
    const std::vector<SecurityGroupId> groups{SecurityGroupId::draw(random),
                                              SecurityGroupId::draw(random),
                                              SecurityGroupId::draw(random)};
    std::vector<Placed> placed;
    std::vector<std::pair<InstanceId, TaskId>> tasks;
    for (int step = 0; step < 60; ++step) {
      const std::size_t at = random.below(hosts.size());
      switch (random.below(7)) {
        case 0:
          tasks.emplace_back(hosts[at], TaskId::draw(random));
          assignments.task_changed(tasks.back().first, tasks.back().second);
          break;
        case 1:
          if (!tasks.empty()) {
            assignments.task_gone(tasks.back().first, tasks.back().second);
            tasks.pop_back();
          }
          break;
        case 2:
          placed.push_back({interface(random, vpcs[random.below(vpcs.size())],
                                      {groups[random.below(groups.size())]}),
                            hosts[at]});
          assignments.eni_placed(placed.back().eni, placed.back().host);
          break;
        case 3:
          if (!placed.empty()) {
            const std::size_t which = random.below(placed.size());
            assignments.eni_gone(placed[which].eni, placed[which].host);
            placed.erase(placed.begin() + static_cast<std::ptrdiff_t>(which));
          }
          break;
        case 4:
          assignments.group_changed(groups[random.below(groups.size())]);
          break;
        default:
          held[at].fold(assignments.since(hosts[at], held[at].version));
      }
    }
    for (std::size_t at = 0; at < hosts.size(); ++at) {
      held[at].fold(assignments.since(hosts[at], held[at].version));
      Held fresh;
      fresh.fold(assignments.since(hosts[at], std::nullopt));
      CHECK(held[at] == fresh);
    }
  }
}
