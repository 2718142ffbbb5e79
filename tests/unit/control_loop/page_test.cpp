#include "control/core/loop/operations/page.h"

#include <doctest/doctest.h>

namespace {

schemas::Result<control::Page> open(const std::string& filter,
                                    std::optional<std::string> token = {}) {
  return control::Page::open({"ListTasks", {"123456789012", "us-east-1"}, filter},
                             {.token = std::move(token), .size = 1}, control::keyless_page_seal());
}

std::string token_after(const std::string& filter, const std::string& mark) {
  control::Page page = open(filter).value();
  CHECK(page.add(mark, "entry"));
  CHECK_FALSE(page.add("next", "another"));
  return page.next_token().value();
}

}  // namespace

TEST_CASE("a page's token leads to where it was given out, in its own list only") {
  const std::string token = token_after("web", "17");
  CHECK(open("web", token).value().after() == "17");
  CHECK(open("web", token).value().after_key() == 17);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string altered = token;
    altered[at] = altered[at] == '0' ? '1' : '0';
    CHECK_FALSE(open("web", altered).ok());
  }
  CHECK_FALSE(open("job", token).ok());
  CHECK_FALSE(open("web", "").ok());
  CHECK_FALSE(open("web", token.substr(0, 16)).ok());
}

TEST_CASE("the end of a filter is never taken for the beginning of a mark") {
  const std::string token = token_after("a", "b\nc");
  CHECK_FALSE(open("a\nb", token).ok());
}
