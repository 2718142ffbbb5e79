// The parts of a signed request that are read before anybody knows who sent it: the Authorization
// header, and what is made canonical of path, query, headers and date.

#include <algorithm>

#include "control/edge/access/authorization.h"
#include "control/edge/access/canonical.h"
#include "tests/fuzz/promise.h"

namespace {

using control::access::Authorization;

std::string written(const Authorization& said) {
  std::string text =
      "AWS4-HMAC-SHA256 Credential=" + said.access_key_id + "/" + said.scope() + ", SignedHeaders=";
  for (const std::string& name : said.signed_headers) {
    text += (name == said.signed_headers.front() ? "" : ";") + name;
  }
  return text + ", Signature=" + said.signature;
}

void check_header(std::string_view header) {
  const auto read = control::access::parse_authorization(header);
  const auto* said = std::get_if<Authorization>(&read);
  if (said == nullptr) {
    fuzz::promise(!std::get<control::access::Refused>(read).message.empty(), "a refusal says why");
    return;
  }
  const auto& names = said->signed_headers;
  fuzz::promise(said->signature.size() == 64, "a signature has 64 digits");
  fuzz::promise(!names.empty() && std::is_sorted(names.begin(), names.end()) &&
                    std::adjacent_find(names.begin(), names.end()) == names.end(),
                "signed headers are in order, each once");
  const auto again = control::access::parse_authorization(written(*said));
  const auto* same = std::get_if<Authorization>(&again);
  fuzz::promise(same != nullptr && written(*same) == written(*said),
                "a header that was read is read again, and says the same", written(*said));
}

void check_canonical(std::string_view text) {
  const std::string query = control::access::canonical_query(text);
  fuzz::promise(control::access::canonical_query(query) == query, "canonical is canonical", query);
  static_cast<void>(control::access::canonical_path(text));
  static_cast<void>(control::access::is_plain_path(text));
  if (const auto at = control::access::signing_time(text); at && text.size() == 16) {
    fuzz::promise(control::access::signing_time(control::access::basic_time(*at)) == at,
                  "a date that was read is read again");
  }
  control::http::Request request;
  request.headers = {{"X-Odd", std::string(text)}};
  const auto value = control::access::canonical_header(request, "x-odd");
  fuzz::promise(value && (value->empty() || (value->front() != ' ' && value->back() != ' ')),
                "a canonical value has no outer blanks");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_header(text);
  check_canonical(text);
  return 0;
}
