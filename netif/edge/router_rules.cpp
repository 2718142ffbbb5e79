#include "netif/edge/router_rules.h"

#include "netif/edge/group_rules.h"

namespace netif {

using nft::append;
using nft::is;
using nft::is_not;
using nft::meta;
using nft::payload;
using nft::text;
using schemas::Cidr;

namespace {

using Commands = std::vector<std::string>;

}  // namespace

// --------------------------------------------------------------------------------------

nft::Table router_table() { return {.family = "ip", .name = "stowage"}; }

nft::Table router_guard() { return {.family = "bridge", .name = "stowage"}; }

Commands router_rules(const RouterRules& rules) {
  const nft::Table table = router_table();
  const std::string up = text(rules.downlink);
  const std::string from = meta("iifname");
  const std::string to = meta("oifname");
  const std::string source = payload("ip", "saddr");
  const std::string destination = payload("ip", "daddr");
  Commands commands{
      nft::add_set(table, {.name = "subnets", .key = {"ipv4_addr"}, .interval = true}),
      nft::add_set(table, {.name = "public_in", .key = {"ipv4_addr"}, .data = {"ipv4_addr"}}),
      nft::add_set(table, {.name = "public_out", .key = {"ipv4_addr"}, .data = {"ipv4_addr"}}),
      nft::add_chain(
          table, "arriving",
          {.type = "nat", .hook = "prerouting", .priority = nft::destination_nat_priority}),
      nft::add_chain(table, "leaving",
                     {.type = "nat", .hook = "postrouting", .priority = nft::source_nat_priority}),
      nft::add_chain(table, "passing",
                     {.type = "filter", .hook = "forward", .priority = nft::filter_priority}),
      nft::add_chain(table, "answering",
                     {.type = "filter", .hook = "input", .priority = nft::filter_priority}),
      nft::add_rule(table, "arriving",
                    {nft::translate("dnat", nft::lookup(destination, "public_in"))}),
      nft::add_rule(table, "leaving",
                    {is(to, up), nft::translate("snat", nft::lookup(source, "public_out"))}),
      nft::add_rule(table, "leaving",
                    {is(to, up), nft::translate("snat", nft::address(rules.transit))}),
      // A task that calls a public address of its own VPC: the answer must come back through here.
      nft::add_rule(table, "leaving",
                    {is(source, text("@subnets")), nft::translated(), nft::masquerade()}),
      nft::add_rule(table, "passing", {is_not(from, up), nft::go_to(judging_chain)}),
      nft::add_rule(table, "passing", {is(to, up), nft::drop()}),
      nft::add_rule(table, "passing", {nft::translated(), nft::go_to(judging_chain)}),
      nft::add_rule(table, "passing", {nft::known_connection(), nft::go_to(judging_chain)}),
      nft::add_rule(table, "passing", {nft::drop()}),
      // The gateway answers pings of its tasks, and nothing else to anybody.
      nft::add_rule(table, "answering", {is(from, text("lo")), nft::accept()}),
      nft::add_rule(
          table, "answering",
          {is_not(from, up), is(payload("icmp", "type"), text("echo-request")), nft::accept()}),
      nft::add_rule(table, "answering", {nft::drop()})};
  Commands subnets;
  for (const Cidr& subnet : rules.subnets) {
    subnets.push_back(nft::range(subnet));
  }
  nft::fill(commands, table, "subnets", subnets);
  for (const PublicAddress& pair : rules.publics) {
    append(commands, admit_public(pair));
  }
  return commands;
}

std::string admit_subnet(const Cidr& subnet) {
  return nft::add_elements(router_table(), "subnets", {nft::range(subnet)});
}

Commands dismiss_subnet(const Cidr& subnet) {
  return nft::forget_elements(router_table(), "subnets", {nft::range(subnet)});
}

Commands admit_public(const PublicAddress& pair) {
  const std::string outside = nft::address(pair.outside);
  const std::string inside = nft::address(pair.inside);
  return {nft::add_elements(router_table(), "public_in", {nft::pair(outside, inside)}),
          nft::add_elements(router_table(), "public_out", {nft::pair(inside, outside)})};
}

Commands dismiss_public(const PublicAddress& pair) {
  const std::string outside = nft::address(pair.outside);
  const std::string inside = nft::address(pair.inside);
  Commands commands =
      nft::forget_elements(router_table(), "public_in", {nft::pair(outside, inside)});
  append(commands,
         nft::forget_elements(router_table(), "public_out", {nft::pair(inside, outside)}));
  return commands;
}

}  // namespace netif
