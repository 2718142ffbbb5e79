#pragma once

#include <optional>
#include <string>

#include "tests/sim/universe.h"

namespace sim {

/// Random but legal traffic, drawn from the seed.
class Workload {
 public:
  explicit Workload(Universe& universe) : universe_(universe) {}

  /// Defines what the house runs, and calls until `end`.
  void begin();
  void end();

 private:
  void define_everything();
  void call_later();
  void call();
  void call_about_services();
  void call_about_task_sets();
  void delete_some_set(const std::string& service);
  void keep_house();
  void keep_hosts();
  void keep_attributes();
  /// Now and then some; seldom none that were there before.
  std::optional<std::vector<api::PlacementConstraint>> some_constraints();
  void keep_rules();
  void keep_tags();
  void keep_roles();
  void create_service();
  void update_service();
  /// Gives the service a circuit breaker.
  void watch_it(ServiceWish& wish);
  /// Gives its deployments hooks to wait for, or takes them away.
  void hold_it(ServiceWish& wish);
  void run();
  void stop_some_task();
  void protect_some_tasks();
  std::string some_family();
  std::string some_service();
  std::string some_daemon();
  static bool is_daemon(const std::string& name);
  std::string family_for(const std::string& service);
  std::string some_group();
  /// A host of the cluster that has joined, if there is any.
  std::optional<schemas::InstanceId> some_host();
  std::int64_t pick(std::int64_t least, std::int64_t most) {
    return universe_.simulation().between(least, most);
  }

  Universe& universe_;
  bool ended_ = false;
  std::int64_t tokens_ = 0;
};

}  // namespace sim
