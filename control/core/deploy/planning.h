#pragma once

// What the plans of every kind of service have in common: the primary deployment and its circuit
// breaker, the plan that is being made, when it is to be made anew, and what is said of it.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "control/core/deploy/service_plan.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"

namespace control {

class Planning {
 public:
  Planning(const schemas::Service& service, std::int64_t desired, const DeploySettings& settings,
           schemas::Instant now)
      : service_(service), settings_(settings), now_(now), desired_(desired) {}

 protected:
  [[nodiscard]] const schemas::Deployment& primary() const { return service_.deployments.front(); }
  /// Hooks of the primary deployment that are out of time end, or end it. If so the rest is planned
  /// anew: what they held is held no more.
  [[nodiscard]] bool expires();
  /// The primary deployment has come as far as its next hooks.
  void pause_if_new();
  [[nodiscard]] std::int64_t desired() const { return desired_; }

  /// Floors round up, so a service of one never drops to zero because of rounding.
  [[nodiscard]] std::int64_t floor() const {
    return (desired() * service_.deployment_configuration.minimum_healthy_percent + 99) / 100;
  }
  [[nodiscard]] std::int64_t ceiling() const {
    return desired() * service_.deployment_configuration.maximum_percent / 100;
  }

  /// The plan is another at that time.
  void wake(schemas::Instant at);

  /// Unhealthy, and past the grace period after its start.
  bool is_ailing(const schemas::Task& task);
  /// Healthy already; if not, the plan is made anew when time alone makes it so.
  bool is_healthy(const schemas::Task& task);
  /// Whether it is protected now; then the plan changes when it no longer is.
  bool is_held(const schemas::Task& task);
  /// It runs, and its checks do not say otherwise.
  static bool serves(const schemas::Task& task);

  [[nodiscard]] const schemas::CircuitBreaker& breaker() const {
    return service_.deployment_configuration.circuit_breaker;
  }
  /// `ailing` tasks are unhealthy now: they have failed as much as those replaced before them.
  [[nodiscard]] bool breaker_opens(std::int64_t ailing) const;
  void give_up();
  void go_back_if(bool wanted);
  /// Notes that a task of those `kept` has become healthy since the last failure. Tasks without
  /// checks are healthy by having lasted; those with checks say so themselves.
  void note_recovery(std::span<const schemas::Task* const> kept);

  /// Whether the deployment may start tasks now; if it only has to wait, it is woken.
  bool may_start(const schemas::Deployment& deployment);

  void stop(const schemas::Task& task, std::string reason);
  void stop_for_scale(const schemas::Task& task);
  void stop_all(std::span<const schemas::Task* const> tasks);

  /// Says it unless it was said lately; then the plan changes when it may be said again.
  void announce(std::string message);
  void announce_stops();
  /// Says so if the tasks that are missing keep failing.
  void announce_failures();
  /// The primary deployment has all that it wants, and nothing else is there.
  void announce_rest();

  const schemas::Service& service_;
  const DeploySettings& settings_;
  const schemas::Instant now_;
  const std::int64_t desired_;
  ServicePlan plan_;
};

}  // namespace control
