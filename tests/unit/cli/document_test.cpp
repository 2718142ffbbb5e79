#include "control/cli/output/document.h"

#include <doctest/doctest.h>

using cli::indented_json;
using cli::text_member;
using cli::yaml_of;

TEST_CASE("JSON is indented without touching what stands inside quotes") {
  CHECK(indented_json(R"({"a":[1,{"b":"x,{}\":\\"}],"c":[],"d":{}})") ==
        "{\n"
        "  \"a\": [\n"
        "    1,\n"
        "    {\n"
        "      \"b\": \"x,{}\\\":\\\\\"\n"
        "    }\n"
        "  ],\n"
        "  \"c\": [],\n"
        "  \"d\": {}\n"
        "}");
}

TEST_CASE("YAML keeps text text: an account number does not become a number") {
  CHECK(
      yaml_of(
          R"({"account":"123456789012","count":2,"on":true,"word":"true","name":"web","none":[]})") ==
      "account: \"123456789012\"\n"
      "count: 2\n"
      "on: true\n"
      "word: \"true\"\n"
      "name: web\n"
      "none: []\n");
}

TEST_CASE("a member of an answer that is not JSON is empty") {
  CHECK(text_member("<html>", "message").empty());
  CHECK(text_member(R"({"message":"no"})", "message") == "no");
  CHECK(text_member("", "message").empty());
}
