#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace fuzz {

/// Says which promise does not hold and ends the process, so that the fuzzer keeps the input.
inline void promise(bool holds, std::string_view what, std::string_view found = {}) {
  if (!holds) {
    std::cerr << "BROKEN PROMISE: " << what << "\n" << found << std::endl;
    std::abort();
  }
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// What stands before the first `end_mark` of `rest`, which loses both.
inline std::string_view take_part(std::string_view& rest, char end_mark) {
  const std::size_t end = rest.find(end_mark);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

inline std::string_view take_line(std::string_view& rest) { return take_part(rest, '\n'); }

}  // namespace fuzz
