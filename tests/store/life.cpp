#include "tests/store/life.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "control/core/loop/rows/encode.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/access/seal.h"
#include "control/edge/access/secrets.h"
#include "schemas/codec/api.h"

namespace store_test {

namespace access = control::access;
using stage::Host;
using stage::Stage;
// clang-tidy 14 does not see that a literal uses them. NOLINTBEGIN(misc-unused-using-decls)
using std::chrono_literals::operator""s;
// NOLINTEND(misc-unused-using-decls)

namespace {

constexpr const char* web_definition = R"json({
  "family": "web", "networkMode": "bridge", "requiresCompatibilities": ["EC2"],
  "taskRoleArn": "arn:aws:iam::123456789012:role/app/reader",
  "executionRoleArn": "arn:aws:iam::123456789012:role/app/reader",
  "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
  "tags": [{"key": "team", "value": "a \"quoted\" value"}],
  "volumes": [{"name": "scratch"}, {"name": "logs", "host": {"sourcePath": "/var/log/web"}}],
  "containerDefinitions": [
    {"name": "main", "image": "registry.local/web:1", "cpu": 128, "memory": 128,
     "memoryReservation": 64, "essential": true, "command": ["serve", "80"],
     "entryPoint": ["/bin/probe"], "workingDirectory": "/srv", "user": "1000:1000",
     "environment": [{"name": "GREETING", "value": "grüß' dich"}],
     "portMappings": [{"containerPort": 80, "protocol": "tcp", "name": "http", "appProtocol": "http"},
                      {"containerPort": 53, "hostPort": 5353, "protocol": "udp"}],
     "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch", "readOnly": true}],
     "healthCheck": {"command": ["CMD-SHELL", "true"], "interval": 10, "timeout": 2, "retries": 2,
                     "startPeriod": 5},
     "restartPolicy": {"enabled": true, "ignoredExitCodes": [3], "restartAttemptPeriod": 60},
     "ulimits": [{"name": "nofile", "softLimit": 100, "hardLimit": 200}],
     "dockerLabels": {"label": "of docker"}, "startTimeout": 20, "stopTimeout": 5,
     "readonlyRootFilesystem": true, "privileged": true,
     "dependsOn": [{"containerName": "side", "condition": "START"}],
     "linuxParameters": {"capabilities": {"add": ["NET_ADMIN"], "drop": ["CHOWN"]},
       "devices": [{"hostPath": "/dev/null", "containerPath": "/dev/void",
                    "permissions": ["read", "write"]}],
       "initProcessEnabled": true, "sharedMemorySize": 32, "maxSwap": 16, "swappiness": 10,
       "tmpfs": [{"containerPath": "/t", "size": 8, "mountOptions": ["noexec"]}]}},
    {"name": "side", "image": "registry.local/side:1", "cpu": 64, "memory": 64, "essential": false,
     "versionConsistency": "disabled",
     "volumesFrom": [{"sourceContainer": "main", "readOnly": true}]}]})json";

constexpr const char* web_again = R"json({
  "family": "web", "containerDefinitions": [
    {"name": "main", "image": "registry.local/web:2", "cpu": 128, "memory": 128}]})json";

constexpr const char* job_definition = R"json({
  "family": "job", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
  "cpu": "256", "memory": "512", "taskRoleArn": "arn:aws:iam::123456789012:role/app/reader",
  "containerDefinitions": [{"name": "main", "image": "registry.local/job:1"}]})json";

access::Seal seal_of_life() { return access::Seal(std::string(32, 'k')); }

/// One operation, its request as JSON, to an answer that must be good.
api::Value tell(Stage& stage, const std::string& operation, const std::string& json,
                control::DrawnSecret drawn = {}) {
  const auto known = api::find_operation(operation);
  REQUIRE_MESSAGE(known.ok(), operation);
  schemas::Result<api::Value> input = api::decode_input(*known.value(), json);
  REQUIRE_MESSAGE(input.ok(), operation << ": " << (input.ok() ? "" : input.error().message));
  control::Turn turn = stage.turn({control::ApiCall{.request = 1,
                                                    .scope = stage::scope,
                                                    .principal = stage::root,
                                                    .operation = operation,
                                                    .input = std::move(input).value(),
                                                    .drawn = std::move(drawn)}});
  REQUIRE(turn.replies.size() == 1);
  const schemas::Result<api::Value>& result = turn.replies.front().result;
  REQUIRE_MESSAGE(result.ok(), operation << ": " << (result.ok() ? "" : result.error().message));
  stage.advance(1s);  // every instant another
  return result.value();
}

