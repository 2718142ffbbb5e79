#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/id.h"
#include "schemas/base/random.h"
#include "schemas/base/time.h"

namespace sim {

using schemas::Duration;
using schemas::Instant;

/// What happened, as lines for a person and as one number for a machine: two runs of a seed that
/// differ anywhere differ in the number.
class Trace {
 public:
  enum class Print : std::uint8_t { no, yes };
  explicit Trace(Print print) : print_(print) {}

  /// `at` counts from the beginning of the run.
  void line(Duration at, std::string_view who, std::string_view what);
  /// Enters what no person wants to read, for example the rows of a transaction.
  void mix(std::string_view bytes);
  void mix(std::int64_t number);

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] bool printed() const { return print_ == Print::yes; }

 private:
  Print print_;
  std::uint64_t hash_ = 14'695'981'039'346'656'037ULL;  // FNV-1a
};

/// A world with one thread, one clock and one source of chance. Everything that happens is an event
/// in one queue; time jumps from one event to the next.
class Simulation {
 public:
  Simulation(std::uint64_t seed, Trace::Print print);

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Duration elapsed() const { return now_ - began_; }

  schemas::Random& random() { return random_; }
  bool chance(std::uint64_t per_mille) { return per_mille > 0 && random_.chance(per_mille); }
  /// Uniform, both ends included.
  Duration between(Duration least, Duration most);
  std::int64_t between(std::int64_t least, std::int64_t most);

  /// Events due at the same instant run in the order they were asked for, so a seed replays.
  void after(Duration delay, std::function<void()> event);
  /// Ends early when something has failed.
  void run_for(Duration span);

  /// A line of the trace.
  void note(std::string_view who, std::string_view what) { trace_.line(elapsed(), who, what); }
  Trace& trace() { return trace_; }

  /// A promise is broken: the run ends. The first sentence counts.
  void fail(const std::string& sentence);
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

  /// Marks that something rare has happened, so that a long run can tell what it never tried.
  void probe(std::string_view name) { ++probes_[std::string(name)]; }
  [[nodiscard]] const std::map<std::string, std::int64_t>& probes() const { return probes_; }

 private:
  struct Due {
    Instant at{};
    std::uint64_t sequence = 0;
    std::function<void()> event;
    bool operator<(const Due& other) const {  // the earliest is the greatest of the heap
      return at != other.at ? at > other.at : sequence > other.sequence;
    }
  };

  Instant began_;
  Instant now_;
  schemas::Random random_;
  Trace trace_;
  std::uint64_t sequence_ = 0;
  std::vector<Due> queue_;
  std::optional<std::string> failure_;
  std::map<std::string, std::int64_t> probes_;
};

/// The first digits of an id: enough to follow it through a trace.
std::string brief(const schemas::IdBytes& bytes);
template <class Kind>
std::string brief(const schemas::Id<Kind>& id) {
  return brief(id.bytes());
}

/// "1m30.250s"
std::string in_words(Duration span);

}  // namespace sim
