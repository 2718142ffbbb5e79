#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "api/task_definitions.h"
#include "schemas/codec/api.h"
#include "schemas/codec/yaml.h"

TEST_CASE("The example task definitions are accepted, read as YAML or as JSON") {
  const std::filesystem::path folder = std::string(SOURCE_ROOT) + "/schemas/examples";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".json" && extension != ".yaml") {
      continue;
    }
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const auto json = codec::yaml_to_json(
        text.str(), &codec::Described<api::RegisterTaskDefinitionRequest>::type);
    REQUIRE_MESSAGE(json.ok(), entry.path().string(), ": ", json.error().message);
    const auto read = api::decode<api::RegisterTaskDefinitionRequest>(json.value());
    CHECK_MESSAGE(read.ok(), entry.path().string(), ": ", read.ok() ? "" : read.error().message);
    ++count;
  }
  CHECK(count > 0);
}