control::DrawnSecret access_key(const std::string& id) {
  return {.id = id, .kept = seal_of_life().close("secret of " + id, access::seal_name(id))};
}

control::DrawnSecret token(const std::string& secret) {
  return {.id = {}, .kept = access::hash_of(secret)};
}

void let_in(Stage& stage) {
  const control::DrawnSecret admin = access_key("AKIAADMINADMINADMIN1");
  schemas::AccessKey key;
  key.id = admin.id;
  key.sealed_secret = admin.kept;
  stage.turn({control::FirstUserWanted{
      .scope = stage::scope, .name = "admin", .access_key = std::move(key)}});
  tell(stage, "CreateUser", R"({"userName":"build"})");
  tell(stage, "CreateAccessKey", R"({"userName":"build"})", access_key("AKIABUILDBUILDBUILD1"));
  tell(stage, "UpdateAccessKey", R"({"accessKeyId":"AKIABUILDBUILDBUILD1","status":"Inactive"})");
  tell(stage, "CreateRole",
       R"({"roleName":"reader","path":"/app/","description":"may look",
           "actions":["ecs:List*","ecs:DescribeTasks"],"tags":[{"key":"k","value":"v"}]})");
  tell(stage, "CreateSession", "{}", token("a session"));
  tell(stage, "CreateJoinToken", R"({"cluster":"c","expiresInSeconds":604800})", token("a host"));
  tell(stage, "CreateJoinToken", R"({"pool":true,"expiresInSeconds":604800})",
       token("a pool host"));
}

/// A host that says everything that a host can say of itself.
void join_another(Stage& stage) {
  Host& host = stage.join("c", "us-east-1b", {2048}, {4096});
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id = "boot-2";
  request.report_sequence = ++host.sequence;
  request.inventory = stage.world->instances.at(host.id).inventory;
  request.inventory->attributes = {{"ecs.os-type", "linux"}, {"rack", "7"}};
  request.inventory->agent_version = "0.1.0";
  request.inventory->engine_version = "crun 1.8.1";
  stage.turn({control::AgentSync{
      .waiter = 1, .identity_hash = host.identity, .request = std::move(request)}});
  tell(stage, "TagResource",
       R"({"resourceArn":"arn:aws:ecs:us-east-1:123456789012:container-instance/c/)" +
           host.id.text() + R"(","tags":[{"key":"rack","value":"7"}]})");
  tell(stage, "PutAttributes",
       R"({"cluster":"c","attributes":[{"name":"stack","value":"prod","targetId":")" +
           host.id.text() + R"("}]})");
}

std::string default_subnets(Stage& stage) {
  std::string list;
  for (const auto& [id, subnet] : stage.world->subnets) {
    list += (list.empty() ? "\"" : ",\"") + id.text() + "\"";
  }
  return list;
}

/// A group with rules of both directions, by address and by group.
std::string open_group(Stage& stage) {
  const api::Value made =
      tell(stage, "CreateSecurityGroup", R"({"groupName":"open","description":"for everybody"})");
  std::string id = made.as<api::CreateSecurityGroupResponse>().security_group.group_id;
  const auto rule = [&](const std::string& operation, const std::string& rest) {
    tell(stage, operation, R"({"groupId":")" + id + "\"," + rest + "}");
  };
  rule(
      "AuthorizeSecurityGroupIngress",
      R"("ipProtocol":"tcp","fromPort":80,"toPort":81,"cidrIpv4":"0.0.0.0/0","description":"web")");
  rule("AuthorizeSecurityGroupIngress", R"("ipProtocol":"-1","referencedGroupId":")" + id + "\"");
  rule("AuthorizeSecurityGroupEgress",
       R"("ipProtocol":"udp","fromPort":53,"toPort":53,"cidrIpv4":"198.51.100.0/24")");
  return id;
}

