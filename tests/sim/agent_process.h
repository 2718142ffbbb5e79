#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/host.h"
#include "agent/core/recovery.h"
#include "tests/sim/channel.h"
#include "tests/sim/disk.h"
#include "tests/sim/kernel.h"
#include "tests/sim/knobs.h"
#include "tests/sim/simulation.h"
#include "tests/sim/watch.h"

namespace sim {

/// What an agent needs of the machine it runs on.
struct Machine {
  int number = 0;
  std::string name;
  std::string boot_id;
  schemas::Inventory inventory;
  Kernel& kernel;
  Disk& disk;
  /// As it was when the disk was last waited for: what a loss of power leaves.
  Disk& synced;
  std::function<agent::Moment()> now;
};

/// One process of the agent, from its start to its death: the shipped core with a loop around it as
/// `agent/edge/runner` has one. Gather events, step, save, then start effects, then tell control.
class AgentProcess {
 public:
  /// The process has noticed that it must end: it was killed between two instructions, or control
  /// does not take this host any more.
  enum class End : std::uint8_t { killed, refused };
  using Ended = std::function<void(End)>;

  AgentProcess(Simulation& simulation, const Knobs& knobs, Watch& watch, const Images& images,
               Machine machine, Channel channel, Ended ended);
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;
  /// kill -9: what was under way may happen all the same, and nobody remembers.
  ~AgentProcess();

  /// Finds what an earlier process left, and goes on.
  void start();

  [[nodiscard]] const agent::HostState& state() const { return state_; }

 private:
  using Lane = std::string;

  void post(agent::Event event, std::optional<schemas::SyncAnswer> answer = {});
  void run_soon();
  void run();
  void merge(agent::Step step);
  void flush();
  void carry_out(const agent::Effect& effect);
  void begin(const Lane& lane);
  void finish(const Lane& lane);
  [[nodiscard]] Duration duration_of(const Job& job);
  [[nodiscard]] std::string fault_of(const Job& job);
  void wake_when_due();
  void take_credentials(const schemas::SyncAnswer& answer);
  void look_at_credentials(const schemas::SyncAnswer& answer);
  void answered(const schemas::SyncRequest& request, const schemas::SyncAnswer& answer);
  [[nodiscard]] std::optional<schemas::SyncRequest> request_for(Purpose purpose);
  [[nodiscard]] std::vector<agent::FoundContainer> find_containers() const;
  bool dies_here();
  void end(End how);

  Simulation& simulation_;
  const Knobs& knobs_;
  Watch& watch_;
  const Images& images_;
  Machine machine_;
  Channel channel_;
  Ended ended_;
  agent::HostState state_;
  HeldCredentials credentials_;
  /// Events of the queue find out by this that their process is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  struct Posted {
    agent::Event event;
    std::optional<schemas::SyncAnswer> answer;
  };
  std::deque<Posted> inbox_;
  bool run_asked_ = false;
  agent::Step gathered_;
  std::vector<schemas::SyncAnswer> gathered_network_;
  std::map<Lane, std::deque<Job>> lanes_;
  std::deque<Lane> waiting_pulls_;
  std::int64_t pulls_ = 0;
  std::int64_t news_told_ = 0;
  std::int64_t wake_ns_ = 0;  ///< the earliest wake-up asked for; 0 = none
  bool inventory_told_ = false;
};

}  // namespace sim
