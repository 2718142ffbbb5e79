#include "control/core/loop/page_seal.h"

#include <charconv>
#include <cstdint>

#include "control/core/loop/fingerprint.h"

namespace control {

namespace {

constexpr std::size_t check_digits = 16;
constexpr char hex_digits[] = "0123456789abcdef";

std::string to_hex(std::string_view text) {
  std::string hex;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    hex.push_back(hex_digits[byte >> 4U]);
    hex.push_back(hex_digits[byte & 0x0fU]);
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    std::uint8_t byte = 0;
    const char* end = hex.data() + at + 2;
    const auto [stop, failure] = std::from_chars(hex.data() + at, end, byte, 16);
    if (failure != std::errc() || stop != end) {
      return std::nullopt;
    }
    text.push_back(static_cast<char>(byte));
  }
  return text;
}

class Keyless final : public PageSeal {
 public:
  [[nodiscard]] std::string close(std::string_view mark, std::string_view list) const override {
    // Each part with its length, or the end of a list could be taken for the beginning of a mark.
    std::string both;
    for (const std::string_view part : {list, mark}) {
      both += std::to_string(part.size()) + ':';
      both += part;
    }
    return fingerprint(both) + to_hex(mark);
  }
  [[nodiscard]] std::optional<std::string> open(std::string_view token,
                                                std::string_view list) const override {
    const std::optional<std::string> mark =
        token.size() > check_digits ? from_hex(token.substr(check_digits)) : std::nullopt;
    return mark && close(*mark, list) == token ? mark : std::nullopt;
  }
};

}  // namespace

std::shared_ptr<const PageSeal> keyless_page_seal() {
  static const auto seal = std::make_shared<const Keyless>();
  return seal;
}

}  // namespace control
