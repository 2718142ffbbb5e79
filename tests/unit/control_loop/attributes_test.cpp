// What callers say of hosts, and placement that goes by it.

#include <doctest/doctest.h>

#include <algorithm>

#include "api/attributes.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Host;
using stage::Stage;

namespace {

api::Attribute attribute(const Host& host, const std::string& name, const std::string& value) {
  return {.name = name,
          .value = value,
          .target_type = api::TargetType::container_instance,
          .target_id = host.id.text()};
}

api::PutAttributesRequest putting(const std::vector<api::Attribute>& attributes) {
  api::PutAttributesRequest request;
  request.cluster = "c";
  request.attributes = attributes;
  return request;
}

void put(Stage& stage, const Host& host, const std::string& name, const std::string& value) {
  static_cast<void>(stage.must<api::PutAttributesResponse>(
      "PutAttributes", putting({attribute(host, name, value)})));
}

schemas::Error refused_put(Stage& stage, const api::Attribute& attribute) {
  const auto output = stage.call<api::PutAttributesResponse>("PutAttributes", putting({attribute}));
  REQUIRE_FALSE(output.ok());
  return output.error();
}

api::ListAttributesRequest listing(const std::string& name) {
  api::ListAttributesRequest request;
  request.cluster = "c";
  request.target_type = api::TargetType::container_instance;
  request.attribute_name = name;
  return request;
}

std::vector<api::Attribute> listed(Stage& stage, const std::string& name) {
  return *stage.must<api::ListAttributesResponse>("ListAttributes", listing(name)).attributes;
}

std::vector<std::string> instances(Stage& stage, const std::string& filter) {
  api::ListContainerInstancesRequest request;
  request.cluster = "c";
  request.filter = filter;
  return *stage.must<api::ListContainerInstancesResponse>("ListContainerInstances", request)
              .container_instance_arns;
}

bool names(const std::string& arn, const Host& host) { return arn.ends_with(host.id.text()); }

api::PlacementConstraint member_of(const std::string& expression) {
  return {.type = api::PlacementConstraintType::member_of, .expression = expression};
}

std::vector<std::string> hosts_of(const api::RunTaskResponse& output) {
  std::vector<std::string> hosts;
  for (const api::Task& task : *output.tasks) {
    hosts.push_back(*task.container_instance_arn);
  }
  return hosts;
}

}  // namespace

TEST_CASE(
    "an attribute that a caller puts on a host is listed, described, and outlives a restart") {
  Stage stage;
  stage::small_cluster(stage);
  const Host& host = stage.hosts[1];
  const auto answer = stage.must<api::PutAttributesResponse>(
      "PutAttributes", putting({attribute(host, "stack", "prod"), attribute(host, "flag", "")}));
  REQUIRE(answer.attributes->size() == 2);
  CHECK(answer.attributes->front().target_id->ends_with("container-instance/c/" + host.id.text()));
  stage.restart();
  const auto found = listed(stage, "stack");
  REQUIRE(found.size() == 1);
  CHECK(found.front().value == "prod");
  CHECK(names(*found.front().target_id, host));
  api::DescribeContainerInstancesRequest request;
  request.cluster = "c";
  request.container_instances = {host.id.text()};
  const auto shown =
      stage.must<api::DescribeContainerInstancesResponse>("DescribeContainerInstances", request);
  const auto& attributes = *shown.container_instances->front().attributes;
  CHECK(std::any_of(attributes.begin(), attributes.end(), [](const api::Attribute& each) {
    return each.name == "stack" && each.value == "prod";
  }));
  CHECK(listed(stage, "ecs.availability-zone").size() == 2);
  stage.check_invariants();
}

TEST_CASE("attributes are listed by name and value, page by page") {
  Stage stage;
  stage::small_cluster(stage);
  put(stage, stage.hosts[0], "rack", "7");
  put(stage, stage.hosts[1], "rack", "8");
  api::ListAttributesRequest request = listing("rack");
  request.attribute_value = "8";
  CHECK(stage.must<api::ListAttributesResponse>("ListAttributes", request).attributes->size() == 1);
  request = listing("");
  request.max_results = 1;
  std::vector<std::string> seen;
  do {
    const auto page = stage.must<api::ListAttributesResponse>("ListAttributes", request);
    REQUIRE(page.attributes->size() == 1);
    seen.push_back(*page.attributes->front().target_id + page.attributes->front().name);
    request.next_token = page.next_token;
  } while (request.next_token);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(std::count_if(seen.begin(), seen.end(),
                      [](const std::string& each) { return each.ends_with("rack"); }) == 2);
  request = listing("");
  request.attribute_value = "8";
  CHECK(stage.call<api::ListAttributesResponse>("ListAttributes", request).error().code ==
        ErrorCode::invalid_parameter);
}

