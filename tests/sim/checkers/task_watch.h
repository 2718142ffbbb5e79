#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// A task as it last was in a durable turn.
struct SeenTask {
  schemas::TaskId id;
  schemas::TaskStatus last = schemas::TaskStatus::provisioning;
  schemas::TaskStatus desired = schemas::TaskStatus::running;
  schemas::HealthStatus health = schemas::HealthStatus::unknown;
  std::int64_t version = 0;
  std::optional<schemas::InstanceId> instance;
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  /// It was given up with its host: what its host still does is not known.
  bool lost = false;
  bool forgotten = false;
  Instant stopped_at{};
};

/// How the `startedBy` of StartTask calls begins here.
inline constexpr std::string_view started_on_a_host = "start-";

/// Statuses go forward only; what has stopped changes no more; what was told to stop is never told
/// to run; the event log tells of every task what World says; a stopped task stays describable; a
/// host that is drained gets no task unless somebody asks for this very host.
class TaskWatch {
 public:
  explicit TaskWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn, Instant now,
                 Duration retention);
  /// After a restart nothing that was durable may be otherwise.
  void loaded(const control::World& world);
  void told(const schemas::SyncAnswer& answer);

  [[nodiscard]] const SeenTask* seen(const schemas::TaskId& id) const;
  [[nodiscard]] const std::map<schemas::TaskId, SeenTask>& all() const { return tasks_; }

 private:
  void look(const control::World& world, const schemas::Task& task);
  void look_at_host(const control::World& world, const schemas::Task& task);
  void hear(const control::World& world, const control::Event& event);

  Simulation& simulation_;
  std::map<schemas::TaskId, SeenTask> tasks_;
  std::map<std::int64_t, schemas::TaskId> names_;
  std::set<schemas::InstanceId> leaving_;  ///< hosts out of service after the last durable turn
};

}  // namespace sim
