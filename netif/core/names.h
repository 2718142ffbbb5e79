#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/id.h"

namespace netif {

/// The names of everything that one agent makes in the kernel. They follow from the agent's data
/// directory and the id of the thing, so an agent that lost its memory finds its own things again
/// and never touches another agent's on the same machine. Link names have 15 characters, the most
/// that Linux takes: `w`, five for the agent, one for the kind, eight for the id.
class Names {
 public:
  /// `data_directory` absolute and without symbolic links, or two spellings make two agents.
  explicit Names(std::string_view data_directory);

  /// What all link names of this agent begin with, and no other agent's.
  [[nodiscard]] const std::string& link_prefix() const { return prefix_; }
  [[nodiscard]] bool is_ours(std::string_view link) const { return link.starts_with(prefix_); }

  [[nodiscard]] std::string subnet_bridge(const schemas::SubnetId& subnet) const;
  [[nodiscard]] std::string subnet_tunnel(const schemas::SubnetId& subnet) const;
  [[nodiscard]] std::string eni_port(const schemas::EniId& eni) const;
  /// The host's end and the router's end of the link between them.
  [[nodiscard]] std::string uplink(const schemas::VpcId& vpc) const;
  [[nodiscard]] std::string downlink(const schemas::VpcId& vpc) const;
  /// The bridge of the `bridge` network mode, and the host's end of a container's link to it.
  [[nodiscard]] std::string container_bridge() const;
  [[nodiscard]] std::string container_port(std::string_view key) const;

  /// The number of a link group for this agent alone, in which links wait to be deleted together.
  [[nodiscard]] std::uint32_t leaving_group() const;

  /// The nftables table of this agent in its host's namespace.
  [[nodiscard]] std::string table() const;

  /// A number that differs between agents, for choices that should not collide between them.
  [[nodiscard]] std::uint64_t seed() const { return hash_; }

 private:
  [[nodiscard]] std::string link(char kind, std::string_view id) const;

  std::uint64_t hash_;
  std::string prefix_;
};

/// The first letters of the names of this agent's ENI ports, tunnels and container ports, for
/// rules that match all of them.
inline constexpr char eni_port_kind = 'e';
inline constexpr char tunnel_kind = 'x';
inline constexpr char container_port_kind = 'c';

}  // namespace netif
