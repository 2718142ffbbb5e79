#pragma once

// DAEMON services as placement knows them: which hosts their tasks belong on, and the room that a
// host keeps free for those that it does not have yet.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/place/lane.h"
#include "control/core/place/query/expression.h"
#include "control/core/place/request.h"

namespace control {

class Daemon {
 public:
  /// Whether hosts keep room for its tasks: not while it starts none.
  enum class Wants : std::uint8_t { room, nothing };

  /// `request` is a `daemon_request`; `service` the key of the service.
  Daemon(std::int64_t service, TaskRequest request, Wants wants);

  [[nodiscard]] std::int64_t service() const { return service_; }
  [[nodiscard]] const std::string& group() const { return request_.claim.group; }
  [[nodiscard]] bool says_the_same(const Daemon& other) const;

  /// Whether a task of it belongs on the host, ACTIVE and connected or not: its zone, attributes
  /// and expressions, and whether it is large enough when nothing else is there. Expressions about
  /// tasks have no say: the daemon's own task would change their answer.
  [[nodiscard]] bool belongs_on(const Host& host) const;
  /// Whether what its expressions ask about tasks lets one start there now.
  [[nodiscard]] bool may_start_on(const Host& host) const;
  [[nodiscard]] bool asks_about_tasks() const { return !about_tasks_.empty(); }

  /// What the host keeps free for it beside what its tasks there hold. Nothing on a host that takes
  /// no new tasks for good, and nothing for a daemon that asks about tasks: whether it belongs
  /// there changes with every one.
  [[nodiscard]] Claim owed_by(const Host& host, const Claim& held) const;

 private:
  std::int64_t service_ = 0;
  TaskRequest request_;
  Wants wants_ = Wants::nothing;
  std::vector<query::Expression> about_hosts_;
  std::vector<query::Expression> about_tasks_;
  bool readable_ = true;
};

/// What the host has to do with each of the daemons, given what their tasks there hold already.
std::vector<DaemonRoom> rooms_for(const std::map<std::string, Daemon, std::less<>>& daemons,
                                  const Host& host);

/// A task of a daemon has come to the host, or gone from it.
void add_held(std::vector<DaemonRoom>& rooms, const Claim& claim);
void take_held(std::vector<DaemonRoom>& rooms, const Claim& claim);

}  // namespace control
