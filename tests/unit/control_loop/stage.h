#pragma once

// The loop on a stage: a clock that the test moves, a store that keeps the rows of every turn, and
// hosts that do what they are told.

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "api/capacity_providers.h"
#include "api/clusters.h"
#include "api/container_instances.h"
#include "api/networks.h"
#include "api/roles.h"
#include "api/services.h"
#include "api/stowage.h"
#include "api/tags.h"
#include "api/task_definitions.h"
#include "api/tasks.h"
#include "control/core/loop/loop.h"

namespace stage {

inline const schemas::Scope scope{"123456789012", "us-east-1"};
inline const std::string root = "arn:aws:iam::123456789012:root";

/// Keeps rows as a database would.
class Store {
 public:
  void commit(const std::vector<control::Row>& rows);
  [[nodiscard]] control::Snapshot snapshot() const;
  /// The rows of a table that World itself holds.
  [[nodiscard]] std::vector<control::Row> held() const;
  [[nodiscard]] const std::map<std::int64_t, control::Row>& table(control::Table table) const {
    return tables_[static_cast<std::size_t>(table)];
  }

 private:
  std::array<std::map<std::int64_t, control::Row>, control::table_count> tables_;
};

/// What a host knows and has, as the agent's core would keep it.
struct Host {
  std::string identity;
  schemas::InstanceId id;
  std::string boot_id = "boot-1";
  std::int64_t sequence = 0;
  std::optional<std::int64_t> version;
  std::map<schemas::TaskId, schemas::TaskAssignment> tasks;
  std::map<schemas::EniId, schemas::EniAssignment> enis;
  std::map<schemas::SubnetId, schemas::SubnetAssignment> subnets;
  std::map<schemas::EniId, schemas::Neighbour> neighbours;
  std::map<schemas::SecurityGroupId, schemas::SecurityGroupAssignment> groups;
  std::map<schemas::TaskId, schemas::TaskStatus> reported;
  std::vector<schemas::EniId> removed;
  std::int64_t acknowledged = 0;
  std::int64_t answers = 0;
};

class Stage {
 public:
  Stage();

  /// Runs one operation to its answer.
  template <class Output, class Input>
  schemas::Result<Output> call(const std::string& operation, Input input,
                               const schemas::Scope& who = scope,
                               const std::string& principal = root) {
    const schemas::Result<api::Value> reply =
        answer(operation, api::Value::of(std::move(input)), who, principal);
    if (!reply.ok()) {
      return reply.error();
    }
    return reply.value().template as<Output>();
  }
  /// The same for a call that must succeed: its failure ends the test.
  template <class Output, class Input>
  Output must(const std::string& operation, Input input) {
    const schemas::Result<Output> output = call<Output>(operation, std::move(input));
    schemas::require(output.ok(), output.ok() ? "" : output.error().message);
    return output.value();
  }
  schemas::Result<api::Value> answer(const std::string& operation, api::Value input,
                                     const schemas::Scope& who,
                                     const std::string& principal = root);

  control::Turn turn(std::vector<control::Input> inputs);
  /// Moves the clock, waking the loop whenever it asked to be woken.
  void advance(schemas::Duration by);

  /// A host of a cluster, or of the pool when `cluster` is empty.
  Host& join(const std::string& cluster, const std::string& zone, schemas::CpuUnits cpu,
             schemas::MemoryMib memory);
  /// The host says that it is the capacity provider's.
  void name_provider(Host& host, const std::string& provider);
  /// The host reports what is given and takes over the answer.
  schemas::SyncAnswer sync(Host& host, std::vector<schemas::TaskReport> reports = {},
                           std::vector<schemas::MeterRecord> meters = {});
  void take(Host& host, const schemas::SyncAnswer& answer);

  /// What the host hears when it syncs, an error included.
  std::variant<schemas::JoinAnswer, schemas::SyncAnswer, schemas::Error> heard(Host& host);

  /// Every host syncs and does at once what it is told, until nothing is left to do.
  void settle();
  /// Time goes on, five seconds at a time, after each of which everything settles.
  void pass(schemas::Duration time);
  /// As `settle` for one host; true if it had anything to do.
  bool work(Host& host);

  /// Loads what the store holds, as a new process would; the old World is gone.
  void restart();

  /// Everything that must be true of World at all times, checked with doctest.
  void check_invariants() const;

  control::World world;
  control::Parked parked;
  control::Settings settings;
  schemas::Instant now{};
  schemas::Random random{7};
  Store store;
  /// Another place where the rows of every turn are kept, a real database for example.
  std::function<void(const std::vector<control::Row>&)> also_commit;
  std::deque<Host> hosts;
  std::set<schemas::InstanceId> silent;  ///< hosts that do not sync
  std::set<std::string> broken;          ///< families whose tasks never run
  std::vector<control::Event> events;
  schemas::Instant next_wake{};

 private:
  std::int64_t number_ = 0;
  std::int64_t joined_ = 0;
};

// Builders.
api::RegisterTaskDefinitionRequest definition(const std::string& family);
api::RegisterTaskDefinitionRequest pool_definition(const std::string& family);
api::CreateServiceRequest service(const std::string& name, const std::string& definition,
                                  std::int64_t count);
api::RunTaskRequest run(const std::string& definition);
api::RunTaskRequest run_on_pool(Stage& stage, const std::string& definition);
schemas::TaskReport report(schemas::TaskId task, schemas::TaskStatus status,
                           const schemas::TaskAssignment& assignment);
schemas::TaskId task_id(const std::string& arn);

/// A cluster with a registered definition "web" (bridge mode) and two hosts in two zones.
void small_cluster(Stage& stage, const std::string& cluster = "c");

api::Task described(Stage& stage, const std::string& cluster, const std::string& task);
api::Service described_service(Stage& stage, const std::string& cluster, const std::string& name);

}  // namespace stage
