#include "netif/edge/group_rules.h"

#include <algorithm>
#include <string_view>

#include "netif/edge/nft_text.h"
#include "netif/edge/router_rules.h"

namespace netif {

using nft::append;
using nft::is;
using nft::meta;
using nft::text;
using schemas::EniAssignment;
using schemas::Ipv4;
using schemas::Neighbour;
using schemas::RuleDirection;
using schemas::RuleProtocol;
using schemas::SecurityGroupAssignment;
using schemas::SecurityGroupId;
using schemas::SecurityRule;

namespace {

using Commands = std::vector<std::string>;

constexpr std::string_view known_chain = "known";
constexpr std::string_view receiving_chain = "receiving";
constexpr std::string_view passed_chain = "passed";
constexpr std::string_view number_map = "group_sets";
constexpr std::string_view out_map = "ways_out";
constexpr std::string_view in_map = "ways_in";

std::string out_of(const std::string& what) { return "out_" + what; }
std::string into(const std::string& what) { return "in_" + what; }
std::string members_of(const SecurityGroupId& group) { return "members_" + group.text(); }

std::string began_at() { return nft::ct("ip saddr", "original"); }
std::string called() { return nft::ct("ip daddr", "original"); }
/// Whom the connection really leads to: another than was called when a public address was.
std::string answers() { return nft::ct("ip saddr", "reply"); }

/// Leads to the chain for the groups of the interface at `whose`, if it is one of this host's.
Commands way_of(const std::string& whose, std::string_view ways) {
  return {nft::assign(meta("mark"), nft::lookup(whose, number_map)),
          nft::choose(meta("mark"), ways)};
}

/// Ends the way of an interface of this host that leads nowhere.
Commands no_way_of(const std::string& whose) {
  return {nft::assign(meta("mark"), nft::lookup(whose, number_map)), nft::drop()};
}

Commands matches(const SecurityRule& rule) {
  Commands matches;
  const bool ingress = rule.direction == RuleDirection::ingress;
  const std::string other = ingress ? began_at() : called();
  if (rule.group) {
    matches.push_back(is(other, text("@" + members_of(*rule.group))));
    if (ingress) {
      // A call to a public address comes from outside, whoever made it and on whichever host: the
      // group of the caller can be known on its own host only.
      matches.push_back(is(called(), text("@subnets")));
    }
  } else if (rule.cidr && rule.cidr->prefix > 0) {
    matches.push_back(is(other, nft::range(*rule.cidr)));
  }
  switch (rule.protocol) {
    case RuleProtocol::all:
      break;
    case RuleProtocol::icmp:
      matches.push_back(is(nft::ct("protocol", "original"), text("icmp")));
      break;
    case RuleProtocol::tcp:
    case RuleProtocol::udp:
      matches.push_back(is(nft::ct("protocol", "original"),
                           text(rule.protocol == RuleProtocol::tcp ? "tcp" : "udp")));
      matches.push_back(
          is(nft::ct("proto-dst", "original"), nft::numbers(rule.from_port, rule.to_port)));
      break;
  }
  return matches;
}

Commands addresses(const std::set<Ipv4>& values) {
  Commands elements;
  for (const Ipv4 value : values) {
    elements.push_back(nft::address(value));
  }
  return elements;
}

std::string way(std::uint32_t number, const std::string& chain) {
  return nft::pair(std::to_string(number), nft::go_to(chain));
}

}  // namespace

Commands GroupRules::frame() {
  const nft::Table table = router_table();
  Commands commands{
      nft::add_set(table,
                   {.name = std::string(number_map), .key = {"ipv4_addr"}, .data = {"mark"}}),
      nft::add_set(table, {.name = std::string(out_map), .key = {"mark"}, .data = {"verdict"}}),
      nft::add_set(table, {.name = std::string(in_map), .key = {"mark"}, .data = {"verdict"}})};
  for (const std::string_view chain : {known_chain, passed_chain, receiving_chain, judging_chain}) {
    commands.push_back(nft::add_chain(table, std::string(chain)));
  }
  const auto rule = [&](std::string_view chain, const Commands& expressions) {
    commands.push_back(nft::add_rule(table, std::string(chain), expressions));
  };
  begin_epoch(commands);
  rule(judging_chain, {nft::jump_to(known_chain)});
  rule(judging_chain, way_of(began_at(), out_map));
  rule(judging_chain, no_way_of(began_at()));
  rule(judging_chain, way_of(answers(), in_map));
  rule(judging_chain, {nft::drop()});
  rule(receiving_chain, way_of(answers(), in_map));
  rule(receiving_chain, no_way_of(answers()));
  rule(receiving_chain, {nft::go_to(passed_chain)});
  return commands;
}

Commands GroupRules::fill(const Policy& policy) {
  Commands commands;
  number_of_.clear();
  groups_.clear();
  named_.clear();
  for (const auto& [id, rules] : policy.groups) {
    groups_[id] = named_by(rules);
  }
  for (const auto& [id, members] : policy.members) {
    name(id, commands);
    nft::fill(commands, router_table(), members_of(id), addresses(members));
  }
  for (const auto& [id, rules] : policy.groups) {
    write_group(id, rules, commands);
  }
  Commands elements;
  for (const auto& [address, groups] : policy.ports) {
    elements.push_back(
        nft::pair(nft::address(address), std::to_string(number_of(groups, commands))));
  }
  nft::fill(commands, router_table(), number_map, elements);
  return commands;
}

void GroupRules::begin_epoch(Commands& commands) {
  const nft::Table table = router_table();
  epoch_ += epoch_ == UINT32_MAX ? 2U : 1U;  // 0 is what a connection carries that nobody judged
  const std::string mark = nft::ct("mark");
  const std::string now = std::to_string(epoch_);
  const std::string known(known_chain);
  const std::string passed(passed_chain);
  append(commands, {nft::flush_chain(table, known), nft::flush_chain(table, passed),
                    nft::add_rule(table, known, {is(mark, now), nft::accept()}),
                    nft::add_rule(table, passed, {nft::assign(mark, now), nft::accept()})});
}

std::uint32_t GroupRules::number_of(const GroupSet& groups, Commands& commands) {
  const auto [at, fresh] = number_of_.try_emplace(groups, numbers_ + 1);
  if (!fresh) {
    return at->second;
  }
  const nft::Table table = router_table();
  const std::string number = std::to_string(++numbers_);
  for (const std::string& chain : {out_of(number), into(number)}) {
    commands.push_back(nft::add_chain(table, chain));
  }
  for (const SecurityGroupId& group : groups) {
    // One that control has not told us of: without rules, nothing passes by it.
    groups_.try_emplace(group);
    for (const auto& direction : {&out_of, &into}) {
      append(commands,
             {nft::add_chain(table, direction(group.text())),
              nft::add_rule(table, direction(number), {nft::jump_to(direction(group.text()))})});
    }
  }
  for (const std::string& chain : {out_of(number), into(number)}) {
    commands.push_back(nft::add_rule(table, chain, {nft::drop()}));
  }
  append(commands, {nft::add_elements(table, std::string(out_map), {way(numbers_, out_of(number))}),
                    nft::add_elements(table, std::string(in_map), {way(numbers_, into(number))})});
  return numbers_;
}

void GroupRules::write_group(const SecurityGroupId& id, const std::vector<SecurityRule>& rules,
                             Commands& commands) {
  const nft::Table table = router_table();
  for (const std::string& chain : {out_of(id.text()), into(id.text())}) {
    append(commands, {nft::add_chain(table, chain), nft::flush_chain(table, chain)});
  }
  for (const SecurityRule& rule : rules) {
    const bool ingress = rule.direction == RuleDirection::ingress;
    Commands expressions = matches(rule);
    expressions.push_back(nft::go_to(ingress ? passed_chain : receiving_chain));
    commands.push_back(
        nft::add_rule(table, ingress ? into(id.text()) : out_of(id.text()), expressions));
  }
}

void GroupRules::name(const SecurityGroupId& group, Commands& commands) {
  if (named_.insert(group).second) {
    commands.push_back(
        nft::add_set(router_table(), {.name = members_of(group), .key = {"ipv4_addr"}}));
  }
}

void GroupRules::drop_unnamed(Commands& commands) {
  std::set<SecurityGroupId> still;
  for (const auto& [id, named] : groups_) {
    still.insert(named.begin(), named.end());
  }
  for (const SecurityGroupId& group : named_) {
    if (!still.contains(group)) {
      commands.push_back(nft::delete_set(router_table(), members_of(group)));
    }
  }
  named_ = std::move(still);
}

void GroupRules::add_member(Members& members, Ipv4 address,
                            const std::vector<SecurityGroupId>& groups) const {
  for (const SecurityGroupId& group : groups) {
    if (named_.contains(group)) {
      members[group].insert(address);
    }
  }
}

Commands GroupRules::admit(const EniAssignment& eni) {
  const nft::Table table = router_table();
  Commands commands;
  const std::uint32_t number = number_of(group_set(eni.security_groups), commands);
  commands.push_back(
      nft::add_elements(table, std::string(number_map),
                        {nft::pair(nft::address(eni.address), std::to_string(number))}));
  Members members;
  add_member(members, eni.address, eni.security_groups);
  for (const auto& [group, added] : members) {
    nft::fill(commands, table, members_of(group), addresses(added));
  }
  return commands;
}

Commands GroupRules::dismiss(const EniAssignment& eni) {
  const nft::Table table = router_table();
  Commands commands;
  const std::uint32_t number = number_of(group_set(eni.security_groups), commands);
  append(commands,
         nft::forget_elements(table, std::string(number_map),
                              {nft::pair(nft::address(eni.address), std::to_string(number))}));
  Members members;
  add_member(members, eni.address, eni.security_groups);
  for (const auto& [group, gone] : members) {
    append(commands, nft::forget_elements(table, members_of(group), addresses(gone)));
  }
  begin_epoch(commands);
  return commands;
}

Commands GroupRules::learn(const std::vector<Neighbour>& neighbours) {
  Members members;
  for (const Neighbour& neighbour : neighbours) {
    add_member(members, neighbour.address, neighbour.security_groups);
  }
  Commands commands;
  for (const auto& [group, added] : members) {
    nft::fill(commands, router_table(), members_of(group), addresses(added));
  }
  return commands;
}

Commands GroupRules::forget(const std::vector<Neighbour>& neighbours) {
  Members members;
  for (const Neighbour& neighbour : neighbours) {
    add_member(members, neighbour.address, neighbour.security_groups);
  }
  Commands commands;
  for (const auto& [group, gone] : members) {
    append(commands, nft::forget_elements(router_table(), members_of(group), addresses(gone)));
  }
  begin_epoch(commands);
  return commands;
}

Commands GroupRules::set(const std::vector<SecurityGroupAssignment>& groups,
                         const HostNetwork& known) {
  Commands commands;
  std::set<SecurityGroupId> fresh;
  for (const SecurityGroupAssignment& group : groups) {
    groups_[group.id] = named_by(group.rules);
    for (const SecurityGroupId& named : groups_[group.id]) {
      if (!named_.contains(named)) {
        name(named, commands);
        fresh.insert(named);
      }
    }
  }
  Members members;
  const auto add = [&](const auto& interface) {
    for (const SecurityGroupId& group : interface.security_groups) {
      if (fresh.contains(group)) {
        members[group].insert(interface.address);
      }
    }
  };
  for (const auto& [id, eni] : known.enis) {
    add(eni);
  }
  for (const auto& [id, neighbour] : known.neighbours) {
    add(neighbour);
  }
  for (const auto& [group, added] : members) {
    nft::fill(commands, router_table(), members_of(group), addresses(added));
  }
  for (const SecurityGroupAssignment& group : groups) {
    write_group(group.id, group.rules, commands);
  }
  drop_unnamed(commands);
  begin_epoch(commands);
  return commands;
}

Commands GroupRules::remove(const std::vector<SecurityGroupId>& groups) {
  const nft::Table table = router_table();
  Commands commands;
  for (const SecurityGroupId& group : groups) {
    const auto known = groups_.find(group);
    if (known == groups_.end()) {
      continue;
    }
    // The empty chains stay until the table is written anew: an interface that still has the group
    // keeps its way to the rules of its others.
    known->second.clear();
    for (const std::string& chain : {out_of(group.text()), into(group.text())}) {
      commands.push_back(nft::flush_chain(table, chain));
    }
  }
  drop_unnamed(commands);
  begin_epoch(commands);
  return commands;
}

}  // namespace netif
