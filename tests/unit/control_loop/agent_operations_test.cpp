#include <doctest/doctest.h>

#include "api/agent.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

const std::string robot = "arn:aws:iam::123456789012:user/robot";
const schemas::Scope elsewhere{"999999999999", "us-east-1"};

std::string document(const std::string& hash, const std::string& account = "123456789012") {
  return R"({"accountId":")" + account +
         R"(","region":"us-east-1","availabilityZone":"us-east-1a","privateIp":"198.18.0.9",)" +
         R"("instanceId":"machine-9","architecture":"x86_64","identityHash":")" + hash + "\"}";
}

std::string hash_of(char digit) { return std::string(64, digit); }

api::Resource amount(const std::string& name, std::int64_t count) {
  api::Resource resource;
  resource.name = name;
  resource.type = "INTEGER";
  resource.integer_value = count;
  return resource;
}

api::RegisterContainerInstanceRequest registration(char digit) {
  api::RegisterContainerInstanceRequest request;
  request.cluster = "c";
  request.instance_identity_document = document(hash_of(digit));
  request.total_resources = {{amount("CPU", 4096), amount("MEMORY", 8192)}};
  api::Attribute attribute;
  attribute.name = "rack";
  attribute.value = "7";
  request.attributes = {{attribute}};
  request.version_info =
      api::VersionInfo{.agent_version = "9.9.9", .agent_hash = "abc", .docker_version = "crun 2"};
  return request;
}

/// A cluster with a definition and no hosts but those that are registered by the API.
void bare_cluster(Stage& stage) {
  api::CreateClusterRequest cluster;
  cluster.cluster_name = "c";
  stage.must<api::CreateClusterResponse>("CreateCluster", cluster);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
}

template <class Output, class Input>
schemas::Result<Output> as_robot(Stage& stage, const std::string& operation, Input input) {
  return stage.call<Output>(operation, std::move(input), stage::scope, robot);
}

api::ContainerInstance registered(Stage& stage, char digit) {
  const auto answer = as_robot<api::RegisterContainerInstanceResponse>(
      stage, "RegisterContainerInstance", registration(digit));
  REQUIRE_MESSAGE(answer.ok(), (answer.ok() ? "" : answer.error().message));
  return *answer.value().container_instance;
}

/// The host polls with the secret whose hash its document named.
void poll(Stage& stage, const api::ContainerInstance& instance, char digit) {
  stage::Host& host = stage.hosts.emplace_back();
  const std::string arn = *instance.container_instance_arn;
  host.id = *schemas::InstanceId::parse(arn.substr(arn.rfind('/') + 1));
  host.identity = hash_of(digit);
  static_cast<void>(stage.sync(host));
}

/// A task on a host that was registered by the API and polls.
std::string placed(Stage& stage) {
  bare_cluster(stage);
  poll(stage, registered(stage, 'a'), 'a');
  const auto run = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  REQUIRE(run.tasks->size() == 1);
  return *run.tasks->front().task_arn;
}

api::SubmitTaskStateChangeRequest change(const std::string& task, const std::string& status,
                                         const std::string& container) {
  api::SubmitTaskStateChangeRequest request;
  request.cluster = "c";
  request.task = task;
  request.status = status;
  api::ContainerStateChange main;
  main.container_name = "main";
  main.status = container;
  main.runtime_id = "runtime-1";
  request.containers = {{main}};
  return request;
}

schemas::Result<api::SubmitTaskStateChangeResponse> submit(
    Stage& stage, const api::SubmitTaskStateChangeRequest& request) {
  return as_robot<api::SubmitTaskStateChangeResponse>(stage, "SubmitTaskStateChange", request);
}

}  // namespace

TEST_CASE("a host that is registered by the API is shown as it was described, and not in touch") {
  Stage stage;
  bare_cluster(stage);
  const api::ContainerInstance instance = registered(stage, 'a');
  CHECK(instance.status == "ACTIVE");
  CHECK_FALSE(*instance.agent_connected);
  CHECK(instance.version_info->agent_version == "9.9.9");
  CHECK(instance.version_info->agent_hash == "abc");
  CHECK(instance.version_info->docker_version == "crun 2");
  CHECK(instance.registered_resources->front().integer_value == 4096);
  std::map<std::string, std::string> attributes;
  for (const api::Attribute& each : *instance.attributes) {
    attributes[each.name] = each.value.value_or("");
  }
  CHECK(attributes.at("rack") == "7");
  CHECK(attributes.at("ecs.availability-zone") == "us-east-1a");
  CHECK(attributes.at("stowage.registered-by") == robot);
  const auto nowhere = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  REQUIRE(nowhere.failures->size() == 1);
  CHECK(nowhere.failures->front().reason == "AGENT");
  poll(stage, instance, 'a');
  CHECK(stage.must<api::RunTaskResponse>("RunTask", stage::run("web")).tasks->size() == 1);
  stage.check_invariants();
}

