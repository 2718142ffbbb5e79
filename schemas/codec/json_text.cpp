#include "schemas/codec/json_text.h"

#include <cstdint>

namespace codec {

namespace {

bool plain(char character) {
  return character >= ' ' && character <= '~' && character != '"' && character != '\\';
}

void append_escaped(std::string& out, char character) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (character) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default: {
      const auto byte = static_cast<std::uint8_t>(character);
      out.append("\\u00");
      out.push_back(digits[byte >> 4U]);
      out.push_back(digits[byte & 0x0fU]);
    }
  }
}

/// The length of the UTF-8 sequence that `text` starts with (2 to 4), or 0 when it is not one:
/// cut short, longer than needed, a surrogate, or beyond U+10FFFF.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
  };
  const auto follows = [byte](std::size_t at) { return (byte(at) & 0xc0U) == 0x80U; };
  const std::uint8_t first = byte(0);
  if (first >= 0xc2 && first <= 0xdf) {
    return follows(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first <= 0xef) {
    const bool shortest = first != 0xe0 || byte(1) >= 0xa0;
    const bool surrogate = first == 0xed && byte(1) >= 0xa0;
    return follows(1) && follows(2) && shortest && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool shortest = first != 0xf0 || byte(1) >= 0x90;
    const bool in_range = first != 0xf4 || byte(1) <= 0x8f;
    return follows(1) && follows(2) && follows(3) && shortest && in_range ? 4 : 0;
  }
  return 0;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && plain(text[end])) {
      ++end;
    }
    out.append(text.substr(at, end - at));
    at = end;
    if (at == text.size()) {
      break;
    }
    if (static_cast<std::uint8_t>(text[at]) < 0x80) {
      append_escaped(out, text[at]);
      ++at;
      continue;
    }
    const std::size_t length = sequence_length(text.substr(at));
    out.append(length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(at, length));
    at += length == 0 ? 1 : length;
  }
  out.push_back('"');
}

}  // namespace codec
