#include "schemas/codec/api.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "api/clusters.h"
#include "api/container_instances.h"
#include "api/operations.h"
#include "api/services.h"
#include "api/stowage.h"
#include "api/task_definitions.h"
#include "api/tasks.h"
#include "schemas/base/random.h"
#include "schemas/codec/access.h"

namespace {

using std::chrono_literals::operator""ms;
using schemas::ErrorCode;

/// Why an input is refused; fails the test when it is not.
schemas::Error refusal(std::string_view operation, std::string_view json) {
  const auto found = api::find_operation(operation);
  REQUIRE(found.ok());
  const auto read = api::decode_input(*found.value(), json);
  REQUIRE_MESSAGE(!read.ok(), std::string(json));
  return read.error();
}

std::string definition_with(const std::string& member) {
  return R"({"family":"web","containerDefinitions":[{"name":"web","image":"web:1",)" + member +
         "}]}";
}

void check_accepted(std::string_view operation, const std::string& json) {
  const auto read = api::decode_input(*api::find_operation(operation).value(), json);
  CHECK_MESSAGE(read.ok(), json, ": ", read.ok() ? "" : read.error().message);
}

using Matcher = std::function<bool(std::string_view)>;
using Rule = std::pair<Matcher, std::string>;

Matcher is(std::string_view wanted) {
  return [wanted](std::string_view found) { return found == wanted; };
}
Matcher begins(std::string_view wanted) {
  return [wanted](std::string_view found) { return found.starts_with(wanted); };
}
Matcher ends(std::string_view wanted) {
  return [wanted](std::string_view found) { return found.ends_with(wanted); };
}

/// The smallest input of an operation, by its name or how that begins or ends; of all others it is
/// empty.
std::string smallest_input(std::string_view name) {
  static const std::vector<Rule> rules{
      {is("DeleteCluster"), R"({"cluster":"a"})"},
      {is("CreateCapacityProvider"), R"({"name":"a"})"},
      {is("UpdateCapacityProvider"), R"({"name":"a"})"},
      {is("DeleteCapacityProvider"), R"({"capacityProvider":"a"})"},
      {is("PutClusterCapacityProviders"),
       R"({"cluster":"a","capacityProviders":[],"defaultCapacityProviderStrategy":[]})"},
      {is("DeleteAccountSetting"), R"({"name":"containerInsights"})"},
      {begins("PutAccountSetting"), R"({"name":"containerInsights","value":"a"})"},
      {is("UpdateCluster"), R"({"cluster":"a"})"},
      {is("UpdateClusterSettings"), R"({"cluster":"a","settings":[]})"},
      {is("RegisterTaskDefinition"), definition_with(R"("memory":64)")},
      {ends("eTaskDefinition"), R"({"taskDefinition":"a"})"},
      {is("DeregisterTaskDefinition"), R"({"taskDefinition":"a"})"},
      {is("RunTask"), R"({"taskDefinition":"a"})"},
      {is("StopTask"), R"({"task":"a"})"},
      {is("DescribeTasks"), R"({"tasks":["a"]})"},
      {is("CreateService"), R"({"serviceName":"a","taskDefinition":"a"})"},
      {is("UpdateService"), R"({"service":"a"})"},
      {is("DeleteService"), R"({"service":"a"})"},
      {is("DescribeServices"), R"({"services":["a"]})"},
      {is("ListServiceDeployments"), R"({"service":"a"})"},
      {is("DescribeServiceDeployments"), R"({"serviceDeploymentArns":["a"]})"},
      {is("ContinueServiceDeployment"), R"({"serviceDeploymentArn":"a","hookId":"h"})"},
      {is("StopServiceDeployment"), R"({"serviceDeploymentArn":"a"})"},
      {is("CreateTaskSet"), R"({"service":"a","cluster":"c","taskDefinition":"a"})"},
      {is("DescribeTaskSets"), R"({"cluster":"c","service":"a"})"},
      {is("UpdateTaskSet"), R"({"cluster":"c","service":"a","taskSet":"a","scale":{"value":5}})"},
      {is("DeleteTaskSet"), R"({"cluster":"c","service":"a","taskSet":"a"})"},
      {is("UpdateServicePrimaryTaskSet"), R"({"cluster":"c","service":"a","primaryTaskSet":"a"})"},
      {is("GetTaskProtection"), R"({"cluster":"c","tasks":["a"]})"},
      {is("UpdateTaskProtection"), R"({"cluster":"c","tasks":["a"],"protectionEnabled":true})"},
      {is("ListServicesByNamespace"), R"({"namespace":"n"})"},
      {is("SubmitAttachmentStateChanges"),
       R"({"attachments":[{"attachmentArn":"a","status":"ATTACHED"}]})"},
      {is("UpdateContainerAgent"), R"({"containerInstance":"a"})"},
      {is("DescribeServiceRevisions"), R"({"serviceRevisionArns":["a"]})"},
      {is("DescribeContainerInstances"), R"({"containerInstances":["a"]})"},
      {is("CreateSecurityGroup"), R"({"groupName":"a","description":"a"})"},
      {begins("AuthorizeSecurityGroup"), R"({"groupId":"a","ipProtocol":"tcp"})"},
      {begins("RevokeSecurityGroup"), R"({"groupId":"a","securityGroupRuleId":"a"})"},
      {ends("SecurityGroup"), R"({"groupId":"a"})"},
      {is("CreateUser"), R"({"userName":"a"})"},
      {is("DeleteUser"), R"({"userName":"a"})"},
      {is("DeleteAccessKey"), R"({"accessKeyId":"a"})"},
      {is("UpdateAccessKey"), R"({"accessKeyId":"a","status":"Inactive"})"},
      {is("StartTask"), R"({"containerInstances":["a"],"taskDefinition":"a"})"},
      {is("UpdateContainerInstancesState"), R"({"containerInstances":["a"],"status":"ACTIVE"})"},
      {is("DeregisterContainerInstance"), R"({"containerInstance":"a"})"},
      {is("DeleteTaskDefinitions"), R"({"taskDefinitions":["a"]})"},
      {is("ListTagsForResource"), R"({"resourceArn":"a"})"},
      {is("ExplainTaskDefinition"), R"({"taskDefinition":"a"})"},
      {is("Plan"), R"({"loseZone":{"availabilityZone":"a"}})"},
      {is("ExplainService"), R"({"service":"a"})"},
      {is("ExplainTask"), R"({"task":"a"})"},
      {is("ListAttributes"), R"({"targetType":"container-instance"})"},
      {ends("Attributes"), R"({"attributes":[{"name":"a"}]})"},
      {is("TagResource"), R"({"resourceArn":"a","tags":[]})"},
      {is("UntagResource"), R"({"resourceArn":"a","tagKeys":[]})"},
      {ends("eRole"), R"({"roleName":"a"})"}};
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [name](const Rule& one) { return one.first(name); });
  return rule == rules.end() ? "{}" : rule->second;
}

}  // namespace

