#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/networks.h"
#include "schemas/model/cluster.h"
#include "tests/sim/caller.h"
#include "tests/sim/in_turn.h"

namespace sim {

/// Looks after the house as an operator does: drains hosts and takes them out, makes groups and
/// their rules, hangs tags on things, lets roles come and go. Holds control to its answers.
class Keeper {
 public:
  Keeper(Simulation& simulation, Caller& caller, ControlProcess& control)
      : simulation_(simulation), caller_(caller), control_(control) {}

  void set_host(const schemas::InstanceId& host, schemas::InstanceStatus status);
  /// Whatever runs there is given up.
  void take_out(const schemas::InstanceId& host);

  /// Puts the attribute `stack` on a host, or takes it off when the value is empty.
  void put_stack(const schemas::InstanceId& host, const std::string& value);

  void make_group(const std::string& name);
  void allow(const std::string& group, std::int64_t port);
  void forbid(const std::string& group, std::int64_t port);
  /// The id of a group that was answered.
  [[nodiscard]] std::optional<std::string> group(const std::string& name) const;

  void tag(const std::string& arn, const std::string& key, const std::string& value);
  void untag(const std::string& arn, const std::string& key);

  /// `then` is called when it is there.
  void make_role(const std::string& name, std::function<void()> then = {});
  void drop_role(const std::string& name);

  /// Compares World with everything that was answered. Fails the run where they differ.
  void check();

 private:
  struct Group {
    std::string id;
    std::map<std::int64_t, bool> ports;  ///< whether it lets tcp in there
  };
  using Then = std::function<void(const schemas::Result<api::Value>&)>;

  /// Asks until there is an answer, when the calls before about this thing have theirs.
  void ask(const std::string& thing, const std::string& operation, api::Value input, Then then);
  void find_group(const std::string& name);
  void revoke(const std::string& group, std::int64_t port, const api::SecurityGroup& shown);
  void compare_tags(const std::string& arn);
  void check_hosts();
  void check_stacks();
  void check_groups();
  void check_roles();

  Simulation& simulation_;
  Caller& caller_;
  ControlProcess& control_;
  InTurn turns_;
  std::map<schemas::InstanceId, schemas::InstanceStatus> hosts_;
  std::map<schemas::InstanceId, std::string> stacks_;  ///< empty = none
  std::map<std::string, Group> groups_;
  std::map<std::string, std::map<std::string, std::string>> tags_;  ///< by ARN
  std::map<std::string, bool> roles_;                               ///< whether it is there
};

}  // namespace sim
