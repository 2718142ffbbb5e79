#pragma once

#include <string>
#include <vector>

#include "netif/core/names.h"
#include "netif/edge/firewall.h"
#include "netif/edge/network_settings.h"
#include "schemas/base/address.h"
#include "schemas/model/task_definition.h"

namespace netif {

/// Transit addresses: each router has one towards its host, which no network ever routes and no
/// subnet bridge lets pass.
inline constexpr schemas::Cidr transit_range{.base = {.bits = 0xa9fe4000U}, .prefix = 18};
/// The host's end of every such link, as routers know it: 169.254.63.1.
inline constexpr schemas::Ipv4 transit_gateway{.bits = 0xa9fe3f01U};

/// A port that may send with one Ethernet and one IPv4 address only.
struct GuardedPort {
  std::string link;
  schemas::Mac mac;
  schemas::Ipv4 address{};
};

// A guard is a table of the bridge family. Frames from ports of `kind` pass when sender, ARP sender
// and port belong together; nothing to or from 169.254.0.0/16 passes from any link of this agent.

std::vector<std::string> guard_rules(const nft::Table& table, const Names& names, char kind,
                                     const std::vector<GuardedPort>& ports);
std::string admit(const nft::Table& table, const GuardedPort& port);
std::vector<std::string> dismiss(const nft::Table& table, const GuardedPort& port);

// A router's own table: nothing comes in from the host but replies and what is meant for a public
// address; what leaves takes the public address of its interface, or the router's transit address.

struct PublicAddress {
  schemas::Ipv4 outside{};
  schemas::Ipv4 inside{};
};
struct RouterRules {
  std::string downlink{};
  schemas::Ipv4 transit{};
  std::vector<schemas::Cidr> subnets{};
  std::vector<PublicAddress> publics{};
};
nft::Table router_table();
nft::Table router_guard();
std::vector<std::string> router_rules(const RouterRules& rules);
std::string admit_subnet(const schemas::Cidr& subnet);
std::vector<std::string> dismiss_subnet(const schemas::Cidr& subnet);
std::vector<std::string> admit_public(const PublicAddress& address);
std::vector<std::string> dismiss_public(const PublicAddress& address);

// The table of an agent in its host's namespace: routers reach the outside as the host, never each
// other and never the host; ports published by containers are led to them.

struct Published {
  schemas::TransportProtocol protocol = schemas::TransportProtocol::tcp;
  std::int64_t host_port = 0;
  schemas::Ipv4 address{};
  std::int64_t container_port = 0;
};
struct HostRules {
  std::vector<std::string> uplinks{};
  std::vector<schemas::Ipv4> transits{};
  std::vector<schemas::Ipv4> publics{};
  std::vector<schemas::Ipv4> peers{};  ///< hosts that may send tunnel packets
  std::vector<Published> published{};
  std::vector<GuardedPort> container_ports{};
  schemas::Cidr container_range{};
};
nft::Table host_table(const Names& names);
nft::Table host_guard(const Names& names);
std::vector<std::string> host_rules(const Names& names, const NetworkSettings& settings,
                                    const HostRules& rules);
/// The sets of the host's table that hold addresses.
inline constexpr std::string_view transit_set = "transits";
inline constexpr std::string_view public_set = "publics";
inline constexpr std::string_view peer_set = "peers";
std::string admit_address(const Names& names, std::string_view set, schemas::Ipv4 address);
std::vector<std::string> dismiss_address(const Names& names, std::string_view set,
                                         schemas::Ipv4 address);
std::string admit_uplink(const Names& names, const std::string& uplink);
std::vector<std::string> dismiss_uplink(const Names& names, const std::string& uplink);
std::vector<std::string> publish(const Names& names, const Published& published);
std::vector<std::string> unpublish(const Names& names, const Published& published);

/// The commands that replace `tables` as one transaction: nothing is ever without its rules.
std::vector<std::string> replacing(const std::vector<nft::Table>& tables,
                                   const std::vector<std::vector<std::string>>& contents);
void append(std::vector<std::string>& commands, const std::vector<std::string>& more);

}  // namespace netif
