#include "schemas/base/id.h"

#include <charconv>

namespace schemas {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view deployment_prefix = "ecs-svc/";
constexpr std::size_t prefixed_digits = 17;
constexpr std::int64_t deployment_floor =
    1'000'000'000'000'000'000;  // so that 19 digits are written

std::optional<std::uint8_t> nibble(char digit) {
  const std::size_t value = hex_digits.find(digit);
  return value == std::string_view::npos ? std::nullopt
                                         : std::optional(static_cast<std::uint8_t>(value));
}

std::string hex(const IdBytes& bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text.push_back(hex_digits[byte >> 4U]);
    text.push_back(hex_digits[byte & 0x0fU]);
  }
  return text;
}

std::optional<IdBytes> parse_hex(std::string_view text) {
  IdBytes bytes{};
  if (text.size() != 2 * bytes.size()) {
    return std::nullopt;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto high = nibble(text[2 * at]);
    const auto low = nibble(text[2 * at + 1]);
    if (!high || !low) {
      return std::nullopt;
    }
    bytes[at] = static_cast<std::uint8_t>((*high << 4U) | *low);
  }
  return bytes;
}

}  // namespace

std::string id_text(const IdBytes& bytes, IdText form, std::string_view prefix) {
  std::string text = hex(bytes);
  switch (form) {
    case IdText::hex32:
      return text;
    case IdText::uuid:
      for (const std::size_t at : {8U, 13U, 18U, 23U}) {
        text.insert(at, 1, '-');
      }
      return text;
    case IdText::prefixed17:
      return std::string(prefix) + text.substr(text.size() - prefixed_digits);
  }
  return text;
}

std::optional<IdBytes> id_bytes(std::string_view text, IdText form, std::string_view prefix) {
  std::string digits;
  switch (form) {
    case IdText::hex32:
      return parse_hex(text);
    case IdText::uuid:
      if (text.size() != 36) {
        return std::nullopt;
      }
      for (std::size_t at = 0; at < text.size(); ++at) {
        const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
        if (dash != (text[at] == '-')) {
          return std::nullopt;
        }
        if (!dash) {
          digits.push_back(text[at]);
        }
      }
      return parse_hex(digits);
    case IdText::prefixed17:
      if (!text.starts_with(prefix) || text.size() != prefix.size() + prefixed_digits) {
        return std::nullopt;
      }
      digits.assign(32 - prefixed_digits, '0');
      digits.append(text.substr(prefix.size()));
      return parse_hex(digits);
  }
  return std::nullopt;
}

IdBytes draw_id_bytes(Random& random, IdText form) {
  IdBytes bytes{};
  std::uint64_t bits = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at % 8 == 0) {
      bits = random.next();
    }
    bytes[at] = static_cast<std::uint8_t>(bits >> (8 * (at % 8)));
  }
  if (form == IdText::uuid) {  // RFC 4122 version 4, variant 1
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  }
  if (form == IdText::prefixed17) {
    for (std::size_t at = 0; at < 7; ++at) {
      bytes[at] = 0;
    }
    bytes[7] &= 0x0fU;
  }
  return bytes;
}

DeploymentId DeploymentId::draw(Random& random) {
  return {deployment_floor + static_cast<std::int64_t>(random.below(deployment_floor * 8))};
}

std::optional<DeploymentId> DeploymentId::parse(std::string_view text) {
  if (!text.starts_with(deployment_prefix)) {
    return std::nullopt;
  }
  text.remove_prefix(deployment_prefix.size());
  DeploymentId id;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id.number);
  if (failure != std::errc() || end != text.data() + text.size() || id.number < deployment_floor) {
    return std::nullopt;
  }
  return id;
}

std::string DeploymentId::text() const {
  return std::string(deployment_prefix) + std::to_string(number);
}

}  // namespace schemas
