// Rehearsals: a call happens to a part of World, and then really.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "control/core/loop/rehearsal/subject.h"
#include "tests/unit/control_loop/plan_stage.h"

using plan_stage::call_of;
using plan_stage::revise;
using plan_stage::steady_service;
using plan_stage::update_of;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

/// What starts and stops, in order; what happens at once by host.
struct Move {
  std::int64_t round = 0;
  bool starts = false;
  std::int64_t revision = 0;
  schemas::InstanceId host;
  auto operator<=>(const Move&) const = default;
};

class Moves {
 public:
  void next_round() { ++round_; }
  void note(const schemas::Task& task, bool starts) {
    if (moves_.empty() || moves_.back().round != round_) {
      sorted_ = moves_.size();
    }
    moves_.push_back({.round = round_,
                      .starts = starts,
                      .revision = task.specification->definition->revision,
                      .host = *task.instance});
    std::sort(moves_.begin() + static_cast<std::ptrdiff_t>(sorted_), moves_.end());
  }
  /// With rounds counted from 0 that something happens in.
  [[nodiscard]] std::vector<Move> all() const {
    std::vector<Move> counted = moves_;
    std::int64_t round = -1;
    std::int64_t last = -1;
    for (Move& move : counted) {
      round += move.round != last ? 1 : 0;
      last = std::exchange(move.round, round);
    }
    return counted;
  }

 private:
  std::int64_t round_ = 0;
  std::size_t sorted_ = 0;
  std::vector<Move> moves_;
};

std::vector<Move> moves_of(const control::Rehearsal& rehearsal) {
  Moves moves;
  for (const control::RehearsalStep& step : rehearsal.steps) {
    moves.next_round();
    for (const std::int64_t key : step.started) {
      moves.note(rehearsal.world->tasks.at(key), true);
    }
    for (const std::int64_t key : step.stopped) {
      moves.note(rehearsal.world->tasks.at(key), false);
    }
  }
  return moves.all();
}

/// What really happens of a call within two minutes.
std::vector<Move> moves_of(Stage& stage, const control::ApiCall& call) {
  Moves moves;
  std::set<std::int64_t> told;
  std::int64_t newest = stage.world.next_key(control::Table::task) - 1;
  const auto look = [&](const std::vector<control::Row>&) {
    moves.next_round();
    for (const auto& [key, task] : stage.world->tasks) {
      if (key > newest) {
        moves.note(task, true);
        newest = key;
      }
      if (task.desired_status == schemas::TaskStatus::stopped && told.insert(key).second) {
        moves.note(task, false);
      }
    }
  };
  stage.also_commit = look;
  CHECK(stage.turn({call}).replies.front().result.ok());
  for (int second = 0; second < 120; ++second) {
    stage.settle();
    stage.advance(1s);
  }
  stage.also_commit = {};
  return moves.all();
}

control::Rehearsal rehearsal_of(Stage& stage, control::ApiCall call,
                                const control::RehearsalLimits& limits = {}) {
  return control::rehearse(stage.world, stage.parked,
                           control::rehearsed_call(stage.world, std::move(call)), stage.settings,
                           stage.now, stage.random, limits);
}

}  // namespace

TEST_CASE("a rolling update does, host by host and in order, what its plan said") {
  for (const auto& percents : {std::pair{100, 200}, {50, 100}, {100, 150}, {0, 100}}) {
    Stage stage;
    steady_service(stage, 4);
    revise(stage, 128);
    api::UpdateServiceRequest request = update_of("s");
    request.task_definition = "web";
    request.deployment_configuration.emplace();
    request.deployment_configuration->minimum_healthy_percent = percents.first;
    request.deployment_configuration->maximum_percent = percents.second;
    const control::ApiCall call = call_of("UpdateService", api::Value::of(request));
    const control::Rehearsal rehearsal = rehearsal_of(stage, call);
    CHECK(rehearsal.end == control::RehearsalEnd::rest);
    const std::vector<Move> planned = moves_of(rehearsal);
    CHECK(planned.size() == 8);
    CHECK_MESSAGE(planned == moves_of(stage, call), percents.first << "/" << percents.second);
  }
}

TEST_CASE("the first turn of a plan is the very turn that the call makes, ids and all") {
  Stage stage;
  steady_service(stage, 3);
  api::RunTaskRequest run = stage::run("web");
  run.count = 2;
  const control::ApiCall call = call_of("RunTask", api::Value::of(run));
  const control::Rehearsal rehearsal = rehearsal_of(stage, call);
  const control::Turn turn = stage.turn({call});
  REQUIRE(rehearsal.answer);
  CHECK(api::encode(rehearsal.answer->value()) == api::encode(turn.replies.front().result.value()));
}

TEST_CASE("a rehearsal that would take too long says so, and shows what comes first") {
  Stage stage;
  steady_service(stage, 4);
  api::UpdateServiceRequest request = update_of("s");
  request.force_new_deployment = true;
  const control::ApiCall call = call_of("UpdateService", api::Value::of(request));
  const control::Rehearsal moved = rehearsal_of(stage, call, {.moves_max = 3});
  CHECK(moved.end == control::RehearsalEnd::moves);
  CHECK(moves_of(moved).size() == 4);
  CHECK(rehearsal_of(stage, call, {.turns_max = 2}).end == control::RehearsalEnd::turns);

  const control::RehearsalSubject loss = control::rehearsed_loss(
      stage.world, stage.world.index().cluster_by_name.at({stage::scope, "c"}),
      {stage.hosts.front().id});
  const control::Rehearsal lost = control::rehearse(stage.world, stage.parked, loss, stage.settings,
                                                    stage.now, stage.random, {.moves_max = 1});
  CHECK(lost.end == control::RehearsalEnd::moves);
  CHECK(lost.steps.empty());
}
