#include "tests/sim/recipes.h"

namespace sim {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

using Place = Recipe::Place;

Recipe plain_recipe(const std::string& family, Place place) {
  Recipe made;
  made.family = family;
  made.place = place;
  return made;
}

namespace {

std::vector<Recipe> well_behaved() {
  Recipe port = plain_recipe("port", Place::bridge);
  port.port = 8080;
  Recipe hosted = plain_recipe("hosted", Place::host);
  hosted.port = 9090;
  Recipe pair = plain_recipe("pair", Place::bridge);
  pair.prepared = true;
  Recipe checked = plain_recipe("checked", Place::vpc);
  checked.checked = true;
  Recipe guarded = plain_recipe("guarded", Place::bridge);
  guarded.guarded = true;
  return {plain_recipe("web", Place::bridge),
          plain_recipe("vpc", Place::vpc),
          plain_recipe("app", Place::pool),
          plain_recipe("bare", Place::none),
          port,
          hosted,
          pair,
          checked,
          guarded};
}

}  // namespace

std::vector<Recipe> draw_recipes(Simulation& simulation) {
  std::vector<Recipe> recipes = well_behaved();
  Recipe job = plain_recipe("job", Place::pool);
  job.image.ends_after = simulation.between(1s, 90s);
  Recipe flaky = plain_recipe("flaky", Place::bridge);
  flaky.image.ends_after = simulation.between(10ms, 20s);
  flaky.image.exit_code = 1;
  Recipe again = plain_recipe("again", Place::vpc);
  again.restarts = true;
  again.image.ends_after = simulation.between(40s, 100s);  // it restarts what ran for a minute
  again.image.exit_code = 1;
  Recipe broken = plain_recipe("broken", Place::bridge);
  broken.image.pull = Image::Pull::fails;
  Recipe stubborn = plain_recipe("stubborn", Place::pool);
  stubborn.image.ignores_stop = true;
  stubborn.image.kill_takes = simulation.between(10ms, 15s);
  Recipe slow = plain_recipe("slow", Place::vpc);
  slow.image.pull_takes = simulation.between(1s, 40s);
  slow.image.stop_takes = simulation.between(1s, 40s);
  Recipe sick = plain_recipe("sick", simulation.chance(500) ? Place::pool : Place::bridge);
  sick.checked = true;
  sick.image.sick_after = simulation.between(1s, 60s);
  for (const Recipe& one : {job, flaky, again, broken, stubborn, slow, sick}) {
    recipes.push_back(one);
  }
  for (Recipe& one : recipes) {
    one.image.tag_moves_every =
        simulation.chance(500) ? schemas::Duration{} : simulation.between(500ms, 60s);
    one.each_resolves = simulation.chance(200);
  }
  return recipes;
}

}  // namespace sim
