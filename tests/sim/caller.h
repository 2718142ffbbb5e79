#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/services.h"
#include "api/shared.h"
#include "api/tasks.h"

#include "tests/sim/control_process.h"
#include "tests/sim/images.h"
#include "tests/sim/in_turn.h"
#include "tests/sim/recipe.h"
#include "tests/sim/simulation.h"
#include "tests/sim/watch.h"

namespace sim {

/// The account and region in which everything here happens.
const schemas::Scope& home();

/// How a service is made or changed; what is absent stays as it is.
struct ServiceWish {
  std::string name;
  std::optional<std::string> family;
  std::optional<std::int64_t> count;
  bool daemon = false;  ///< made as one, without a count
  std::optional<std::int64_t> minimum_percent;
  std::optional<std::int64_t> maximum_percent;
  bool force = false;
  std::optional<std::vector<api::PlacementConstraint>> constraints;  ///< not on the pool
  std::optional<std::int64_t> failures{};  ///< how many a circuit breaker lets pass
  bool rollback = false;
  bool counts_all = false;  ///< a healthy task does not end the breaker's count
  std::optional<std::vector<api::DeploymentLifecycleHook>> hooks{};  ///< of its deployments
  std::string group;  ///< a security group's id; empty = the default one
  std::optional<api::AvailabilityZoneRebalancing> evening_out{};
};

struct RunWish {
  std::string family;
  std::int64_t count = 1;
  std::string token;  ///< empty = none: the call is not repeated when its answer is lost
  std::optional<std::vector<api::PlacementConstraint>> constraints;  ///< not on the pool
  std::string group;
};

/// Calls the public API, tries again when a connection breaks, and holds control to its answers.
/// Calls about one service wait for each other, so that it is always known what was promised.
class Caller {
 public:
  Caller(Simulation& simulation, const Knobs& knobs, ControlProcess& control, const Watch& watch,
         Images& images);

  using Then = std::function<void(const schemas::Result<api::Value>&)>;
  enum class Retry : std::uint8_t { until_answered, never };
  /// Calls an operation; `then` hears the answer, if there is one.
  void ask(const std::string& operation, api::Value input, Retry retry, const Then& then);

  /// A cluster, and the default subnets' names.
  void settle_in();
  [[nodiscard]] bool settled() const { return settled_; }
  [[nodiscard]] const std::string& cluster() const { return cluster_; }

  void define(const Recipe& recipe);
  /// Deregisters the newest revision of a family.
  void retire(const std::string& family);
  /// Asks that it be deleted. Its number is never given out again.
  void erase(const std::string& family);
  void create_service(const ServiceWish& wish);
  void update_service(const ServiceWish& wish);
  void delete_service(const std::string& name);
  /// Stops what moves the service now; what has come to rest is refused, and that is an answer.
  void stop_deployment(const std::string& name, bool back);
  /// Answers the first hook that the service's deployment waits for, if it waits.
  void continue_deployment(const std::string& name, api::DeploymentLifecycleHookAction action);
  void run(const RunWish& wish);
  /// The same call again, token and all.
  void repeat(const std::string& token);
  /// On this host and no other; not repeated when the answer is lost.
  void start_task(const std::string& family, const schemas::InstanceId& host);
  void stop_task(const schemas::TaskId& task);
  /// For so many minutes from when control hears of it; 0 ends it.
  void protect_task(const schemas::TaskId& task, std::int64_t minutes);
  void create_cluster(const std::string& name);
  void delete_cluster(const std::string& name);
  /// Asks for the bill of all time.
  void ask_bill(std::function<void(std::int64_t)> nanos);

  /// Compares World with everything that was answered. Fails the run where they differ.
  void check();
  [[nodiscard]] std::optional<api::NetworkConfiguration> network_for(
      const Recipe& recipe, const std::string& group) const;
  [[nodiscard]] api::LaunchType launch_type(const Recipe& recipe) const;

  /// Whether an answer is still waited for.
  [[nodiscard]] bool waits() const { return open_calls_ > 0; }

  [[nodiscard]] const std::map<std::string, Recipe>& recipes() const { return recipes_; }
  [[nodiscard]] std::vector<std::string> tokens() const;
  /// Tasks of this token, as they were answered.
  [[nodiscard]] std::vector<std::string> answered(const std::string& token) const;
  [[nodiscard]] std::string last_error() const { return last_error_; }

 private:
  struct Promise {
    enum class State : std::uint8_t { none, active, deleted };
    State state = State::none;
    std::optional<std::int64_t> desired = 0;  ///< a daemon has as many as there are hosts for it
  };
  struct Run {
    RunWish wish;
    std::vector<std::string> arns;  ///< of the first answer with tasks
    std::optional<Instant> answered_at;
  };

  void hear_run(const std::string& token, const schemas::Result<api::Value>& answer);
  void hear_protection(const schemas::TaskId& task,
                       const api::UpdateTaskProtectionResponse& answer);
  /// `arns` of tasks that a call was answered.
  void hear_tasks(const std::string& token, const std::vector<std::string>& arns);
  void note_error(const std::string& operation, const schemas::Result<api::Value>& answer);
  void check_services();
  void check_runs();

  Simulation& simulation_;
  const Knobs& knobs_;
  ControlProcess& control_;
  const Watch& watch_;
  Images& images_;
  std::string cluster_ = "c";
  bool settled_ = false;
  std::vector<std::string> subnets_;
  std::map<std::string, Recipe> recipes_;
  std::map<std::string, std::int64_t> revisions_;  ///< the highest that was answered
  std::map<std::string, std::int64_t> erased_;     ///< the highest that may be gone
  InTurn turns_;                                   ///< by service, or task where it is protected
  std::map<std::string, Promise> services_;
  std::map<std::string, bool> clusters_;
  std::map<std::string, Run> runs_;
  std::int64_t open_calls_ = 0;
  std::int64_t flavour_ = 0;
  std::int64_t untold_ = 0;
  std::string last_error_;
};

}  // namespace sim
