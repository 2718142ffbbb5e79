#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/core/loop/loop.h"
#include "schemas/model/meter.h"
#include "tests/sim/simulation.h"

namespace sim {

/// Every second that was durable on its host is billed exactly once: not before it was durable, not
/// twice, and in the end none is missing, unless the disk that held it is lost. What a host's
/// records say is held against true time: a metered task runs only while its meter does, and the
/// records of one that has ended cover all the time that it ran.
class MoneyWatch {
 public:
  explicit MoneyWatch(Simulation& simulation) : simulation_(simulation) {}

  /// A meter runs. `boot` names the host's boot, in which its clock began.
  void opened(const schemas::TaskId& task, const std::string& boot);
  /// That it runs was not durable, and a loss of power took it: it may begin anew.
  void forgotten(const schemas::TaskId& task);
  /// A container of a metered task begins to run, or has ended.
  void runs(const schemas::TaskId& task);
  void ended(const schemas::TaskId& task);
  /// A host has written a record, and waited for its disk.
  void saved(int host, const std::string& boot, const schemas::MeterRecord& record);
  /// The host's disk is gone; what control has not counted by now it never will.
  void disk_lost(int host);
  void turn_ends(const control::World& world, const control::Turn& turn);

  /// What is still missing in World, when everything has come to rest.
  [[nodiscard]] std::optional<std::string> missing(const control::World& world) const;
  /// What a bill for all time has to charge for the records that control counts, in whole
  /// nano-units. Never less later than earlier.
  [[nodiscard]] std::int64_t owed_nanos(const control::World& world,
                                        const schemas::PriceBook& prices) const;

 private:
  struct Meter {
    int host = 0;
    bool disk_lost = false;
    std::string boot;                           ///< in which the meter was opened
    Instant opened_at{};                        ///< in true time, as all here
    std::optional<Instant> runs_since;          ///< its first container began to run
    Instant ran_until{};                        ///< its last container ended
    std::vector<schemas::MeterRecord> records;  ///< by sequence, from 1
  };
  void check_whole(const schemas::TaskId& task, const Meter& meter);
  [[nodiscard]] static std::int64_t total(const Meter& meter, std::int64_t up_to);

  Simulation& simulation_;
  std::map<schemas::TaskId, Meter> meters_;
};

}  // namespace sim
