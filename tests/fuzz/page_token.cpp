// Tokens of paged lists. Four parts with a tilde between them: the filters of two lists, the mark
// of the first one's last entry, and a token as a caller sends it.

#include <string>

#include "control/core/loop/operations/page.h"
#include "tests/fuzz/promise.h"

namespace {

schemas::Result<control::Page> open(std::string_view filter, std::optional<std::string> token) {
  return control::Page::open({"ListTasks", {"123456789012", "us-east-1"}, std::string(filter)},
                             {.token = std::move(token), .size = 1}, control::keyless_page_seal());
}

/// The token that a list gives out when it goes on after `mark`.
std::string token_after(std::string_view filter, std::string_view mark) {
  control::Page page = open(filter, std::nullopt).value();
  fuzz::promise(page.add(std::string(mark), "entry") && !page.add("next", "entry"),
                "a page of one takes one");
  return page.next_token().value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text_of(data, size);
  const std::string_view filter = fuzz::take_part(rest, '~');
  const std::string_view other = fuzz::take_part(rest, '~');
  const std::string_view mark = fuzz::take_part(rest, '~');
  const auto stray = open(filter, std::string(rest));
  fuzz::promise(!stray.ok() || token_after(filter, stray.value().after()) == rest,
                "a token that is taken is one that the list gives out", rest);
  if (mark.empty()) {
    return 0;
  }
  const std::string token = token_after(filter, mark);
  const auto next = open(filter, token);
  fuzz::promise(next.ok() && next.value().after() == mark, "a list goes on where it was", token);
  static_cast<void>(next.value().after_key());
  fuzz::promise(filter == other || !open(other, token).ok(),
                "a token is good for its own list only", token);
  const auto flipped = static_cast<unsigned char>(1 + size % 127);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string altered = token;
    altered[at] = static_cast<char>(static_cast<unsigned char>(altered[at]) ^ flipped);
    fuzz::promise(!open(filter, altered).ok(), "an altered token is refused", altered);
  }
  return 0;
}
