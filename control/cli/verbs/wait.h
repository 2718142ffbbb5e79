#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "control/cli/command/session.h"

namespace cli {

/// What one look at the thing waited for found.
struct Look {
  enum class State : std::uint8_t { not_yet, there, never } state = State::not_yet;
  std::string line;  ///< where it stands, for the person who waits
};

/// Looks until the state is `there` or `never`, ten minutes at most, often at first and once a
/// second later. Each new line is printed as progress.
Exit wait_until(Session& session, const std::function<schemas::Result<Look>()>& look);

/// Waits until all tasks are RUNNING; a task that stops instead is `never`, with its reason.
Exit wait_running(Session& session, const std::string& cluster,
                  const std::vector<std::string>& tasks);
Exit wait_stopped(Session& session, const std::string& cluster, const std::string& task);
/// Waits until one deployment is left and as many tasks run as are desired.
Exit wait_stable(Session& session, const std::string& cluster, const std::string& service);
Exit wait_inactive(Session& session, const std::string& cluster, const std::string& service);

}  // namespace cli