TEST_CASE("A task definition is read with all that acts") {
  const auto read = api::decode<api::RegisterTaskDefinitionRequest>(R"({
    "family": "web", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
    "requiresCompatibilities": ["FARGATE", "EC2"],
    "containerDefinitions": [{
      "name": "web", "image": "127.0.0.1:5000/probe:1", "essential": true, "cpu": 128, "memory": 256,
      "command": ["serve"], "entryPoint": ["/probe"], "environment": [{"name": "A", "value": ""}],
      "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
      "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}], "stopTimeout": 5,
      "dockerLabels": {"a": "b"}, "mountPoints": [], "volumesFrom": [], "privileged": false}],
    "tags": [{"key": "team", "value": "blue"}], "volumes": [], "placementConstraints": null})");
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  const api::RegisterTaskDefinitionRequest& request = read.value();
  CHECK(request.family == "web");
  CHECK(request.network_mode == api::NetworkMode::awsvpc);
  CHECK(request.requires_compatibilities->size() == 2);
  CHECK(!request.placement_constraints);
  CHECK(request.volumes);
  const api::ContainerDefinition& container = request.container_definitions.at(0);
  CHECK(container.cpu == 128);
  CHECK(container.entry_point->at(0) == "/probe");
  CHECK(container.environment->at(0).value == "");
  CHECK(container.port_mappings->at(0).container_port == 80);
  CHECK(container.depends_on->at(0).condition == api::ContainerCondition::success);
  CHECK(container.docker_labels->at("a") == "b");
  CHECK(container.mount_points);
  CHECK(!container.readonly_root_filesystem);
}