const std::string& group_of(const Stage& stage, schemas::TaskId id) {
  return stage.world->tasks.at(stage.world.index().task_by_id.at(id)).specification->group;
}

/// The pool's tasks are metered: two readings, of one of them the last.
void meter(Stage& stage) {
  for (Host& host : stage.hosts) {
    std::vector<schemas::MeterRecord> readings;
    for (const auto& [id, task] : host.tasks) {
      for (std::int64_t sequence = 1; task.metered && sequence <= 2; ++sequence) {
        readings.push_back({.task = id,
                            .sequence = sequence,
                            .monotonic_start_ns = (sequence - 1) * 30'000'000'000,
                            .monotonic_end_ns = sequence * 30'000'000'000,
                            .wall_start = stage.now - 60s + (sequence - 1) * 30s,
                            .wall_end = stage.now - 60s + sequence * 30s,
                            .cpu_time_ns = 5'000'000'000,
                            .memory_byte_seconds = 3'000'000'000,
                            .memory_peak_bytes = 100'000'000 + sequence,
                            .last = sequence == 2 && group_of(stage, id) == "family:job"});
      }
    }
    stage.sync(host, {}, std::move(readings));
  }
}

/// A container of one task ends badly, with all that a host knows of it.
void fail_one(Stage& stage, const std::string& group) {
  for (Host& host : stage.hosts) {
    const auto told = host.tasks;  // what it is told changes as it reports
    for (const auto& [id, task] : told) {
      if (group_of(stage, id) != group) {
        continue;
      }
      schemas::TaskReport running = stage::report(id, schemas::TaskStatus::running, task);
      running.pull_started_at = stage.now - 9s;
      running.pull_stopped_at = stage.now - 8s;
      running.started_at = stage.now - 7s;
      running.containers.front().image_digest = "sha256:" + std::string(64, 'd');
      running.containers.front().health = schemas::HealthStatus::healthy;
      running.containers.front().network_bindings = {
          {.bind_ip = {0}, .container_port = 80, .host_port = 32'768}};
      stage.sync(host, {running});
      schemas::TaskReport stopped = stage::report(id, schemas::TaskStatus::stopped, task);
      stopped.containers.front().exit_code = 137;
      stopped.containers.front().reason = "OutOfMemoryError: container killed";
      stopped.execution_stopped_at = stage.now;
      stopped.stopped_at = stage.now;
      stage.sync(host, {stopped});
      host.reported[id] = schemas::TaskStatus::stopped;
      return;
    }
  }
  FAIL("no task of group " << group);
}

/// The host of a task of the group says which digest it found behind the image's tag.
void find_image(Stage& stage, const std::string& group) {
  for (Host& host : stage.hosts) {
    for (const auto& [id, task] : host.tasks) {
      if (group_of(stage, id) == group) {
        schemas::TaskReport running = stage::report(id, schemas::TaskStatus::running, task);
        running.containers.front().image_digest = "sha256:" + std::string(64, 'e');
        stage.sync(host, {running});
        return;
      }
    }
  }
  FAIL("no task of group " << group);
}

void run_things(Stage& stage, const std::string& group) {
  const std::string network = R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":[)" +
                              default_subnets(stage) + R"(],"securityGroups":[")" + group +
                              R"("],"assignPublicIp":"ENABLED"}})";
  tell(stage, "CreateService",
       R"({"cluster":"c","serviceName":"web","taskDefinition":"web:1","desiredCount":2,
           "clientToken":"once","tags":[{"key":"s","value":"t"}],"propagateTags":"SERVICE",
           "enableECSManagedTags":true,
           "deploymentConfiguration":{"minimumHealthyPercent":50,"maximumPercent":150},
           "placementConstraints":[{"type":"distinctInstance"},
             {"type":"memberOf","expression":"attribute:stack !exists or task:group != a"}],
           "placementStrategy":[{"type":"spread","field":"instanceId"}]})");
  tell(stage, "CreateService",
       R"({"cluster":"c","serviceName":"jobs","taskDefinition":"job","desiredCount":1,
           "capacityProviderStrategy":[{"capacityProvider":"FARGATE","base":1,"weight":2}],)" +
           network + "}");
  tell(stage, "RunTask",
       R"({"cluster":"c","taskDefinition":"web:2","startedBy":"a person","group":"by hand",
           "clientToken":"once","tags":[{"key":"t","value":"u"}],"count":2,
           "overrides":{"cpu":"300","memory":"200","containerOverrides":[
             {"name":"main","command":["hold"],"cpu":100,"memory":100,"memoryReservation":50,
              "environment":[{"name":"A","value":"b"}]}]}})");
  tell(stage, "RunTask",
       R"({"cluster":"c","taskDefinition":"job","launchType":"FARGATE","platformVersion":"1.4.0",
           "enableECSManagedTags":true,)" +
           network + "}");
  tell(stage, "PutClusterCapacityProviders",
       R"({"cluster":"c","capacityProviders":["FARGATE","blue"],"defaultCapacityProviderStrategy":[
           {"capacityProvider":"FARGATE","base":3,"weight":4}]})");
  stage.settle();
}

