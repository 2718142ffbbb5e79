#include "tests/sim/in_turn.h"

#include <utility>

namespace sim {

void InTurn::ask(const std::string& thing, std::function<void()> call) {
  std::deque<std::function<void()>>& calls = calls_[thing];
  calls.push_back(std::move(call));
  if (calls.size() == 1) {
    calls.front()();
  }
}

void InTurn::over(const std::string& thing) {
  std::deque<std::function<void()>>& calls = calls_.at(thing);
  calls.pop_front();
  if (!calls.empty()) {
    calls.front()();
  }
}

bool InTurn::busy(const std::string& thing) const {
  const auto calls = calls_.find(thing);
  return calls != calls_.end() && !calls->second.empty();
}

}  // namespace sim
