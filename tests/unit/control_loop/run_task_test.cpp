#include <doctest/doctest.h>

#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using schemas::ErrorCode;
using stage::Stage;

TEST_CASE("a task runs from its call to RUNNING to STOPPED") {
  Stage stage;
  stage::small_cluster(stage);
  const auto ran = stage.call<api::RunTaskResponse>("RunTask", stage::run("web"));
  REQUIRE(ran.ok());
  REQUIRE(ran.value().tasks->size() == 1);
  CHECK(ran.value().failures->empty());
  const api::Task& made = ran.value().tasks->front();
  CHECK(made.last_status == "PENDING");
  CHECK(made.desired_status == "RUNNING");
  CHECK(made.group == "family:web");
  CHECK(made.task_definition_arn == "arn:aws:ecs:us-east-1:123456789012:task-definition/web:1");
  CHECK(made.task_arn->starts_with("arn:aws:ecs:us-east-1:123456789012:task/c/"));
  CHECK(made.container_instance_arn->starts_with(
      "arn:aws:ecs:us-east-1:123456789012:container-instance/c/"));
  CHECK(made.cpu == "256");
  CHECK(made.memory == "128");
  CHECK(made.overrides->container_overrides->front().name == "main");

  stage.settle();
  CHECK(stage::described(stage, "c", *made.task_arn).last_status == "RUNNING");

  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = *made.task_arn;
  stop.reason = "enough";
  const auto stopped = stage.call<api::StopTaskResponse>("StopTask", stop);
  REQUIRE(stopped.ok());
  CHECK(stopped.value().task->desired_status == "STOPPED");
  CHECK(stopped.value().task->last_status == "RUNNING");
  stage.settle();
  const api::Task ended = stage::described(stage, "c", *made.task_arn);
  CHECK(ended.last_status == "STOPPED");
  CHECK(ended.stop_code == api::TaskStopCode::user_initiated);
  CHECK(ended.stopped_reason == "enough");
  CHECK(ended.containers->front().exit_code == 0);
  for (const stage::Host& host : stage.hosts) {
    CHECK(host.tasks.empty());
  }
}

TEST_CASE("a stopped task is described for an hour and forgotten afterwards") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string arn = *stage.call<api::RunTaskResponse>("RunTask", stage::run("web"))
                               .value()
                               .tasks->front()
                               .task_arn;
  stage.settle();
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = arn;
  REQUIRE(stage.call<api::StopTaskResponse>("StopTask", stop).ok());
  stage.settle();
  stage.advance(59min);
  CHECK(stage::described(stage, "c", arn).last_status == "STOPPED");
  stage.advance(2min);
  api::DescribeTasksRequest request;
  request.cluster = "c";
  request.tasks = {arn};
  const auto gone = stage.call<api::DescribeTasksResponse>("DescribeTasks", request);
  CHECK(gone.value().tasks->empty());
  REQUIRE(gone.value().failures->size() == 1);
  CHECK(gone.value().failures->front().reason == "MISSING");
  CHECK(gone.value().failures->front().arn == arn);
  stage.check_invariants();
}