/// The service is steady, then a deployment of it fails and is rolled back.
void roll_back_one(Stage& stage) {
  tell(stage, "UpdateService", R"({"cluster":"c","service":"web","taskDefinition":"web:2"})");
  for (int step = 0; step < 3; ++step) {  // a task at a time
    stage.settle();
    stage.advance(45s);
  }
  tell(stage, "RegisterTaskDefinition",
       R"({"family":"bad","containerDefinitions":[
            {"name":"main","image":"registry.local/bad:1","cpu":128,"memory":128}]})");
  stage.broken = {"bad"};
  tell(stage, "UpdateService",
       R"({"cluster":"c","service":"web","taskDefinition":"bad","deploymentConfiguration":{
            "deploymentCircuitBreaker":{"enable":true,"rollback":true,"resetOnHealthyTask":false,
              "thresholdConfiguration":{"type":"COUNT","value":1}}}})");
  stage.settle();
}

/// A service whose controller is EXTERNAL, and a set of it.
void make_task_set(Stage& stage) {
  tell(stage, "CreateService",
       R"({"cluster":"c","serviceName":"sets","desiredCount":0,
           "deploymentController":{"type":"EXTERNAL"},
           "placementStrategy":[{"type":"random"}]})");
  tell(
      stage, "CreateTaskSet",
      R"({"cluster":"c","service":"sets","taskDefinition":"web:1","launchType":"EC2","externalId":"release-7",
           "scale":{"value":12.5,"unit":"PERCENT"},"clientToken":"set-1",
           "tags":[{"key":"of","value":"a set"}]})");
}

}  // namespace

std::string key_of_life() { return access::hex(std::string(32, 'k')) + "\n"; }

