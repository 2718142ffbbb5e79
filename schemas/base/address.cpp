#include "schemas/base/address.h"

#include <charconv>

namespace schemas {

namespace {

/// A decimal number of at most `max` without leading zeros, taken off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (failure != std::errc() || value > max || (length > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  return value;
}

std::uint32_t mask(std::uint8_t prefix) {
  return prefix == 0 ? 0U : ~std::uint32_t{0} << (32U - prefix);
}

}  // namespace

std::optional<Ipv4> Ipv4::parse(std::string_view text) {
  Ipv4 address;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) {
        return std::nullopt;
      }
      text.remove_prefix(1);
    }
    const auto value = take_number(text, 255);
    if (!value) {
      return std::nullopt;
    }
    address.bits = (address.bits << 8U) | *value;
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

std::string Ipv4::text() const {
  return std::to_string(bits >> 24U) + "." + std::to_string((bits >> 16U) & 0xffU) + "." +
         std::to_string((bits >> 8U) & 0xffU) + "." + std::to_string(bits & 0xffU);
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto base = Ipv4::parse(text.substr(0, slash));
  text.remove_prefix(slash + 1);
  const auto prefix = take_number(text, 32);
  if (!base || !prefix || !text.empty()) {
    return std::nullopt;
  }
  const Cidr range{.base = *base, .prefix = static_cast<std::uint8_t>(*prefix)};
  return (base->bits & ~mask(range.prefix)) == 0 ? std::optional(range) : std::nullopt;
}

std::string Cidr::text() const { return base.text() + "/" + std::to_string(prefix); }

bool Cidr::contains(Ipv4 address) const { return (address.bits & mask(prefix)) == base.bits; }

bool Cidr::overlaps(const Cidr& other) const {
  return contains(other.base) || other.contains(base);
}

std::int64_t Cidr::size() const { return std::int64_t{1} << (32U - prefix); }

std::optional<Mac> Mac::parse(std::string_view text) {
  Mac mac;
  if (text.size() != 17) {
    return std::nullopt;
  }
  for (std::size_t part = 0; part < mac.bytes.size(); ++part) {
    const char* first = text.data() + 3 * part;
    const auto [end, failure] = std::from_chars(first, first + 2, mac.bytes[part], 16);
    if (failure != std::errc() || end != first + 2 || (part > 0 && first[-1] != ':')) {
      return std::nullopt;
    }
  }
  return mac;
}

std::string Mac::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (!text.empty()) {
      text.push_back(':');
    }
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 0x0fU]);
  }
  return text;
}

}  // namespace schemas