TEST_CASE("An answer is written as clients of ECS read it") {
  api::DescribeTasksResponse response;
  api::Task& task = response.tasks.emplace().emplace_back();
  task.task_arn = "arn:aws:ecs:us-east-1:123456789012:task/default/0";
  task.created_at = schemas::Instant(1'764'000'000'007ms);
  task.launch_type = api::LaunchType::fargate;
  task.stop_code = api::TaskStopCode::essential_container_exited;
  task.overrides.emplace().inference_accelerator_overrides.emplace();
  task.version = 3;
  response.failures.emplace();
  const std::string expected =
      R"({"tasks":[{"createdAt":1764000000.007,"launchType":"FARGATE",)"
      R"("overrides":{"inferenceAcceleratorOverrides":[]},"stopCode":"EssentialContainerExited",)"
      R"("taskArn":"arn:aws:ecs:us-east-1:123456789012:task/default/0","version":3}],"failures":[]})";
  CHECK(api::encode(response) == expected);
  const auto read = api::decode<api::DescribeTasksResponse>(expected);
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(read.value().tasks->at(0).created_at == task.created_at);
  CHECK(api::encode(api::Value::of(read.value())) == expected);
}

TEST_CASE("What is not supported yet is refused by name and in the words of ECS") {
  const schemas::Error router = refusal(
      "RegisterTaskDefinition", definition_with(R"("firelensConfiguration":{"type":"fluentbit"})"));
  CHECK(router.code == ErrorCode::client);
  CHECK(router.message ==
        "containerDefinitions[0].firelensConfiguration is not supported yet. Leave it out.");
  const schemas::Error links =
      refusal("RegisterTaskDefinition", definition_with(R"("links":["db"])"));
  CHECK(links.message ==
        "containerDefinitions[0].links is not supported yet beyond []: leave it out or send "
        "that.");
  const schemas::Error interactive =
      refusal("RegisterTaskDefinition", definition_with(R"("interactive":true)"));
  CHECK(interactive.message.starts_with(
      "containerDefinitions[0].interactive is not supported yet beyond false"));
  const schemas::Error controller = refusal(
      "CreateService",
      R"({"serviceName":"web","taskDefinition":"web","deploymentController":{"type":"CODE_DEPLOY"}})");
  CHECK(controller.code == ErrorCode::unsupported_feature);
  CHECK(controller.message == "deploymentController.type CODE_DEPLOY is not supported yet.");
  const schemas::Error external =
      refusal("RegisterTaskDefinition",
              R"({"family":"web","containerDefinitions":[{"name":"a","image":"b"}],)"
              R"("requiresCompatibilities":["EXTERNAL"]})");
  CHECK(external.message == "requiresCompatibilities[0] EXTERNAL is not supported yet.");
}

TEST_CASE("How a container is kept is bounded by the API's own limits, named by path") {
  const auto message = [](const std::string& members) {
    return refusal("RegisterTaskDefinition", definition_with(members)).message;
  };
  CHECK(message(R"("healthCheck":{"command":["CMD","x"],"interval":4})")
            .starts_with("containerDefinitions[0].healthCheck.interval"));
  CHECK(message(R"("healthCheck":{"command":["CMD","x"],"timeout":61})")
            .starts_with("containerDefinitions[0].healthCheck.timeout"));
  CHECK(message(R"("healthCheck":{"command":["CMD","x"],"retries":0})")
            .starts_with("containerDefinitions[0].healthCheck.retries"));
  CHECK(message(R"("healthCheck":{"command":["CMD","x"],"startPeriod":301})")
            .starts_with("containerDefinitions[0].healthCheck.startPeriod"));
  CHECK(message(R"("restartPolicy":{"enabled":true,"restartAttemptPeriod":59})")
            .starts_with("containerDefinitions[0].restartPolicy.restartAttemptPeriod"));
  CHECK(message(R"("linuxParameters":{"swappiness":101})")
            .starts_with("containerDefinitions[0].linuxParameters.swappiness"));
  CHECK(message(R"("ulimits":[{"name":"nofile","softLimit":-2,"hardLimit":1}])")
            .starts_with("containerDefinitions[0].ulimits[0].softLimit"));
}

