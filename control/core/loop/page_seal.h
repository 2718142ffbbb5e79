#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace control {

/// Closes what a page's token says, so that a caller can neither read nor make one. The edge has
/// one with a key; the core has no cryptography of its own.
class PageSeal {
 public:
  PageSeal() = default;
  PageSeal(const PageSeal&) = delete;
  PageSeal& operator=(const PageSeal&) = delete;
  virtual ~PageSeal() = default;

  /// The token that leads to `mark` in `list`.
  [[nodiscard]] virtual std::string close(std::string_view mark, std::string_view list) const = 0;
  /// What was closed; none when the token was not given out for this very list.
  [[nodiscard]] virtual std::optional<std::string> open(std::string_view token,
                                                        std::string_view list) const = 0;
};

/// A seal without a key: it sees mistakes, and is no hindrance to whoever wants to make a token.
/// For whatever serves nobody: the simulator, tests.
std::shared_ptr<const PageSeal> keyless_page_seal();

}  // namespace control
