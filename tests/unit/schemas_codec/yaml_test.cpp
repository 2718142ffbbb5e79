#include "schemas/codec/yaml.h"

#include <doctest/doctest.h>

#include "api/task_definitions.h"
#include "schemas/codec/api.h"

namespace {

std::string converted(std::string_view yaml, const codec::Type* guide = nullptr) {
  const auto json = codec::yaml_to_json(yaml, guide);
  return json.ok() ? json.value() : "error: " + json.error().message;
}

}  // namespace

TEST_CASE("YAML is read as YAML 1.2 reads it") {
  CHECK(converted("a: 1\nb: [true, ~, 1.5, '1', no]\nc: {}\n") ==
        R"({"a":1,"b":[true,null,1.5,"1","no"],"c":{}})");
  CHECK(converted(R"({"a": "x\ny"})") == R"({"a":"x\ny"})");
  CHECK(converted("- 007\n- +5\n- .5\n- 1e3\n- -2\n") == R"(["007","+5",".5",1e3,-2])");
}

TEST_CASE("What is no number in JSON's eyes, or larger than any, becomes text") {
  CHECK(converted("[-01, -.5, 1.e3, 1e, 1e+, -, 0x1f, 1.5e-3, -0, 0e1, 1E5]") ==
        R"(["-01","-.5","1.e3","1e","1e+","-","0x1f",1.5e-3,-0,0e1,1E5])");
  CHECK(converted("[18446744073709551615, 18446744073709551616, -9223372036854775809, 1e999]") ==
        R"([18446744073709551615,"18446744073709551616","-9223372036854775809","1e999"])");
}

TEST_CASE("Where text is wanted, numbers and truth values are text") {
  const codec::Type& guide = codec::Described<api::RegisterTaskDefinitionRequest>::type;
  const std::string json = converted(R"(
family: web
cpu: 256
memory: 512
containerDefinitions:
  - name: web
    image: web:1.10
    cpu: 128
    command: [serve, 80, true]
    environment:
      - {name: PORT, value: 8080}
)",
                                     &guide);
  CHECK(json ==
        R"({"family":"web","cpu":"256","memory":"512","containerDefinitions":[{"name":"web",)"
        R"("image":"web:1.10","cpu":128,"command":["serve","80","true"],)"
        R"("environment":[{"name":"PORT","value":"8080"}]}]})");
  CHECK(api::decode<api::RegisterTaskDefinitionRequest>(json).ok());
}

TEST_CASE("What is not YAML says where") {
  CHECK(converted("a: [1, 2").starts_with("error: line 1, column "));
  CHECK(converted("a: 1\n---\nb: 2\n") == "error: the file must hold one document, found 2");
  CHECK(converted("") == "error: the file must hold one document, found 0");
  CHECK(converted("- a\n, b\n").starts_with("error: "));
  CHECK(converted("[1]: 2").find("a key must be text") != std::string::npos);
}

TEST_CASE("A small file cannot become a large request") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 9; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int again = 0; again < 8; ++again) {
      bomb += ", " + below;
    }
    bomb += "]\n";
  }
  CHECK(converted(bomb).find("bytes as JSON") != std::string::npos);
  CHECK(converted("&a [*a]").find("error: ") == 0);
  CHECK(converted(std::string(40, '[') + std::string(40, ']')).find("nested deeper") !=
        std::string::npos);
}
