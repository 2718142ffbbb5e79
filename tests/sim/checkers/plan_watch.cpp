#include "tests/sim/checkers/plan_watch.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "control/core/loop/rehearsal/subject.h"
#include "control/core/world/lookups.h"

namespace sim {

using control::Rehearsal;
using control::World;
using schemas::Task;
using schemas::TaskStatus;

namespace {

/// Long enough for most of what a life asks for.
constexpr std::int64_t turns_max = 60;
/// How much of two answers is shown from where they differ.
constexpr std::size_t shown_max = 120;

/// What a plan says of a task that starts: all that is decided about it.
std::string start_text(const World& world, const Task& task) {
  const schemas::Eni* eni = task.eni ? control::find_eni(world, *task.eni) : nullptr;
  return task.id.text() + " of " + task.specification->definition->family + ":" +
         std::to_string(task.specification->definition->revision) + " for service " +
         std::to_string(task.service) + " deployment " + task.deployment.text() + " on host " +
         (task.instance ? brief(*task.instance) : "none") + " in " + task.availability_zone +
         " of provider '" + task.capacity_provider + "' with address " +
         (eni == nullptr ? "none" : eni->address.text());
}

std::string stop_text(const Task& task) {
  return task.id.text() + " (" + std::to_string(static_cast<int>(task.stop_code)) + ", " +
         task.stopped_reason + ")";
}

std::string answer_text(const schemas::Result<api::Value>& answer) {
  return answer.ok() ? api::encode(answer.value())
                     : std::string(schemas::error_name(answer.error().code)) + ": " +
                           answer.error().message;
}

/// Names the first entry in which what was planned and what was done differ.
std::string first_difference(const std::vector<std::string>& planned,
                             const std::vector<std::string>& done) {
  std::size_t at = 0;
  while (at < planned.size() && at < done.size() && planned[at] == done[at]) {
    ++at;
  }
  return "planned " + (at < planned.size() ? planned[at] : "nothing more") + ", done " +
         (at < done.size() ? done[at] : "nothing more");
}

}  // namespace

void PlanWatch::before_turn(const World& world, const control::Parked& parked,
                            const control::ApiCall& call, const control::Settings& settings,
                            Instant now, const schemas::Random& random) {
  told_.clear();
  for (const auto& [key, task] : world->tasks) {
    if (task.desired_status == TaskStatus::stopped) {
      told_.insert(key);
    }
  }
  plan_ = control::rehearse(world, parked, control::rehearsed_call(world, call), settings, now,
                            random, {.turns_max = turns_max});
}

void PlanWatch::turn_is_decided(const World& world, const control::Turn& turn) {
  const std::optional<Rehearsal> plan = std::exchange(plan_, std::nullopt);
  if (!plan) {
    return;
  }
  if (plan->steps.size() > 1) {
    simulation_.probe("a plan had several steps");
  }
  if (!plan->steps.front().stopped.empty()) {
    simulation_.probe("a plan began with stops");
  }
  compare_answers(*plan, turn);
  compare_starts(*plan, world, turn);
  compare_stops(*plan, world, turn);
  compare_events(*plan, turn);
}

void PlanWatch::compare_answers(const Rehearsal& plan, const control::Turn& turn) {
  const std::string planned = answer_text(*plan.answer);
  const std::string given = answer_text(turn.replies.front().result);
  if (planned != given) {
    const auto [here, there] =
        std::mismatch(planned.begin(), planned.end(), given.begin(), given.end());
    simulation_.fail("A plan was answered otherwise than its call: planned …" +
                     std::string(here, planned.end()).substr(0, shown_max) + ", answered …" +
                     std::string(there, given.end()).substr(0, shown_max) + ".");
  }
}

void PlanWatch::compare_starts(const Rehearsal& plan, const World& world,
                               const control::Turn& turn) {
  std::vector<std::string> planned;
  for (const std::int64_t key : plan.steps.front().started) {
    planned.push_back(start_text(plan.world, plan.world->tasks.at(key)));
  }
  std::set<std::int64_t> started;
  for (const control::Row& row : turn.rows) {
    const Task* task = row.table == control::Table::task && row.action == control::RowAction::put
                           ? control::task_of(world, row.key)
                           : nullptr;
    if (task != nullptr) {
      started.insert(row.key);
    }
  }
  std::vector<std::string> done;
  for (const std::int64_t key : started) {
    done.push_back(start_text(world, world->tasks.at(key)));
  }
  if (planned != done) {
    simulation_.fail(
        "A plan started other tasks than its call: " + first_difference(planned, done) + ".");
  }
  if (!done.empty()) {
    simulation_.probe("a plan started what its call started");
  }
}

void PlanWatch::compare_stops(const Rehearsal& plan, const World& world,
                              const control::Turn& turn) {
  std::vector<std::string> planned;
  for (const std::int64_t key : plan.steps.front().stopped) {
    planned.push_back(stop_text(plan.world->tasks.at(key)));
  }
  std::vector<std::string> done;
  for (const control::Row& row : turn.rows) {
    const Task* task =
        row.table == control::Table::task_state ? control::task_of(world, row.key) : nullptr;
    if (task != nullptr && task->desired_status == TaskStatus::stopped &&
        told_.insert(row.key).second) {
      done.push_back(stop_text(*task));
    }
  }
  std::sort(planned.begin(), planned.end());
  std::sort(done.begin(), done.end());
  if (planned != done) {
    simulation_.fail(
        "A plan stopped other tasks than its call: " + first_difference(planned, done) + ".");
  }
}

void PlanWatch::compare_events(const Rehearsal& plan, const control::Turn& turn) {
  const auto texts = [](const std::vector<control::Event>& events) {
    std::vector<std::string> said;
    for (const control::Event& event : events) {
      if (event.kind == "service") {
        said.push_back(event.subject + " " + event.detail);
      }
    }
    return said;
  };
  const std::vector<std::string> planned = texts(plan.steps.front().said);
  const std::vector<std::string> done = texts(turn.events);
  if (planned != done) {
    simulation_.fail("A plan had services say something else than its call: " +
                     first_difference(planned, done) + ".");
  }
}

}  // namespace sim