TEST_CASE("a pool task has its own interface, is metered, and frees its address when it is gone") {
  Stage stage;
  stage::small_cluster(stage);
  stage.join("", "us-east-1a", {4096}, {8192});
  REQUIRE(stage
              .call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                         stage::pool_definition("job"))
              .ok());
  api::RunTaskRequest request = stage::run_on_pool(stage, "job");
  request.network_configuration->awsvpc_configuration->assign_public_ip =
      api::AssignPublicIp::enabled;
  const auto ran = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(ran.ok());
  REQUIRE(ran.value().tasks->size() == 1);
  const api::Task& made = ran.value().tasks->front();
  CHECK(made.last_status == "PROVISIONING");
  CHECK(made.launch_type == api::LaunchType::fargate);
  CHECK(made.platform_version == "1.4.0");
  CHECK_FALSE(made.container_instance_arn);
  REQUIRE(made.attachments->size() == 1);
  const api::Attachment& eni = made.attachments->front();
  CHECK(eni.type == "ElasticNetworkInterface");
  CHECK(eni.status == "PRECREATED");
  CHECK(eni.details->at(0).name == "subnetId");
  CHECK(eni.details->at(1).value->starts_with("eni-"));
  CHECK(eni.details->at(2).value->starts_with("0a:"));
  CHECK(eni.details->at(3).value == "ip-172-31-0-4.ec2.internal");
  CHECK(eni.details->at(4).value == "172.31.0.4");
  CHECK(eni.details->at(5).name == "publicIPv4Address");
  CHECK(made.containers->front().network_interfaces->front().private_ipv4_address == "172.31.0.4");

  stage.settle();
  stage::Host& pool = stage.hosts.back();
  REQUIRE(pool.tasks.size() == 1);
  const schemas::TaskAssignment assignment = pool.tasks.begin()->second;
  CHECK(assignment.metered);
  CHECK(assignment.cpu_limit == schemas::CpuUnits{256});
  CHECK(assignment.memory_limit == schemas::MemoryMib{512});
  REQUIRE(assignment.eni);
  CHECK(pool.enis.contains(*assignment.eni));
  CHECK(pool.subnets.size() == 2);
  CHECK(pool.neighbours.empty());
  CHECK(stage::described(stage, "c", *made.task_arn).attachments->front().status == "ATTACHED");

  schemas::MeterRecord reading;
  reading.task = assignment.id;
  reading.sequence = 1;
  reading.monotonic_start_ns = 5'000'000'000;
  reading.monotonic_end_ns = 95'500'000'000;
  reading.wall_start = stage.now;
  reading.wall_end = stage.now + 90'500ms;
  reading.cpu_time_ns = 1'000'000'000;
  stage.advance(91s);
  stage.sync(pool, {}, {reading});
  stage.sync(pool, {}, {reading});  // a repetition is no second reading
  const auto bill = stage.call<api::GetBillResponse>("GetBill", api::GetBillRequest{});
  REQUIRE(bill.ok());
  REQUIRE(bill.value().lines.size() == 1);
  CHECK(bill.value().lines.front().billed_seconds == 91);
  CHECK(bill.value().lines.front().task_arn == *made.task_arn);
  CHECK(bill.value().lines.front().cpu_time_used_ms == 1000);
  // 0.25 vCPU and 0.5 GB for 91 s at 0.04048 and 0.004445 an hour.
  CHECK(bill.value().lines.front().vcpu_nanos == 255'811);
  CHECK(bill.value().lines.front().memory_nanos == 56'180);

  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = *made.task_arn;
  REQUIRE(stage.call<api::StopTaskResponse>("StopTask", stop).ok());
  stage.settle();
  CHECK(stage.world->enis.empty());
  CHECK(stage::described(stage, "c", *made.task_arn).attachments->front().status == "DELETED");
}

TEST_CASE("interfaces of one VPC on several hosts know each other and forget who left") {
  Stage stage;
  stage::small_cluster(stage);
  stage.join("", "us-east-1a", {4096}, {8192});
  stage.join("", "us-east-1b", {4096}, {8192});
  REQUIRE(stage
              .call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                         stage::pool_definition("job"))
              .ok());
  api::RunTaskRequest request = stage::run_on_pool(stage, "job");
  request.count = 2;
  const auto ran = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(ran.value().tasks->size() == 2);
  stage.settle();
  stage::Host& first = stage.hosts[2];
  stage::Host& second = stage.hosts[3];
  REQUIRE(first.enis.size() == 1);
  REQUIRE(second.enis.size() == 1);
  REQUIRE(first.neighbours.size() == 1);
  REQUIRE(second.neighbours.size() == 1);
  CHECK(first.neighbours.begin()->second.address == second.enis.begin()->second.address);
  CHECK(first.neighbours.begin()->second.mac == second.enis.begin()->second.mac);
  CHECK(first.neighbours.begin()->second.host_address ==
        stage.world->instances.at(second.id).inventory.address);

  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = second.tasks.begin()->first.text();
  REQUIRE(stage.call<api::StopTaskResponse>("StopTask", stop).ok());
  stage.settle();
  CHECK(first.neighbours.empty());
  CHECK(first.enis.size() == 1);
  CHECK(second.enis.empty());
  CHECK(second.neighbours.empty());
  CHECK(second.subnets.empty());
}

