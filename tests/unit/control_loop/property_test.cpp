#include <doctest/doctest.h>

#include "control/core/world/change.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using stage::Stage;

namespace {

/// Random but legal traffic: calls, reports, deaths, silence, time.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : random_(seed) {
    stage_.random = schemas::Random(seed + 1);
    stage::small_cluster(stage_);
    stage_.name_provider(stage_.hosts[0], "blue");
    stage_.name_provider(stage_.hosts[1], "green");
    stage_.join("", "us-east-1a", {4096}, {8192});
    stage_.join("", "us-east-1b", {4096}, {8192});
    stage_.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                     stage::pool_definition("job"));
  }

  void step() {
    switch (random_.below(21)) {
      case 0:
        static_cast<void>(stage_.call<api::RunTaskResponse>("RunTask", stage::run("web")));
        break;
      case 1:
        static_cast<void>(
            stage_.call<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage_, "job")));
        break;
      case 2:
        create_service();
        break;
      case 3:
        update_service();
        break;
      case 4:
        delete_service();
        break;
      case 5:
        stop_some_task();
        break;
      case 6:
        kill_some_task();
        break;
      case 7:
        toggle_silence();
        break;
      case 8:
        stage_.advance(std::chrono::seconds(random_.below(100)));
        break;
      case 9:
        stage_.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                         stage::definition("web"));
        break;
      case 10:
        change_access();
        break;
      case 15:
        change_groups();
        break;
      case 16:
        configure_cluster();
        break;
      case 17:
        use_providers();
        break;
      case 14:
        drain_or_not();
        break;
      case 11:
        replace_host();
        break;
      case 12:
        tag_something();
        break;
      case 13:
        delete_definition();
        break;
      default:
        for (stage::Host& host : stage_.hosts) {
          if (!stage_.silent.contains(host.id)) {
            stage_.work(host);
          }
        }
    }
    stage_.check_invariants();
  }

  void heal() {
    stage_.silent.clear();
    for (const stage::Host& host : stage_.hosts) {
      if (!stage_.world->instances.at(host.id).pool()) {
        api::UpdateContainerInstancesStateRequest request;
        request.cluster = "c";
        request.container_instances = {host.id.text()};
        request.status = api::ContainerInstanceStatus::active;
        stage_.must<api::UpdateContainerInstancesStateResponse>("UpdateContainerInstancesState",
                                                                request);
      }
    }
    for (int step = 0; step < 80; ++step) {
      stage_.settle();
      stage_.advance(5s);
    }
    stage_.settle();
  }

  Stage& stage() { return stage_; }

 private:
  std::string some_service() { return "s" + std::to_string(random_.below(3)); }

  void create_service() {
    const bool pool = random_.chance(300);
    api::CreateServiceRequest request =
        stage::service(some_service(), pool ? "job" : "web", pick(4));
    request.launch_type = api::LaunchType::ec2;  // whatever the cluster's default strategy is
    if (pool) {
      request.launch_type = api::LaunchType::fargate;
      request.network_configuration = stage::run_on_pool(stage_, "job").network_configuration;
    }
    static_cast<void>(stage_.call<api::CreateServiceResponse>("CreateService", request));
  }

  void update_service() {
    api::UpdateServiceRequest request;
    request.cluster = "c";
    request.service = some_service();
    if (random_.chance(500)) {
      request.desired_count = pick(5);
    }
    request.force_new_deployment = random_.chance(500);
    static_cast<void>(stage_.call<api::UpdateServiceResponse>("UpdateService", request));
  }

  void delete_service() {
    api::DeleteServiceRequest request;
    request.cluster = "c";
    request.service = some_service();
    request.force = random_.chance(500);
    static_cast<void>(stage_.call<api::DeleteServiceResponse>("DeleteService", request));
  }

  std::string some_provider() { return random_.chance(500) ? "blue" : "green"; }

  void use_providers() {
    if (random_.chance(500)) {
      auto request = stage::run("web");
      request.capacity_provider_strategy = {{.capacity_provider = some_provider(), .base = 1}};
      static_cast<void>(stage_.call<api::RunTaskResponse>("RunTask", request));
    } else if (random_.chance(400)) {
      api::CreateCapacityProviderRequest request;
      request.name = some_provider();
      request.auto_scaling_group_provider.emplace().auto_scaling_group_arn = request.name;
      static_cast<void>(
          stage_.call<api::CreateCapacityProviderResponse>("CreateCapacityProvider", request));
    } else if (random_.chance(200)) {
      api::DeleteCapacityProviderRequest request;
      request.capacity_provider = some_provider();
      static_cast<void>(
          stage_.call<api::DeleteCapacityProviderResponse>("DeleteCapacityProvider", request));
    } else {
      api::PutClusterCapacityProvidersRequest request;
      request.cluster = "c";
      request.capacity_providers = {some_provider(), "FARGATE"};
      request.default_capacity_provider_strategy = {{.capacity_provider = "FARGATE", .base = 1}};
      static_cast<void>(stage_.call<api::PutClusterCapacityProvidersResponse>(
          "PutClusterCapacityProviders", request));
    }
  }

  void configure_cluster() {
    api::UpdateClusterSettingsRequest request;
    request.cluster = "c";
    request.settings = {{.name = api::ClusterSettingName::container_insights,
                         .value = random_.chance(500) ? "enabled" : "enhanced"}};
    static_cast<void>(
        stage_.call<api::UpdateClusterSettingsResponse>("UpdateClusterSettings", request));
  }

  /// A group or a rule comes or goes, whether or not interfaces have it.
  void change_groups() {
    const auto listed = stage_.must<api::ListSecurityGroupsResponse>(
        "ListSecurityGroups", api::ListSecurityGroupsRequest{});
    const api::SecurityGroup group =
        listed.security_groups[random_.below(listed.security_groups.size())];
    const auto& rules = group.security_group_rules;
    if (random_.chance(300)) {
      static_cast<void>(stage_.call<api::CreateSecurityGroupResponse>(
          "CreateSecurityGroup",
          api::CreateSecurityGroupRequest{.group_name = "g" + std::to_string(random_.below(4)),
                                          .description = "drawn",
                                          .vpc_id = {}}));
    } else if (random_.chance(300)) {
      static_cast<void>(stage_.call<api::DeleteSecurityGroupResponse>(
          "DeleteSecurityGroup", api::DeleteSecurityGroupRequest{.group_id = group.group_id}));
    } else if (!rules.empty() && random_.chance(400)) {
      const std::string rule = rules[random_.below(rules.size())].security_group_rule_id;
      static_cast<void>(stage_.call<api::RevokeSecurityGroupIngressResponse>(
          "RevokeSecurityGroupIngress",
          api::RevokeSecurityGroupIngressRequest{.group_id = group.group_id,
                                                 .security_group_rule_id = rule}));
    } else {
      api::AuthorizeSecurityGroupIngressRequest request;
      request.group_id = group.group_id;
      request.ip_protocol = "tcp";
      request.from_port = pick(3);
      request.to_port = *request.from_port;
      request.cidr_ipv4 = "0.0.0.0/0";
      static_cast<void>(stage_.call<api::AuthorizeSecurityGroupIngressResponse>(
          "AuthorizeSecurityGroupIngress", request));
    }
  }

  const schemas::Task* some_task() {
    const auto& tasks = stage_.world->tasks;
    if (tasks.empty()) {
      return nullptr;
    }
    auto at = tasks.begin();
    std::advance(at, static_cast<std::int64_t>(random_.below(tasks.size())));
    return &at->second;
  }

  void stop_some_task() {
    if (const schemas::Task* task = some_task()) {
      api::StopTaskRequest request;
      request.cluster = "c";
      request.task = task->id.text();
      CHECK(stage_.call<api::StopTaskResponse>("StopTask", request).ok());
    }
  }

  void kill_some_task() {
    const schemas::Task* task = some_task();
    if (task == nullptr || !task->instance || stage_.silent.contains(*task->instance)) {
      return;
    }
    const schemas::TaskId id = task->id;
    const schemas::InstanceId instance = *task->instance;
    for (stage::Host& host : stage_.hosts) {
      if (host.id == instance && host.tasks.contains(id)) {
        host.reported[id] = schemas::TaskStatus::stopped;
        stage_.sync(host, {stage::report(id, schemas::TaskStatus::stopped, host.tasks.at(id))});
        return;
      }
    }
  }

  void toggle_silence() {
    const stage::Host& host = stage_.hosts[random_.below(stage_.hosts.size())];
    if (stage_.silent.erase(host.id) == 0) {
      stage_.silent.insert(host.id);
    }
  }

  /// Who may call, made and unmade at random.
  void change_access() {
    control::World& world = stage_.world;
    const std::string name = "n" + std::to_string(random_.below(4));
    switch (random_.below(4)) {
      case 0:
        change_user(name);
        break;
      case 1:
        if (const schemas::Role* role = control::find_role(world, stage::scope.account, name)) {
          apply(world, control::RoleDeleted{role->key});
        } else {
          schemas::Role made{.key = world.next_key(control::Table::role),
                             .account = stage::scope.account,
                             .name = name,
                             .path = "/app/",
                             .description = "d",
                             .actions = {"ecs:List*", "ecs:DescribeTasks"},
                             .tags = {{"k", "v"}},
                             .created_at = stage_.now};
          apply(world, control::RoleCreated{made});
          made.description.clear();
          apply(world, control::RoleCreated{made});
        }
        break;
      case 2:
        if (const auto* token = control::find_join_token(world, name)) {
          apply(world, control::JoinTokenSpent{token->key});
        } else {
          apply(world, control::JoinTokenCreated{{.key = world.next_key(control::Table::join_token),
                                                  .account = stage::scope.account,
                                                  .region = stage::scope.region,
                                                  .cluster = random_.chance(500) ? "c" : "",
                                                  .pool = random_.chance(500),
                                                  .hash = name,
                                                  .created_by = "arn",
                                                  .created_at = stage_.now,
                                                  .expires_at = stage_.now + 90s}});
        }
        break;
      default:
        if (const schemas::Session* session = control::find_session(world, name)) {
          apply(world, control::SessionEnded{session->key});
        } else {
          apply(world, control::SessionOpened{{.key = world.next_key(control::Table::session),
                                               .account = stage::scope.account,
                                               .region = stage::scope.region,
                                               .principal = "arn",
                                               .hash = name,
                                               .created_at = stage_.now,
                                               .expires_at = stage_.now + 90s}});
        }
    }
    stage_.turn({control::Tick{}});
  }

  /// A user is made, gets a key, which is switched off and goes; then the user goes.
  void change_user(const std::string& name) {
    control::World& world = stage_.world;
    const schemas::User* user = control::find_user(world, stage::scope.account, name);
    if (user == nullptr) {
      apply(world, control::UserCreated{{.key = world.next_key(control::Table::user),
                                         .account = stage::scope.account,
                                         .name = name,
                                         .created_at = stage_.now}});
      return;
    }
    const schemas::AccessKey* key = control::find_access_key(world, "AKIA" + name);
    if (key == nullptr && random_.chance(500)) {
      apply(world, control::UserDeleted{user->key});
    } else if (key == nullptr) {
      apply(world, control::AccessKeyCreated{{.key = world.next_key(control::Table::access_key),
                                              .id = "AKIA" + name,
                                              .user = user->key,
                                              .sealed_secret = "sealed",
                                              .status = schemas::AccessKeyStatus::active,
                                              .created_at = stage_.now}});
    } else if (key->status == schemas::AccessKeyStatus::active) {
      apply(world, control::AccessKeyChanged{key->key, schemas::AccessKeyStatus::inactive});
    } else {
      apply(world, control::AccessKeyDeleted{key->key});
    }
  }

  stage::Host& some_host_of_the_cluster() {
    for (;;) {
      stage::Host& host = stage_.hosts[random_.below(stage_.hosts.size())];
      if (!stage_.world->instances.at(host.id).pool()) {
        return host;
      }
    }
  }

  void drain_or_not() {
    api::UpdateContainerInstancesStateRequest request;
    request.cluster = "c";
    request.container_instances = {some_host_of_the_cluster().id.text()};
    request.status = random_.chance(500) ? api::ContainerInstanceStatus::draining
                                         : api::ContainerInstanceStatus::active;
    CHECK(stage_
              .call<api::UpdateContainerInstancesStateResponse>("UpdateContainerInstancesState",
                                                                request)
              .ok());
  }

  void replace_host() {
    const schemas::InstanceId id = some_host_of_the_cluster().id;
    api::DeregisterContainerInstanceRequest request;
    request.cluster = "c";
    request.container_instance = id.text();
    request.force = random_.chance(500);
    if (!stage_
             .call<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance", request)
             .ok()) {
      return;  // it has tasks
    }
    std::erase_if(stage_.hosts, [&](const stage::Host& host) { return host.id == id; });
    stage_.silent.erase(id);
    stage_.join("c", random_.chance(500) ? "us-east-1a" : "us-east-1b", {2048}, {4096});
  }

  void tag_something() {
    std::string arn = "arn:aws:ecs:us-east-1:123456789012:cluster/c";
    if (const schemas::Task* task = some_task(); task != nullptr && random_.chance(700)) {
      arn = "arn:aws:ecs:us-east-1:123456789012:task/c/" + task->id.text();
    }
    api::TagResourceRequest request;
    request.resource_arn = arn;
    request.tags = {{.key = "k" + std::to_string(random_.below(5)), .value = "v"}};
    CHECK(stage_.call<api::TagResourceResponse>("TagResource", request).ok());
  }

  void delete_definition() {
    const std::string name = "web:" + std::to_string(1 + random_.below(20));
    api::DeregisterTaskDefinitionRequest request;
    request.task_definition = name;
    static_cast<void>(
        stage_.call<api::DeregisterTaskDefinitionResponse>("DeregisterTaskDefinition", request));
    api::DeleteTaskDefinitionsRequest deletion;
    deletion.task_definitions = {name};
    CHECK(stage_.call<api::DeleteTaskDefinitionsResponse>("DeleteTaskDefinitions", deletion).ok());
  }

  std::int64_t pick(std::uint64_t below) { return static_cast<std::int64_t>(random_.below(below)); }

  schemas::Random random_;
  Stage stage_;
};

}  // namespace

