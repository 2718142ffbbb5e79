#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "control/core/loop/loop.h"
#include "tests/sim/knobs.h"
#include "tests/sim/row_store.h"
#include "tests/sim/simulation.h"

namespace sim {

class Watch;

/// The connection broke before an answer came: what was asked may have been done or not.
struct Broken {};

/// What comes back of a question to control.
using Heard = std::variant<Broken, schemas::Result<api::Value>, schemas::JoinAnswer,
                           schemas::SyncAnswer, schemas::Error>;
using OnHeard = std::function<void(const Heard&)>;

enum class CrashPoint : std::uint8_t { now, before_commit, after_commit };

/// The control service: the shipped loop over a store that fails. It goes as
/// `control/edge/loop/turn_loop` does: take what came in, step, commit, and only then answer. A
/// commit that fails ends the process; the next one loads what the store holds.
class ControlProcess {
 public:
  ControlProcess(Simulation& simulation, const Knobs& knobs, RowStore& store, Watch& watch);

  /// Loads what the store holds. Does nothing while it runs.
  void start();
  /// Ends the process, or arranges for the next turn with rows to end it. `stays_down`: until
  /// `start`; else somebody starts it again soon.
  enum class Afterwards : std::uint8_t { restart, stays_down };
  void crash(CrashPoint point, Afterwards afterwards);

  /// The wall clock of control's machine.
  void step_clock(Duration by) { skew_ += by; }

  /// Delivers a question. `heard` is called once: with the answer once it is durable, or when the
  /// process ends first.
  void receive(control::Input input, OnHeard heard);

  [[nodiscard]] bool up() const { return life_ != nullptr; }
  [[nodiscard]] const control::World& world() const { return world_; }
  [[nodiscard]] const control::Parked& parked() const { return parked_; }
  /// World is ahead of the store: a turn's commit is under way.
  [[nodiscard]] bool commits() const { return committing_ != nullptr; }
  [[nodiscard]] std::int64_t starts() const { return starts_; }
  [[nodiscard]] Instant clock() const { return simulation_.now() + skew_; }

 private:
  using Life = std::shared_ptr<bool>;

  void turn_soon(Duration delay);
  std::vector<control::Input> take_inputs();
  void turn();
  void commit(control::Turn turn);
  void durable(const control::Turn& turn);
  void publish(const control::Turn& turn);
  void end(const std::string& why, Afterwards afterwards);
  void answer(std::int64_t number, const Heard& heard);
  void mix(const control::Turn& turn);

  Simulation& simulation_;
  const Knobs& knobs_;
  RowStore& store_;
  Watch& watch_;
  control::World world_;
  control::Parked parked_;
  schemas::Random chance_;
  Life life_;  ///< null while it is down
  Duration skew_{};
  Instant last_now_{};
  std::shared_ptr<control::Turn> committing_;  ///< its commit is under way
  std::int64_t turn_asked_ = 0;
  Instant turn_at_{};
  std::deque<control::Input> inbox_;
  std::set<std::int64_t> planned_;  ///< calls that are planned first, in turns of their own
  std::int64_t numbers_ = 0;
  std::map<std::int64_t, OnHeard> waiting_;
  std::optional<std::pair<CrashPoint, Afterwards>> doom_;
  std::int64_t starts_ = 0;
  std::int64_t commits_ = 0;
};

}  // namespace sim
