#pragma once

// Reads an expression from left to right, word by word.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace control::query {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// Where the next word begins.
  [[nodiscard]] std::size_t position();
  [[nodiscard]] bool at_end() { return position() == text_.size(); }

  /// Passes by the symbol if it stands next.
  bool accept(std::string_view symbol);
  /// The same for a word, which ends where no letter, digit or `_` follows.
  bool accept_word(std::string_view word);

  /// A subject: letters, digits and the signs that names of attributes have. Empty when none stands
  /// next.
  std::string_view subject();
  /// A value, bare or between single quotes. Nothing when none stands next, or its quote is open.
  std::optional<std::string> literal();
  /// The same for a pattern: bare it may have brackets, commas and single bars too.
  std::optional<std::string> pattern();

  /// The rest, shortened, for messages.
  [[nodiscard]] std::string next();

 private:
  std::optional<std::string> quoted();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace control::query