TEST_CASE("Values that ask for what happens anyway pass, for Terraform and the SDKs send them") {
  check_accepted("RegisterTaskDefinition",
                 definition_with(R"("restartPolicy":{"enabled":false},"linuxParameters":{},)"
                                 R"("systemControls":[],"ulimits":[],"interactive":false,)"
                                 R"("versionConsistency":"disabled","secrets":[])"));
  check_accepted(
      "CreateService",
      R"({"serviceName":"web","taskDefinition":"web:1","clientToken":"a","desiredCount":2,)"
      R"("deploymentConfiguration":{"maximumPercent":200,"minimumHealthyPercent":100,)"
      R"("deploymentCircuitBreaker":{"enable":false,"rollback":false}},)"
      R"("deploymentController":{"type":"ECS"},"enableECSManagedTags":false,)"
      R"("enableExecuteCommand":false,"healthCheckGracePeriodSeconds":0,"loadBalancers":[],)"
      R"("launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":)"
      R"({"subnets":["subnet-1"],"assignPublicIp":"ENABLED"}},"propagateTags":"NONE",)"
      R"("schedulingStrategy":"REPLICA","serviceRegistries":[]})");
  check_accepted("CreateCluster",
                 R"({"settings":[{"name":"containerInsights","value":"disabled"}]})");
}

TEST_CASE("A broken rule says which member, what was found and what is allowed") {
  CHECK(refusal("RegisterTaskDefinition", "{}").message == "family is required.");
  CHECK(refusal("RegisterTaskDefinition", "{}").code == ErrorCode::client);
  CHECK(refusal("StopTask", "{}").code == ErrorCode::invalid_parameter);
  CHECK(
      refusal("RegisterTaskDefinition", R"({"family":"a b","containerDefinitions":[]})").message ==
      "family may consist of the characters a-zA-Z0-9_- only, found \"a b\".");
  CHECK(refusal("RegisterTaskDefinition", R"({"family":"a","containerDefinitions":[]})").message ==
        "containerDefinitions must have between 1 and 10 entries, found 0.");
  CHECK(refusal("RegisterTaskDefinition",
                definition_with(R"("portMappings":[{"containerPort":70000}])"))
            .message ==
        "containerDefinitions[0].portMappings[0].containerPort must be between 1 and 65535, "
        "found 70000.");
  CHECK(refusal("RunTask", R"({"taskDefinition":"web","count":11})").message ==
        "count must be between 1 and 10, found 11.");
  CHECK(refusal("RunTask", R"({"taskDefinition":"web","launchType":"MOON"})").message ==
        "launchType must be one of EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES, found \"MOON\".");
  CHECK(refusal("ListTasks", R"({"maxResults":3000000000})").message ==
        "maxResults must be between 1 and 100, found 3000000000.");
  const std::string long_name(256, 'a');
  CHECK(refusal("CreateCluster", R"({"clusterName":")" + long_name + "\"}").message ==
        "clusterName must have between 1 and 255 bytes, found 256.");
  CHECK(refusal("CreateCluster", R"({"clusterName":""})").message ==
        "clusterName must not be empty.");
  CHECK(refusal("StopTask", R"({"task":"a","reason":"x\u0000y"})").message ==
        "reason contains a NUL character. Remove it.");
}

TEST_CASE("Lists of hosts, revisions and tags are as short as ECS has them") {
  const auto eleven = [](const std::string& member) {
    std::string list;
    for (int count = 0; count < 11; ++count) {
      list += list.empty() ? "\"a\"" : ",\"a\"";
    }
    return "\"" + member + "\":[" + list + "]";
  };
  CHECK(refusal("StartTask", R"({"taskDefinition":"a",)" + eleven("containerInstances") + "}")
            .message == "containerInstances must have between 1 and 10 entries, found 11.");
  CHECK(refusal("UpdateContainerInstancesState",
                R"({"status":"ACTIVE",)" + eleven("containerInstances") + "}")
            .message == "containerInstances must have between 1 and 10 entries, found 11.");
  CHECK(refusal("DeleteTaskDefinitions", "{" + eleven("taskDefinitions") + "}").message ==
        "taskDefinitions must have between 1 and 10 entries, found 11.");
  CHECK(refusal("UpdateContainerInstancesState", R"({"containerInstances":["a"],"status":"AWAY"})")
            .code == ErrorCode::invalid_parameter);
  CHECK(refusal("DescribeCapacityProviders", R"({"maxResults":11})").message ==
        "maxResults must be between 1 and 10, found 11.");
  std::string tags;
  for (int count = 0; count < 51; ++count) {
    tags += (tags.empty() ? "" : ",") + std::string(R"({"key":"a"})");
  }
  CHECK(refusal("TagResource", R"({"resourceArn":"a","tags":[)" + tags + "]}").code ==
        ErrorCode::invalid_parameter);
  const std::string key(129, 'k');
  CHECK(
      refusal("TagResource", R"({"resourceArn":"a","tags":[{"key":")" + key + R"("}]})").message ==
      "tags[0].key must have between 1 and 128 bytes, found 129.");
}