TEST_CASE("the same client token starts the same tasks, and other parameters conflict") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest request = stage::run("web");
  request.count = 3;
  request.client_token = "token-1";
  const auto first = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(first.value().tasks->size() == 3);
  stage.restart();
  const auto again = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(again.value().tasks->size() == 3);
  for (std::size_t at = 0; at < 3; ++at) {
    CHECK(again.value().tasks->at(at).task_arn == first.value().tasks->at(at).task_arn);
  }
  CHECK(stage.world->tasks.size() == 3);
  request.count = 2;
  const auto other = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().code == ErrorCode::conflict);
  CHECK(other.error().message.find(*first.value().tasks->front().task_arn) != std::string::npos);
  stage.advance(24h + 1s);
  CHECK(stage.world->tokens.empty());
}

TEST_CASE("what finds no host is listed under failures with the reason and the closest host") {
  Stage stage;
  stage::small_cluster(stage);
  api::RegisterTaskDefinitionRequest large = stage::definition("large");
  large.container_definitions.front().memory = 3000;
  REQUIRE(stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", large).ok());
  api::RunTaskRequest request = stage::run("large");
  request.count = 4;
  const auto ran = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(ran.ok());
  CHECK(ran.value().tasks->size() == 2);
  REQUIRE(ran.value().failures->size() == 2);
  CHECK(ran.value().failures->front().reason == "RESOURCE:MEMORY");
  CHECK(ran.value().failures->front().arn->find("container-instance/c/") != std::string::npos);
  CHECK(ran.value().failures->front().detail->find("3000") != std::string::npos);

  api::RegisterTaskDefinitionRequest ports = stage::definition("ports");
  api::PortMapping port;
  port.container_port = 80;
  port.host_port = 8080;
  ports.container_definitions.front().port_mappings = {port};
  REQUIRE(stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", ports).ok());
  request = stage::run("ports");
  request.count = 3;
  const auto bound = stage.call<api::RunTaskResponse>("RunTask", request);
  CHECK(bound.value().tasks->size() == 2);
  REQUIRE(bound.value().failures->size() == 1);
  CHECK(bound.value().failures->front().reason == "RESOURCE:PORTS");

  // A host-mode container takes its own ports, and a port that the host picks takes none here.
  ports.family = "own";
  ports.network_mode = api::NetworkMode::host;
  ports.container_definitions.front().port_mappings->front().container_port = 8080;
  REQUIRE(stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", ports).ok());
  request = stage::run("own");
  const auto own = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(own.value().failures->size() == 1);
  CHECK(own.value().failures->front().reason == "RESOURCE:PORTS");
  ports.family = "any";
  ports.network_mode = api::NetworkMode::bridge;
  ports.container_definitions.front().port_mappings->front().host_port = 0;
  REQUIRE(stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", ports).ok());
  request = stage::run("any");
  request.count = 4;
  CHECK(stage.call<api::RunTaskResponse>("RunTask", request).value().failures->empty());
}

TEST_CASE("without hosts RunTask says so, on the pool as a failure") {
  Stage stage;
  api::CreateClusterRequest cluster;
  cluster.cluster_name = "c";
  REQUIRE(stage.call<api::CreateClusterResponse>("CreateCluster", cluster).ok());
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
  const auto none = stage.call<api::RunTaskResponse>("RunTask", stage::run("web"));
  REQUIRE_FALSE(none.ok());
  CHECK(none.error() == schemas::Error{ErrorCode::invalid_parameter,
                                       "No Container Instances were found in your cluster."});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  const auto pool = stage.call<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
  REQUIRE(pool.ok());
  CHECK(pool.value().tasks->empty());
  CHECK(pool.value().failures->front().reason == "RESOURCE:FARGATE");
  CHECK(pool.value().failures->front().detail->find("ecs-agent --pool") != std::string::npos);
}

TEST_CASE("overrides reach the host and count for placement") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest request = stage::run("web");
  api::ContainerOverride over;
  over.name = "main";
  over.command = {{"serve", "--fast"}};
  over.cpu = 512;
  over.environment = {{{.name = "MODE", .value = "test"}}};
  request.overrides.emplace();
  request.overrides->container_overrides = {over};
  const auto ran = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE(ran.ok());
  CHECK(ran.value().tasks->front().cpu == "512");
  stage.settle();
  const schemas::TaskId id = stage::task_id(*ran.value().tasks->front().task_arn);
  const schemas::TaskAssignment* assignment = nullptr;
  for (const stage::Host& host : stage.hosts) {
    if (host.tasks.contains(id)) {
      assignment = &host.tasks.at(id);
    }
  }
  REQUIRE(assignment != nullptr);
  const schemas::ContainerDefinition& container = assignment->containers.front().definition;
  CHECK(container.command == std::vector<std::string>{"serve", "--fast"});
  CHECK(container.cpu == schemas::CpuUnits{512});
  CHECK(container.environment == std::vector<schemas::KeyValue>{{"MODE", "test"}});

  over.name = "other";
  request.overrides->container_overrides = {over};
  const auto wrong = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message ==
        "Override for container named other is not a container in the TaskDefinition.");
}

TEST_CASE("the addresses of a host that never comes back are freed after the grace, not before") {
  Stage stage;
  stage::small_cluster(stage);
  stage::Host& lost = stage.join("", "us-east-1a", {4096}, {8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  const auto ran = stage.call<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
  REQUIRE(ran.ok());
  const std::string arn = *ran.value().tasks->front().task_arn;
  stage.settle();
  stage.silent.insert(lost.id);
  stage.advance(30s + 5min - 1s);
  CHECK(stage.world->enis.size() == 1);
  CHECK(stage::described(stage, "c", arn).last_status == "RUNNING");
  stage.advance(2s);
  CHECK(stage.world->enis.empty());
  CHECK(stage.world->released_enis.size() == 1);
  const api::Task gone = stage::described(stage, "c", arn);
  CHECK(gone.last_status == "STOPPED");
  CHECK(gone.attachments->front().status == "DELETED");
  CHECK(gone.attachments->front().details->size() == 5);
  stage.restart();
  stage.silent.clear();
  stage.settle();
  CHECK(lost.tasks.empty());
  CHECK(lost.enis.empty());
}

TEST_CASE("an address that its host forgot to give back is freed when the task is long over") {
  Stage stage;
  stage::small_cluster(stage);
  stage::Host& pool = stage.join("", "us-east-1a", {4096}, {8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  REQUIRE(stage.call<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job")).ok());
  stage.settle();
  const auto [id, assignment] = *pool.tasks.begin();
  pool.reported[id] = schemas::TaskStatus::stopped;
  stage.sync(pool, {stage::report(id, schemas::TaskStatus::stopped, assignment)});
  pool.removed.clear();  // the word is lost
  CHECK(stage.world->enis.size() == 1);
  for (int minute = 0; minute < 6; ++minute) {
    for (int step = 0; step < 3; ++step) {
      stage.advance(20s);
      stage.sync(pool);
      stage.sync(stage.hosts[0]);
      stage.sync(stage.hosts[1]);
    }
  }
  CHECK(stage.world->enis.empty());
  stage.check_invariants();
}
