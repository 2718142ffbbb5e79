#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/loop/loop.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"

namespace bench {

const schemas::Scope& bench_scope();
inline constexpr std::string_view bench_principal = "arn:aws:iam::123456789012:root";

/// What turns cost, summed.
struct TurnCosts {
  std::array<std::int64_t, control::turn_part_count> parts_us{};  ///< by control::TurnPart
  std::int64_t commit_us = 0;
  std::int64_t rows = 0;
  std::vector<std::int64_t> turns_us;  ///< each turn with its commit
  [[nodiscard]] std::int64_t sum_us() const;
};

std::int64_t microseconds_between(std::chrono::steady_clock::time_point begin,
                                  std::chrono::steady_clock::time_point end);

using ReadClock = std::function<schemas::Instant()>;

schemas::Instant wall_clock();

/// Control without its edges: the same loop, the same store.
class BareControl {
 public:
  /// Without a store nothing is kept.
  BareControl(control::World world, std::unique_ptr<control::store::Store> store, ReadClock clock);

  control::Settings& settings() { return settings_; }
  [[nodiscard]] const control::World& world() const { return world_; }

  /// One turn and its commit; what they cost is added to `costs`, if that is there.
  schemas::Result<control::Turn> turn(std::span<const control::Input> inputs, TurnCosts* costs);
  /// One call of the API in a turn of its own.
  schemas::Outcome call(const std::string& operation, api::Value input);

 private:
  control::World world_;
  control::Parked parked_;
  control::Settings settings_;
  std::unique_ptr<control::store::Store> store_;
  ReadClock clock_;
  schemas::Random random_{1};
};

/// On the database at `path`, which may be new; empty = in memory.
schemas::Result<std::unique_ptr<BareControl>> open_bare_control(const std::string& path,
                                                                ReadClock clock);

/// What the host with this number says that it has, and by which identity it is known.
schemas::Inventory bench_inventory(std::int64_t number);
std::string bench_identity(std::int64_t number);

/// Hosts 1 to `count` join the cluster "bench".
schemas::Outcome join_hosts(BareControl& control, std::int64_t count);

/// "bench": one container of 128 CPU units and 256 MiB.
schemas::Outcome register_bench_definition(BareControl& control);

}  // namespace bench
