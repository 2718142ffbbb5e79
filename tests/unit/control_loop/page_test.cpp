#include "control/core/loop/operations/page.h"

#include <doctest/doctest.h>

namespace {

control::Page::Request list(std::string filter, std::optional<std::string> token = {}) {
  control::Page::Request request;
  request.operation = "ListTasks";
  request.scope = {"123456789012", "us-east-1"};
  request.filter = std::move(filter);
  request.token = std::move(token);
  request.size = 1;
  return request;
}

std::string token_after(const std::string& filter, const std::string& mark) {
  control::Page page = control::Page::open(list(filter)).value();
  CHECK(page.add(mark, "entry"));
  CHECK_FALSE(page.add("next", "another"));
  return page.next_token().value();
}

}  // namespace

TEST_CASE("a page's token leads to where it was given out, in its own list only") {
  const std::string token = token_after("web", "17");
  CHECK(control::Page::open(list("web", token)).value().after() == "17");
  CHECK(control::Page::open(list("web", token)).value().after_key() == 17);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string altered = token;
    altered[at] = altered[at] == '0' ? '1' : '0';
    CHECK_FALSE(control::Page::open(list("web", altered)).ok());
  }
  CHECK_FALSE(control::Page::open(list("job", token)).ok());
  CHECK_FALSE(control::Page::open(list("web", "")).ok());
  CHECK_FALSE(control::Page::open(list("web", token.substr(0, 16))).ok());
}

TEST_CASE("the end of a filter is never taken for the beginning of a mark") {
  const std::string token = token_after("a", "b\nc");
  CHECK_FALSE(control::Page::open(list("a\nb", token)).ok());
}