TEST_CASE("the same host registers again: the same instance, with what it says now") {
  Stage stage;
  bare_cluster(stage);
  const api::ContainerInstance first = registered(stage, 'a');
  CHECK(registered(stage, 'a').container_instance_arn == first.container_instance_arn);
  auto larger = registration('a');
  larger.container_instance_arn = first.container_instance_arn;
  larger.total_resources = {{amount("CPU", 8192), amount("MEMORY", 8192)}};
  const auto again =
      as_robot<api::RegisterContainerInstanceResponse>(stage, "RegisterContainerInstance", larger);
  REQUIRE(again.ok());
  CHECK(again.value().container_instance->container_instance_arn == first.container_instance_arn);
  CHECK(again.value().container_instance->registered_resources->front().integer_value == 8192);
  CHECK(*again.value().container_instance->version > *first.version);
  CHECK(stage.world->instances.size() == 1);
}

TEST_CASE("a host is registered again only as itself and by who registered it") {
  Stage stage;
  bare_cluster(stage);
  const api::ContainerInstance first = registered(stage, 'a');
  const auto refused = [&](const api::RegisterContainerInstanceRequest& request,
                           const std::string& who) {
    const auto answer = stage.call<api::RegisterContainerInstanceResponse>(
        "RegisterContainerInstance", request, stage::scope, who);
    REQUIRE(!answer.ok());
    return answer.error().code;
  };
  CHECK(refused(registration('a'), stage::root) == ErrorCode::access_denied);
  auto other_secret = registration('b');
  other_secret.container_instance_arn = first.container_instance_arn;
  CHECK(refused(other_secret, robot) == ErrorCode::client);
  auto nobody = registration('b');
  nobody.container_instance_arn = std::string(32, 'f');
  CHECK(refused(nobody, robot) == ErrorCode::invalid_parameter);
  api::DeregisterContainerInstanceRequest leave;
  leave.cluster = "c";
  leave.container_instance = *first.container_instance_arn;
  stage.must<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance", leave);
  CHECK(refused(registration('a'), robot) == ErrorCode::client);
}

TEST_CASE("what a registration says must be possible and of the caller's account") {
  Stage stage;
  bare_cluster(stage);
  const auto code = [&](const auto& spoil) {
    auto request = registration('a');
    spoil(request);
    const auto answer = as_robot<api::RegisterContainerInstanceResponse>(
        stage, "RegisterContainerInstance", request);
    REQUIRE(!answer.ok());
    return answer.error().code;
  };
  CHECK(code([](auto& r) { r.cluster = "nobody"; }) == ErrorCode::cluster_not_found);
  CHECK(code([](auto& r) { r.instance_identity_document.reset(); }) == ErrorCode::client);
  CHECK(code([](auto& r) { r.instance_identity_document = "no JSON"; }) == ErrorCode::client);
  CHECK(code([](auto& r) {
          r.instance_identity_document = document(hash_of('a'), "999999999999");
        }) == ErrorCode::client);
  CHECK(code([](auto& r) { r.instance_identity_document = document("short"); }) ==
        ErrorCode::client);
  CHECK(code([](auto& r) { r.total_resources.reset(); }) == ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) { r.total_resources->push_back(amount("GPU", 1)); }) ==
        ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) { r.total_resources->front().type = "DOUBLE"; }) ==
        ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) { r.total_resources->front().double_value = 0.5; }) ==
        ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) { r.total_resources->front().long_value = 5; }) ==
        ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) {
          api::Resource ports;
          ports.name = "PORTS";
          ports.string_set_value = {{"8080"}};
          r.total_resources->push_back(ports);
        }) == ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) { r.total_resources->front().integer_value = -1; }) ==
        ErrorCode::invalid_parameter);
  CHECK(code([](auto& r) { r.attributes->front().name = "stowage.registered-by"; }) ==
        ErrorCode::invalid_parameter);
  CHECK(stage.world->instances.empty());
}

