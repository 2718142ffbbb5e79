#pragma once

#include <vector>

#include "tests/sim/recipe.h"
#include "tests/sim/simulation.h"

namespace sim {

/// One well-behaved server.
Recipe plain_recipe(const std::string& family, Recipe::Place place);

/// What a life runs: every network mode, and programs that end, hang, fall ill or cannot be had.
/// How badly, is drawn.
std::vector<Recipe> draw_recipes(Simulation& simulation);

}  // namespace sim
