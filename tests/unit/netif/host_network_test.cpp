#include "netif/core/host_network.h"

#include <doctest/doctest.h>

#include "schemas/base/random.h"

using netif::HostNetwork;
using netif::Step;
using schemas::EniAssignment;
using schemas::Neighbour;
using schemas::SubnetAssignment;
using schemas::VpcId;

namespace {

/// Draws things that differ from each other, the same ones in every run.
class Draw {
 public:
  SubnetAssignment subnet(const VpcId& vpc) {
    SubnetAssignment drawn;
    drawn.id = schemas::SubnetId::draw(random_);
    drawn.vpc = vpc;
    drawn.vni = static_cast<std::uint32_t>(random_.below(1000));
    return drawn;
  }
  EniAssignment eni(const SubnetAssignment& subnet) {
    EniAssignment drawn;
    drawn.id = schemas::EniId::draw(random_);
    drawn.vpc = subnet.vpc;
    drawn.subnet = subnet.id;
    drawn.address = {.bits = static_cast<std::uint32_t>(random_.below(1 << 24))};
    return drawn;
  }
  Neighbour neighbour(const SubnetAssignment& subnet) {
    Neighbour drawn;
    drawn.id = schemas::EniId::draw(random_);
    drawn.vpc = subnet.vpc;
    drawn.subnet = subnet.id;
    return drawn;
  }
  VpcId vpc() { return VpcId::draw(random_); }

 private:
  schemas::Random random_{42};
};

HostNetwork network(const std::vector<SubnetAssignment>& subnets,
                    const std::vector<EniAssignment>& enis,
                    const std::vector<Neighbour>& neighbours) {
  HostNetwork made;
  for (const SubnetAssignment& subnet : subnets) {
    made.subnets.emplace(subnet.id, subnet);
  }
  for (const EniAssignment& eni : enis) {
    made.enis.emplace(eni.id, eni);
  }
  for (const Neighbour& neighbour : neighbours) {
    made.neighbours.emplace(neighbour.id, neighbour);
  }
  return made;
}

using Steps = std::vector<Step>;

}  // namespace

TEST_CASE("a host that has what it must have has nothing to do") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const HostNetwork same = network({subnet}, {draw.eni(subnet)}, {draw.neighbour(subnet)});
  CHECK(netif::plan(same, same).empty());
  CHECK(netif::plan({}, {}).empty());
}

TEST_CASE("an empty host makes the router, then its subnets, then what lives on them") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const EniAssignment eni = draw.eni(subnet);
  const Neighbour neighbour = draw.neighbour(subnet);
  CHECK(netif::plan({}, network({subnet}, {eni}, {neighbour})) ==
        Steps{netif::MakeRouter{subnet.vpc}, netif::MakeSubnet{subnet},
              netif::LearnNeighbours{subnet.vpc, {neighbour}}, netif::AttachEni{eni}});
}

TEST_CASE(
    "a host that must have nothing takes interfaces, subnets and routers down in that order") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const EniAssignment eni = draw.eni(subnet);
  CHECK(netif::plan(network({subnet}, {eni}, {draw.neighbour(subnet)}), {}) ==
        Steps{netif::DetachEni{eni}, netif::RemoveSubnet{subnet}, netif::RemoveRouter{subnet.vpc}});
}

TEST_CASE("a neighbour that moved to another host is forgotten there before it is learned here") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const Neighbour before = draw.neighbour(subnet);
  Neighbour after = before;
  after.host_address = {.bits = 7};
  CHECK(netif::plan(network({subnet}, {}, {before}), network({subnet}, {}, {after})) ==
        Steps{netif::ForgetNeighbours{subnet.vpc, {before}},
              netif::LearnNeighbours{subnet.vpc, {after}}});
}

TEST_CASE("an interface whose public address changed is attached anew") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const EniAssignment before = draw.eni(subnet);
  EniAssignment after = before;
  after.public_address = schemas::Ipv4{.bits = 9};
  CHECK(netif::plan(network({subnet}, {before}, {}), network({subnet}, {after}, {})) ==
        Steps{netif::DetachEni{before}, netif::AttachEni{after}});
}

