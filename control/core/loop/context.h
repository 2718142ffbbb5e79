#pragma once

#include <string>
#include <vector>

#include "control/core/loop/loop.h"
#include "control/core/world/change.h"

namespace control {

/// A sync that is answered in this turn, once everything is decided.
struct DuePoll {
  schemas::InstanceId instance;
  Parked::Poll poll;
  std::vector<schemas::TaskId> strangers;  ///< reported, but no tasks of this host
};

/// What every part of a turn needs: the state, the rules, the instant, and the turn it adds to.
struct Context {
  World& world;
  Parked& parked;
  const Settings& settings;
  schemas::Instant now;
  schemas::Random& random;
  Turn& turn;
  std::vector<DuePoll> due_polls;
};

/// Writes an entry of the event log. `detail` is a JSON object.
void log_event(Context& context, const schemas::Scope& scope, std::string kind, std::string subject,
               std::string detail);

/// Makes a task: World, event log, and its deployment's account.
void create_task(Context& context, schemas::Task task);

/// Carries out a change of a task: World, event log, and its deployment's account of failures.
void change_task(Context& context, const schemas::Task& before, schemas::Task after);

/// Adds a line to a service's event list and to the event log. `reason` is ECS's word for why, for
/// example "RESOURCE:CPU", where programs look for one.
void add_service_event(Context& context, std::int64_t service, std::string message,
                       std::string reason = {});

/// Stops a task, if it is not told to stop already.
void stop_task(Context& context, const schemas::Task& task, schemas::StopCode code,
               std::string reason);

}  // namespace control
