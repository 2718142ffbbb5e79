#include "netif/edge/guard_rules.h"

#include <string_view>
#include <utility>

namespace netif {

using nft::append;
using nft::is;
using nft::is_not;
using nft::meta;
using nft::payload;
using nft::text;

namespace {

using Commands = std::vector<std::string>;

constexpr int raw_priority = -300;  // before the bridge decides anything
constexpr std::string_view link_local = "169.254.0.0";
constexpr int link_local_prefix = 16;

std::string port_element(const GuardedPort& port) {
  return nft::concat({text(port.link), text(port.mac.text()), text(port.address.text())});
}

/// How a rule ends whose packet may pass.
Commands passing(Delivery delivery) {
  if (delivery == Delivery::bridged) {
    return {nft::accept()};
  }
  return {nft::assign(payload("ether", "daddr"), text(router_mac.text())),
          nft::assign(meta("pkttype"), text("host")), nft::accept()};
}

}  // namespace

// ---------------------------------------------------------------------------------------

Commands guard_rules(const nft::Table& table, const Names& names, char kind, Delivery delivery,
                     const std::vector<GuardedPort>& ports) {
  const std::string chain = "arriving";
  const std::string sender =
      nft::concat({meta("iifname"), payload("ether", "saddr"), payload("ip", "saddr")});
  const std::string arp_sender =
      nft::concat({meta("iifname"), payload("ether", "saddr"), payload("arp", "saddr ip")});
  const std::string arp_claim =
      nft::concat({meta("iifname"), payload("arp", "saddr ether"), payload("arp", "saddr ip")});
  const std::string forbidden = nft::prefix(link_local, link_local_prefix);
  Commands commands{
      nft::add_set(table, {.name = "ports", .key = {"ifname", "ether_addr", "ipv4_addr"}}),
      nft::add_chain(table, chain,
                     {.type = "filter", .hook = "prerouting", .priority = raw_priority}),
      nft::add_rule(table, chain,
                    {is_not(meta("iifname"), text(names.link_prefix() + "*")), nft::accept()}),
      nft::add_rule(table, chain,
                    {is(payload("ether", "type"), nft::any_of({text("8021q"), text("8021ad")})),
                     nft::drop()})};
  for (const auto& [protocol, field] :
       {std::pair("ip", "daddr"), std::pair("ip", "saddr"), std::pair("arp", "daddr ip"),
        std::pair("arp", "saddr ip")}) {
    commands.push_back(
        nft::add_rule(table, chain, {is(payload(protocol, field), forbidden), nft::drop()}));
  }
  if (delivery == Delivery::routed) {
    Commands from_tunnel{is(meta("iifname"), text(names.link_prefix() + tunnel_kind + "*")),
                         is(meta("protocol"), text("ip"))};
    append(from_tunnel, passing(delivery));
    commands.push_back(nft::add_rule(table, chain, from_tunnel));
    commands.push_back(nft::add_chain(
        table, "between",
        {.type = "filter", .hook = "forward", .priority = nft::filter_priority, .policy = "drop"}));
  }
  Commands from_sender{is(sender, text("@ports"))};
  append(from_sender, passing(delivery));
  append(commands, {nft::add_rule(table, chain,
                                  {is_not(meta("iifname"), text(names.link_prefix() + kind + "*")),
                                   nft::accept()}),
                    nft::add_rule(table, chain, from_sender),
                    nft::add_rule(table, chain,
                                  {is(arp_sender, text("@ports")), is(arp_claim, text("@ports")),
                                   nft::accept()}),
                    nft::add_rule(table, chain, {nft::drop()})});
  Commands elements;
  for (const GuardedPort& port : ports) {
    elements.push_back(port_element(port));
  }
  nft::fill(commands, table, "ports", elements);
  return commands;
}

std::string admit(const nft::Table& table, const GuardedPort& port) {
  return nft::add_elements(table, "ports", {port_element(port)});
}

Commands dismiss(const nft::Table& table, const GuardedPort& port) {
  return nft::forget_elements(table, "ports", {port_element(port)});
}

}  // namespace netif
