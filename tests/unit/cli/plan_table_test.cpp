#include "control/cli/verbs/plan_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "control/cli/verbs/verbs.h"

namespace {

const std::string root = "arn:aws:ecs:us-east-1:123456789012:";

api::PlannedStart start_on(const std::string& host) {
  api::PlannedStart start;
  start.task_definition_arn = root + "task-definition/web:2";
  start.service_name = "web";
  start.container_instance_arn = root + "container-instance/c/" + host;
  start.availability_zone = "us-east-1a";
  return start;
}

const cli::Verb& verb(const std::string& path) {
  const auto& all = cli::verbs();
  return *std::find_if(all.begin(), all.end(),
                       [&](const cli::Verb& each) { return each.path == path; });
}

}  // namespace

TEST_CASE("tasks of a plan that are alike share a row, and rows fit 80 columns") {
  api::PlanStep step;
  step.after_seconds = 41;
  step.starts = {start_on(std::string(32, 'a')), start_on(std::string(32, 'b')),
                 start_on(std::string(32, 'a'))};
  api::PlannedStop stop;
  stop.task_definition_arn = root + "task-definition/web:1";
  stop.availability_zone = "us-east-1a";
  step.stops = {stop};
  api::PlanResponse plan;
  plan.steps = {step};
  const std::string text = cli::plan_steps_table(plan).text(80);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(text.find("41s      2  start web:2") != std::string::npos);
  CHECK(text.find("stop web:1") != std::string::npos);
  CHECK(text.find("the pool") != std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 80 + 2);  // "…" has three bytes
  }
}

TEST_CASE("a plan's lines say what finds no room, what would help and what it costs") {
  api::UnplacedTasks tasks;
  tasks.task_definition_arn = root + "task-definition/web:2";
  tasks.service_name = "web";
  tasks.count = 3;
  tasks.cpu = 768;
  tasks.memory = 384;
  tasks.detail = "Nobody has room.";
  tasks.changes = {"free 128 MiB on h7"};
  api::PlanResponse plan;
  plan.unplaced = {tasks};
  plan.currency = "USD";
  plan.hourly_difference_nanos = 5'000'000;
  plan.hourly_difference = "0.005000000";
  CHECK(cli::plan_lines(plan) ==
        std::vector<std::string>{
            "no room for 3 of web:2 (service web), 768 CPU units and 384 MiB: Nobody has room.",
            "  free 128 MiB on h7", "price of an hour: +0.005000000 USD"});
}

TEST_CASE("a plan takes the options of what it plans, but nothing to wait for") {
  for (const auto& [plan, real] : {std::pair{"plan run", "run"},
                                   {"plan create-service", "service create"},
                                   {"plan update-service", "service update"}}) {
    std::vector<std::string> planned;
    for (const cli::Option& option : verb(plan).options) {
      planned.push_back(option.name);
    }
    std::vector<std::string> taken;
    for (const cli::Option& option : verb(real).options) {
      if (option.name != "wait" && option.name != "host") {
        taken.push_back(option.name);
      }
    }
    CHECK(planned == taken);
  }
}
