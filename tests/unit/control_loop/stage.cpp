#include "tests/unit/control_loop/stage.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/loop/rows/encode.h"
#include "control/core/world/lookups.h"

namespace stage {

using control::Row;
using control::Table;
using schemas::TaskReport;
using schemas::TaskStatus;

void Store::commit(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    auto& table = tables_[static_cast<std::size_t>(row.table)];
    if (row.action == control::RowAction::erase) {
      table.erase(row.key);
    } else {
      table.insert_or_assign(row.key, row);
    }
  }
}

control::Snapshot Store::snapshot() const {
  control::Snapshot snapshot;
  for (const control::TableShape& shape : control::table_shapes()) {
    const auto index = static_cast<std::size_t>(shape.table);
    if (!tables_[index].empty()) {
      snapshot.last_key[index] = tables_[index].rbegin()->first;
    }
    if (shape.loading == control::Loading::rows) {
      for (const auto& [key, row] : tables_[index]) {
        snapshot.rows[index].push_back(row);
      }
    }
  }
  return snapshot;
}

namespace {

bool is_held(Table table) {
  return table != Table::metadata && table != Table::event && table != Table::meter &&
         table != Table::audit;
}

void sort(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return std::tie(left.table, left.key) < std::tie(right.table, right.key);
  });
}

}  // namespace

std::vector<Row> Store::held() const {
  std::vector<Row> rows;
  for (const control::TableShape& shape : control::table_shapes()) {
    if (is_held(shape.table)) {
      for (const auto& [key, row] : table(shape.table)) {
        rows.push_back(row);
      }
    }
  }
  return rows;
}

