#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace schemas {

/// An IPv4 address, held in host byte order so that ranges are arithmetic.
struct Ipv4 {
  std::uint32_t bits = 0;
  static std::optional<Ipv4> parse(std::string_view text);  ///< dotted quad, no leading zeros
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool empty() const { return bits == 0; }
  auto operator<=>(const Ipv4&) const = default;
};

/// An address range. `base` has no bit set beyond `prefix`.
struct Cidr {
  Ipv4 base;
  std::uint8_t prefix = 0;
  /// Refuses host bits: 10.0.0.1/24 is not a range.
  static std::optional<Cidr> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool contains(Ipv4 address) const;
  [[nodiscard]] bool overlaps(const Cidr& other) const;
  /// Number of addresses in the range, network and broadcast addresses included.
  [[nodiscard]] std::int64_t size() const;
  auto operator<=>(const Cidr&) const = default;
};

/// An Ethernet address.
struct Mac {
  std::array<std::uint8_t, 6> bytes{};
  static std::optional<Mac> parse(std::string_view text);  ///< "0a:1b:…", lower or upper case
  [[nodiscard]] std::string text() const;                  ///< lower case
  auto operator<=>(const Mac&) const = default;
};

}  // namespace schemas