void live(Stage& stage) {
  stage.restart();  // a process begins by loading, though there is nothing yet
  tell(stage, "CreateCluster", R"({"clusterName":"c","tags":[{"key":"k","value":"v"}]})");
  tell(stage, "UpdateCluster",
       R"({"cluster":"c","settings":[{"name":"containerInsights","value":"enhanced"}],
           "configuration":{"executeCommandConfiguration":{"kmsKeyId":"key","logging":"OVERRIDE",
             "logConfiguration":{"cloudWatchLogGroupName":"sessions",
               "cloudWatchEncryptionEnabled":true,"s3BucketName":"kept","s3EncryptionEnabled":true,
               "s3KeyPrefix":"of/c"}}}})");
  tell(stage, "PutAccountSetting", R"({"name":"awsvpcTrunking","value":"enabled",
           "principalArn":"arn:aws:iam::123456789012:user/build"})");
  tell(stage, "PutAccountSettingDefault", R"({"name":"awsvpcTrunking","value":"disabled"})");
  tell(stage, "CreateCapacityProvider",
       R"({"name":"blue","autoScalingGroupProvider":{"autoScalingGroupArn":"hosts of blue",
           "managedScaling":{"status":"ENABLED","targetCapacity":90,"minimumScalingStepSize":2,
             "maximumScalingStepSize":20,"instanceWarmupPeriod":60},
           "managedTerminationProtection":"ENABLED","managedDraining":"DISABLED"},
           "tags":[{"key":"k","value":"v"}]})");
  tell(stage, "UpdateCapacityProvider",
       R"({"name":"blue","autoScalingGroupProvider":{"managedScaling":{"targetCapacity":80}}})");
  tell(stage, "PutClusterCapacityProviders",
       R"({"cluster":"c","capacityProviders":["FARGATE","blue"],
           "defaultCapacityProviderStrategy":[]})");
  tell(stage, "CreateCluster", R"({"clusterName":"gone"})");
  tell(stage, "DeleteCluster", R"({"cluster":"gone"})");
  let_in(stage);
  for (const char* definition : {web_definition, web_again, web_again, job_definition}) {
    tell(stage, "RegisterTaskDefinition", definition);
  }
  tell(stage, "DeregisterTaskDefinition", R"({"taskDefinition":"web:3"})");
  stage.join("c", "us-east-1a", {4096}, {8192});
  join_another(stage);
  tell(stage, "RegisterContainerInstance",
       R"({"cluster":"c","versionInfo":{"agentVersion":"9","agentHash":"of another maker"},
           "totalResources":[{"name":"CPU","integerValue":1024},
             {"name":"MEMORY","integerValue":1024}],
           "attributes":[{"name":"ecs.capability.task-eni"}],
           "instanceIdentityDocument":"{\"accountId\":\"123456789012\",\"region\":\"us-east-1\",)"
       R"(\"availabilityZone\":\"us-east-1a\",\"identityHash\":\")" +
           std::string(64, 'f') + R"(\"}"})");
  stage.join("", "us-east-1a", {4096}, {8192});
  stage.join("", "us-east-1b", {4096}, {8192});
  run_things(stage, open_group(stage));
  stage.advance(5s);
  meter(stage);
  fail_one(stage, "by hand");
  find_image(stage, "service:jobs");
  roll_back_one(stage);
  tell(stage, "UpdateService",
       R"({"cluster":"c","service":"web","taskDefinition":"web:1","deploymentConfiguration":{
            "lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["PRE_SCALE_UP","POST_SCALE_UP"],
              "timeoutConfiguration":{"timeoutInMinutes":60,"action":"CONTINUE"}}]}})");
  std::string stopped;
  for (const auto& [key, task] : stage.world->tasks) {
    stopped = task.specification->group == "family:job" ? task.id.text() : stopped;
  }
  tell(stage, "StopTask", R"({"cluster":"c","task":")" + stopped + R"(","reason":"seen enough"})");
  stage.settle();
  for (const auto& [key, task] : stage.world->tasks) {
    if (task.specification->group == "service:jobs") {
      tell(stage, "UpdateTaskProtection",
           R"({"cluster":"c","protectionEnabled":true,"tasks":[")" + task.id.text() + R"("]})");
      break;
    }
  }
  tell(stage, "UpdateContainerInstancesState",
       R"({"cluster":"c","status":"DRAINING","containerInstances":[")" +
           stage.hosts.front().id.text() + R"("]})");
  make_task_set(stage);
}

std::vector<control::Row> rows_of(const control::World& world) {
  std::vector<control::Row> rows = control::all_rows(world);
  std::sort(rows.begin(), rows.end(), [](const control::Row& left, const control::Row& right) {
    return std::tie(left.table, left.key) < std::tie(right.table, right.key);
  });
  return rows;
}

std::string text_of(const std::vector<control::Row>& rows) {
  std::string text;
  for (const control::Row& row : rows) {
    text += std::string(control::shape_of(row.table).name) + " " + std::to_string(row.key);
    for (const control::Value& value : row.values) {
      const auto* number = std::get_if<std::int64_t>(&value);
      const auto* words = std::get_if<std::string>(&value);
      text += " | " + (number != nullptr  ? std::to_string(*number)
                       : words != nullptr ? *words
                                          : std::string("NULL"));
    }
    text += "\n";
  }
  return text;
}

}  // namespace store_test
