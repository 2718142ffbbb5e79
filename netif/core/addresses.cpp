#include "netif/core/addresses.h"

#include <algorithm>

#include "netif/core/hash.h"
#include "schemas/base/require.h"

namespace netif {

using schemas::Cidr;
using schemas::Instant;
using schemas::Ipv4;
using schemas::Mac;

namespace {

Ipv4 offset(Ipv4 base, std::int64_t count) {
  return {.bits = base.bits + static_cast<std::uint32_t>(count)};
}

}  // namespace

AddressPool AddressPool::of_subnet(const Cidr& range) {
  schemas::require(range.prefix <= 28, "a subnet is a /28 or larger, or nothing is left to give");
  return {offset(range.base, 4), offset(range.base, range.size() - 2)};
}

AddressPool AddressPool::of_public_range(const Cidr& range) {
  const std::int64_t edge = range.size() > 2 ? 1 : 0;
  return {offset(range.base, edge), offset(range.base, range.size() - 1 - edge)};
}

std::optional<Ipv4> AddressPool::choose(Instant now) const {
  std::optional<Ipv4> lowest;
  if (!free_.empty()) {
    lowest = *free_.begin();
  }
  for (const auto& [since, address] : resting_) {
    if (since + address_rest > now) {
      break;
    }
    lowest = lowest ? std::min(*lowest, address) : address;
  }
  if (lowest) {
    return lowest;
  }
  if (fresh_ <= last_) {
    return fresh_;
  }
  return resting_.empty() ? std::nullopt : std::optional(resting_.begin()->second);
}

bool AddressPool::hold(Ipv4 address) {
  if (address < first_ || address > last_ || !held_.insert(address).second) {
    return false;
  }
  for (; fresh_ <= address; fresh_.bits += 1) {
    free_.insert(free_.end(), fresh_);
  }
  free_.erase(address);
  if (const auto resting = resting_since_.find(address); resting != resting_since_.end()) {
    resting_.erase({resting->second, address});
    resting_since_.erase(resting);
  }
  return true;
}

void AddressPool::release(Ipv4 address, Instant now) {
  if (held_.erase(address) == 0) {
    return;
  }
  // Addresses that have rested become plain free ones here, so that `choose` finds few to look at.
  while (!resting_.empty() && resting_.begin()->first + address_rest <= now) {
    const Ipv4 rested = resting_.begin()->second;
    free_.insert(rested);
    resting_since_.erase(rested);
    resting_.erase(resting_.begin());
  }
  resting_.insert({now, address});
  resting_since_.insert({address, now});
}

std::int64_t AddressPool::free_count() const {
  return static_cast<std::int64_t>(last_.bits) - static_cast<std::int64_t>(first_.bits) + 1 -
         held_count();
}

Ipv4 gateway_address(const Cidr& subnet) { return offset(subnet.base, 1); }

Mac draw_mac(schemas::Random& random) {
  const std::uint64_t drawn = random.next();
  Mac mac;
  mac.bytes[0] = 0x0a;
  for (std::size_t at = 1; at < mac.bytes.size(); ++at) {
    mac.bytes[at] = static_cast<std::uint8_t>(drawn >> (8U * at));
  }
  return mac;
}

Mac gateway_mac(const schemas::SubnetId& subnet) {
  const std::uint64_t hash = hash_of(subnet.text());
  Mac mac;
  mac.bytes[0] = 0x0e;
  for (std::size_t at = 1; at < mac.bytes.size(); ++at) {
    mac.bytes[at] = static_cast<std::uint8_t>(hash >> (8U * at));
  }
  return mac;
}

std::string private_dns_name(Ipv4 address, std::string_view region) {
  std::string name = "ip-" + address.text();
  std::replace(name.begin(), name.end(), '.', '-');
  return region == "us-east-1" ? name + ".ec2.internal"
                               : name + "." + std::string(region) + ".compute.internal";
}

}  // namespace netif
