#include "schemas/wire/wire.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <type_traits>

namespace {

// clang-tidy 14 does not see that a literal uses them. NOLINTBEGIN(misc-unused-using-decls)
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
// NOLINTEND(misc-unused-using-decls)
using schemas::Instant;

schemas::Random random_of_test() { return schemas::Random(42); }

/// The golden file if it is there; the first run of a new case shows what to put into it.
std::string golden(const std::string& name) {
  std::ifstream file(std::string(SOURCE_ROOT) + "/tests/unit/schemas_codec/golden/" + name);
  std::stringstream text;
  text << file.rdbuf();
  std::string content = text.str();
  if (!content.empty() && content.back() == '\n') {
    content.pop_back();
  }
  return content;
}

schemas::ContainerDefinition web_container() {
  schemas::ContainerDefinition container;
  container.name = "web";
  container.image = "127.0.0.1:5000/probe:1";
  container.command = std::vector<std::string>{"serve", "--port", "80"};
  container.environment = {{.name = "COLOUR", .value = "blue"}};
  container.cpu = {256};
  container.memory = schemas::MemoryMib{512};
  container.depends_on = {
      {.container_name = "init", .condition = schemas::DependencyCondition::success}};
  container.port_mappings = {{.container_port = 80,
                              .host_port = 8080,
                              .protocol = schemas::TransportProtocol::tcp,
                              .name = "",
                              .app_protocol = ""}};
  container.stop_timeout = 5s;
  container.docker_labels = {{"team", "blue"}};
  return container;
}

schemas::SyncRequest sync_request() {
  schemas::Random random = random_of_test();
  schemas::SyncRequest request;
  request.agent = schemas::InstanceId::draw(random);
  request.boot_id = "boot-1";
  request.report_sequence = 7;
  schemas::TaskReport report;
  report.id = schemas::TaskId::draw(random);
  report.status = schemas::TaskStatus::stopped;
  report.stop_code = schemas::StopCode::essential_container_exited;
  report.stopped_reason = "Essential container in task exited";
  schemas::ContainerReport container;
  container.name = "web";
  container.status = schemas::ContainerStatus::stopped;
  container.exit_code = 137;
  container.network_bindings = {{.bind_ip = *schemas::Ipv4::parse("0.0.0.0"),
                                 .container_port = 80,
                                 .host_port = 8080,
                                 .protocol = schemas::TransportProtocol::udp}};
  report.containers = {container};
  report.started_at = Instant(1'764'000'000'123ms);
  request.tasks = {report};
  schemas::MeterRecord meter;
  meter.task = report.id;
  meter.sequence = 1;
  meter.wall_start = Instant(1'764'000'000'000ms);
  meter.wall_end = Instant(1'764'000'010'000ms);
  meter.last = true;
  request.meters = {meter};
  request.removed_enis = {schemas::EniId::draw(random)};
  schemas::Inventory inventory;
  inventory.cpu = {2048};
  inventory.memory = {4096};
  inventory.availability_zone = "us-east-1a";
  inventory.address = *schemas::Ipv4::parse("198.18.1.2");
  inventory.public_cidr = schemas::Cidr::parse("198.18.9.0/24");
  inventory.attributes = {{"ecs.os-type", "linux"}};
  request.inventory = inventory;
  request.have_version = 3;
  request.hold_ms = 20'000;
  return request;
}

schemas::SyncAnswer sync_answer() {
  schemas::Random random = random_of_test();
  schemas::SyncAnswer answer;
  answer.acknowledged = 7;
  answer.version = 4;
  answer.full = true;
  schemas::TaskAssignment task;
  task.id = schemas::TaskId::draw(random);
  task.arn = "arn:aws:ecs:us-east-1:123456789012:task/default/0";
  task.scope = {.account = "123456789012", .region = "us-east-1"};
  task.family = "web";
  task.revision = 3;
  task.launch_type = schemas::LaunchType::fargate;
  task.network_mode = schemas::NetworkMode::awsvpc;
  task.cpu_limit = schemas::CpuUnits{256};
  task.metered = true;
  task.eni = schemas::EniId::draw(random);
  task.containers = {{.id = schemas::ContainerId::draw(random),
                      .definition = web_container(),
                      .image_digest = "sha256:00"}};
  task.tags = {{.key = "team", .value = "blue"}};
  answer.tasks_set = {task};
  answer.tasks_gone = {schemas::TaskId::draw(random)};
  schemas::EniAssignment eni;
  eni.id = *task.eni;
  eni.attachment = schemas::AttachmentId::draw(random);
  eni.vpc = schemas::VpcId::draw(random);
  eni.subnet = schemas::SubnetId::draw(random);
  eni.task = task.id;
  eni.mac = *schemas::Mac::parse("0a:00:00:00:00:01");
  eni.address = *schemas::Ipv4::parse("10.0.1.5");
  eni.security_groups = {schemas::SecurityGroupId::draw(random)};
  answer.enis_set = {eni};
  answer.subnets_set = {{.id = eni.subnet,
                         .vpc = eni.vpc,
                         .cidr = *schemas::Cidr::parse("10.0.1.0/24"),
                         .gateway = *schemas::Ipv4::parse("10.0.1.1"),
                         .gateway_mac = *schemas::Mac::parse("0a:00:00:00:00:00"),
                         .vni = 4'000'000'000U,
                         .availability_zone = "us-east-1a"}};
  schemas::Ask ask;
  ask.id = schemas::AskId::draw(random);
  ask.purpose = schemas::AskPurpose::follow_log;
  ask.task = task.id;
  ask.container = "web";
  answer.asks = {ask};
  return answer;
}

schemas::TaskDefinition task_definition() {
  schemas::TaskDefinition definition;
  definition.key = 9;
  definition.family = "web";
  definition.revision = 3;
  definition.cpu = schemas::CpuUnits{256};
  definition.containers = {web_container()};
  definition.compatibilities = {schemas::LaunchType::ec2, schemas::LaunchType::fargate};
  definition.placement_constraints = {
      {.type = schemas::PlacementConstraint::Type::distinct_instance, .expression = ""}};
  definition.registered_at = Instant(1'764'000'000'000ms);
  return definition;
}

/// Written as the golden file says, read back, and written again the same.
template <class T>
void check_golden(const T& value, const std::string& name) {
  const std::string text = wire::encode(value);
  CHECK(text == golden(name));
  const schemas::Result<T> read = wire::decode<T>(golden(name));
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(wire::encode(read.value()) == text);
}

}  // namespace

