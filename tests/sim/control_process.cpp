#include "tests/sim/control_process.h"

#include <algorithm>
#include <utility>

#include "control/core/loop/rehearsal/subject.h"
#include "tests/sim/watch.h"

namespace sim {

using control::Turn;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

constexpr std::string_view me = "control";
/// How many calls of a thousand that can be planned are.
constexpr std::int64_t planned_per_mille = 250;

/// Gives the question its number; the answer carries it back.
void number_input(control::Input& input, std::int64_t number) {
  if (auto* call = std::get_if<control::ApiCall>(&input)) {
    call->request = number;
  } else if (auto* join = std::get_if<control::AgentJoin>(&input)) {
    join->waiter = number;
  } else if (auto* sync = std::get_if<control::AgentSync>(&input)) {
    sync->waiter = number;
  }
}

}  // namespace

ControlProcess::ControlProcess(Simulation& simulation, const Knobs& knobs, RowStore& store,
                               Watch& watch)
    : simulation_(simulation), knobs_(knobs), store_(store), watch_(watch), chance_(0) {}

void ControlProcess::start() {
  if (up()) {
    return;
  }
  auto loaded = control::load(store_.snapshot(), knobs_.control, clock());
  if (!loaded.ok()) {
    simulation_.fail("What the store holds cannot be loaded: " + loaded.error().message);
    return;
  }
  world_ = std::move(loaded).value();
  parked_ = {};
  chance_ = schemas::Random(simulation_.random().next());
  life_ = std::make_shared<bool>(true);
  last_now_ = {};
  committing_ = nullptr;
  ++starts_;
  simulation_.note(me, "starts, for the " + std::to_string(starts_) + ". time");
  watch_.loaded(world_, store_);
  turn_at_ = {};
  turn_soon(1ms);
}

void ControlProcess::crash(CrashPoint point, Afterwards afterwards) {
  if (point == CrashPoint::now) {
    end("is killed", afterwards);
  } else {
    doom_ = {point, afterwards};
  }
}

void ControlProcess::end(const std::string& why, Afterwards afterwards) {
  if (!up()) {
    return;
  }
  if (committing_ && simulation_.chance(500)) {
    simulation_.probe("control was killed in a commit that became durable");
    durable(*committing_);
  }
  committing_ = nullptr;
  simulation_.note(me, why);
  *life_ = false;
  life_ = nullptr;
  doom_.reset();
  inbox_.clear();
  planned_.clear();
  for (const auto& [number, heard] : std::exchange(waiting_, {})) {
    simulation_.after(1ms, [heard = heard] { heard(Broken{}); });
  }
  if (afterwards == Afterwards::restart) {
    simulation_.after(simulation_.between(100ms, 10s), [this] { start(); });
  }
}

void ControlProcess::receive(control::Input input, OnHeard heard) {
  if (!up()) {
    if (heard) {
      simulation_.after(1ms, [heard = std::move(heard)] { heard(Broken{}); });
    }
    return;
  }
  const std::int64_t number = ++numbers_;
  number_input(input, number);
  const auto* call = std::get_if<control::ApiCall>(&input);
  if (call != nullptr && control::can_be_rehearsed(call->operation) &&
      simulation_.chance(planned_per_mille)) {
    planned_.insert(number);
  }
  if (heard) {
    waiting_.emplace(number, std::move(heard));
  }
  inbox_.push_back(std::move(input));
  turn_soon(simulation_.between(0ms, 2ms));
}

/// The earliest wish counts.
void ControlProcess::turn_soon(Duration delay) {
  const Instant at = simulation_.now() + std::max(delay, 0ms);
  if (turn_at_ != Instant{} && turn_at_ <= at) {
    return;
  }
  turn_at_ = at;
  simulation_.after(delay, [this, life = life_, asked = ++turn_asked_] {
    if (*life && asked == turn_asked_) {
      turn_at_ = {};
      turn();
    }
  });
}

std::vector<control::Input> ControlProcess::take_inputs() {
  std::vector<control::Input> inputs;
  while (!inbox_.empty() && static_cast<std::int64_t>(inputs.size()) < knobs_.turn_max) {
    const auto* call = std::get_if<control::ApiCall>(&inbox_.front());
    const bool planned = call != nullptr && planned_.contains(call->request);
    if (planned && !inputs.empty()) {
      break;
    }
    inputs.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
    if (planned) {
      break;
    }
  }
  if (inputs.empty()) {
    inputs.emplace_back(control::Tick{});
  }
  return inputs;
}

