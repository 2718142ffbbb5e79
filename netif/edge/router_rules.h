#pragma once

#include <string>
#include <vector>

#include "netif/edge/nft_text.h"
#include "schemas/base/address.h"

namespace netif {

/// Transit addresses: each router has one towards its host, which no network ever routes and no
/// subnet bridge lets pass.
inline constexpr schemas::Cidr transit_range{.base = {.bits = 0xa9fe4000U}, .prefix = 18};
/// The host's end of every such link, as routers know it: 169.254.63.1.
inline constexpr schemas::Ipv4 transit_gateway{.bits = 0xa9fe3f01U};

// A router's own table: nothing comes in from the host but replies and what is meant for a public
// address; what leaves takes the public address of its interface, or the router's transit address;
// whatever passes is judged by the security groups of whom it leaves and whom it reaches.

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
/// To be written after the frame of the group rules, which it leads to.
std::vector<std::string> router_rules(const RouterRules& rules);
std::string admit_subnet(const schemas::Cidr& subnet);
std::vector<std::string> dismiss_subnet(const schemas::Cidr& subnet);
std::vector<std::string> admit_public(const PublicAddress& address);
std::vector<std::string> dismiss_public(const PublicAddress& address);

}  // namespace netif
