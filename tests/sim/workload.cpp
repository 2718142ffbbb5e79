#include "tests/sim/workload.h"

#include <array>
#include <iterator>

namespace sim {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

void Workload::begin() {
  define_everything();
  call_later();
}

void Workload::define_everything() {
  using Place = Recipe::Place;
  Simulation& simulation = universe_.simulation();
  const auto recipe = [](const char* family, Place place) {
    Recipe made;
    made.family = family;
    made.place = place;
    return made;
  };
  std::vector<Recipe> recipes{recipe("web", Place::bridge), recipe("vpc", Place::vpc),
                              recipe("app", Place::pool)};
  Recipe port = recipe("port", Place::bridge);
  port.port = 8080;
  Recipe pair = recipe("pair", Place::bridge);
  pair.prepared = true;
  Recipe job = recipe("job", Place::pool);
  job.image.ends_after = simulation.between(1s, 90s);
  Recipe flaky = recipe("flaky", Place::bridge);
  flaky.image.ends_after = simulation.between(10ms, 20s);
  flaky.image.exit_code = 1;
  Recipe broken = recipe("broken", Place::bridge);
  broken.image.pull = Image::Pull::fails;
  Recipe stubborn = recipe("stubborn", Place::pool);
  stubborn.image.ignores_stop = true;
  stubborn.image.kill_takes = simulation.between(10ms, 15s);
  Recipe slow = recipe("slow", Place::vpc);
  slow.image.pull_takes = simulation.between(1s, 40s);
  slow.image.stop_takes = simulation.between(1s, 40s);
  for (const Recipe& one : {port, pair, job, flaky, broken, stubborn, slow}) {
    recipes.push_back(one);
  }
  for (const Recipe& one : recipes) {
    universe_.caller().define(one);
  }
}

void Workload::call_later() {
  Simulation& simulation = universe_.simulation();
  const Duration mean = universe_.knobs().call_every;
  simulation.after(simulation.between(mean / 4, mean * 7 / 4), [this] {
    if (!ended_) {
      call();
      call_later();
    }
  });
}

void Workload::call() {
  Caller& caller = universe_.caller();
  caller.check();
  const std::int64_t draw = pick(0, 99);
  if (draw < 45) {
    call_about_services();
  } else if (draw < 65) {
    run();
  } else if (draw < 71) {
    const std::vector<std::string> tokens = caller.tokens();
    if (!tokens.empty()) {
      caller.repeat(tokens[universe_.simulation().random().below(tokens.size())]);
    }
  } else if (draw < 84) {
    stop_some_task();
  } else if (draw < 91) {
    caller.define(caller.recipes().at(some_family()));
  } else if (draw < 94) {
    const std::string family = some_family();
    caller.retire(family);
    caller.define(caller.recipes().at(family));
  } else if (draw < 97) {
    caller.create_cluster("spare-" + std::to_string(pick(1, 2)));
  } else {
    caller.delete_cluster("spare-" + std::to_string(pick(1, 2)));
  }
}

void Workload::call_about_services() {
  const std::int64_t draw = pick(0, 99);
  if (draw < 30) {
    create_service();
  } else if (draw < 88) {
    update_service();
  } else {
    universe_.caller().delete_service(some_service());
  }
}

std::string Workload::some_family() {
  const auto& recipes = universe_.caller().recipes();
  return std::next(recipes.begin(), pick(0, static_cast<std::int64_t>(recipes.size()) - 1))->first;
}

std::string Workload::some_service() { return "s" + std::to_string(pick(1, 4)); }

void Workload::create_service() {
  ServiceWish wish;
  wish.name = some_service();
  wish.family = some_family();
  if (*wish.family == "job") {
    wish.family = "app";  // what ends well by itself is no service
  }
  wish.count = pick(0, 4);
  if (pick(0, 1) == 0) {
    constexpr std::array<std::int64_t, 5> floors{0, 25, 50, 100, 100};
    constexpr std::array<std::int64_t, 5> ceilings{100, 125, 150, 200, 200};
    wish.minimum_percent = floors.at(static_cast<std::size_t>(pick(0, 4)));
    wish.maximum_percent = ceilings.at(static_cast<std::size_t>(pick(0, 4)));
  }
  universe_.caller().create_service(wish);
}

void Workload::update_service() {
  ServiceWish wish;
  wish.name = some_service();
  const std::int64_t draw = pick(0, 99);
  if (draw < 55) {
    wish.count = pick(0, 5);
  }
  if (draw > 40 && draw < 70) {
    wish.force = true;
  } else if (draw >= 70) {
    // To another kind of task; one that belongs elsewhere is refused, and that is an answer too.
    wish.family = some_family();
    wish.family = *wish.family == "job" ? "app" : *wish.family;
  }
  if (draw % 10 == 0) {
    wish.minimum_percent = 50;
    wish.maximum_percent = 100 + 50 * pick(0, 2);
  }
  universe_.caller().update_service(wish);
}

void Workload::run() {
  RunWish wish;
  wish.family = some_family();
  wish.count = pick(1, 3);
  if (pick(0, 3) != 0) {
    wish.token = "token-" + std::to_string(++tokens_);
  }
  universe_.caller().run(wish);
}

/// Of any state: stopping what stops or has stopped is no error.
void Workload::stop_some_task() {
  const auto& tasks = universe_.watch().tasks().all();
  std::vector<schemas::TaskId> there;
  for (const auto& [id, seen] : tasks) {
    if (!seen.forgotten && (seen.last != schemas::TaskStatus::stopped || there.size() % 8 == 0)) {
      there.push_back(id);
    }
  }
  if (!there.empty()) {
    universe_.caller().stop_task(there[universe_.simulation().random().below(there.size())]);
  }
}

}  // namespace sim
