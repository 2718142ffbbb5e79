#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "control/core/world/world.h"
#include "schemas/model/scope.h"

namespace control {

/// What an excerpt holds beside what is small.
struct ExcerptWish {
  schemas::Scope scope;           ///< whose task definitions
  std::set<std::int64_t> fleets;  ///< clusters whose hosts it has; 0 = the pool's
  Keys services;                  ///< each with its live tasks
  Keys tasks;                     ///< and these
  std::string token;              ///< a clientToken of the scope; empty = none
};

/// A part of World that can be moved on by itself, for as long as nothing is asked of it that it
/// does not hold. What it leaves out still counts: hosts have no more room than they have, and
/// addresses stay taken. It costs what its hosts and tasks cost, however many others there are.
///
/// It has clusters, capacity providers, networks, roles and account settings whole, but nothing
/// that says who may call, no use and no event. Nobody is told of its assignments: they begin anew.
World excerpt(const World& world, const ExcerptWish& wish);

}  // namespace control
