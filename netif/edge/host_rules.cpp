#include "netif/edge/host_rules.h"

namespace netif {

using nft::append;
using nft::is;
using nft::is_not;
using nft::meta;
using nft::payload;
using nft::text;
using schemas::Cidr;
using schemas::Ipv4;

namespace {

using Commands = std::vector<std::string>;

Commands addresses(const std::vector<Ipv4>& values) {
  Commands elements;
  for (const Ipv4 value : values) {
    elements.push_back(nft::address(value));
  }
  return elements;
}

}  // namespace

// ----------------------------------------------------------------------------------------

nft::Table host_table(const Names& names) { return {.family = "ip", .name = names.table()}; }

nft::Table host_guard(const Names& names) { return {.family = "bridge", .name = names.table()}; }

namespace {

constexpr int tunnel_port = 4789;
/// Worn by packets of tasks when they leave their host, so that other hosts know them from packets
/// of the host itself, which have the same sender. Of the code points set aside for local use.
constexpr int task_dscp = 3;
constexpr std::string_view published_address_map = "published_addresses";
constexpr std::string_view published_port_map = "published_ports";

std::string published_key(const Published& published) {
  const bool udp = published.protocol == schemas::TransportProtocol::udp;
  return nft::concat({text(udp ? "udp" : "tcp"), std::to_string(published.host_port)});
}

Commands host_sets(const nft::Table& table) {
  Commands commands{nft::add_set(table, {.name = "uplinks", .key = {"ifname"}}),
                    nft::add_set(table, {.name = "denied", .key = {"ipv4_addr"}, .interval = true}),
                    nft::add_set(table, {.name = std::string(published_address_map),
                                         .key = {"inet_proto", "inet_service"},
                                         .data = {"ipv4_addr"}}),
                    nft::add_set(table, {.name = std::string(published_port_map),
                                         .key = {"inet_proto", "inet_service"},
                                         .data = {"inet_service"}})};
  for (const std::string_view set : {transit_set, public_set, peer_set}) {
    commands.push_back(nft::add_set(table, {.name = std::string(set), .key = {"ipv4_addr"}}));
  }
  return commands;
}

/// Addresses: what enters and what leaves is translated here.
Commands host_translation(const nft::Table& table, const std::string& bridge, const Cidr& range,
                          const NetworkSettings& settings) {
  const std::string to = meta("oifname");
  const std::string source = payload("ip", "saddr");
  const std::string key = nft::concat({meta("l4proto"), payload("th", "dport")});
  const std::string to_this_host = is(nft::destination_kind(), text("local"));
  const std::string to_container =
      nft::statement("dnat", "{\"addr\":" + nft::lookup(key, published_address_map) +
                                 ",\"port\":" + nft::lookup(key, published_port_map) + "}");
  Commands commands{
      nft::add_chain(
          table, "arriving",
          {.type = "nat", .hook = "prerouting", .priority = nft::destination_nat_priority}),
      nft::add_chain(table, "calling",
                     {.type = "nat", .hook = "output", .priority = nft::destination_nat_priority}),
      nft::add_chain(table, "leaving",
                     {.type = "nat", .hook = "postrouting", .priority = nft::source_nat_priority}),
      nft::add_rule(table, "arriving", {to_this_host, to_container}),
      nft::add_rule(table, "calling", {to_this_host, to_container})};
  const std::string from_router = is(source, text("@" + std::string(transit_set)));
  if (!settings.host_address.empty()) {
    // To another router's public address: the links to routers have no address to leave with.
    commands.push_back(
        nft::add_rule(table, "leaving",
                      {from_router, is(to, text("@uplinks")),
                       nft::translate("snat", nft::address(settings.host_address))}));
  }
  append(
      commands,
      {nft::add_rule(table, "leaving", {from_router, nft::masquerade()}),
       nft::add_rule(table, "leaving",
                     {is(source, nft::range(range)), is_not(to, text(bridge)), nft::masquerade()}),
       // A container that calls a port its own host publishes, and the host's own calls to
       // 127.0.0.1: the answer must come back through here.
       nft::add_rule(table, "leaving",
                     {is(source, nft::range(range)), nft::translated(), nft::masquerade()}),
       nft::add_rule(
           table, "leaving",
           {is(source, nft::prefix("127.0.0.0", 8)), is(to, text(bridge)), nft::masquerade()})});
  return commands;
}

Commands host_filter(const nft::Table& table, const std::string& bridge,
                     const NetworkSettings& settings) {
  const std::string from = meta("iifname");
  const std::string to = meta("oifname");
  const std::string destination = payload("ip", "daddr");
  const std::string uplinks = text("@uplinks");
  const std::string tunnel = is(payload("udp", "dport"), std::to_string(tunnel_port));
  Commands commands{
      nft::add_chain(table, "passing",
                     {.type = "filter", .hook = "forward", .priority = nft::filter_priority}),
      nft::add_chain(table, "answering",
                     {.type = "filter", .hook = "input", .priority = nft::filter_priority}),
      nft::add_chain(table, "marking",
                     {.type = "filter", .hook = "forward", .priority = nft::mangle_priority}),
      nft::add_rule(table, "passing", {nft::known_connection(), nft::accept()})};
  const std::string dscp = payload("ip", "dscp");
  for (const std::string& tasks : {is(from, uplinks), is(from, text(bridge))}) {
    commands.push_back(nft::add_rule(table, "marking",
                                     {tasks, is_not(to, uplinks), is_not(to, text(bridge)),
                                      nft::assign(dscp, std::to_string(task_dscp))}));
    // A packet to a tunnel's end point could put a frame into any VPC.
    append(commands, {nft::add_rule(table, "passing", {tasks, tunnel, nft::drop()}),
                      nft::add_rule(table, "passing",
                                    {tasks, is(destination, text("@denied")), nft::drop()})});
  }
  append(commands,
         {nft::add_rule(table, "passing",
                        {is(to, uplinks), is(destination, text("@" + std::string(public_set))),
                         nft::accept()}),
          nft::add_rule(table, "passing", {is(to, uplinks), nft::drop()}),
          nft::add_rule(table, "passing", {is(to, text(bridge)), nft::translated(), nft::accept()}),
          nft::add_rule(table, "passing",
                        {is_not(from, text(bridge)), is(to, text(bridge)), nft::drop()}),
          nft::add_rule(table, "answering", {nft::known_connection(), nft::accept()}),
          nft::add_rule(table, "answering", {is(dscp, std::to_string(task_dscp)), nft::drop()}),
          nft::add_rule(table, "answering", {is(from, uplinks), nft::drop()}),
          nft::add_rule(table, "answering",
                        {is(from, text(bridge)),
                         is_not(payload("icmp", "type"), text("echo-request")), nft::drop()}),
          nft::add_rule(
              table, "answering",
              {is(from, text(bridge)), is_not(meta("l4proto"), text("icmp")), nft::drop()})});
  if (!settings.host_address.empty()) {
    commands.push_back(nft::add_rule(
        table, "answering",
        {is(destination, nft::address(settings.host_address)), tunnel,
         is_not(payload("ip", "saddr"), text("@" + std::string(peer_set))), nft::drop()}));
  }
  return commands;
}

}  // namespace

Commands host_rules(const Names& names, const NetworkSettings& settings, const HostRules& rules) {
  const nft::Table table = host_table(names);
  const std::string bridge = names.container_bridge();
  Commands commands = host_sets(table);
  append(commands, host_translation(table, bridge, rules.container_range, settings));
  append(commands, host_filter(table, bridge, settings));
  Commands uplinks;
  for (const std::string& uplink : rules.uplinks) {
    uplinks.push_back(text(uplink));
  }
  Commands denied;
  for (const Cidr& range : settings.egress_denied) {
    denied.push_back(nft::range(range));
  }
  nft::fill(commands, table, "uplinks", uplinks);
  nft::fill(commands, table, "denied", denied);
  nft::fill(commands, table, transit_set, addresses(rules.transits));
  nft::fill(commands, table, public_set, addresses(rules.publics));
  nft::fill(commands, table, peer_set, addresses(rules.peers));
  for (const Published& published : rules.published) {
    append(commands, publish(names, published));
  }
  append(commands, guard_rules(host_guard(names), names, container_port_kind, Delivery::bridged,
                               rules.container_ports));
  return commands;
}

std::string admit_address(const Names& names, std::string_view set, Ipv4 value) {
  return nft::add_elements(host_table(names), std::string(set), {nft::address(value)});
}

Commands dismiss_address(const Names& names, std::string_view set, Ipv4 value) {
  return nft::forget_elements(host_table(names), std::string(set), {nft::address(value)});
}

std::string admit_uplink(const Names& names, const std::string& uplink) {
  return nft::add_elements(host_table(names), "uplinks", {text(uplink)});
}

Commands dismiss_uplink(const Names& names, const std::string& uplink) {
  return nft::forget_elements(host_table(names), "uplinks", {text(uplink)});
}

Commands publish(const Names& names, const Published& published) {
  const std::string key = published_key(published);
  const nft::Table table = host_table(names);
  return {nft::add_elements(table, std::string(published_address_map),
                            {nft::pair(key, nft::address(published.address))}),
          nft::add_elements(table, std::string(published_port_map),
                            {nft::pair(key, std::to_string(published.container_port))})};
}

Commands unpublish(const Names& names, const Published& published) {
  const std::string key = published_key(published);
  const nft::Table table = host_table(names);
  Commands commands = nft::forget_elements(table, std::string(published_address_map),
                                           {nft::pair(key, nft::address(published.address))});
  append(commands,
         nft::forget_elements(table, std::string(published_port_map),
                              {nft::pair(key, std::to_string(published.container_port))}));
  return commands;
}

}  // namespace netif