TEST_CASE("a subnet that changed is made anew with all that lives on it, others are left alone") {
  Draw draw;
  const VpcId vpc = draw.vpc();
  const SubnetAssignment before = draw.subnet(vpc);
  const SubnetAssignment untouched = draw.subnet(vpc);
  SubnetAssignment after = before;
  after.vni += 1;
  const EniAssignment eni = draw.eni(before);
  const EniAssignment bystander = draw.eni(untouched);
  const Neighbour neighbour = draw.neighbour(before);
  CHECK(netif::plan(network({before, untouched}, {eni, bystander}, {neighbour}),
                    network({after, untouched}, {eni, bystander}, {neighbour})) ==
        Steps{netif::DetachEni{eni}, netif::RemoveSubnet{before}, netif::MakeSubnet{after},
              netif::LearnNeighbours{vpc, {neighbour}}, netif::AttachEni{eni}});
}

TEST_CASE("a neighbour that goes with its subnet is forgotten where its VPC's router stays") {
  Draw draw;
  const VpcId vpc = draw.vpc();
  const SubnetAssignment gone = draw.subnet(vpc);
  const SubnetAssignment stays = draw.subnet(vpc);
  const Neighbour neighbour = draw.neighbour(gone);
  CHECK(netif::plan(network({gone, stays}, {}, {neighbour}), network({stays}, {}, {})) ==
        Steps{netif::ForgetNeighbours{vpc, {neighbour}}, netif::RemoveSubnet{gone}});
}

TEST_CASE("rules that change are set where they are: no interface is detached") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const EniAssignment eni = draw.eni(subnet);
  schemas::SecurityGroupAssignment group;
  group.vpc = subnet.vpc;
  HostNetwork have = network({subnet}, {eni}, {});
  have.groups.emplace(group.id, group);
  HostNetwork want = have;
  want.groups.at(group.id).rules.emplace_back();
  CHECK(netif::plan(have, want) == Steps{netif::SetGroups{subnet.vpc, {want.groups.at(group.id)}}});
  CHECK(netif::plan(want, want).empty());
}

TEST_CASE("groups are set before interfaces that have them come, and forgotten after they went") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const EniAssignment eni = draw.eni(subnet);
  schemas::SecurityGroupAssignment group;
  group.vpc = subnet.vpc;
  HostNetwork full = network({subnet}, {eni}, {});
  full.groups.emplace(group.id, group);
  const HostNetwork idle = network({subnet}, {}, {});
  CHECK(netif::plan({}, full) == Steps{netif::MakeRouter{subnet.vpc},
                                       netif::SetGroups{subnet.vpc, {group}},
                                       netif::MakeSubnet{subnet}, netif::AttachEni{eni}});
  CHECK(netif::plan(full, idle) ==
        Steps{netif::DetachEni{eni}, netif::ForgetGroups{subnet.vpc, {group.id}}});
  // A group of a VPC without a router here waits for it.
  HostNetwork stray;
  stray.groups.emplace(group.id, group);
  CHECK(netif::plan({}, stray).empty());
}

TEST_CASE("an interface whose subnet is not known yet waits for it") {
  Draw draw;
  const SubnetAssignment unknown = draw.subnet(draw.vpc());
  CHECK(netif::plan({}, network({}, {draw.eni(unknown)}, {draw.neighbour(unknown)})).empty());
}

