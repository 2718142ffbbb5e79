#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;

namespace {

const std::string prefix = "arn:aws:ecs:us-east-1:123456789012:";

api::TagResourceRequest tag(const std::string& arn,
                            const std::vector<std::pair<std::string, std::string>>& tags) {
  api::TagResourceRequest request;
  request.resource_arn = arn;
  for (const auto& [key, value] : tags) {
    request.tags.push_back({.key = key, .value = value});
  }
  return request;
}

std::string tags_of(Stage& stage, const std::string& arn) {
  api::ListTagsForResourceRequest request;
  request.resource_arn = arn;
  const auto output = stage.must<api::ListTagsForResourceResponse>("ListTagsForResource", request);
  std::string text;
  for (const api::Tag& each : *output.tags) {
    text += (text.empty() ? "" : " ") + each.key + "=" + each.value.value_or("");
  }
  return text;
}

void untag(Stage& stage, const std::string& arn, const std::vector<std::string>& keys) {
  api::UntagResourceRequest request;
  request.resource_arn = arn;
  request.tag_keys = keys;
  stage.must<api::UntagResourceResponse>("UntagResource", request);
}

schemas::Error refusal(Stage& stage, const api::TagResourceRequest& request) {
  const auto output = stage.call<api::TagResourceResponse>("TagResource", request);
  REQUIRE_FALSE(output.ok());
  return output.error();
}

}  // namespace

TEST_CASE("clusters, services, tasks, definitions and hosts can be tagged, and keep their tags") {
  Stage stage;
  stage::small_cluster(stage);
  auto wanted = stage::service("web", "web", 1);
  wanted.propagate_tags = api::PropagateTags::service;
  stage.must<api::CreateServiceResponse>("CreateService", wanted);
  stage.settle();
  const auto run = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  stage.settle();
  const std::string task = *run.tasks->front().task_arn;
  api::CreateCapacityProviderRequest provider;
  provider.name = "mine";
  provider.auto_scaling_group_provider.emplace().auto_scaling_group_arn = "hosts";
  stage.must<api::CreateCapacityProviderResponse>("CreateCapacityProvider", provider);
  const std::vector<std::string> arns{prefix + "cluster/c",
                                      prefix + "service/c/web",
                                      task,
                                      prefix + "task-definition/web:1",
                                      prefix + "container-instance/c/" + stage.hosts[0].id.text(),
                                      prefix + "capacity-provider/mine"};
  for (const std::string& arn : arns) {
    CAPTURE(arn);
    CHECK(tags_of(stage, arn).empty());
    stage.must<api::TagResourceResponse>("TagResource", tag(arn, {{"team", "red"}, {"a", ""}}));
    stage.must<api::TagResourceResponse>("TagResource", tag(arn, {{"team", "blue"}, {"b", "2"}}));
    CHECK(tags_of(stage, arn) == "team=blue a= b=2");
    untag(stage, arn, {"a", "unknown"});
    CHECK(tags_of(stage, arn) == "team=blue b=2");
    stage.check_invariants();
  }
  stage.restart();
  for (const std::string& arn : arns) {
    CHECK(tags_of(stage, arn) == "team=blue b=2");
  }
  CHECK(stage::described(stage, "c", task).tags->empty());  // nobody asked for TAGS
  stage.settle();
  bool told = false;
  for (const stage::Host& host : stage.hosts) {
    const auto at = host.tasks.find(stage::task_id(task));
    told = told || (at != host.tasks.end() && at->second.tags.size() == 2);
  }
  CHECK_MESSAGE(told, "the host serves a task its own tags");
}

TEST_CASE("new tags of a service reach its next tasks, where it propagates them") {
  Stage stage;
  stage::small_cluster(stage);
  auto wanted = stage::service("web", "web", 1);
  wanted.propagate_tags = api::PropagateTags::service;
  stage.must<api::CreateServiceResponse>("CreateService", wanted);
  stage.settle();
  stage.must<api::TagResourceResponse>("TagResource",
                                       tag(prefix + "service/c/web", {{"team", "blue"}}));
  api::UpdateServiceRequest update;
  update.cluster = "c";
  update.service = "web";
  update.desired_count = 2;
  stage.must<api::UpdateServiceResponse>("UpdateService", update);
  std::int64_t tagged = 0;
  for (const auto& [key, task] : stage.world->tasks) {
    tagged += task.specification->tags.empty() ? 0 : 1;
  }
  CHECK(tagged == 1);
}

TEST_CASE("a resource has 50 tags at most, and none that begin with aws:") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string arn = prefix + "cluster/c";
  std::vector<std::pair<std::string, std::string>> many;
  for (int count = 0; count < 50; ++count) {
    many.emplace_back("k" + std::to_string(count), "");
  }
  stage.must<api::TagResourceResponse>("TagResource", tag(arn, many));
  stage.must<api::TagResourceResponse>("TagResource", tag(arn, {{"k7", "again"}}));
  const auto full = refusal(stage, tag(arn, {{"one more", ""}}));
  CHECK(full.code == ErrorCode::limit_exceeded);
  CHECK(full.message.find("would have 51") != std::string::npos);
  CHECK(refusal(stage, tag(arn, {{"aws:mine", ""}})).code == ErrorCode::invalid_parameter);
  CHECK(refusal(stage, tag(arn, {{"x", ""}, {"x", ""}})).code == ErrorCode::invalid_parameter);
  api::UntagResourceRequest request;
  request.resource_arn = arn;
  request.tag_keys = {"aws:ecs:clusterName"};
  const auto kept = stage.call<api::UntagResourceResponse>("UntagResource", request);
  REQUIRE_FALSE(kept.ok());
  CHECK(kept.error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("tags of what is not there, or is somebody else's, are refused in ECS's errors") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string none(32, '0');
  const auto code = [&](const std::string& arn) {
    return refusal(stage, tag(arn, {{"a", "b"}})).code;
  };
  CHECK(code(prefix + "cluster/none") == ErrorCode::cluster_not_found);
  CHECK(code(prefix + "task/none/" + none) == ErrorCode::cluster_not_found);
  CHECK(code(prefix + "task/c/" + none) == ErrorCode::resource_not_found);
  CHECK(code(prefix + "service/c/none") == ErrorCode::resource_not_found);
  CHECK(code(prefix + "container-instance/c/" + none) == ErrorCode::resource_not_found);
  CHECK(code(prefix + "task-definition/none:1") == ErrorCode::resource_not_found);
  CHECK(code(prefix + "task-definition/web") == ErrorCode::resource_not_found);
  CHECK(code("web") == ErrorCode::invalid_parameter);
  CHECK(code("arn:aws:ecs:us-east-1:999999999999:cluster/c") == ErrorCode::invalid_parameter);
  CHECK(code(prefix + "capacity-provider/FARGATE") == ErrorCode::resource_not_found);
  api::ListTagsForResourceRequest list;
  list.resource_arn = prefix + "task/c/" + none;
  const auto listed = stage.call<api::ListTagsForResourceResponse>("ListTagsForResource", list);
  REQUIRE_FALSE(listed.ok());
  CHECK(listed.error().code == ErrorCode::invalid_parameter);
  api::UntagResourceRequest untag;
  untag.resource_arn = prefix + "task/c/" + none;
  const auto untagged = stage.call<api::UntagResourceResponse>("UntagResource", untag);
  REQUIRE_FALSE(untagged.ok());
  CHECK(untagged.error().code == ErrorCode::resource_not_found);
}
