#include "netif/core/names.h"

#include "netif/core/hash.h"

namespace netif {

Names::Names(std::string_view data_directory)
    : hash_(hash_of(data_directory)), prefix_("w" + hash_text(hash_, 5)) {}

std::string Names::link(char kind, std::string_view id) const {
  return prefix_ + kind + hash_text(hash_of(id), 8);
}

std::string Names::subnet_bridge(const schemas::SubnetId& subnet) const {
  return link('s', subnet.text());
}

std::string Names::subnet_tunnel(const schemas::SubnetId& subnet) const {
  return link(tunnel_kind, subnet.text());
}

std::string Names::eni_port(const schemas::EniId& eni) const {
  return link(eni_port_kind, eni.text());
}

std::string Names::uplink(const schemas::VpcId& vpc) const { return link('u', vpc.text()); }

std::string Names::downlink(const schemas::VpcId& vpc) const { return link('d', vpc.text()); }

std::string Names::container_bridge() const { return link('b', ""); }

std::string Names::container_port(std::string_view key) const {
  return link(container_port_kind, key);
}

std::uint32_t Names::leaving_group() const {
  // Group 0 is where all links are from the start, and small numbers are people's.
  return static_cast<std::uint32_t>(hash_ & 0x3fffffffU) | 0x40000000U;
}

std::string Names::table() const { return "stowage_" + prefix_; }

}  // namespace netif
