#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/operations.h"
#include "schemas/codec/api.h"

namespace {

using schemas::ErrorCode;

/// The operation and its input, or the error.
std::string matched(std::string_view method, std::string_view path, std::string_view query,
                    std::string_view body) {
  const auto call = api::rest_match(method, path, query, body);
  return call.ok() ? std::string(call.value().operation->name) + " " + call.value().json
                   : call.error().message;
}

}  // namespace

TEST_CASE("A REST route is found by method and path, its parameters become members") {
  CHECK(matched("GET", "/v1/clusters", "", "") == "ListClusters {}");
  CHECK(matched("POST", "/v1/clusters", "", R"({"clusterName":"a"})") ==
        R"(CreateCluster {"clusterName":"a"})");
  CHECK(matched("GET", "/v1/clusters/a,b", "include=TAGS,SETTINGS", "") ==
        R"(DescribeClusters {"clusters":["a","b"],"include":["TAGS","SETTINGS"]})");
  CHECK(matched("GET", "/v1/clusters/prod/tasks", "maxResults=5&family=web", "") ==
        R"(ListTasks {"cluster":"prod","maxResults":5,"family":"web"})");
  CHECK(matched("DELETE", "/v1/clusters/prod/services/web", "force=true", "") ==
        R"(DeleteService {"cluster":"prod","service":"web","force":true})");
  CHECK(matched("GET", "/v1/task-definitions/web:3", "", "") ==
        R"(DescribeTaskDefinition {"taskDefinition":"web:3"})");
  CHECK(matched("DELETE", "/v1/clusters/prod/tasks/arn%3Aaws%2Ftask", "reason=too+slow%21", "") ==
        R"(StopTask {"cluster":"prod","task":"arn:aws/task","reason":"too slow!"})");
}

TEST_CASE("The body's members join those of the path") {
  CHECK(matched("PATCH", "/v1/clusters/prod/services/web", "", R"( {"desiredCount": 3} )") ==
        R"(UpdateService {"cluster":"prod","service":"web","desiredCount": 3})");
  CHECK(matched("POST", "/v1/clusters/prod/tasks", "", "{ }") == R"(RunTask {"cluster":"prod"})");
  const auto twice = api::rest_match("POST", "/v1/clusters/a/tasks", "",
                                     R"({"cluster":"b","taskDefinition":"x"})");
  REQUIRE(twice.ok());
  const auto read = api::decode_input(*twice.value().operation, twice.value().json);
  REQUIRE(!read.ok());
  CHECK(read.error().message == "cluster is given twice.");
  CHECK(api::rest_match("POST", "/v1/clusters", "", "[1]").error().code ==
        ErrorCode::serialization);
  // The joined text is parsed as a whole: a body cannot break out of its braces unnoticed.
  const auto trick = api::rest_match("POST", "/v1/clusters", "", R"({}, {"a":1})");
  CHECK((!trick.ok() || !api::decode_input(*trick.value().operation, trick.value().json).ok()));
}

TEST_CASE("A bill's period may be written as a date") {
  CHECK(matched("GET", "/v1/bill", "from=2026-11-01&to=1764000000", "") ==
        R"(GetBill {"from":1793491200,"to":1764000000})");
  CHECK(matched("GET", "/v1/bill", "from=2026-11-01T10:30:05Z", "") ==
        R"(GetBill {"from":1793529005})");
  const auto wrong = api::rest_match("GET", "/v1/bill", "from=2026-13-01", "");
  REQUIRE(wrong.ok());
  CHECK(!api::decode_input(*wrong.value().operation, wrong.value().json).ok());
}

TEST_CASE("A wrong route says what there is") {
  CHECK(matched("PUT", "/v1/clusters", "", "") ==
        "There is no route PUT \"/v1/clusters\"; here it is POST, GET.");
  CHECK(api::rest_match("GET", "/v1/nothing", "", "").error().code == ErrorCode::unknown_operation);
  CHECK(!api::rest_match("GET", "/v1/clusters/", "", "").ok());
  CHECK(!api::rest_match("GET", "/v1/clusters/%zz", "", "").ok());
  CHECK(!api::rest_match("GET", "/v1/clusters", "a=%4", "").ok());
  const auto unknown = api::rest_match("GET", "/v1/clusters", "colour=blue", "");
  REQUIRE(unknown.ok());
  CHECK(api::decode_input(*unknown.value().operation, unknown.value().json).error().message ==
        "colour is not a member of ListClustersRequest.");
}

TEST_CASE("Each operation has a route of its own") {
  std::vector<std::string> routes;
  for (const api::Operation& operation : api::operations()) {
    routes.push_back(std::string(operation.method) + " " + std::string(operation.path));
  }
  std::sort(routes.begin(), routes.end());
  CHECK(std::adjacent_find(routes.begin(), routes.end()) == routes.end());
}