TEST_CASE("what a registered host reports of its task is folded in, as our agents' reports are") {
  Stage stage;
  const std::string task = placed(stage);
  const auto running = submit(stage, change(task, "RUNNING", "RUNNING"));
  REQUIRE_MESSAGE(running.ok(), (running.ok() ? "" : running.error().message));
  CHECK(running.value().acknowledgment == "ACK");
  api::Task shown = stage::described(stage, "c", task);
  CHECK(shown.last_status == "RUNNING");
  CHECK(shown.containers->front().runtime_id == "runtime-1");
  CHECK(submit(stage, change(task, "RUNNING", "RUNNING")).ok());  // once more is no news
  auto over = change(task, "STOPPED", "STOPPED");
  over.containers->front().exit_code = 3;
  over.reason = "it was time";
  CHECK(submit(stage, over).ok());
  shown = stage::described(stage, "c", task);
  CHECK(shown.last_status == "STOPPED");
  CHECK(shown.stop_code == api::TaskStopCode::essential_container_exited);
  CHECK(shown.stopped_reason == "it was time");
  CHECK(shown.containers->front().exit_code == 3);
  stage.check_invariants();
}

TEST_CASE("everything that is reported of a task and its containers is shown") {
  Stage stage;
  const std::string task = placed(stage);
  stage.advance(10s);
  auto running = change(task, "RUNNING", "RUNNING");
  running.pull_started_at = stage.now - 9s;
  running.pull_stopped_at = stage.now - 8s;
  running.containers->front().image_digest = "sha256:" + std::string(64, 'd');
  api::NetworkBinding binding;
  binding.bind_ip = "198.18.0.9";
  binding.container_port = 53;
  binding.host_port = 32'768;
  binding.protocol = api::TransportProtocol::udp;
  running.containers->front().network_bindings = {{binding}};
  REQUIRE(submit(stage, running).ok());
  auto over = change(task, "STOPPED", "STOPPED");
  over.execution_stopped_at = stage.now - 1s;
  over.containers->front().reason = "OutOfMemoryError: it was too much";
  REQUIRE(submit(stage, over).ok());
  const api::Task shown = stage::described(stage, "c", task);
  CHECK(shown.pull_started_at == stage.now - 9s);
  CHECK(shown.pull_stopped_at == stage.now - 8s);
  CHECK(shown.execution_stopped_at == stage.now - 1s);
  const api::Container& main = shown.containers->front();
  CHECK(main.image_digest == "sha256:" + std::string(64, 'd'));
  CHECK(main.reason == "OutOfMemoryError: it was too much");
  REQUIRE(main.network_bindings->size() == 1);
  CHECK(main.network_bindings->front().bind_ip == "198.18.0.9");
  CHECK(main.network_bindings->front().container_port == 53);
  CHECK(main.network_bindings->front().host_port == 32'768);
  CHECK(main.network_bindings->front().protocol == api::TransportProtocol::udp);
}

TEST_CASE("a change that cannot be is refused and changes nothing") {
  Stage stage;
  const std::string task = placed(stage);
  const auto refused = [&](const api::SubmitTaskStateChangeRequest& request) {
    const auto before = control::find_task(stage.world, stage::task_id(task))->version;
    const auto answer = submit(stage, request);
    REQUIRE(!answer.ok());
    CHECK(control::find_task(stage.world, stage::task_id(task))->version == before);
    return answer.error().code;
  };
  CHECK(refused(change(task, "RUNNING", "PENDING")) == ErrorCode::invalid_parameter);
  CHECK(refused(change(task, "DANCING", "RUNNING")) == ErrorCode::invalid_parameter);
  CHECK(refused(change(task, "RUNNING", "DANCING")) == ErrorCode::invalid_parameter);
  auto stranger = change(task, "RUNNING", "RUNNING");
  stranger.containers->front().container_name = "stranger";
  CHECK(refused(stranger) == ErrorCode::invalid_parameter);
  auto early = change(task, "RUNNING", "RUNNING");
  early.containers->front().exit_code = 0;
  CHECK(refused(early) == ErrorCode::invalid_parameter);
  REQUIRE(submit(stage, change(task, "STOPPED", "STOPPED")).ok());
  CHECK(refused(change(task, "RUNNING", "RUNNING")) == ErrorCode::invalid_parameter);
  CHECK(refused(change(task, "STOPPED", "RUNNING")) == ErrorCode::invalid_parameter);
}

TEST_CASE("nobody reports for another's host, nor for one that reports for itself") {
  Stage stage;
  const std::string task = placed(stage);
  const auto code = [&](const std::string& of, const schemas::Scope& scope,
                        const std::string& who) {
    const auto answer = stage.call<api::SubmitTaskStateChangeResponse>(
        "SubmitTaskStateChange", change(of, "RUNNING", "RUNNING"), scope, who);
    REQUIRE(!answer.ok());
    return answer.error().code;
  };
  CHECK(code(task, stage::scope, stage::root) == ErrorCode::access_denied);
  CHECK(code(task, elsewhere, "arn:aws:iam::999999999999:user/robot") ==
        ErrorCode::cluster_not_found);
  stage::Host& joined = stage.join("c", "us-east-1b", {4096}, {8192});
  api::StartTaskRequest start;
  start.cluster = "c";
  start.container_instances = {joined.id.text()};
  start.task_definition = "web";
  const auto started = stage.must<api::StartTaskResponse>("StartTask", start);
  CHECK(code(*started.tasks->front().task_arn, stage::scope, robot) == ErrorCode::access_denied);
  CHECK(code(std::string(32, 'f'), stage::scope, robot) == ErrorCode::invalid_parameter);
}

TEST_CASE("one container's change is its own: the task's status is reported for itself") {
  Stage stage;
  const std::string task = placed(stage);
  api::SubmitContainerStateChangeRequest request;
  request.cluster = "c";
  request.task = task;
  request.container_name = "main";
  request.status = "RUNNING";
  request.runtime_id = "runtime-1";
  api::NetworkBinding binding;
  binding.bind_ip = "0.0.0.0";
  binding.container_port = 80;
  binding.host_port = 32768;
  request.network_bindings = {{binding}};
  REQUIRE(as_robot<api::SubmitContainerStateChangeResponse>(stage, "SubmitContainerStateChange",
                                                            request)
              .ok());
  const api::Task shown = stage::described(stage, "c", task);
  CHECK(shown.containers->front().last_status == "RUNNING");
  CHECK(shown.containers->front().network_bindings->front().host_port == 32768);
  CHECK(shown.last_status == "PENDING");
  CHECK(stage.call<api::SubmitContainerStateChangeResponse>("SubmitContainerStateChange", request)
            .error()
            .code == ErrorCode::access_denied);
  CHECK(shown.containers->front().runtime_id == "runtime-1");
  request.status = "PENDING";
  CHECK(as_robot<api::SubmitContainerStateChangeResponse>(stage, "SubmitContainerStateChange",
                                                          request)
            .error()
            .code == ErrorCode::invalid_parameter);
  request.status = "STOPPED";
  request.exit_code = 3;
  request.reason = "it was time";
  REQUIRE(as_robot<api::SubmitContainerStateChangeResponse>(stage, "SubmitContainerStateChange",
                                                            request)
              .ok());
  const api::Task over = stage::described(stage, "c", task);
  CHECK(over.containers->front().exit_code == 3);
  CHECK(over.containers->front().reason == "it was time");
}

TEST_CASE("an interface is attached while its task lives and detached once it has stopped") {
  Stage stage;
  bare_cluster(stage);
  const api::ContainerInstance instance = registered(stage, 'a');
  poll(stage, instance, 'a');
  stage::Host& host = stage.hosts.back();
  schemas::SyncRequest roomy;
  roomy.agent = host.id;
  roomy.boot_id = host.boot_id;
  roomy.report_sequence = ++host.sequence;
  roomy.inventory = stage.world->instances.at(host.id).inventory;
  roomy.inventory->eni_capacity = 10;
  roomy.inventory->attributes["ecs.capability.task-eni"] = "";
  stage.turn({control::AgentSync{.waiter = 1, .identity_hash = host.identity, .request = roomy}});
  api::RegisterTaskDefinitionRequest definition = stage::definition("wired");
  definition.network_mode = api::NetworkMode::awsvpc;
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition);
  api::RunTaskRequest run = stage::run_on_pool(stage, "wired");
  run.launch_type = api::LaunchType::ec2;
  run.cluster = "c";
  const auto started = stage.must<api::RunTaskResponse>("RunTask", run);
  REQUIRE(started.tasks->size() == 1);
  const std::string task = *started.tasks->front().task_arn;
  const std::string attachment = *started.tasks->front().attachments->front().id;
  const auto tell = [&](const std::string& status, const std::string& who) {
    api::SubmitAttachmentStateChangesRequest request;
    request.cluster = "c";
    request.attachments = {
        {.attachment_arn = "arn:aws:ecs:us-east-1:123456789012:attachment/" + attachment,
         .status = status}};
    return stage.call<api::SubmitAttachmentStateChangesResponse>("SubmitAttachmentStateChanges",
                                                                 request, stage::scope, who);
  };
  CHECK(tell("ATTACHED", stage::root).error().code == ErrorCode::invalid_parameter);
  CHECK(tell("LOOSE", robot).error().code == ErrorCode::invalid_parameter);
  CHECK(tell("DETACHED", robot).error().code == ErrorCode::invalid_parameter);
  CHECK(tell("ATTACHED", robot).ok());
  CHECK(stage::described(stage, "c", task).attachments->front().status == "ATTACHED");
  const auto second = stage.must<api::RunTaskResponse>("RunTask", run).tasks->front();
  auto both = change(*second.task_arn, "RUNNING", "RUNNING");
  both.attachments = {{{.attachment_arn = attachment, .status = "ATTACHED"}}};
  CHECK(submit(stage, both).error().code == ErrorCode::invalid_parameter);
  both.attachments->front().attachment_arn = *second.attachments->front().id;
  REQUIRE(submit(stage, both).ok());
  CHECK(stage::described(stage, "c", *second.task_arn).attachments->front().status == "ATTACHED");
  REQUIRE(submit(stage, change(*second.task_arn, "STOPPED", "STOPPED")).ok());
  REQUIRE(submit(stage, change(task, "STOPPED", "STOPPED")).ok());
  CHECK(tell("ATTACHED", robot).error().code == ErrorCode::invalid_parameter);
  CHECK(stage.world->enis.size() == 2);
  CHECK(tell("DETACHED", robot).ok());
  CHECK(stage.world->enis.size() == 1);
  CHECK(stage::described(stage, "c", task).attachments->front().status == "DELETED");
  stage.check_invariants();
}

