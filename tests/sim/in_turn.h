#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

namespace sim {

/// Calls about one thing wait for each other, so that it is always known what was promised of it.
class InTurn {
 public:
  /// `call` is made when those before it about this thing are `over`.
  void ask(const std::string& thing, std::function<void()> call);
  /// The call under way about this thing has been answered.
  void over(const std::string& thing);
  [[nodiscard]] bool busy(const std::string& thing) const;

 private:
  /// The front one is under way.
  std::map<std::string, std::deque<std::function<void()>>> calls_;
};

}  // namespace sim
