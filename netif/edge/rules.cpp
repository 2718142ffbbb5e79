#include "netif/edge/rules.h"

namespace netif {

using nft::is;
using nft::is_not;
using nft::meta;
using nft::payload;
using nft::text;
using schemas::Cidr;
using schemas::Ipv4;

namespace {

// Where the kernel runs our chains: its own names for these places.
constexpr int raw_priority = -300;
constexpr int destination_nat_priority = -100;
constexpr int filter_priority = 0;
constexpr int source_nat_priority = 100;

constexpr std::string_view link_local = "169.254.0.0";
constexpr int link_local_prefix = 16;

using Commands = std::vector<std::string>;

std::string cidr(const Cidr& range) { return nft::prefix(range.base.text(), range.prefix); }

std::string address(Ipv4 value) { return text(value.text()); }

std::string known_connection() {
  return nft::match("in", nft::ct("state"), nft::list({text("established"), text("related")}));
}

std::string translated() { return nft::match("in", nft::ct("status"), text("dnat")); }

std::string translate(std::string_view verb, const std::string& to) {
  return nft::statement(verb, "{\"addr\":" + to + "}");
}

/// What the routing table says of a packet's destination: "local" when it is this namespace's.
std::string destination_kind() {
  return nft::statement("fib", "{\"result\":\"type\",\"flags\":[\"daddr\"]}");
}

std::string masquerade() { return nft::statement("masquerade", "null"); }

std::string port_element(const GuardedPort& port) {
  return nft::concat({text(port.link), text(port.mac.text()), text(port.address.text())});
}

Commands addresses(const std::vector<Ipv4>& values) {
  Commands elements;
  for (const Ipv4 value : values) {
    elements.push_back(address(value));
  }
  return elements;
}

void fill(Commands& commands, const nft::Table& table, std::string_view set,
          const Commands& elements) {
  if (!elements.empty()) {  // libnftables refuses an empty list
    commands.push_back(nft::add_elements(table, std::string(set), elements));
  }
}

}  // namespace

void append(Commands& commands, const Commands& more) {
  commands.insert(commands.end(), more.begin(), more.end());
}

Commands replacing(const std::vector<nft::Table>& tables, const std::vector<Commands>& contents) {
  Commands commands;
  for (const nft::Table& table : tables) {
    // Adding first makes the deletion valid whether or not the table was there.
    append(commands, {nft::add_table(table), nft::delete_table(table), nft::add_table(table)});
  }
  for (const Commands& content : contents) {
    append(commands, content);
  }
  return commands;
}

// --- guards
// ---------------------------------------------------------------------------------------

Commands guard_rules(const nft::Table& table, const Names& names, char kind,
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
                    {is_not(meta("iifname"), text(names.link_prefix() + "*")), nft::accept()})};
  for (const auto& [protocol, field] :
       {std::pair("ip", "daddr"), std::pair("ip", "saddr"), std::pair("arp", "daddr ip"),
        std::pair("arp", "saddr ip")}) {
    commands.push_back(
        nft::add_rule(table, chain, {is(payload(protocol, field), forbidden), nft::drop()}));
  }
  append(commands, {nft::add_rule(table, chain,
                                  {is_not(meta("iifname"), text(names.link_prefix() + kind + "*")),
                                   nft::accept()}),
                    nft::add_rule(table, chain, {is(sender, text("@ports")), nft::accept()}),
                    nft::add_rule(table, chain,
                                  {is(arp_sender, text("@ports")), is(arp_claim, text("@ports")),
                                   nft::accept()}),
                    nft::add_rule(table, chain, {nft::drop()})});
  Commands elements;
  for (const GuardedPort& port : ports) {
    elements.push_back(port_element(port));
  }
  fill(commands, table, "ports", elements);
  return commands;
}

std::string admit(const nft::Table& table, const GuardedPort& port) {
  return nft::add_elements(table, "ports", {port_element(port)});
}

