#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/caller.h"
#include "tests/sim/in_turn.h"

namespace sim {

/// Calls about services with the EXTERNAL deployment controller and their task sets, and holds
/// control to its answers. Calls about one service wait for each other.
class SetCaller {
 public:
  SetCaller(Simulation& simulation, ControlProcess& control, Caller& caller)
      : simulation_(simulation), control_(control), caller_(caller) {}

  void create_service(const std::string& name, std::int64_t count);
  void scale_service(const std::string& name, std::int64_t count);
  void delete_service(const std::string& name, bool force);
  void create_set(const std::string& service, const std::string& family, double percent,
                  const std::string& group);
  // Of a set of the service that was answered before, if there is one.
  void scale_set(const std::string& service, double percent);
  void make_primary(const std::string& service);
  void delete_set(const std::string& service, bool force);
  /// Scales it to 0 percent first, as one has to who does not force.
  void retire_set(const std::string& service);

  /// Compares World with everything that was answered. Fails the run where they differ.
  void check();

 private:
  struct Promise {
    enum class State : std::uint8_t { none, active, deleted };
    State state = State::none;
    std::int64_t desired = 0;
    std::map<std::string, double> percent_of;  ///< by id, of the sets that were not deleted
    std::set<std::string> deleted;
    std::string primary;
  };
  [[nodiscard]] std::optional<std::string> some_set(const std::string& service);
  /// In the service's turn, which `call` ends; over at once when it has no set.
  void with_some_set(const std::string& service,
                     const std::function<void(const std::string& set)>& call);
  void ask_to_scale(const std::string& service, const std::string& set, double percent,
                    const std::function<void(bool scaled)>& then);
  void ask_to_delete(const std::string& service, const std::string& set, bool force);
  void check_service(const std::string& name, const Promise& promise,
                     const schemas::Service* service);
  void check_sets(const Promise& promise, const schemas::Service& service);

  Simulation& simulation_;
  ControlProcess& control_;
  Caller& caller_;
  InTurn turns_;
  std::map<std::string, Promise> services_;
  std::int64_t tokens_ = 0;
};

}  // namespace sim