TEST_CASE("a deleted attribute is gone; with a value only if it has that value") {
  Stage stage;
  stage::small_cluster(stage);
  const Host& host = stage.hosts[0];
  put(stage, host, "rack", "7");
  api::DeleteAttributesRequest request;
  request.cluster = "c";
  request.attributes = {attribute(host, "rack", "8"), attribute(host, "none", "x")};
  CHECK(stage.must<api::DeleteAttributesResponse>("DeleteAttributes", request).attributes->empty());
  CHECK(listed(stage, "rack").size() == 1);
  request.attributes = {attribute(host, "rack", "7")};
  CHECK(stage.must<api::DeleteAttributesResponse>("DeleteAttributes", request).attributes->size() ==
        1);
  CHECK(listed(stage, "rack").empty());
}

TEST_CASE(
    "what is not a caller's to say of a host, or of no host, is refused and changes nothing") {
  Stage stage;
  stage::small_cluster(stage);
  const Host& host = stage.hosts[0];
  CHECK(refused_put(stage, attribute(host, "ecs.instance-type", "big")).code ==
        ErrorCode::invalid_parameter);
  CHECK(refused_put(stage, attribute(host, "com.amazonaws.ecs.capability.x", "")).code ==
        ErrorCode::invalid_parameter);
  CHECK(refused_put(stage, attribute(host, "a b", "x")).code == ErrorCode::invalid_parameter);
  CHECK(refused_put(stage, attribute(host, std::string(129, 'a'), "x")).code ==
        ErrorCode::invalid_parameter);
  CHECK(refused_put(stage, attribute(host, "a", "x;y")).code == ErrorCode::invalid_parameter);
  CHECK(refused_put(stage, attribute(host, "a", " x")).code == ErrorCode::invalid_parameter);
  CHECK(refused_put(stage, attribute(host, "a", std::string(129, 'x'))).code ==
        ErrorCode::invalid_parameter);
  Host stranger;
  stranger.id = schemas::InstanceId::draw(stage.random);
  CHECK(refused_put(stage, attribute(stranger, "a", "x")).code == ErrorCode::target_not_found);
  api::Attribute nowhere = attribute(host, "a", "x");
  nowhere.target_id.reset();
  CHECK(refused_put(stage, nowhere).code == ErrorCode::invalid_parameter);
  const auto both = stage.call<api::PutAttributesResponse>(
      "PutAttributes", putting({attribute(host, "a", "x"), attribute(stranger, "a", "x")}));
  CHECK(both.error().code == ErrorCode::target_not_found);
  CHECK(listed(stage, "a").empty());
}

TEST_CASE("a host has ten attributes of callers' own, and no eleventh") {
  Stage stage;
  stage::small_cluster(stage);
  const Host& host = stage.hosts[0];
  for (int i = 0; i < 10; ++i) {
    put(stage, host, "a" + std::to_string(i), "x");
  }
  put(stage, host, "a3", "y");
  CHECK(refused_put(stage, attribute(host, "b", "x")).code == ErrorCode::attribute_limit_exceeded);
}

TEST_CASE("a filter lists the hosts that the expression holds for") {
  Stage stage;
  stage::small_cluster(stage);
  put(stage, stage.hosts[1], "stack", "prod");
  CHECK(instances(stage, "").size() == 2);
  const auto found = instances(stage, "attribute:stack == prod && agentConnected == true");
  REQUIRE(found.size() == 1);
  CHECK(names(found.front(), stage.hosts[1]));
  CHECK(instances(stage, "attribute:stack !exists or runningTasksCount > 0").size() == 1);
  api::ListContainerInstancesRequest request;
  request.cluster = "c";
  request.filter = "attribute:stack = prod";
  const auto refused =
      stage.call<api::ListContainerInstancesResponse>("ListContainerInstances", request);
  CHECK(refused.error().code == ErrorCode::invalid_parameter);
  CHECK(refused.error().message.find("position 17") != std::string::npos);
}

TEST_CASE("memberOf keeps tasks off the hosts that its expression does not hold for") {
  Stage stage;
  stage::small_cluster(stage);
  put(stage, stage.hosts[1], "stack", "prod");
  api::RunTaskRequest request = stage::run("web");
  request.count = 2;
  request.placement_constraints = {{member_of("attribute:stack == prod")}};
  const auto output = stage.must<api::RunTaskResponse>("RunTask", request);
  REQUIRE(output.tasks->size() == 2);
  for (const std::string& arn : hosts_of(output)) {
    CHECK(names(arn, stage.hosts[1]));
  }
  put(stage, stage.hosts[1], "stack", "test");
  const auto none = stage.must<api::RunTaskResponse>("RunTask", request);
  CHECK(none.tasks->empty());
  REQUIRE(none.failures->size() == 2);
  CHECK(none.failures->front().reason == "memberOf placement constraint unsatisfied.");
  CHECK(none.failures->front().detail->find("attribute:stack == prod") != std::string::npos);
}

