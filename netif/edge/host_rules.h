#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "netif/core/names.h"
#include "netif/edge/guard_rules.h"
#include "netif/edge/network_settings.h"
#include "netif/edge/nft_text.h"
#include "schemas/base/address.h"
#include "schemas/model/task_definition.h"

namespace netif {

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

}  // namespace netif