Stage::Stage() : now(std::chrono::seconds(1'790'000'000)) {
  settings.prices = {.currency = "USD",
                     .fargate_vcpu_hour = {40'480'000},
                     .fargate_gb_hour = {4'445'000},
                     .minimum_seconds = 60};
}

schemas::Result<api::Value> Stage::answer(const std::string& operation, api::Value input,
                                          const schemas::Scope& who, const std::string& principal) {
  control::Turn done = turn({control::ApiCall{.request = ++number_,
                                              .scope = who,
                                              .principal = principal,
                                              .operation = operation,
                                              .input = std::move(input)}});
  REQUIRE(done.replies.size() == 1);
  CHECK(done.replies.front().request == number_);
  return done.replies.front().result;
}

control::Turn Stage::turn(std::vector<control::Input> inputs) {
  control::Turn done = control::step(world, parked, inputs, settings, now, random);
  store.commit(done.rows);
  if (also_commit && !done.rows.empty()) {
    also_commit(done.rows);
  }
  events.insert(events.end(), done.events.begin(), done.events.end());
  next_wake = done.next_wake;
  return done;
}

void Stage::advance(schemas::Duration by) {
  const schemas::Instant until = now + by;
  while (next_wake < until) {
    now = std::max(now, next_wake);
    const schemas::Instant asked = next_wake;
    for (const control::AgentReply& reply : turn({control::Tick{}}).agents) {
      FAIL_CHECK("a test that parks polls must deliver their answers: " << reply.waiter);
    }
    if (next_wake <= asked) {
      now += schemas::Duration(1);  // a loop that wakes itself at once must still end
    }
  }
  now = until;
}

Host& Stage::join(const std::string& cluster, const std::string& zone, schemas::CpuUnits cpu,
                  schemas::MemoryMib memory) {
  Host& host = hosts.emplace_back();
  host.identity = "identity-" + std::to_string(++joined_);
  schemas::JoinRequest request;
  request.cluster = cluster;
  request.pool = cluster.empty();
  request.boot_id = host.boot_id;
  request.inventory.cpu = cpu;
  request.inventory.memory = memory;
  request.inventory.eni_capacity = 100;
  request.inventory.availability_zone = zone;
  request.inventory.address = {static_cast<std::uint32_t>(0xC6120000 + hosts.size())};
  if (request.pool) {
    request.inventory.public_cidr =
        schemas::Cidr{{static_cast<std::uint32_t>(0xC6130000 + hosts.size() * 16)}, 28};
  }
  const control::Turn done = turn({control::AgentJoin{
      .waiter = ++number_, .scope = scope, .identity_hash = host.identity, .request = request}});
  REQUIRE(done.agents.size() == 1);
  const auto* answer = std::get_if<schemas::JoinAnswer>(&done.agents.front().answer);
  REQUIRE(answer != nullptr);
  host.id = answer->instance;
  return host;
}

void Stage::name_provider(Host& host, const std::string& provider) {
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.report_sequence = ++host.sequence;
  request.inventory = world->instances.at(host.id).inventory;
  request.inventory->attributes[schemas::capacity_provider_attribute] = provider;
  turn({control::AgentSync{
      .waiter = ++number_, .identity_hash = host.identity, .request = std::move(request)}});
}

schemas::SyncAnswer Stage::sync(Host& host, std::vector<TaskReport> reports,
                                std::vector<schemas::MeterRecord> meters) {
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.report_sequence = ++host.sequence;
  request.tasks = std::move(reports);
  request.meters = std::move(meters);
  request.removed_enis = std::exchange(host.removed, {});
  request.have_version = host.version;
  const std::int64_t waiter = ++number_;
  const control::Turn done = turn({control::AgentSync{
      .waiter = waiter, .identity_hash = host.identity, .request = std::move(request)}});
  for (const control::AgentReply& reply : done.agents) {
    const auto* answer = std::get_if<schemas::SyncAnswer>(&reply.answer);
    if (reply.waiter == waiter && answer != nullptr) {
      take(host, *answer);
      return *answer;
    }
  }
  FAIL("a sync without hold was not answered in its turn");
  return {};
}

std::variant<schemas::JoinAnswer, schemas::SyncAnswer, schemas::Error> Stage::heard(Host& host) {
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.have_version = host.version;
  const control::Turn done = turn({control::AgentSync{
      .waiter = ++number_, .identity_hash = host.identity, .request = std::move(request)}});
  REQUIRE(done.agents.size() == 1);
  return done.agents.front().answer;
}

namespace {

template <class Map, class Set, class Gone>
void fold(Map& map, const Set& set, const Gone& gone) {
  for (const auto& id : gone) {
    map.erase(id);
  }
  for (const auto& value : set) {
    map.insert_or_assign(value.id, value);
  }
}

}  // namespace

void Stage::take(Host& host, const schemas::SyncAnswer& answer) {
  ++host.answers;
  if (answer.full) {
    std::set<schemas::EniId> kept;
    for (const schemas::EniAssignment& eni : answer.enis_set) {
      kept.insert(eni.id);
    }
    for (const auto& [id, eni] : host.enis) {
      if (!kept.contains(id)) {
        host.removed.push_back(id);
      }
    }
    host.tasks.clear();
    host.enis.clear();
    host.subnets.clear();
    host.neighbours.clear();
    host.groups.clear();
  }
  for (const schemas::EniId& id : answer.enis_gone) {
    if (host.enis.contains(id)) {
      host.removed.push_back(id);
    }
  }
  fold(host.tasks, answer.tasks_set, answer.tasks_gone);
  fold(host.enis, answer.enis_set, answer.enis_gone);
  fold(host.subnets, answer.subnets_set, answer.subnets_gone);
  fold(host.neighbours, answer.neighbours_set, answer.neighbours_gone);
  fold(host.groups, answer.groups_set, answer.groups_gone);
  for (const schemas::TaskId& id : answer.tasks_gone) {
    host.reported.erase(id);
  }
  host.version = answer.version;
  host.acknowledged = answer.acknowledged;
}

bool Stage::work(Host& host) {
  sync(host);
  std::vector<TaskReport> reports;
  for (const auto& [id, assignment] : host.tasks) {
    const bool fails = broken.contains(assignment.family) && !host.reported.contains(id);
    const TaskStatus wanted = assignment.desired_status == TaskStatus::stopped || fails
                                  ? TaskStatus::stopped
                                  : TaskStatus::running;
    const auto known = host.reported.find(id);
    if (known != host.reported.end() && known->second >= wanted) {
      continue;
    }
    host.reported[id] = wanted;
    reports.push_back(report(id, wanted, assignment));
    if (wanted == TaskStatus::running) {
      reports.back().started_at = now;
    } else {
      reports.back().stopped_at = now;
    }
    if (fails) {
      reports.back().stop_code = schemas::StopCode::task_failed_to_start;
      reports.back().stopped_reason = "Task failed to start";
      reports.back().containers.front().reason = "CannotPullContainerError: no such image";
    }
  }
  const bool worked = !reports.empty() || !host.removed.empty();
  if (worked) {
    sync(host, std::move(reports));
  }
  return worked;
}

void Stage::pass(schemas::Duration time) {
  constexpr schemas::Duration step{5'000};
  for (schemas::Duration passed{0}; passed < time; passed += step) {
    advance(step);
    settle();
  }
}

void Stage::settle() {
  for (int round = 0; round < 200; ++round) {
    bool worked = false;
    for (Host& host : hosts) {
      worked = (!silent.contains(host.id) && work(host)) || worked;
    }
    check_invariants();
    if (!worked) {
      return;
    }
  }
  FAIL("the cluster does not settle");
}

void Stage::restart() {
  std::vector<Row> before = control::all_rows(world);
  auto loaded = control::load(store.snapshot(), settings, now);
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : loaded.error().message));
  world = std::move(loaded).value();
  parked = {};
  std::vector<Row> after = control::all_rows(world);
  sort(before);
  sort(after);
  CHECK(before == after);
  next_wake = now;
}

