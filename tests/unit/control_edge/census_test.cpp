#include "control/edge/loop/census.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "control/core/world/change.h"

namespace control::edge {

namespace {

/// A cluster with one service that wants three tasks.
World observed_at(schemas::ContainerInsights insights) {
  World world;
  schemas::Cluster cluster;
  cluster.key = 1;
  cluster.scope = {"123456789012", "us-east-1"};
  cluster.name = "c";
  cluster.configuration.container_insights = insights;
  apply(world, ClusterCreated{cluster});
  schemas::Service service;
  service.key = 1;
  service.cluster = 1;
  service.name = "web";
  service.desired_count = 3;
  schemas::Deployment deployment;
  deployment.specification = std::make_shared<const schemas::TaskSpecification>();
  service.deployments.push_back(deployment);
  apply(world, ServiceCreated{service});
  return world;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string labels = R"({account="123456789012",region="us-east-1",cluster="c")";

}  // namespace

TEST_CASE("metrics tell of a cluster as much as its containerInsights asks for") {
  using enum schemas::ContainerInsights;
  const std::string cluster_line = "stowage_cluster_services" + labels + "} 1\n";
  const std::string service_line =
      "stowage_service_tasks" + labels + R"(,service="web",state="desired"} 3)" + "\n";
  CHECK_FALSE(contains(census(observed_at(disabled)), "stowage_cluster_"));
  CHECK(contains(census(observed_at(enabled)), cluster_line));
  CHECK_FALSE(contains(census(observed_at(enabled)), "stowage_service_tasks"));
  CHECK(contains(census(observed_at(enhanced)), cluster_line));
  CHECK(contains(census(observed_at(enhanced)), service_line));
}

TEST_CASE("metrics tell nothing of a cluster that was deleted") {
  World world = observed_at(schemas::ContainerInsights::enhanced);
  apply(world, ClusterDeactivated{1});
  CHECK_FALSE(contains(census(world), "cluster=\"c\""));
}

}  // namespace control::edge
