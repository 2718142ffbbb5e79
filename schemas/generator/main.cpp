// Turns schemas/api/*.yaml into C++, a botocore model and an OpenAPI document.
// Usage: schemas_generator <build folder> <file.yaml>…

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "schemas/generator/botocore.h"
#include "schemas/generator/cpp.h"
#include "schemas/generator/model.h"
#include "schemas/generator/openapi.h"
#include "schemas/generator/text.h"

namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "schemas_generator: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    return fail("name the build folder and the files of schemas/api");
  }
  generator::Api api;
  for (std::size_t at = 1; at < arguments.size(); ++at) {
    const schemas::Outcome outcome = generator::read_family(arguments[at], api);
    if (!outcome.ok()) {
      return fail(outcome.error().message);
    }
  }
  const schemas::Outcome outcome = generator::check(api);
  if (!outcome.ok()) {
    return fail(outcome.error().message);
  }
  const std::string generated = arguments[0] + "/generated/";
  const std::string models = arguments[0] + "/models/ecs/2014-11-13/";
  std::vector<std::pair<std::string, std::string>> files = {
      {generated + "api/operations.h", generator::operations_header(api)},
      {generated + "operations.cpp", generator::operations_source(api, generator::openapi(api))},
      {generated + "tables.cpp", generator::tables_source(api)},
      {generated + "openapi.json", generator::openapi(api) + "\n"},
      {models + "service-2.json", generator::botocore_service(api)},
      {models + "paginators-1.json", generator::botocore_paginators(api)},
      {models + "waiters-2.json", generator::botocore_waiters()}};
  for (const std::string& family : api.families) {
    std::string header = generated;
    header.append("api/").append(family).append(".h");
    files.emplace_back(std::move(header), generator::family_header(api, family));
  }
  for (const auto& [path, content] : files) {
    if (generator::write_file(path, content) == generator::Written::no) {
      return fail("cannot write " + path);
    }
  }
  return 0;
}
