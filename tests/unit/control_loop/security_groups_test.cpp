#include <doctest/doctest.h>

#include "netif/core/default_network.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;

namespace {

const schemas::Scope stranger{"999999999999", "us-east-1"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<api::SecurityGroup> groups(Stage& stage, const schemas::Scope& who = stage::scope) {
  const auto listed = stage.call<api::ListSecurityGroupsResponse>(
      "ListSecurityGroups", api::ListSecurityGroupsRequest{}, who);
  REQUIRE(listed.ok());
  return listed.value().security_groups;
}

api::SecurityGroup create(Stage& stage, const std::string& name) {
  return stage
      .must<api::CreateSecurityGroupResponse>(
          "CreateSecurityGroup",
          api::CreateSecurityGroupRequest{.group_name = name, .description = name, .vpc_id = {}})
      .security_group;
}

api::AuthorizeSecurityGroupIngressRequest web_rule(const std::string& group) {
  api::AuthorizeSecurityGroupIngressRequest request;
  request.group_id = group;
  request.ip_protocol = "tcp";
  request.from_port = 80;
  request.to_port = 80;
  request.cidr_ipv4 = "0.0.0.0/0";
  return request;
}

schemas::Result<api::AuthorizeSecurityGroupIngressResponse> authorize(
    Stage& stage, const api::AuthorizeSecurityGroupIngressRequest& request,
    const schemas::Scope& who = stage::scope) {
  return stage.call<api::AuthorizeSecurityGroupIngressResponse>("AuthorizeSecurityGroupIngress",
                                                                request, who);
}

schemas::Error refusal(Stage& stage, const api::AuthorizeSecurityGroupIngressRequest& request) {
  const auto answer = authorize(stage, request);
  REQUIRE_FALSE(answer.ok());
  return answer.error();
}

schemas::Result<api::DeleteSecurityGroupResponse> remove(Stage& stage, const std::string& group,
                                                         const schemas::Scope& who = stage::scope) {
  return stage.call<api::DeleteSecurityGroupResponse>(
      "DeleteSecurityGroup", api::DeleteSecurityGroupRequest{.group_id = group}, who);
}

/// A pool of two hosts in two zones, and a task on it that has `given` groups.
void run_with(Stage& stage, const std::vector<std::string>& given) {
  api::RunTaskRequest request = stage::run_on_pool(stage, "job");
  request.network_configuration->awsvpc_configuration->security_groups = given;
  const auto answer = stage.must<api::RunTaskResponse>("RunTask", request);
  REQUIRE(answer.failures.value_or(std::vector<api::Failure>{}).empty());
}

void pool(Stage& stage) {
  stage::small_cluster(stage);
  stage.join("", "us-east-1a", {4096}, {8192});
  stage.join("", "us-east-1b", {4096}, {8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
}

control::AgentSync long_poll(const stage::Host& host, std::int64_t waiter) {
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.have_version = host.version;
  request.hold_ms = 20'000;
  return {.waiter = waiter, .identity_hash = host.identity, .request = request};
}

}  // namespace

TEST_CASE("an account finds a default group whose members reach each other and the outside") {
  Stage stage;
  const auto found = groups(stage);
  REQUIRE(found.size() == 1);
  CHECK(found.front().group_name == "default");
  const auto& rules = found.front().security_group_rules;
  REQUIRE(rules.size() == 2);
  CHECK_FALSE(rules[0].is_egress);
  CHECK(rules[0].ip_protocol == "-1");
  CHECK(rules[0].referenced_group_id == found.front().group_id);
  CHECK(rules[1].is_egress);
  CHECK(rules[1].cidr_ipv4 == "0.0.0.0/0");
  CHECK_FALSE(remove(stage, found.front().group_id).ok());
}

TEST_CASE("a new group lets everything out and nothing in") {
  Stage stage;
  const api::SecurityGroup web = create(stage, "web");
  REQUIRE(web.security_group_rules.size() == 1);
  CHECK(web.security_group_rules.front().is_egress);
  CHECK(web.security_group_rules.front().cidr_ipv4 == "0.0.0.0/0");
  CHECK(groups(stage).size() == 2);
  CHECK(remove(stage, web.group_id).ok());
  CHECK(groups(stage).size() == 1);
  stage.check_invariants();
}

TEST_CASE("a rule that cannot be meant is refused with the member to mend") {
  Stage stage;
  const api::SecurityGroup web = create(stage, "web");
  auto request = web_rule(web.group_id);
  SUBCASE("no such protocol") {
    request.ip_protocol = "sctp";
    CHECK(contains(refusal(stage, request).message, "ipProtocol is 'sctp'; it must be tcp"));
  }
  SUBCASE("half a range of ports") {
    request.to_port.reset();
    CHECK(contains(refusal(stage, request).message, "fromPort and toPort are given together"));
  }
  SUBCASE("ports backwards") {
    request.from_port = 81;
    CHECK(contains(refusal(stage, request).message, "fromPort is 81 and toPort is 80"));
  }
  SUBCASE("a port that there is not") {
    request.to_port = 65'536;
    CHECK(contains(refusal(stage, request).message, "must be 0 to 65535"));
  }
  SUBCASE("ports of a protocol without") {
    request.ip_protocol = "icmp";
    CHECK(contains(refusal(stage, request).message, "are for ipProtocol tcp and udp"));
  }
  SUBCASE("host bits") {
    request.cidr_ipv4 = "10.0.0.1/24";
    CHECK(contains(refusal(stage, request).message, "cidrIpv4 is '10.0.0.1/24'"));
  }
  SUBCASE("two other sides") {
    request.referenced_group_id = web.group_id;
    CHECK(contains(refusal(stage, request).message, "exactly one of cidrIpv4"));
  }
  SUBCASE("no other side") {
    request.cidr_ipv4.reset();
    CHECK(contains(refusal(stage, request).message, "exactly one of cidrIpv4"));
  }
  SUBCASE("a group that is not there") {
    request.cidr_ipv4.reset();
    request.referenced_group_id = "sg-00000000000000000";
    const schemas::Error error = refusal(stage, request);
    CHECK(error.code == ErrorCode::resource_not_found);
    CHECK(contains(error.message, "InvalidGroup.NotFound"));
  }
  SUBCASE("the same rule again") {
    REQUIRE(authorize(stage, request).ok());
    request.description = "in other words";
    const schemas::Error error = refusal(stage, request);
    CHECK(error.code == ErrorCode::conflict);
    CHECK(contains(error.message, "InvalidPermission.Duplicate"));
  }
  SUBCASE("one rule too many") {
    for (std::int64_t port = 1; port <= 60; ++port) {
      request.from_port = port;
      request.to_port = port;
      REQUIRE(authorize(stage, request).ok());
    }
    request.from_port = 61;
    request.to_port = 61;
    const schemas::Error error = refusal(stage, request);
    CHECK(error.code == ErrorCode::limit_exceeded);
    CHECK(contains(error.message, "RulesPerSecurityGroupLimitExceeded"));
  }
}

TEST_CASE("another account's group does not exist") {
  Stage stage;
  const api::SecurityGroup web = create(stage, "web");
  CHECK(groups(stage, stranger).size() == 1);
  const auto answer = authorize(stage, web_rule(web.group_id), stranger);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == ErrorCode::resource_not_found);
  CHECK_FALSE(remove(stage, web.group_id, stranger).ok());
  const auto theirs = groups(stage, stranger).front();
  auto naming = web_rule(theirs.group_id);
  naming.cidr_ipv4.reset();
  naming.referenced_group_id = web.group_id;
  CHECK_FALSE(authorize(stage, naming, stranger).ok());
}

TEST_CASE("two groups of one name in a VPC are refused, and names that look like ids") {
  Stage stage;
  create(stage, "web");
  for (const auto& [name, word] :
       {std::pair("web", "InvalidGroup.Duplicate"), std::pair("default", "InvalidGroup.Duplicate"),
        std::pair("sg-web", "must not begin with sg-")}) {
    const auto answer = stage.call<api::CreateSecurityGroupResponse>(
        "CreateSecurityGroup",
        api::CreateSecurityGroupRequest{.group_name = name, .description = "d", .vpc_id = {}});
    REQUIRE_FALSE(answer.ok());
    CHECK(contains(answer.error().message, word));
  }
}

TEST_CASE("a group in use cannot be deleted: by an interface, a service, or another group's rule") {
  Stage stage;
  pool(stage);
  const api::SecurityGroup web = create(stage, "web");
  const api::SecurityGroup database = create(stage, "database");
  auto request = web_rule(database.group_id);
  request.cidr_ipv4.reset();
  request.referenced_group_id = web.group_id;
  const auto rule = authorize(stage, request);
  REQUIRE(rule.ok());
  auto answer = remove(stage, web.group_id);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == ErrorCode::resource_in_use);
  CHECK(contains(answer.error().message, "a rule of " + database.group_id + " names it"));
  stage.must<api::RevokeSecurityGroupIngressResponse>(
      "RevokeSecurityGroupIngress",
      api::RevokeSecurityGroupIngressRequest{
          .group_id = database.group_id,
          .security_group_rule_id = rule.value().security_group_rule.security_group_rule_id});
  run_with(stage, {web.group_id});
  stage.settle();
  answer = remove(stage, web.group_id);
  REQUIRE_FALSE(answer.ok());
  CHECK(contains(answer.error().message, "1 network interfaces have it"));
  for (const auto& [key, task] : stage.world->tasks) {
    api::StopTaskRequest stop;
    stop.cluster = "c";
    stop.task = task.id.text();
    stage.must<api::StopTaskResponse>("StopTask", stop);
  }
  stage.settle();
  api::CreateServiceRequest service = stage::service("s", "job", 0);
  service.launch_type = api::LaunchType::fargate;
  service.network_configuration = stage::run_on_pool(stage, "job").network_configuration;
  service.network_configuration->awsvpc_configuration->security_groups =
      std::vector<std::string>{web.group_id};
  stage.must<api::CreateServiceResponse>("CreateService", service);
  answer = remove(stage, web.group_id);
  REQUIRE_FALSE(answer.ok());
  CHECK(contains(answer.error().message, "the service s gives it to its tasks"));
  CHECK(remove(stage, database.group_id).ok());
}

TEST_CASE("a rule that changes reaches the waiting hosts that have the group, and only these") {
  Stage stage;
  pool(stage);
  const api::SecurityGroup web = create(stage, "web");
  run_with(stage, {web.group_id});
  run_with(stage, {});
  stage.settle();
  const auto id = *schemas::SecurityGroupId::parse(web.group_id);
  std::int64_t waiter = 100;
  std::set<std::int64_t> have;
  for (const stage::Host& host : stage.hosts) {
    CHECK(host.groups.contains(id) ==
          std::any_of(host.enis.begin(), host.enis.end(), [&](const auto& entry) {
            return entry.second.security_groups == std::vector{id};
          }));
    CHECK(stage.turn({long_poll(host, ++waiter)}).agents.empty());
    if (host.groups.contains(id)) {
      have.insert(waiter);
    }
  }
  REQUIRE(have.size() == 1);
  const control::Turn turn =
      stage.turn({control::ApiCall{.request = 1,
                                   .scope = stage::scope,
                                   .principal = "p",
                                   .operation = "AuthorizeSecurityGroupIngress",
                                   .input = api::Value::of(web_rule(web.group_id))}});
  REQUIRE(turn.agents.size() == 1);
  CHECK(turn.agents.front().waiter == *have.begin());
  const auto* answer = std::get_if<schemas::SyncAnswer>(&turn.agents.front().answer);
  REQUIRE(answer != nullptr);
  CHECK_FALSE(answer->full);
  CHECK(answer->tasks_set.empty());
  CHECK(answer->enis_set.empty());
  REQUIRE(answer->groups_set.size() == 1);
  CHECK(answer->groups_set.front().id == id);
  CHECK(answer->groups_set.front().rules.size() == 2);
  CHECK_FALSE(turn.rows.empty());
}

TEST_CASE("neighbours say which groups they are in") {
  Stage stage;
  pool(stage);
  const api::SecurityGroup web = create(stage, "web");
  run_with(stage, {web.group_id});
  run_with(stage, {});
  stage.settle();
  std::size_t seen = 0;
  for (const stage::Host& host : stage.hosts) {
    for (const auto& [id, neighbour] : host.neighbours) {
      CHECK(neighbour.security_groups == stage.world->enis.at(id).security_groups);
      ++seen;
    }
  }
  CHECK(seen == 2);
}

TEST_CASE("a group of version 1 gets the default rules, and keeps none that were removed since") {
  Stage stage;
  const auto found = groups(stage).front();
  const auto id = *schemas::SecurityGroupId::parse(found.group_id);
  control::Snapshot snapshot = stage.store.snapshot();
  auto& rows = snapshot.rows[static_cast<std::size_t>(control::Table::security_group)];
  REQUIRE(rows.size() == 1);
  rows.front().values.back() = std::monostate();  // as the migration leaves it
  auto loaded = control::load(snapshot, stage.settings, stage.now);
  REQUIRE(loaded.ok());
  stage.world = std::move(loaded).value();
  CHECK(stage.world->security_groups.at(id).rules == netif::default_rules(id));
  stage.turn({control::Tick{}});
  stage.check_invariants();  // the rules are in the store
  for (const api::SecurityGroupRule& rule : found.security_group_rules) {
    if (rule.is_egress) {
      stage.must<api::RevokeSecurityGroupEgressResponse>(
          "RevokeSecurityGroupEgress",
          api::RevokeSecurityGroupEgressRequest{
              .group_id = found.group_id, .security_group_rule_id = rule.security_group_rule_id});
    } else {
      stage.must<api::RevokeSecurityGroupIngressResponse>(
          "RevokeSecurityGroupIngress",
          api::RevokeSecurityGroupIngressRequest{
              .group_id = found.group_id, .security_group_rule_id = rule.security_group_rule_id});
    }
  }
  stage.restart();
  CHECK(stage.world->security_groups.at(id).rules.empty());
  const auto gone = stage.call<api::RevokeSecurityGroupEgressResponse>(
      "RevokeSecurityGroupEgress",
      api::RevokeSecurityGroupEgressRequest{
          .group_id = found.group_id,
          .security_group_rule_id = found.security_group_rules.front().security_group_rule_id});
  REQUIRE_FALSE(gone.ok());
  CHECK(contains(gone.error().message, "InvalidSecurityGroupRuleId.NotFound"));
}
