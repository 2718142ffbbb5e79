// Files that people write: task definitions, price books, configurations.

#include "schemas/codec/yaml.h"
#include "api/task_definitions.h"
#include "schemas/codec/access.h"
#include "schemas/codec/engine.h"
#include "tests/fuzz/promise.h"

namespace {

/// Several times what is read at most: a file cannot become a large request.
constexpr std::size_t json_bytes_max = 3U << 20U;

void check(std::string_view yaml, const codec::Type* guide) {
  const auto json = codec::yaml_to_json(yaml, guide);
  if (!json.ok()) {
    fuzz::promise(!json.error().message.empty(), "a refusal says why");
    return;
  }
  fuzz::promise(json.value().size() <= json_bytes_max, "a file cannot become a large request");
  // Read as an object of whatever members, so that no word of the input is in an error: a fuzzer
  // finds out how to write the words that are looked for.
  codec::EmptyObject anything;
  const auto read = codec::decode(json.value(), codec::TypeOf<codec::EmptyObject>::type, &anything,
                                  codec::wire_dialect);
  const bool is_json =
      read.ok() || read.error().message.starts_with("the request must be an object");
  fuzz::promise(is_json, "YAML becomes JSON",
                is_json ? "" : json.value() + "\n" + read.error().message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml = fuzz::text_of(data, size);
  check(yaml, nullptr);
  check(yaml, &codec::Described<api::RegisterTaskDefinitionRequest>::type);
  return 0;
}
