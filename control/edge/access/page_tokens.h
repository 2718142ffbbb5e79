#pragma once

#include "control/core/loop/page_seal.h"
#include "control/edge/access/seal.h"

namespace control::access {

/// Tokens of paged lists, encrypted and bound to their list with a key that follows from DATA/key:
/// good over a restart, and nobody's to read, alter or make.
class PageTokens final : public PageSeal {
 public:
  explicit PageTokens(const Seal& seal) : seal_(seal.derive("page tokens")) {}

  [[nodiscard]] std::string close(std::string_view mark, std::string_view list) const override {
    return seal_.close(mark, list);
  }
  [[nodiscard]] std::optional<std::string> open(std::string_view token,
                                                std::string_view list) const override {
    return seal_.open(token, list);
  }

 private:
  Seal seal_;
};

}  // namespace control::access