Commands dismiss(const nft::Table& table, const GuardedPort& port) {
  return nft::forget_elements(table, "ports", {port_element(port)});
}

// --- routers
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
      nft::add_chain(table, "untracked",
                     {.type = "filter", .hook = "prerouting", .priority = raw_priority}),
      nft::add_chain(table, "arriving",
                     {.type = "nat", .hook = "prerouting", .priority = destination_nat_priority}),
      nft::add_chain(table, "leaving",
                     {.type = "nat", .hook = "postrouting", .priority = source_nat_priority}),
      nft::add_chain(table, "passing",
                     {.type = "filter", .hook = "forward", .priority = filter_priority}),
      nft::add_chain(table, "answering",
                     {.type = "filter", .hook = "input", .priority = filter_priority}),
      // The two directions of a connection between subnets may pass different hosts' routers, so
      // none of them may hold an opinion on its state. What comes to the gateway itself is the
      // answer to a call that was translated here.
      nft::add_rule(table, "untracked",
                    {is_not(from, up), is(destination, text("@subnets")),
                     is_not(destination_kind(), text("local")), nft::statement("notrack", "null")}),
      nft::add_rule(table, "arriving", {translate("dnat", nft::lookup(destination, "public_in"))}),
      nft::add_rule(table, "leaving",
                    {is(to, up), translate("snat", nft::lookup(source, "public_out"))}),
      nft::add_rule(table, "leaving", {is(to, up), translate("snat", address(rules.transit))}),
      // A task that calls a public address of its own VPC: the answer must come back through here.
      nft::add_rule(table, "leaving", {is(source, text("@subnets")), translated(), masquerade()}),
      nft::add_rule(table, "passing", {is_not(from, up), nft::accept()}),
      nft::add_rule(table, "passing", {is(to, up), nft::drop()}),
      nft::add_rule(table, "passing", {translated(), nft::accept()}),
      nft::add_rule(table, "passing", {known_connection(), nft::accept()}),
      nft::add_rule(table, "passing", {nft::drop()}),
      // The gateway answers pings of its tasks, and nothing else to anybody.
      nft::add_rule(table, "answering", {is(from, text("lo")), nft::accept()}),
      nft::add_rule(
          table, "answering",
          {is_not(from, up), is(payload("icmp", "type"), text("echo-request")), nft::accept()}),
      nft::add_rule(table, "answering", {nft::drop()})};
  Commands subnets;
  for (const Cidr& subnet : rules.subnets) {
    subnets.push_back(cidr(subnet));
  }
  fill(commands, table, "subnets", subnets);
  for (const PublicAddress& pair : rules.publics) {
    append(commands, admit_public(pair));
  }
  return commands;
}

std::string admit_subnet(const Cidr& subnet) {
  return nft::add_elements(router_table(), "subnets", {cidr(subnet)});
}

Commands dismiss_subnet(const Cidr& subnet) {
  return nft::forget_elements(router_table(), "subnets", {cidr(subnet)});
}

Commands admit_public(const PublicAddress& pair) {
  const std::string outside = address(pair.outside);
  const std::string inside = address(pair.inside);
  return {nft::add_elements(router_table(), "public_in", {nft::pair(outside, inside)}),
          nft::add_elements(router_table(), "public_out", {nft::pair(inside, outside)})};
}

Commands dismiss_public(const PublicAddress& pair) {
  const std::string outside = address(pair.outside);
  const std::string inside = address(pair.inside);
  Commands commands =
      nft::forget_elements(router_table(), "public_in", {nft::pair(outside, inside)});
  append(commands,
         nft::forget_elements(router_table(), "public_out", {nft::pair(inside, outside)}));
  return commands;
}

// --- hosts
// ----------------------------------------------------------------------------------------

nft::Table host_table(const Names& names) { return {.family = "ip", .name = names.table()}; }

nft::Table host_guard(const Names& names) { return {.family = "bridge", .name = names.table()}; }