TEST_CASE("A wrong type is a serialization error, and so is what is not JSON") {
  const auto message = [](std::string_view operation, std::string_view json) {
    const schemas::Error error = refusal(operation, json);
    CHECK(error.code == ErrorCode::serialization);
    return error.message;
  };
  CHECK(message("RunTask", R"({"taskDefinition":"web","count":"2"})") ==
        "count must be a whole number, found text.");
  CHECK(message("RunTask", R"({"taskDefinition":"web","count":2.5})") ==
        "count must be a whole number, found a number with a fraction.");
  CHECK(message("RunTask", R"({"taskDefinition":["web"]})") ==
        "taskDefinition must be text, found a list.");
  CHECK(message("DescribeTasks", R"({"tasks":[null]})") == "tasks[0] must be text, found null.");
  CHECK(message("ListClusters", "[]") == "the request must be an object, found a list.");
  CHECK(message("ListClusters", "{").starts_with("The request is not valid JSON: "));
  CHECK(message("ListClusters", "{} {}").starts_with("The request is not valid JSON: "));
  CHECK(message("CreateCluster", "{\"clusterName\":\"\xff\"}") ==
        "The request is not valid JSON: it is not UTF-8.");
  CHECK(message("RunTask", R"({"taskDefinition":"web","count":1,"count":2})") ==
        "count is given twice.");
  CHECK(message("RegisterTaskDefinition",
                definition_with(R"("dockerLabels":{"a":"1","\u0061":"2"})")) ==
        "containerDefinitions[0].dockerLabels.a is given twice.");
  for (const char* body :
       {R"({"clusterName":"a","clusterName":null})", R"({"clusterName":null,"clusterName":"a"})",
        R"({"clusterName":null,"clusterName":null})"}) {
    CHECK(message("CreateCluster", body) == "clusterName is given twice.");
  }
}

TEST_CASE("A NUL is refused in names as in values") {
  for (const char* label :
       {R"("dockerLabels":{"a\u0000b":"1"})", R"("dockerLabels":{"a":"\u0000"})"}) {
    const std::string message = refusal("RegisterTaskDefinition", definition_with(label)).message;
    CHECK(message.find("contains a NUL character") != std::string::npos);
  }
}