void Stage::check_invariants() const {
  std::vector<Row> held = control::all_rows(world);
  std::vector<Row> stored = store.held();
  sort(held);
  sort(stored);
  CHECK(held == stored);
  std::map<schemas::SubnetId, std::set<schemas::Ipv4>> addresses;
  for (const auto& [id, eni] : world->enis) {
    CHECK_MESSAGE(addresses[eni.subnet].insert(eni.address).second, "an address with two owners");
  }
  for (const auto& [id, instance] : world->instances) {
    if (instance.status == schemas::InstanceStatus::inactive) {
      CHECK_FALSE(world.fleet(instance.cluster).contains(id));
      continue;
    }
    const auto room = world.fleet(instance.cluster).room(id);
    REQUIRE(room);
    CHECK_MESSAGE(room->cpu.count >= 0, "a host with too much CPU promised");
    CHECK_MESSAGE(room->memory.count >= 0, "a host with too much memory promised");
    schemas::CpuUnits taken;
    for (const auto& [key, task] : world->tasks) {
      if (task.instance == id && task.last_status != TaskStatus::stopped) {
        taken += task.specification->cpu;
      }
    }
    CHECK(room->cpu + taken == instance.inventory.cpu);
  }
  for (const auto& [key, task] : world->tasks) {
    const bool own = !task.capacity_provider.empty() &&
                     task.specification->launch_type == schemas::LaunchType::ec2;
    if (own && task.last_status != TaskStatus::stopped) {
      const auto& attributes = world->instances.at(*task.instance).inventory.attributes;
      const auto at = attributes.find(schemas::capacity_provider_attribute);
      CHECK_MESSAGE((at != attributes.end() && at->second == task.capacity_provider),
                    "a task on a host of another capacity provider");
    }
  }
}

api::RegisterTaskDefinitionRequest definition(const std::string& family) {
  api::ContainerDefinition container;
  container.name = "main";
  container.image = "registry.local/" + family + ":1";
  container.cpu = 256;
  container.memory = 128;
  api::RegisterTaskDefinitionRequest request;
  request.family = family;
  request.container_definitions = {container};
  return request;
}