void ControlProcess::turn() {
  if (committing_) {
    return;  // the end of the commit looks at the inbox again
  }
  last_now_ = std::max(last_now_, clock());  // time does not run backwards for World
  const std::vector<control::Input> inputs = take_inputs();
  const auto* call = std::get_if<control::ApiCall>(&inputs.front());
  if (call != nullptr && planned_.erase(call->request) > 0) {
    watch_.plans().before_turn(world_, parked_, *call, knobs_.control, last_now_, chance_);
  }
  Turn decided = control::step(world_, parked_, inputs, knobs_.control, last_now_, chance_);
  watch_.plans().turn_is_decided(world_, decided);
  mix(decided);
  commit(std::move(decided));
}

void ControlProcess::mix(const Turn& turn) {
  Trace& trace = simulation_.trace();
  for (const control::Row& row : turn.rows) {
    trace.mix(static_cast<std::int64_t>(row.table));
    trace.mix(row.key);
    for (const control::Value& value : row.values) {
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        trace.mix(*number);
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        trace.mix(*text);
      }
    }
  }
}

void ControlProcess::commit(Turn turn) {
  if (turn.rows.empty()) {
    watch_.turn_ends(world_, turn, last_now_);
    publish(turn);
    return;
  }
  const bool fails = simulation_.chance(knobs_.faults.commit_fails);
  std::optional<std::pair<CrashPoint, Afterwards>> doom = std::exchange(doom_, std::nullopt);
  if (fails && !doom) {
    doom = {simulation_.chance(500) ? CrashPoint::before_commit : CrashPoint::after_commit,
            Afterwards::restart};
  }
  if (doom && doom->first == CrashPoint::before_commit) {
    simulation_.probe("a commit failed before it was durable");
    end("dies: nothing of its turn is durable", doom->second);
    return;
  }
  Duration takes = 1ms;
  if (simulation_.chance(knobs_.faults.commit_slow)) {
    simulation_.probe("a commit was slow");
    takes = simulation_.between(100ms, 3s);
  }
  committing_ = std::make_shared<Turn>(std::move(turn));
  const auto done = [this, doom, life = life_] {
    if (!*life) {
      return;
    }
    const std::shared_ptr<Turn> made = std::exchange(committing_, nullptr);
    durable(*made);
    if (doom) {
      simulation_.probe("control crashed between commit and publish");
      end("dies: its turn is durable, and nobody was told", doom->second);
      return;
    }
    publish(*made);
  };
  simulation_.after(takes, done);
}

void ControlProcess::durable(const Turn& turn) {
  store_.commit(turn.rows);
  watch_.turn_ends(world_, turn, last_now_);
  if (++commits_ % knobs_.check_every == 0) {
    watch_.compare(world_, store_, knobs_.control, last_now_);
  }
}

void ControlProcess::publish(const Turn& turn) {
  for (const control::Reply& reply : turn.replies) {
    answer(reply.request, reply.result);
  }
  for (const control::AgentReply& reply : turn.agents) {
    if (const auto* joined = std::get_if<schemas::JoinAnswer>(&reply.answer)) {
      answer(reply.waiter, *joined);
    } else if (const auto* said = std::get_if<schemas::SyncAnswer>(&reply.answer)) {
      watch_.told(world_, *said);
      answer(reply.waiter, *said);
    } else if (const auto* error = std::get_if<schemas::Error>(&reply.answer)) {
      answer(reply.waiter, *error);
    }
  }
  if (!up()) {
    return;
  }
  if (!inbox_.empty()) {
    turn_soon(1ms);
    return;
  }
  // As the real loop: it never sleeps longer than a second, or a clock that is set backwards would
  // put it to sleep for good.
  const Duration until = std::max(turn.next_wake - clock(), 1ms);
  turn_soon(knobs_.faults.clock_step_every.count() > 0 ? std::min(until, Duration(1s)) : until);
}

void ControlProcess::answer(std::int64_t number, const Heard& heard) {
  const auto waiter = waiting_.find(number);
  if (waiter == waiting_.end()) {
    return;
  }
  const OnHeard told = std::move(waiter->second);
  waiting_.erase(waiter);
  told(heard);
}

}  // namespace sim