TEST_CASE("memberOf of a task definition binds RunTask, StartTask and services, and is shown") {
  Stage stage;
  stage::small_cluster(stage);
  put(stage, stage.hosts[0], "stack", "prod");
  api::RegisterTaskDefinitionRequest definition = stage::definition("bound");
  definition.placement_constraints = {
      {{.type = api::TaskDefinitionPlacementConstraintType::member_of,
        .expression = "attribute:stack == prod"}}};
  const auto registered =
      stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition);
  CHECK(registered.task_definition->placement_constraints->front().expression ==
        "attribute:stack == prod");
  const auto ran = stage.must<api::RunTaskResponse>("RunTask", stage::run("bound"));
  REQUIRE(ran.tasks->size() == 1);
  CHECK(names(hosts_of(ran).front(), stage.hosts[0]));
  api::StartTaskRequest start;
  start.cluster = "c";
  start.task_definition = "bound";
  start.container_instances = {stage.hosts[0].id.text(), stage.hosts[1].id.text()};
  const auto started = stage.must<api::StartTaskResponse>("StartTask", start);
  CHECK(started.tasks->size() == 1);
  REQUIRE(started.failures->size() == 1);
  CHECK(names(*started.failures->front().arn, stage.hosts[1]));
  static_cast<void>(
      stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "bound", 3)));
  stage.settle();
  for (const auto& [key, task] : stage.world->tasks) {
    CHECK(task.instance == stage.hosts[0].id);
  }
  // The definition's constraints are not the service's own, however often it is updated.
  api::UpdateServiceRequest update;
  update.cluster = "c";
  update.service = "s";
  update.force_new_deployment = true;
  for (int i = 0; i < 12; ++i) {
    CHECK(stage.must<api::UpdateServiceResponse>("UpdateService", update)
              .service->placement_constraints->empty());
  }
}

TEST_CASE("a starved service is tried again when the host that its expression asks for is there") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = stage::service("s", "web", 1);
  request.placement_constraints = {{member_of("attribute:stack == prod")}};
  static_cast<void>(stage.must<api::CreateServiceResponse>("CreateService", request));
  stage.settle();
  CHECK(stage.world->tasks.empty());
  put(stage, stage.hosts[1], "stack", "prod");
  stage.settle();
  CHECK(stage::described_service(stage, "c", "s").running_count == 1);
}

TEST_CASE("a starved service is tried again when the task that its expression asks for has come") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = stage::service("beside", "web", 1);
  request.placement_constraints = {{member_of("task:group == family:web")}};
  static_cast<void>(stage.must<api::CreateServiceResponse>("CreateService", request));
  request = stage::service("busy", "web", 1);
  request.placement_constraints = {{member_of("runningTasksCount >= 2")}};
  static_cast<void>(stage.must<api::CreateServiceResponse>("CreateService", request));
  stage.settle();
  CHECK(stage.world->tasks.empty());
  static_cast<void>(stage.must<api::RunTaskResponse>("RunTask", stage::run("web")));
  stage.settle();
  CHECK(stage::described_service(stage, "c", "beside").running_count == 1);
  CHECK(stage::described_service(stage, "c", "busy").running_count == 1);
  for (const auto& [key, task] : stage.world->tasks) {
    CHECK(task.instance == stage.world->tasks.begin()->second.instance);
  }
  stage.restart();
  stage.check_invariants();
}

TEST_CASE("a constraint that makes no sense is refused where it is said") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest request = stage::run("web");
  request.placement_constraints = {{member_of("attribute:stack == ")}};
  const auto run = stage.call<api::RunTaskResponse>("RunTask", request);
  CHECK(run.error().code == ErrorCode::invalid_parameter);
  CHECK(run.error().message.find("position 20") != std::string::npos);
  request.placement_constraints = {
      {{.type = api::PlacementConstraintType::distinct_instance, .expression = "a"}}};
  CHECK(stage.call<api::RunTaskResponse>("RunTask", request).error().code ==
        ErrorCode::invalid_parameter);
  api::RegisterTaskDefinitionRequest definition = stage::definition("bad");
  definition.placement_constraints = {
      {{.type = api::TaskDefinitionPlacementConstraintType::member_of, .expression = "x"}}};
  CHECK(stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition)
            .error()
            .code == ErrorCode::client);
  definition = stage::definition("full");
  definition.placement_constraints.emplace();
  for (int i = 0; i < 6; ++i) {
    definition.placement_constraints->push_back(
        {.type = api::TaskDefinitionPlacementConstraintType::member_of,
         .expression = "agentConnected == true"});
  }
  static_cast<void>(
      stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition));
  request = stage::run("full");
  request.placement_constraints =
      std::vector<api::PlacementConstraint>(5, member_of("agentConnected == true"));
  const auto many = stage.call<api::RunTaskResponse>("RunTask", request);
  CHECK(many.error().message.find("10 placement constraints") != std::string::npos);
}
