#include "control/core/loop/operations/page.h"

#include <charconv>

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

Result<Page> Page::open(const List& list, const Request& request,
                        std::shared_ptr<const PageSeal> seal) {
  // Each part with its length, or the end of one could be taken for the beginning of the next.
  std::string bound;
  for (const std::string* part :
       {&list.operation, &list.scope.account, &list.scope.region, &list.filter}) {
    bound += std::to_string(part->size()) + ':' + *part;
  }
  Page page(std::move(bound), request.size.value_or(request.default_size), std::move(seal));
  if (!request.token) {
    return page;
  }
  std::optional<std::string> mark = page.seal_->open(*request.token, page.list_);
  if (!mark) {
    return Error{ErrorCode::invalid_parameter,
                 "The nextToken is invalid: it was not given out for this list. Start again "
                 "without one."};
  }
  page.after_ = *std::move(mark);
  return page;
}

std::int64_t Page::after_key() const {
  std::int64_t key = 0;
  std::from_chars(after_.data(), after_.data() + after_.size(), key);
  return key;
}

bool Page::add(std::string mark, std::string entry) {
  if (static_cast<std::int64_t>(entries_.size()) >= size_) {
    more_ = true;
    return false;
  }
  last_mark_ = std::move(mark);
  entries_.push_back(std::move(entry));
  return true;
}

std::optional<std::string> Page::next_token() const {
  return more_ ? std::optional(token_behind(last_mark_)) : std::nullopt;
}

std::string Page::token_behind(std::string_view mark) const { return seal_->close(mark, list_); }

}  // namespace control
