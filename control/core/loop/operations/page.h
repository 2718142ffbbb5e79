#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.h"
#include "schemas/model/cluster.h"

namespace control {

/// A list that is given out page by page. Tokens name the last entry given, and carry a check of
/// the list that they belong to: one of another operation, account or filter is refused, and
/// entries that come or go between two pages shift nothing.
class Page {
 public:
  struct Request {
    std::string operation;
    schemas::Scope scope;
    std::string filter;  ///< everything else that decides what is listed
    std::optional<std::string> token;
    std::optional<std::int64_t> size;
    std::int64_t default_size = 100;
  };

  /// InvalidParameterException when the token is not one that this list gave out.
  static schemas::Result<Page> open(Request request);

  /// The last entry of the page before; empty on the first page.
  [[nodiscard]] const std::string& after() const { return after_; }
  /// The same where entries are counted by row keys; 0 on the first page.
  [[nodiscard]] std::int64_t after_key() const;

  /// Offers the next entry in order: its mark (what `after` is compared with) and what is listed.
  /// False when the page is full and the list goes on: stop.
  [[nodiscard]] bool add(std::string mark, std::string entry);

  [[nodiscard]] std::vector<std::string> entries() && { return std::move(entries_); }
  /// Absent on the last page.
  [[nodiscard]] std::optional<std::string> next_token() const;

 private:
  explicit Page(Request request) : request_(std::move(request)) {}
  [[nodiscard]] std::string token_for(const std::string& mark) const;

  Request request_;
  std::string after_;
  std::string last_mark_;
  std::vector<std::string> entries_;
  bool more_ = false;
};

/// A fingerprint of a text, 16 hex digits. Not a secret and not proof against an adversary.
std::string fingerprint(const std::string& text);

}  // namespace control