TEST_CASE("What agents and control say keeps the form that shipped programs speak") {
  check_golden(sync_request(), "sync_request.json");
  check_golden(sync_answer(), "sync_answer.json");
  check_golden(task_definition(), "task_definition.json");
}

TEST_CASE(
    "What programs wrote before containers could be privileged is still read as it was meant") {
  const auto answer = wire::decode<schemas::SyncAnswer>(golden("sync_answer_first.json"));
  REQUIRE_MESSAGE(answer.ok(), answer.error().message);
  CHECK(wire::encode(answer.value()) == wire::encode(sync_answer()));
  const auto definition =
      wire::decode<schemas::TaskDefinition>(golden("task_definition_first.json"));
  REQUIRE_MESSAGE(definition.ok(), definition.error().message);
  CHECK(wire::encode(definition.value()) == wire::encode(task_definition()));
}

TEST_CASE("A structure comes back from the wire as it was sent") {
  const schemas::SyncRequest request = sync_request();
  const auto read = wire::decode<schemas::SyncRequest>(wire::encode(request));
  REQUIRE(read.ok());
  CHECK(read.value().agent == request.agent);
  CHECK(read.value().tasks == request.tasks);
  CHECK(read.value().meters == request.meters);
  CHECK(read.value().inventory == request.inventory);
  const schemas::TaskDefinition definition = task_definition();
  CHECK(wire::decode<schemas::TaskDefinition>(wire::encode(definition)).value() == definition);
}

