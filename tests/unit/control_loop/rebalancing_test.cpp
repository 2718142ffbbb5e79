// availabilityZoneRebalancing, as callers ask for it and see it act.

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using Rebalancing = api::AvailabilityZoneRebalancing;
using stage::Stage;

namespace {

/// Tasks that are to run, in this zone.
std::int64_t in_zone(const Stage& stage, const std::string& zone) {
  return std::count_if(stage.world->tasks.begin(), stage.world->tasks.end(),
                       [&zone](const auto& each) {
                         return each.second.availability_zone == zone &&
                                each.second.desired_status == schemas::TaskStatus::running;
                       });
}

/// A service "s" of 4 in a cluster that has one zone so far; then a host of another joins.
void all_in_one_zone(Stage& stage, std::optional<Rebalancing> wanted) {
  stage.must<api::CreateClusterResponse>("CreateCluster", [] {
    api::CreateClusterRequest request;
    request.cluster_name = "c";
    return request;
  }());
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
  stage.join("c", "us-east-1a", {4096}, {8192});
  api::CreateServiceRequest request = stage::service("s", "web", 4);
  request.availability_zone_rebalancing = wanted;
  stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.pass(60s);
  stage.join("c", "us-east-1b", {4096}, {8192});
  stage.pass(300s);
}

bool heard(Stage& stage, const std::string& words) {
  const api::Service service = stage::described_service(stage, "c", "s");
  return std::any_of(service.events->begin(), service.events->end(), [&words](const auto& event) {
    return event.message->find(words) != std::string::npos;
  });
}

api::UpdateServiceRequest change(std::optional<Rebalancing> wanted) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.availability_zone_rebalancing = wanted;
  return request;
}

}  // namespace

TEST_CASE("a service is evened out over zones when a new one comes, by itself") {
  Stage stage;
  all_in_one_zone(stage, {});
  CHECK(in_zone(stage, "us-east-1a") == 2);
  CHECK(in_zone(stage, "us-east-1b") == 2);
  CHECK(stage.world->tasks.size() == 6);
  CHECK(stage::described_service(stage, "c", "s").availability_zone_rebalancing ==
        Rebalancing::enabled);
  CHECK(heard(stage, "is not AZ balanced with 4 tasks in us-east-1a, 0 tasks in us-east-1b."));
  CHECK(heard(stage, "is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b."));
  stage.restart();
}

TEST_CASE("a service that is not to be evened out stays where it is, until it is told otherwise") {
  Stage stage;
  all_in_one_zone(stage, Rebalancing::disabled);
  CHECK(in_zone(stage, "us-east-1a") == 4);
  CHECK(stage::described_service(stage, "c", "s").availability_zone_rebalancing ==
        Rebalancing::disabled);
  const auto updated =
      stage.must<api::UpdateServiceResponse>("UpdateService", change(Rebalancing::enabled));
  CHECK(updated.service->availability_zone_rebalancing == Rebalancing::enabled);
  CHECK(updated.service->deployments->size() == 1);
  stage.pass(300s);
  CHECK(in_zone(stage, "us-east-1b") == 2);
  CHECK(stage.must<api::UpdateServiceResponse>("UpdateService", change({}))
            .service->availability_zone_rebalancing == Rebalancing::enabled);
}

TEST_CASE("a service that cannot be evened out is not by default, and refuses to be") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = stage::service("s", "web", 1);
  request.deployment_configuration.emplace();
  request.deployment_configuration->maximum_percent = 100;
  request.deployment_configuration->minimum_healthy_percent = 0;
  const auto created = stage.must<api::CreateServiceResponse>("CreateService", request);
  CHECK(created.service->availability_zone_rebalancing == Rebalancing::disabled);
  const auto refused =
      stage.call<api::UpdateServiceResponse>("UpdateService", change(Rebalancing::enabled));
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == schemas::ErrorCode::invalid_parameter);
  CHECK(refused.error().message.find("availabilityZoneRebalancing") != std::string::npos);
}