TEST_CASE("an agent learns where to poll, and only of hosts of its own account") {
  Stage stage;
  bare_cluster(stage);
  const std::string arn = *registered(stage, 'a').container_instance_arn;
  api::DiscoverPollEndpointRequest request;
  request.cluster = "c";
  request.container_instance = arn;
  const auto answer =
      as_robot<api::DiscoverPollEndpointResponse>(stage, "DiscoverPollEndpoint", request);
  REQUIRE(answer.ok());
  CHECK(answer.value().endpoint == "/agent/v1/sync");
  CHECK(answer.value().telemetry_endpoint == "/agent/v1/sync");
  CHECK(stage
            .call<api::DiscoverPollEndpointResponse>("DiscoverPollEndpoint", request, elsewhere,
                                                     robot)
            .error()
            .code == ErrorCode::client);
  request.container_instance = std::string(32, 'f');
  CHECK(as_robot<api::DiscoverPollEndpointResponse>(stage, "DiscoverPollEndpoint", request)
            .error()
            .code == ErrorCode::client);
  CHECK(as_robot<api::DiscoverPollEndpointResponse>(stage, "DiscoverPollEndpoint",
                                                    api::DiscoverPollEndpointRequest{})
            .ok());
}

TEST_CASE("there is never an update of an agent to begin, and its version is needed to say so") {
  Stage stage;
  bare_cluster(stage);
  api::UpdateContainerAgentRequest request;
  request.cluster = "c";
  const auto code = [&](const std::string& instance) {
    request.container_instance = instance;
    return stage.call<api::UpdateContainerAgentResponse>("UpdateContainerAgent", request)
        .error()
        .code;
  };
  CHECK(code(*registered(stage, 'a').container_instance_arn) == ErrorCode::no_update_available);
  CHECK(code(stage.join("c", "us-east-1b", {4096}, {8192}).id.text()) ==
        ErrorCode::missing_version);
  CHECK(code(std::string(32, 'f')) == ErrorCode::invalid_parameter);
}
