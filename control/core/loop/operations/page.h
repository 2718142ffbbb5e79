#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/loop/context.h"
#include "control/core/loop/page_seal.h"
#include "schemas/base/result.h"
#include "schemas/model/cluster.h"

namespace control {

/// A list that is given out page by page. Tokens name the last entry given, sealed together with
/// the list that they belong to: one of another operation, account or filter is refused, and
/// entries that come or go between two pages shift nothing.
class Page {
 public:
  struct List {
    std::string operation;
    schemas::Scope scope;
    std::string filter;  ///< everything else that decides what is listed
  };
  struct Request {
    std::optional<std::string> token;
    std::optional<std::int64_t> size;
    std::int64_t default_size = 100;
  };

  /// InvalidParameterException when the token is not one that this list gave out.
  static schemas::Result<Page> open(const List& list, const Request& request,
                                    std::shared_ptr<const PageSeal> seal);

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
  /// The token that goes on behind `mark`, for lists that are read in stretches of their own.
  [[nodiscard]] std::string token_behind(std::string_view mark) const;

 private:
  Page(std::string list, std::int64_t size, std::shared_ptr<const PageSeal> seal)
      : list_(std::move(list)), size_(size), seal_(std::move(seal)) {}

  std::string list_;  ///< what tokens are bound to
  std::int64_t size_;
  std::shared_ptr<const PageSeal> seal_;
  std::string after_;
  std::string last_mark_;
  std::vector<std::string> entries_;
  bool more_ = false;
};

/// The page that `call` asks for: `filter` is what it says besides its token and size.
template <class Input>
schemas::Result<Page> open_page(const Context& context, const ApiCall& call, const Input& input,
                                std::string filter, std::int64_t default_size = 100) {
  return Page::open({call.operation, call.scope, std::move(filter)},
                    {input.next_token, input.max_results, default_size},
                    context.settings.page_seal);
}

}  // namespace control
