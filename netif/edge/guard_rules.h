#pragma once

#include <string>
#include <vector>

#include "netif/core/names.h"
#include "netif/edge/nft_text.h"
#include "schemas/base/address.h"

namespace netif {

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

}  // namespace netif
