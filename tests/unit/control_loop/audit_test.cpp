#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/control_loop/stage.h"

using control::Table;
using stage::Stage;

namespace {

/// A column of the audit trail's row `key`, by its place in the table.
enum Column : std::size_t {
  account = 1,
  principal = 3,
  source,
  request_id,
  operation,
  error,
  message,
  resources,
  parameters
};

std::string told(const Stage& stage, std::int64_t key, Column column) {
  const auto& rows = stage.store.table(Table::audit);
  REQUIRE(rows.contains(key));
  return std::get<std::string>(rows.at(key).values[column]);
}

std::size_t entries(const Stage& stage) { return stage.store.table(Table::audit).size(); }

api::CreateClusterRequest wanted_cluster(const std::string& name) { return {.cluster_name = name}; }

}  // namespace

TEST_CASE("a call that changes something is told of: who, from where, what, and what changed") {
  Stage stage;
  const control::Turn turn = stage.turn({control::ApiCall{
      .request = 1,
      .scope = stage::scope,
      .principal = "arn:aws:iam::123456789012:user/ann",
      .operation = "CreateCluster",
      .input = api::Value::of(wanted_cluster("web")),
      .drawn = {},
      .record = {.source = "198.18.0.9", .request_id = "r-1", .parameters = R"({"a":1})"}}});
  REQUIRE(turn.replies.size() == 1);
  REQUIRE(entries(stage) == 1);
  CHECK(told(stage, 1, account) == stage::scope.account);
  CHECK(told(stage, 1, principal) == "arn:aws:iam::123456789012:user/ann");
  CHECK(told(stage, 1, source) == "198.18.0.9");
  CHECK(told(stage, 1, request_id) == "r-1");
  CHECK(told(stage, 1, operation) == "CreateCluster");
  CHECK(told(stage, 1, error).empty());
  CHECK(told(stage, 1, resources) == "arn:aws:ecs:us-east-1:123456789012:cluster/web");
  CHECK(told(stage, 1, parameters) == R"({"a":1})");
}

TEST_CASE("the entry of a call names its own changes, not those of its neighbours in the turn") {
  Stage stage;
  std::vector<control::Input> calls;
  for (const char* name : {"one", "two"}) {
    calls.emplace_back(control::ApiCall{.request = 1,
                                        .scope = stage::scope,
                                        .principal = stage::root,
                                        .operation = "CreateCluster",
                                        .input = api::Value::of(wanted_cluster(name))});
  }
  stage.turn(calls);
  CHECK(told(stage, 1, resources).ends_with("cluster/one"));
  CHECK(told(stage, 2, resources).ends_with("cluster/two"));
}

TEST_CASE("a call that is refused is told of with its exception, and changed nothing") {
  Stage stage;
  CHECK_FALSE(stage
                  .call<api::DeleteClusterResponse>("DeleteCluster",
                                                    api::DeleteClusterRequest{.cluster = "gone"})
                  .ok());
  REQUIRE(entries(stage) == 1);
  CHECK(told(stage, 1, error) == "ClusterNotFoundException");
  CHECK_FALSE(told(stage, 1, message).empty());
  CHECK(told(stage, 1, resources).empty());
}

TEST_CASE("a call that the edge refused is told of too, with no more of its words than fit") {
  Stage stage;
  stage.turn({control::CallRefused{
      .scope = stage::scope,
      .principal = stage::root,
      .operation = "RunTask",
      .record = {.source = "198.18.0.9", .request_id = "r", .parameters = "{}"},
      .error = {schemas::ErrorCode::invalid_parameter, std::string(5'000, 'x')}}});
  REQUIRE(entries(stage) == 1);
  CHECK(told(stage, 1, operation) == "RunTask");
  CHECK(told(stage, 1, error) == "InvalidParameterException");
  CHECK(told(stage, 1, message).size() == 1'000);
}

TEST_CASE("who merely looks leaves no entry") {
  Stage stage;
  stage.must<api::ListClustersResponse>("ListClusters", api::ListClustersRequest{});
  stage.must<api::DescribeClustersResponse>("DescribeClusters", api::DescribeClustersRequest{});
  CHECK(entries(stage) == 0);
  for (const api::Operation& each : api::operations()) {
    CAPTURE(each.name);
    // In REST whatever reads is a GET; a POST that reads says so by its verb.
    CHECK((each.method != "GET" || !control::changes_things(each.name)));
  }
}

TEST_CASE("an entry names ten of the many things that one call changed") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest run = stage::run("web");
  run.cluster = "c";
  run.count = 10;
  const auto started = stage.must<api::RunTaskResponse>("RunTask", run);
  REQUIRE(started.tasks->size() == 10);
  const auto last = static_cast<std::int64_t>(entries(stage));
  const std::string named = told(stage, last, resources);
  CHECK(std::count(named.begin(), named.end(), '\n') == 9);
  CHECK(named.find(started.tasks->front().task_arn.value()) != std::string::npos);
}

TEST_CASE("numbers of entries go on over a restart") {
  Stage stage;
  stage.must<api::CreateClusterResponse>("CreateCluster", wanted_cluster("a"));
  stage.restart();
  stage.must<api::CreateClusterResponse>("CreateCluster", wanted_cluster("b"));
  CHECK(entries(stage) == 2);
  CHECK(told(stage, 2, resources).ends_with("cluster/b"));
}
