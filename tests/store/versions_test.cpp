// What a process of today makes of the databases that each version wrote.

#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/world/lookups.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "netif/core/default_network.h"
#include "tests/store/life.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using store_test::difference;
using store_test::golden;
using store_test::rows_of;
using store_test::text_of;
using store_test::Workplace;

struct Loaded {
  Snapshot snapshot;
  World world;
};

/// What a process of today makes of the database that another version left.
Loaded loaded(const Workplace& place, const std::string& golden_name) {
  const std::string path = place.file(golden_name + ".db");
  store_test::run_sql(path, golden(golden_name));
  const auto store = open_sqlite({.path = path});
  REQUIRE_MESSAGE(store.ok(), (store.ok() ? "" : store.error().message));
  schemas::Result<Snapshot> snapshot = store.value()->load();
  REQUIRE_MESSAGE(snapshot.ok(), (snapshot.ok() ? "" : snapshot.error().message));
  schemas::Result<World> world =
      control::load(snapshot.value(), {}, schemas::Instant(std::chrono::seconds(1'790'000'000)));
  REQUIRE_MESSAGE(world.ok(), (world.ok() ? "" : world.error().message));
  // Written as today, and read again, it is the same.
  const schemas::Outcome committed = store.value()->commit(rows_of(world.value()));
  REQUIRE_MESSAGE(committed.ok(), (committed.ok() ? "" : committed.error().message));
  const schemas::Result<Snapshot> written = store.value()->load();
  REQUIRE_MESSAGE(written.ok(), (written.ok() ? "" : written.error().message));
  const schemas::Result<World> again = control::load(written.value(), {}, schemas::Instant{});
  REQUIRE_MESSAGE(again.ok(), (again.ok() ? "" : again.error().message));
  CHECK(difference(text_of(rows_of(world.value())), text_of(rows_of(again.value()))).empty());
  return {std::move(snapshot).value(), std::move(world).value()};
}

/// The rows that World itself holds, as the file has them.
std::vector<Row> held(const Snapshot& snapshot) {
  std::vector<Row> rows;
  for (const TableShape& shape : table_shapes()) {
    const auto index = static_cast<std::size_t>(shape.table);
    if (shape.table != Table::metadata && shape.loading == Loading::rows) {
      rows.insert(rows.end(), snapshot.rows[index].begin(), snapshot.rows[index].end());
    }
  }
  return rows;
}

const schemas::Task& task_of_group(const World& world, const std::string& group,
                                   schemas::TaskStatus status) {
  for (const auto& [key, task] : world->tasks) {
    if (task.specification->group == group && task.last_status == status) {
      return task;
    }
  }
  FAIL("no such task of group " << group);
  return world->tasks.begin()->second;
}

/// What every version could say.
void check_what_all_versions_say(const World& world) {
  const schemas::Scope& scope = stage::scope;
  const schemas::Cluster* cluster = find_cluster(world, scope, "c");
  REQUIRE(cluster != nullptr);
  CHECK(cluster->tags == std::vector<schemas::Tag>{{"k", "v"}});
  const OwnedDefinition* web = find_definition(world, scope, "web", 1);
  REQUIRE(web != nullptr);
  CHECK(web->definition->containers.front().environment ==
        std::vector<schemas::KeyValue>{{"GREETING", "grüß' dich"}});
  CHECK(find_definition(world, scope, "web", 3)->definition->status ==
        schemas::TaskDefinitionStatus::inactive);
  CHECK(std::count_if(world->services.begin(), world->services.end(), [](const auto& each) {
          return !each.second.external;  // since version 4
        }) == 2);
  const schemas::Service& service = world->services.begin()->second;
  CHECK(service.name == "web");
  CHECK(service.deployment_configuration.minimum_healthy_percent == 50);
  CHECK(service.deployments.size() == 2);
  CHECK_FALSE(service.events.empty());

  const schemas::Task& failed = task_of_group(world, "by hand", schemas::TaskStatus::stopped);
  CHECK(failed.containers.front().exit_code == 137);
  CHECK(failed.containers.front().reason == "OutOfMemoryError: container killed");
  CHECK(failed.specification->started_by == "a person");
  CHECK(failed.specification->overrides.containers.front().command ==
        std::vector<std::string>{"hold"});
  CHECK(failed.specification->overrides.cpu == schemas::CpuUnits{300});

  const schemas::Task& job = task_of_group(world, "service:jobs", schemas::TaskStatus::running);
  REQUIRE(job.eni);
  const schemas::Eni& eni = world->enis.at(*job.eni);
  CHECK(eni.task == job.id);
  CHECK(eni.public_address.has_value());
  CHECK(world->released_enis.size() == 1);
  REQUIRE(world->usage.contains(job.key));
  CHECK(world->usage.at(job.key).use.metered_ns == 60'000'000'000);
  CHECK(world->usage.at(job.key).service == "jobs");

  CHECK(std::count_if(world->instances.begin(), world->instances.end(), [](const auto& each) {
          return !each.second.attributes.contains("stowage.registered-by");  // since version 4
        }) == 4);
  const auto rack =
      std::find_if(world->instances.begin(), world->instances.end(),
                   [](const auto& entry) { return entry.second.boot_id == "boot-2"; });
  REQUIRE(rack != world->instances.end());
  CHECK(rack->second.inventory.attributes.at("rack") == "7");
  CHECK(rack->second.inventory.engine_version == "crun 1.8.1");
  CHECK(world->tokens.size() == 1);
  CHECK(world->tokens.begin()->second.tasks.size() == 2);
}

bool came_with_version_3(Table table) {
  return table == Table::capacity_provider || table == Table::account_setting ||
         table == Table::service_revision || table == Table::service_deployment;
}

bool came_with_version_4(Table table) { return table == Table::audit; }

/// Older versions recorded no service deployments: what still ran has records now.
void check_records_given(const World& world) {
  for (const auto& [key, service] : world->services) {
    for (const schemas::Deployment& deployment : service.deployments) {
      const schemas::ServiceDeployment* record = find_service_deployment(world, deployment.id);
      REQUIRE(record != nullptr);
      CHECK(record->service == key);
      CHECK(record->specification->definition->key == deployment.specification->definition->key);
    }
    CHECK(service.current == service.deployments.front().id);
  }
}

void check_what_came_with_version_3(const World& world) {
  const auto& records = world->service_deployments;
  const auto back = std::find_if(records.begin(), records.end(),
                                 [](const auto& each) { return each.second.rollback.has_value(); });
  REQUIRE(back != records.end());
  CHECK(back->second.breaker == schemas::MonitorStatus::triggered);
  CHECK(back->second.specification->definition->family == "bad");
  CHECK(back->second.configuration.circuit_breaker.threshold_value == 1);
  CHECK(back->second.rollback->revision == back->second.sources.front());
}

}  // namespace

TEST_CASE("a database of version 4 is read, word for word") {
  const Workplace place;
  const Loaded found = loaded(place, "version_4.sql");
  for (const TableShape& shape : table_shapes()) {
    CHECK_MESSAGE(found.snapshot.last_key[static_cast<std::size_t>(shape.table)] > 0,
                  "the golden database has no row of " << shape.name);
  }
  if (schema_version == 4) {  // as it would be written today
    CHECK(difference(text_of(held(found.snapshot)), text_of(rows_of(found.world))).empty());
  }
  check_what_all_versions_say(found.world);
  check_what_came_with_version_3(found.world);
  const auto& records = found.world->service_deployments;
  const auto pinned = std::find_if(records.begin(), records.end(), [](const auto& each) {
    return !each.second.image_digests.empty();
  });
  REQUIRE(pinned != records.end());
  CHECK(pinned->second.image_digests.at("main") == "sha256:" + std::string(64, 'e'));
  const auto& tasks = found.world->tasks;
  const auto kept = std::find_if(tasks.begin(), tasks.end(), [](const auto& each) {
    return each.second.protected_until.has_value();
  });
  REQUIRE(kept != tasks.end());
  CHECK(kept->second.specification->group == "service:jobs");
  const auto& instances = found.world->instances;
  const auto registered = std::find_if(instances.begin(), instances.end(), [](const auto& each) {
    return each.second.attributes.contains("stowage.registered-by");
  });
  REQUIRE(registered != instances.end());
  CHECK(registered->second.identity_hash == std::string(64, 'f'));
  const std::vector<schemas::DeploymentHook>& hooks =
      found.world->services.begin()->second.deployments.front().hooks;
  REQUIRE(hooks.size() == 2);
  CHECK(hooks.front().status == schemas::HookStatus::awaiting_action);
  CHECK(hooks.front().expires_at.has_value());
  CHECK(hooks.back().stage == schemas::LifecycleStage::post_scale_up);
  CHECK(hooks.back().timeout_action == schemas::HookAction::proceed);
  CHECK(hooks.back().timeout_min == 60);
  CHECK(find_definition(found.world, stage::scope, "web", 1)
            ->definition->requires_attributes.size() == 5);
  const auto& services = found.world->services;
  const auto external = std::find_if(services.begin(), services.end(), [](const auto& each) {
    return each.second.external.has_value();
  });
  REQUIRE(external != services.end());
  CHECK(external->second.external->placement_strategy.size() == 1);
  REQUIRE(external->second.deployments.size() == 1);
  const schemas::TaskSet& set = external->second.deployments.front().task_set.value();
  CHECK(set.scale_micro_percent == 12'500'000);
  CHECK(set.external_id == "release-7");
  CHECK(set.tags == std::vector<schemas::Tag>{{"of", "a set"}});
}

TEST_CASE("a database of version 3 is read, word for word") {
  const Workplace place;
  const Loaded found = loaded(place, "version_3.sql");
  for (const TableShape& shape : table_shapes()) {
    const bool rows = found.snapshot.last_key[static_cast<std::size_t>(shape.table)] > 0;
    CHECK_MESSAGE(rows != came_with_version_4(shape.table),
                  "the golden database has no row of " << shape.name);
  }
  if (schema_version == 3) {  // as it would be written today
    CHECK(difference(text_of(held(found.snapshot)), text_of(rows_of(found.world))).empty());
  }
  check_what_all_versions_say(found.world);
  check_what_came_with_version_3(found.world);
  CHECK(find_definition(found.world, stage::scope, "web", 1)
            ->definition->requires_attributes.empty());
}

TEST_CASE("a database of version 2 is read, word for word") {
  const Workplace place;
  const Loaded found = loaded(place, "version_2.sql");
  for (const TableShape& shape : table_shapes()) {
    const bool rows = found.snapshot.last_key[static_cast<std::size_t>(shape.table)] > 0;
    CHECK_MESSAGE(rows != (came_with_version_3(shape.table) || came_with_version_4(shape.table)),
                  "the golden database has no row of " << shape.name);
  }
  if (schema_version == 2) {  // as it would be written today
    CHECK(difference(text_of(held(found.snapshot)), text_of(rows_of(found.world))).empty());
  }
  check_records_given(found.world);
  check_what_all_versions_say(found.world);
  const World& world = found.world;

  const schemas::ContainerDefinition& main =
      find_definition(world, stage::scope, "web", 1)->definition->containers.front();
  CHECK(find_definition(world, stage::scope, "web", 1)->definition->requires_attributes.empty());
  REQUIRE(main.health_check);
  CHECK(main.health_check->retries == 2);
  REQUIRE(main.restart_policy);
  CHECK(main.restart_policy->ignored_exit_codes == std::vector<std::int64_t>{3});
  REQUIRE(main.linux_parameters);
  CHECK(main.linux_parameters->devices.front().container_path == "/dev/void");

  const schemas::User* admin = find_user(world, "123456789012", "admin");
  REQUIRE(admin != nullptr);
  const schemas::AccessKey* key = find_access_key(world, "AKIAADMINADMINADMIN1");
  REQUIRE(key != nullptr);
  CHECK(access::Seal(std::string(32, 'k')).open(key->sealed_secret, access::seal_name(key->id)) ==
        "secret of AKIAADMINADMINADMIN1");
  CHECK(find_access_key(world, "AKIABUILDBUILDBUILD1")->status ==
        schemas::AccessKeyStatus::inactive);
  const schemas::Role* role = find_role(world, "123456789012", "reader");
  REQUIRE(role != nullptr);
  CHECK(role->path == "/app/");
  CHECK(role->actions == std::vector<std::string>{"ecs:List*", "ecs:DescribeTasks"});
  CHECK(world->join_tokens.size() == 2);
  CHECK(world->sessions.size() == 1);
  const auto open = std::find_if(world->security_groups.begin(), world->security_groups.end(),
                                 [](const auto& entry) { return entry.second.name == "open"; });
  REQUIRE(open != world->security_groups.end());
  CHECK(open->second.description == "for everybody");
  const auto web = std::find_if(open->second.rules.begin(), open->second.rules.end(),
                                [](const auto& rule) { return rule.description == "web"; });
  REQUIRE(web != open->second.rules.end());
  CHECK(web->protocol == schemas::RuleProtocol::tcp);
  CHECK(web->from_port == 80);
  CHECK(web->to_port == 81);
}

TEST_CASE("a database of version 1 is read; what it could not say is what it was then") {
  const Workplace place;
  const Loaded found = loaded(place, "version_1.sql");
  const World& world = found.world;
  check_what_all_versions_say(world);
  check_records_given(world);
  for (const auto& [id, instance] : world->instances) {
    CHECK(instance.tags.empty());
  }
  REQUIRE(world->security_groups.size() == 1);
  const schemas::SecurityGroup& group = world->security_groups.begin()->second;
  CHECK(group.name == "default");
  CHECK(group.description == "default VPC security group");
  CHECK(group.rules == netif::default_rules(group.id));
  CHECK_FALSE(find_definition(world, stage::scope, "web", 1)
                  ->definition->containers.front()
                  .health_check.has_value());
  CHECK(world->users.empty());
  CHECK(world->access_keys.empty());
  CHECK(world->roles.empty());
  CHECK(world->join_tokens.empty());
  CHECK(world->sessions.empty());
}

}  // namespace control::store