api::RegisterTaskDefinitionRequest pool_definition(const std::string& family) {
  api::RegisterTaskDefinitionRequest request = definition(family);
  request.network_mode = api::NetworkMode::awsvpc;
  request.requires_compatibilities = {api::Compatibility::fargate};
  request.cpu = "256";
  request.memory = "512";
  return request;
}

api::CreateServiceRequest service(const std::string& name, const std::string& definition,
                                  std::int64_t count) {
  api::CreateServiceRequest request;
  request.cluster = "c";
  request.service_name = name;
  request.task_definition = definition;
  request.desired_count = count;
  return request;
}

api::RunTaskRequest run(const std::string& definition) {
  api::RunTaskRequest request;
  request.cluster = "c";
  request.task_definition = definition;
  return request;
}

api::RunTaskRequest run_on_pool(Stage& stage, const std::string& definition) {
  api::RunTaskRequest request = run(definition);
  request.launch_type = api::LaunchType::fargate;
  api::AwsVpcConfiguration network;
  const auto listed =
      stage.must<api::ListSubnetsResponse>("ListSubnets", api::ListSubnetsRequest{});
  for (const api::Subnet& subnet : listed.subnets) {
    network.subnets.push_back(subnet.subnet_id);
  }
  request.network_configuration = api::NetworkConfiguration{.awsvpc_configuration = network};
  return request;
}

TaskReport report(schemas::TaskId task, TaskStatus status,
                  const schemas::TaskAssignment& assignment) {
  TaskReport made;
  made.id = task;
  made.status = status;
  made.eni_attached = assignment.eni.has_value();
  for (const schemas::ContainerAssignment& container : assignment.containers) {
    schemas::ContainerReport said;
    said.name = container.definition.name;
    said.status = status == TaskStatus::stopped   ? schemas::ContainerStatus::stopped
                  : status == TaskStatus::running ? schemas::ContainerStatus::running
                                                  : schemas::ContainerStatus::pending;
    said.runtime_id = container.id.text();
    if (status == TaskStatus::stopped) {
      said.exit_code = 0;
    }
    made.containers.push_back(std::move(said));
  }
  return made;
}

schemas::TaskId task_id(const std::string& arn) {
  const auto id = schemas::TaskId::parse(arn.substr(arn.rfind('/') + 1));
  REQUIRE(id);
  return *id;
}

void small_cluster(Stage& stage, const std::string& cluster) {
  REQUIRE(
      stage
          .call<api::CreateClusterResponse>(
              "CreateCluster", api::CreateClusterRequest{.cluster_name = cluster,
                                                         .tags = {},
                                                         .settings = {},
                                                         .capacity_providers = {},
                                                         .default_capacity_provider_strategy = {}})
          .ok());
  REQUIRE(
      stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition("web"))
          .ok());
  stage.join(cluster, "us-east-1a", {2048}, {4096});
  stage.join(cluster, "us-east-1b", {2048}, {4096});
}

api::Task described(Stage& stage, const std::string& cluster, const std::string& task) {
  api::DescribeTasksRequest request;
  request.cluster = cluster;
  request.tasks = {task};
  const auto output = stage.call<api::DescribeTasksResponse>("DescribeTasks", request);
  REQUIRE(output.ok());
  REQUIRE(output.value().tasks->size() == 1);
  return output.value().tasks->front();
}

api::Service described_service(Stage& stage, const std::string& cluster, const std::string& name) {
  api::DescribeServicesRequest request;
  request.cluster = cluster;
  request.services = {name};
  const auto output = stage.call<api::DescribeServicesResponse>("DescribeServices", request);
  REQUIRE(output.ok());
  REQUIRE(output.value().services->size() == 1);
  return output.value().services->front();
}

}  // namespace stage