TEST_CASE("Any instant can be written, before 1970 and at the ends of time too") {
  const auto written = [](std::int64_t milliseconds) {
    const schemas::Instant at{schemas::Duration(milliseconds)};
    return codec::encode(codec::TypeOf<schemas::Instant>::type, &at, codec::Dialect{});
  };
  CHECK(written(1'500) == "1.500");
  CHECK(written(-1'500) == "-1.500");
  CHECK(written(-5) == "-0.005");
  CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775.808");
}

TEST_CASE("Deep, huge and misspelt requests are refused") {
  const std::string deep =
      R"({"clusterName":)" + std::string(100, '[') + std::string(100, ']') + "}";
  CHECK(refusal("CreateCluster", deep).message ==
        "The request is not valid JSON: it nests deeper than 32 levels.");
  const std::string huge = R"({"clusterName":")" + std::string(2U << 20U, 'a') + "\"}";
  CHECK(refusal("CreateCluster", huge).code == ErrorCode::serialization);
  CHECK(refusal("RegisterTaskDefinition", definition_with(R"("esential":true)")).message ==
        "containerDefinitions[0].esential is not a member of ContainerDefinition. Did you mean "
        "essential?");
}

TEST_CASE("A key that is no member is shown short and printable") {
  CHECK(refusal("CreateCluster", R"({"a\nb\u001b[31m":1})").message.starts_with("a?b?[31m is not"));
  const std::string key(500'000, 'k');
  CHECK(refusal("CreateCluster", "{\"" + key + "\":1}").message.size() < 200);
}

TEST_CASE("Damaged requests are read or refused, and never end the process") {
  const std::string whole =
      R"({"family":"web","networkMode":"awsvpc","cpu":"256","tags":[{"key":)"
      R"("a","value":"b"}],"containerDefinitions":[{"name":"web","image":"w",)"
      R"("cpu":1,"essential":true,"environment":[{"name":"A","value":"é"}],)"
      R"("portMappings":[{"containerPort":80}],"dockerLabels":{"a":"b"},)"
      R"("dependsOn":[{"containerName":"b","condition":"START"}]}]})";
  const api::Operation& operation = *api::find_operation("RegisterTaskDefinition").value();
  schemas::Random random(7);
  constexpr std::string_view interesting = "{}[]\",:0129.-enulltrf\\ \x01\xff";
  std::int64_t accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = whole;
    const std::uint64_t wounds = 1 + random.below(3);
    for (std::uint64_t wound = 0; wound < wounds; ++wound) {
      const std::size_t at = random.below(damaged.size());
      const char with = interesting[random.below(interesting.size())];
      switch (random.below(3)) {
        case 0:
          damaged[at] = with;
          break;
        case 1:
          damaged.insert(at, 1, with);
          break;
        default:
          damaged.erase(at, 1 + random.below(8));
      }
    }
    const auto read = api::decode_input(operation, damaged);
    if (read.ok()) {
      const std::string written = api::encode(read.value());
      const auto again = api::decode_input(operation, written);
      REQUIRE_MESSAGE(again.ok(), written);
      CHECK(api::encode(again.value()) == written);
      ++accepted;
    } else {
      CHECK(!read.error().message.empty());
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("A long request leaves no trace in the next one on the same thread") {
  const std::string text(900'000, 'x');
  CHECK(refusal("CreateCluster", R"({"clusterName":")" + text + "\"}").message ==
        "clusterName must have between 1 and 255 bytes, found 900000.");
  check_accepted("CreateCluster", R"({"clusterName":"a"})");
}

TEST_CASE("What is written for others hides values of environment variables") {
  const auto read = api::decode_input(
      *api::find_operation("RegisterTaskDefinition").value(),
      R"({"family":"f","containerDefinitions":[{"name":"c","image":"i","memory":8,)"
      R"("environment":[{"name":"PASSWORD","value":"hunter2"},{"name":"EMPTY"}]}]})");
  REQUIRE(read.ok());
  CHECK(api::encode_without_secrets(read.value()) ==
        R"({"family":"f","containerDefinitions":[{"name":"c","image":"i","memory":8,)"
        R"("environment":[{"name":"PASSWORD","value":"***"},{"name":"EMPTY"}]}]})");
}

TEST_CASE("Every operation reads its empty or smallest input and writes it back") {
  std::size_t count = 0;
  for (const api::Operation& operation : api::operations()) {
    const std::string json = smallest_input(operation.name);
    const auto read = api::decode_input(operation, json);
    REQUIRE_MESSAGE(read.ok(), operation.name, ": ", read.error().message);
    CHECK_MESSAGE(api::encode(read.value()) == json, operation.name);
    CHECK(&api::operation(operation.id) == &operation);
    ++count;
  }
  CHECK(count == 91);
}

TEST_CASE("An operation that is not built yet is told from one that does not exist") {
  CHECK(api::find_operation("RunTask").value()->id == api::OperationId::run_task);
  CHECK(api::find_operation("CreateDaemon").error().code == ErrorCode::unsupported_feature);
  CHECK(api::find_operation("CreateDaemon").error().message ==
        "The operation CreateDaemon is not supported yet.");
  CHECK(api::find_operation("Dance").error().code == ErrorCode::unknown_operation);
}

TEST_CASE("An error is written as AWS clients read it") {
  CHECK(api::encode_error({.code = ErrorCode::cluster_not_found, .message = "Cluster \"a\"."}) ==
        R"({"__type":"ClusterNotFoundException","message":"Cluster \"a\"."})");
  CHECK(api::rest_status(ErrorCode::cluster_not_found) == 404);
  CHECK(api::rest_status(ErrorCode::invalid_parameter) == 400);
  CHECK(api::rest_status(ErrorCode::server) == 500);
}

TEST_CASE("The OpenAPI document can be read") {
  codec::EmptyObject document;
  const schemas::Outcome outcome = codec::decode(
      api::openapi_json(), codec::TypeOf<codec::EmptyObject>::type, &document, codec::wire_dialect);
  REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
  CHECK(api::openapi_json().find("\"/v1/clusters/{cluster}/tasks\"") != std::string_view::npos);
}

TEST_CASE("Enumerators have their wire names") {
  CHECK(codec::name_of(api::LaunchType::fargate) == "FARGATE");
  CHECK(codec::named<api::TransportProtocol>("udp") == api::TransportProtocol::udp);
}
