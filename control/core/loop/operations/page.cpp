#include "control/core/loop/operations/page.h"

#include <charconv>

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

namespace {

constexpr std::size_t check_digits = 16;
constexpr char hex_digits[] = "0123456789abcdef";

std::string to_hex(const std::string& text) {
  std::string hex;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    hex.push_back(hex_digits[byte >> 4U]);
    hex.push_back(hex_digits[byte & 0x0fU]);
  }
  return hex;
}

std::optional<std::string> from_hex(const std::string& hex) {
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

}  // namespace

std::string fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) {
    digits.push_back(hex_digits[(hash >> static_cast<unsigned>(shift)) & 0x0fU]);
  }
  return digits;
}

Result<Page> Page::open(Request request) {
  Page page(std::move(request));
  if (!page.request_.token) {
    return page;
  }
  const std::string& token = *page.request_.token;
  const std::optional<std::string> mark =
      token.size() > check_digits ? from_hex(token.substr(check_digits)) : std::nullopt;
  if (!mark || page.token_for(*mark) != token) {
    return Error{ErrorCode::invalid_parameter,
                 "The nextToken is invalid: it was not given out for this list. Start again "
                 "without one."};
  }
  page.after_ = *mark;
  return page;
}

std::int64_t Page::after_key() const {
  std::int64_t key = 0;
  std::from_chars(after_.data(), after_.data() + after_.size(), key);
  return key;
}

bool Page::add(std::string mark, std::string entry) {
  const std::int64_t size = request_.size.value_or(request_.default_size);
  if (static_cast<std::int64_t>(entries_.size()) >= size) {
    more_ = true;
    return false;
  }
  last_mark_ = std::move(mark);
  entries_.push_back(std::move(entry));
  return true;
}

std::optional<std::string> Page::next_token() const {
  return more_ ? std::optional(token_for(last_mark_)) : std::nullopt;
}

std::string Page::token_for(const std::string& mark) const {
  // Each part with its length, or the end of a filter could be taken for the beginning of a mark.
  std::string list;
  for (const std::string* part : {&request_.operation, &request_.scope.account,
                                  &request_.scope.region, &request_.filter, &mark}) {
    list += std::to_string(part->size()) + ':' + *part;
  }
  return fingerprint(list) + to_hex(mark);
}

}  // namespace control
