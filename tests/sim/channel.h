#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "schemas/model/agent_channel.h"
#include "tests/sim/control_process.h"
#include "tests/sim/knobs.h"
#include "tests/sim/network.h"
#include "tests/sim/simulation.h"

namespace sim {

enum class Purpose : std::uint8_t { poll, report };

/// An agent's two connections to control, as `agent/edge/control_client` uses them: one holds a
/// question open for news, one carries reports the moment there are any.
class Channel {
 public:
  struct Agent {
    std::function<std::optional<schemas::SyncRequest>(Purpose)> request;
    std::function<void(const schemas::SyncRequest&, const schemas::SyncAnswer&)> answered;
    std::function<void()> refused;
  };

  Channel(Simulation& simulation, Network& network, ControlProcess& control, const Knobs& knobs,
          int host, std::string name);

  /// `alive` turns false when the process is gone: what then arrives finds nobody.
  void open(const std::string& identity, Agent agent, std::shared_ptr<bool> alive);
  void report_soon();

 private:
  struct Line {
    Purpose purpose = Purpose::poll;
    std::int64_t attempt = 0;  ///< which question an answer must belong to, to move the line on
    Duration pause{};
    bool idle = false;
    bool woken = false;
  };

  void ask(Purpose purpose);
  void send(Purpose purpose, std::int64_t attempt, const schemas::SyncRequest& request);
  void hear(Purpose purpose, std::int64_t attempt, const schemas::SyncRequest& request,
            const Heard& heard);
  void again(Purpose purpose, Duration pause);
  void back_off(Purpose purpose);
  Line& line(Purpose purpose) { return purpose == Purpose::poll ? poll_ : report_; }

  Simulation& simulation_;
  Network& network_;
  ControlProcess& control_;
  const Knobs& knobs_;
  int host_;
  std::string name_;
  std::string identity_;
  Agent agent_;
  std::shared_ptr<bool> alive_;
  Line poll_;
  Line report_{
      .purpose = Purpose::report, .attempt = 0, .pause = {}, .idle = false, .woken = false};
};

}  // namespace sim