TEST_CASE("after any traffic the store holds World exactly, and a new process finds it again") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Traffic traffic(seed * 1000);
    for (int step = 0; step < 120; ++step) {
      CAPTURE(step);
      traffic.step();
      if (step % 40 == 39) {
        traffic.stage().restart();
        traffic.stage().turn({control::Tick{}});
        traffic.stage().check_invariants();
      }
    }
  }
}

namespace {
/// But for those that the hosts have no room for.
void check_services_have_what_they_want(Stage& stage) {
  for (const auto& entry : stage.world->services) {
    const schemas::Service& service = entry.second;
    if (service.status == schemas::ServiceStatus::inactive) {
      continue;
    }
    CAPTURE(service.name);
    const api::Service shown = stage::described_service(stage, "c", service.name);
    const auto& starved = stage.parked.starved;
    if (starved.lower_bound({entry.first, 0}) == starved.lower_bound({entry.first + 1, 0})) {
      CHECK(shown.running_count == shown.desired_count);
      CHECK(shown.deployments->size() == 1);
    }
  }
}

}  // namespace

TEST_CASE("when faults end, every service has what it wants and every host what it is told") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    Traffic traffic(seed * 77);
    for (int step = 0; step < 100; ++step) {
      traffic.step();
    }
    traffic.heal();
    Stage& stage = traffic.stage();
    check_services_have_what_they_want(stage);
    std::size_t told = 0;
    std::size_t wired = 0;
    for (const stage::Host& host : stage.hosts) {
      std::set<schemas::SecurityGroupId> had;
      for (const auto& [id, eni] : host.enis) {
        had.insert(eni.security_groups.begin(), eni.security_groups.end());
      }
      CHECK(host.groups.size() == had.size());
      for (const auto& [id, group] : host.groups) {
        CHECK(had.contains(id));
        CHECK(group.rules == stage.world->security_groups.at(id).rules);
      }
    }
    for (const stage::Host& host : stage.hosts) {
      told += host.tasks.size();
      wired += host.enis.size();
      CHECK(host.removed.empty());
    }
    std::size_t alive = 0;
    for (const auto& [key, task] : stage.world->tasks) {
      alive += task.last_status == schemas::TaskStatus::stopped ? 0 : 1;
    }
    CHECK(told == alive);
    CHECK(wired == stage.world->enis.size());
  }
}

TEST_CASE("the same seed makes the same history") {
  const auto history = [](std::uint64_t seed) {
    Traffic traffic(seed);
    for (int step = 0; step < 60; ++step) {
      traffic.step();
    }
    std::string text;
    for (const control::Event& event : traffic.stage().events) {
      text += event.kind + event.subject + event.detail + "\n";
    }
    return text;
  };
  CHECK(history(5) == history(5));
  CHECK(history(5) != history(6));
}
