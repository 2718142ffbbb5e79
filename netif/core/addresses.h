#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/random.h"
#include "schemas/base/time.h"

namespace netif {

/// How long a released address is passed over while others are free: long enough for connections,
/// caches and neighbours elsewhere to have forgotten who had it.
inline constexpr schemas::Duration address_rest = std::chrono::minutes(2);

/// The addresses of one range: who may have the next one. A value: choosing changes nothing, so a
/// planner may ask, and only the change that it decides on holds or releases an address.
class AddressPool {
 public:
  /// A subnet's range: the first four addresses and the last are kept back, as in AWS (network,
  /// gateway, name server, one for the future, broadcast).
  static AddressPool of_subnet(const schemas::Cidr& range);
  /// A range of public addresses routed to a host: all but the first and last, or all of them when
  /// the range has two or fewer.
  static AddressPool of_public_range(const schemas::Cidr& range);

  /// The lowest address that is free and rested; when every free one still rests, the one that has
  /// rested longest; nothing when all are held.
  [[nodiscard]] std::optional<schemas::Ipv4> choose(schemas::Instant now) const;

  /// Marks an address as somebody's. Returns false, and changes nothing, when it is already held or
  /// is none of this pool's.
  [[nodiscard]] bool hold(schemas::Ipv4 address);
  /// Gives a held address back; it rests from `now`. One that is not held is left alone.
  void release(schemas::Ipv4 address, schemas::Instant now);

  [[nodiscard]] bool holds(schemas::Ipv4 address) const { return held_.contains(address); }
  /// How many addresses `hold` would still accept, resting ones counted.
  [[nodiscard]] std::int64_t free_count() const;
  [[nodiscard]] std::int64_t held_count() const { return static_cast<std::int64_t>(held_.size()); }

 private:
  AddressPool(schemas::Ipv4 first, schemas::Ipv4 last)
      : first_(first), last_(last), fresh_(first) {}

  schemas::Ipv4 first_;
  schemas::Ipv4 last_;
  schemas::Ipv4 fresh_;  ///< this one and all above were never held
  std::set<schemas::Ipv4> held_;
  std::set<schemas::Ipv4> free_;  ///< below `fresh_`, not held, not resting
  std::map<schemas::Ipv4, schemas::Instant> resting_since_;
  std::set<std::pair<schemas::Instant, schemas::Ipv4>> resting_;  ///< the same, oldest first
};

/// The address that answers as a subnet's gateway: the first after its base.
schemas::Ipv4 gateway_address(const schemas::Cidr& subnet);

/// A fresh Ethernet address for an interface: `0a:` (locally administered) and five drawn bytes.
schemas::Mac draw_mac(schemas::Random& random);

/// The gateway's Ethernet address, the same on every host; `0e:`, so that it is never an
/// interface's.
schemas::Mac gateway_mac(const schemas::SubnetId& subnet);

/// The name AWS gives an address inside a VPC: `ip-10-0-0-5.ec2.internal` in us-east-1, elsewhere
/// `ip-10-0-0-5.eu-west-1.compute.internal`.
std::string private_dns_name(schemas::Ipv4 address, std::string_view region);

}  // namespace netif