TEST_CASE("following a plan leads to what was wanted, from anything to anything") {
  Draw draw;
  schemas::Random random(5);
  std::vector<SubnetAssignment> subnets;
  for (int count = 0; count < 3; ++count) {
    const VpcId vpc = draw.vpc();
    subnets.push_back(draw.subnet(vpc));
    subnets.push_back(draw.subnet(vpc));
  }
  HostNetwork have;
  for (int round = 0; round < 200; ++round) {
    HostNetwork want;
    for (SubnetAssignment& subnet : subnets) {
      if (random.chance(300)) {
        continue;
      }
      subnet.vni += random.chance(100) ? 1U : 0U;
      want.subnets.emplace(subnet.id, subnet);
      const EniAssignment fresh = draw.eni(subnet);
      want.enis.emplace(fresh.id, fresh);
    }
    for (const auto& [id, eni] : have.enis) {
      if (want.subnets.contains(eni.subnet) && random.chance(700)) {
        want.enis.emplace(id, eni);
      }
    }
    HostNetwork after = have;
    for (const Step& step : netif::plan(have, want)) {
      if (const auto* act = std::get_if<netif::DetachEni>(&step)) {
        CHECK(after.enis.erase(act->eni.id) == 1);
      } else if (const auto* removal = std::get_if<netif::RemoveSubnet>(&step)) {
        CHECK(after.subnets.erase(removal->subnet.id) == 1);
      } else if (const auto* making = std::get_if<netif::MakeSubnet>(&step)) {
        CHECK(after.subnets.emplace(making->subnet.id, making->subnet).second);
      } else if (const auto* attach = std::get_if<netif::AttachEni>(&step)) {
        CHECK(after.subnets.contains(attach->eni.subnet));
        CHECK(after.enis.emplace(attach->eni.id, attach->eni).second);
      }
    }
    CHECK(after == want);
    have = want;
  }
}

TEST_CASE("a full answer replaces what a host must have, a difference adds and removes") {
  Draw draw;
  const SubnetAssignment subnet = draw.subnet(draw.vpc());
  const EniAssignment first = draw.eni(subnet);
  const EniAssignment second = draw.eni(subnet);
  schemas::SyncAnswer full;
  full.full = true;
  full.subnets_set = {subnet};
  full.enis_set = {first};
  schemas::SecurityGroupAssignment group;
  group.vpc = subnet.vpc;
  full.groups_set = {group};
  HostNetwork held = network({}, {second}, {});
  netif::fold(held, full);
  HostNetwork with_group = network({subnet}, {first}, {});
  with_group.groups.emplace(group.id, group);
  CHECK(held == with_group);
  schemas::SyncAnswer difference;
  difference.enis_set = {second};
  difference.enis_gone = {first.id};
  difference.groups_gone = {group.id};
  netif::fold(held, difference);
  netif::fold(held, difference);
  CHECK(held == network({subnet}, {second}, {}));
}

TEST_CASE("a VPC that left keeps its router for its next task, as one of the last that left") {
  Draw draw;
  HostNetwork host;
  std::vector<SubnetAssignment> subnets;
  for (std::size_t vpc = 0; vpc <= netif::idle_vpcs_max; ++vpc) {
    subnets.push_back(draw.subnet(draw.vpc()));
    const EniAssignment eni = draw.eni(subnets.back());
    const Neighbour neighbour = draw.neighbour(subnets.back());
    schemas::SyncAnswer came;
    came.enis_set = {eni};
    came.subnets_set = {subnets.back()};
    came.neighbours_set = {neighbour};
    netif::fold(host, came);
    schemas::SyncAnswer left;
    left.enis_gone = {eni.id};
    left.subnets_gone = {subnets.back().id};
    netif::fold(host, left);
    CHECK(host.enis.empty());
    CHECK(host.neighbours.empty());
  }
  CHECK(host.subnets.size() == netif::idle_vpcs_max);
  CHECK(!host.subnets.contains(subnets.front().id));

  schemas::SyncAnswer back;
  back.subnets_set = {subnets.back()};
  netif::fold(host, back);
  CHECK(host.idle.size() == netif::idle_vpcs_max - 1);
}

TEST_CASE("a subnet that goes while its VPC has an interface here is taken down") {
  Draw draw;
  const VpcId vpc = draw.vpc();
  const SubnetAssignment stays = draw.subnet(vpc);
  const SubnetAssignment goes = draw.subnet(vpc);
  HostNetwork host = network({stays, goes}, {draw.eni(stays)}, {});
  schemas::SyncAnswer answer;
  answer.subnets_gone = {goes.id};
  netif::fold(host, answer);
  CHECK(host.subnets.size() == 1);
  CHECK(host.idle.empty());
}