TEST_CASE("Rows of control's database come back as they were written") {
  const auto same = [](const auto& value) {
    const std::string text = wire::encode(value);
    const auto read = wire::decode<std::decay_t<decltype(value)>>(text);
    REQUIRE_MESSAGE(read.ok(), read.error().message);
    CHECK(wire::encode(read.value()) == text);
  };
  schemas::Random random = random_of_test();
  schemas::Deployment deployment;
  deployment.id = schemas::DeploymentId::draw(random);
  deployment.throttled_until = Instant(1ms);
  deployment.throttle_delay = 5s;
  schemas::Service service;
  service.name = "web";
  service.deployments = {deployment};
  service.events.push_back(
      {.id = schemas::EventId::draw(random), .created_at = {}, .message = "m"});
  same(service);
  schemas::Task task;
  task.id = schemas::TaskId::draw(random);
  task.deployment = deployment.id;
  task.containers = {schemas::Container{}};
  task.started_at = Instant(2ms);
  same(task);
  schemas::TaskSpecification specification;
  specification.overrides.containers.emplace_back().command.emplace();
  specification.network = schemas::NetworkConfiguration{};
  specification.network->subnets = {schemas::SubnetId::draw(random)};
  same(specification);
  same(schemas::Cluster{});
  same(schemas::ContainerInstance{});
  same(schemas::Vpc{});
  same(schemas::Subnet{});
  same(schemas::SecurityGroup{});
  same(schemas::Eni{});
  same(schemas::JoinRequest{});
  same(schemas::JoinAnswer{});
}

TEST_CASE("Lists of model structures travel on their own") {
  const std::vector<schemas::Tag> tags = {{.key = "a", .value = "1"}, {.key = "b", .value = ""}};
  CHECK(wire::encode(tags) == R"([{"key":"a","value":"1"},{"key":"b"}])");
  CHECK(wire::decode<std::vector<schemas::Tag>>(wire::encode(tags)).value() == tags);
}

TEST_CASE("A newer neighbour's members are passed over, and missing ones keep their default") {
  const auto answer = wire::decode<schemas::SyncAnswer>(R"({"version":3,"colour":[1,{"a":2}]})");
  REQUIRE(answer.ok());
  CHECK(answer.value().version == 3);
  CHECK(answer.value().poll_ms == 20'000);
}

TEST_CASE("A wrong type on the wire is an error that names the member") {
  const auto wrong_number = wire::decode<schemas::SyncAnswer>(R"({"version":"three"})");
  REQUIRE(!wrong_number.ok());
  CHECK(wrong_number.error().code == schemas::ErrorCode::serialization);
  CHECK(wrong_number.error().message == "version must be a whole number, found text.");
  const auto wrong_id = wire::decode<schemas::SyncAnswer>(R"({"enis_set":[{"id":"eni-1"}]})");
  REQUIRE(!wrong_id.ok());
  CHECK(wrong_id.error().message == "enis_set[0].id is malformed: found \"eni-1\".");
  const auto wrong_enum = wire::decode<schemas::SyncRequest>(R"({"tasks":[{"status":"dancing"}]})");
  REQUIRE(!wrong_enum.ok());
  CHECK(wrong_enum.error().message.starts_with("tasks[0].status must be one of provisioning, "));
}

TEST_CASE("Output of a container that is not UTF-8 still travels") {
  schemas::LogLine line;
  line.container = "web";
  line.text = "caf\xe9 \xf0\x9f\x8d\xb0 \x01 \"quoted\" \xed\xa0\x80";
  const auto read = wire::decode<schemas::LogLine>(wire::encode(line));
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(read.value().text ==
        "caf\xef\xbf\xbd \xf0\x9f\x8d\xb0 \x01 \"quoted\" \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("Enumerators have names that read back") {
  CHECK(wire::name_of(schemas::TaskStatus::deprovisioning) == "deprovisioning");
  CHECK(wire::named<schemas::TaskStatus>("stopped") == schemas::TaskStatus::stopped);
  CHECK(!wire::named<schemas::TaskStatus>("STOPPED"));
}
