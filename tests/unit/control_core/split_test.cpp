#include "control/core/providers/split.h"

#include <doctest/doctest.h>

#include <string>

namespace control {

namespace {

using schemas::CapacityProviderStrategy;

/// How `count` tasks are divided, one after the other: "a=2 b=1".
std::string divided(const CapacityProviderStrategy& strategy, std::int64_t count) {
  ProviderCounts counts;
  for (std::int64_t task = 0; task < count; ++task) {
    ++counts[next_provider(strategy, counts)];
  }
  std::string text;
  for (const auto& [name, tasks] : counts) {
    text += (text.empty() ? "" : " ") + name + "=" + std::to_string(tasks);
  }
  return text;
}

}  // namespace

TEST_CASE("a strategy fills its base first, then divides by weight what is beyond it") {
  const CapacityProviderStrategy strategy{{"a", 2, 1}, {"b", 0, 3}};
  CHECK(divided(strategy, 1) == "a=1");
  CHECK(divided(strategy, 2) == "a=2");
  CHECK(divided(strategy, 6) == "a=3 b=3");
  CHECK(divided(strategy, 10) == "a=4 b=6");
  CHECK(divided(strategy, 402) == "a=102 b=300");
}

TEST_CASE("equal weights take turns, the first of the strategy first") {
  const CapacityProviderStrategy strategy{{"b", 0, 1}, {"a", 0, 1}};
  CHECK(divided(strategy, 1) == "b=1");
  CHECK(divided(strategy, 5) == "a=2 b=3");
}

TEST_CASE("a provider without a weight gets its base and no more") {
  CHECK(divided({{"a", 3, 0}, {"b", 0, 1}}, 8) == "a=3 b=5");
  CHECK(divided({{"a", 0, 0}, {"b", 0, 1}}, 8) == "b=8");
}

TEST_CASE("a single provider needs no weight") {
  CHECK(divided({{"a", 0, 0}}, 4) == "a=4");
  CHECK(divided({{"a", 1, 0}}, 4) == "a=4");
}

TEST_CASE("tasks that went away are made up for where they are missing") {
  const CapacityProviderStrategy strategy{{"a", 1, 1}, {"b", 0, 1}};
  CHECK(next_provider(strategy, {{"b", 3}}) == "a");
  CHECK(next_provider(strategy, {{"a", 3}, {"b", 1}}) == "b");
  CHECK(next_provider(strategy, {{"a", 3}, {"b", 3}}) == "a");
}

}  // namespace control