namespace {

constexpr int tunnel_port = 4789;
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
  const std::string to_this_host = is(destination_kind(), text("local"));
  const std::string to_container =
      nft::statement("dnat", "{\"addr\":" + nft::lookup(key, published_address_map) +
                                 ",\"port\":" + nft::lookup(key, published_port_map) + "}");
  Commands commands{
      nft::add_chain(table, "arriving",
                     {.type = "nat", .hook = "prerouting", .priority = destination_nat_priority}),
      nft::add_chain(table, "calling",
                     {.type = "nat", .hook = "output", .priority = destination_nat_priority}),
      nft::add_chain(table, "leaving",
                     {.type = "nat", .hook = "postrouting", .priority = source_nat_priority}),
      nft::add_rule(table, "arriving", {to_this_host, to_container}),
      nft::add_rule(table, "calling", {to_this_host, to_container})};
  const std::string from_router = is(source, text("@" + std::string(transit_set)));
  if (!settings.host_address.empty()) {
    // To another router's public address: the links to routers have no address to leave with.
    commands.push_back(nft::add_rule(table, "leaving",
                                     {from_router, is(to, text("@uplinks")),
                                      translate("snat", address(settings.host_address))}));
  }
  append(commands,
         {nft::add_rule(table, "leaving", {from_router, masquerade()}),
          nft::add_rule(table, "leaving",
                        {is(source, cidr(range)), is_not(to, text(bridge)), masquerade()}),
          // A container that calls a port its own host publishes, and the host's own calls to
          // 127.0.0.1: the answer must come back through here.
          nft::add_rule(table, "leaving", {is(source, cidr(range)), translated(), masquerade()}),
          nft::add_rule(
              table, "leaving",
              {is(source, nft::prefix("127.0.0.0", 8)), is(to, text(bridge)), masquerade()})});
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
                     {.type = "filter", .hook = "forward", .priority = filter_priority}),
      nft::add_chain(table, "answering",
                     {.type = "filter", .hook = "input", .priority = filter_priority}),
      nft::add_rule(table, "passing", {known_connection(), nft::accept()})};
  for (const std::string& tasks : {is(from, uplinks), is(from, text(bridge))}) {
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
          nft::add_rule(table, "passing", {is(to, text(bridge)), translated(), nft::accept()}),
          nft::add_rule(table, "passing",
                        {is_not(from, text(bridge)), is(to, text(bridge)), nft::drop()}),
          nft::add_rule(table, "answering", {known_connection(), nft::accept()}),
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
        {is(destination, address(settings.host_address)), tunnel,
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
    denied.push_back(cidr(range));
  }
  fill(commands, table, "uplinks", uplinks);
  fill(commands, table, "denied", denied);
  fill(commands, table, transit_set, addresses(rules.transits));
  fill(commands, table, public_set, addresses(rules.publics));
  fill(commands, table, peer_set, addresses(rules.peers));
  for (const Published& published : rules.published) {
    append(commands, publish(names, published));
  }
  append(commands,
         guard_rules(host_guard(names), names, container_port_kind, rules.container_ports));
  return commands;
}

std::string admit_address(const Names& names, std::string_view set, Ipv4 value) {
  return nft::add_elements(host_table(names), std::string(set), {address(value)});
}

Commands dismiss_address(const Names& names, std::string_view set, Ipv4 value) {
  return nft::forget_elements(host_table(names), std::string(set), {address(value)});
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
                            {nft::pair(key, address(published.address))}),
          nft::add_elements(table, std::string(published_port_map),
                            {nft::pair(key, std::to_string(published.container_port))})};
}

Commands unpublish(const Names& names, const Published& published) {
  const std::string key = published_key(published);
  const nft::Table table = host_table(names);
  Commands commands = nft::forget_elements(table, std::string(published_address_map),
                                           {nft::pair(key, address(published.address))});
  append(commands,
         nft::forget_elements(table, std::string(published_port_map),
                              {nft::pair(key, std::to_string(published.container_port))}));
  return commands;
}

}  // namespace netif
