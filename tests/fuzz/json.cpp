// A call's body as HTTP callers send it. The first line names the operation ("RunTask"), or is a
// request line of REST ("GET /v1/clusters?maxResults=1"); what follows is the body.

#include <string>

#include "schemas/codec/api.h"
#include "tests/fuzz/promise.h"

namespace {

/// What control understood, said again, means the same.
void check_body(const api::Operation& operation, std::string_view json) {
  const auto read = api::decode_input(operation, json);
  if (!read.ok()) {
    fuzz::promise(!read.error().message.empty(), "a refusal says why");
    return;
  }
  const std::string said = api::encode(read.value());
  const auto again = api::decode_input(operation, said);
  fuzz::promise(again.ok(), "what was read is read again",
                again.ok() ? said : said + "\n" + again.error().message);
  fuzz::promise(api::encode(again.value()) == said, "reading and writing changes nothing", said);
}

void check_rest(std::string_view line, std::string_view body) {
  const std::size_t space = line.find(' ');
  const std::string_view target = line.substr(space + 1);
  const std::size_t mark = target.find('?');
  const std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  const auto call = api::rest_match(line.substr(0, space), target.substr(0, mark), query, body);
  if (call.ok()) {
    check_body(*call.value().operation, call.value().json);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::text_of(data, size);
  const std::string_view line = fuzz::take_line(body);
  if (line.find(' ') != std::string_view::npos) {
    check_rest(line, body);
  } else if (const auto found = api::find_operation(line); found.ok()) {
    check_body(*found.value(), body);
  } else {
    // Not to waste an input whose name was damaged: it is tried on an operation all the same.
    check_body(api::operations()[line.size() % api::operations().size()], body);
  }
  return 0;
}
