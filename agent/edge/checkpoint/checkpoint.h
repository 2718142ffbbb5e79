#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/core/host.h"
#include "agent/core/task_state.h"
#include "agent/edge/checkpoint/sqlite.h"
#include "netif/core/host_network.h"
#include "schemas/base/result.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/meter.h"

namespace agent {

/// What an earlier process has left.
struct Restored {
  std::vector<TaskRecord> tasks;
  netif::HostNetwork network;
  std::vector<schemas::MeterRecord> meters;  ///< not acknowledged, oldest first of each task
  std::string boot_id;                       ///< of the host when it was written; empty = fresh
  std::int64_t starts = 0;  ///< how often an agent has begun on it, this one counted
};

/// The agent's memory across crashes: `<data>/agent.db`. One process and one thread use it.
///
/// What only matters while the host is up (tasks, network) is written without waiting for the
/// disk: a kill of the agent cannot lose it, and a loss of power takes the containers along. A
/// transaction with the start of a container waits for the disk, or a task whose record was lost
/// would be started again; so does one with meter records, which are money.
///
/// It keeps room for itself on the disk: a container that fills it can be stopped, and that be
/// saved.
class Checkpoint {
 public:
  /// Opens it, made when missing. Refuses the file of a newer agent and a damaged one, saying what
  /// to do.
  static schemas::Result<Checkpoint> open(const std::string& path);

  /// Everything there is. Counts this start.
  schemas::Result<Restored> load();

  /// From now on what is saved belongs to this boot of the host. Not before what a new boot means
  /// for it is saved: a crash in between must find out again that the host has booted.
  schemas::Outcome keep_boot(const std::string& boot_id);

  /// Writes what steps want saved, all or nothing: what is forgotten first, then what is saved.
  /// `network` holds control's answers of the steps that changed the network, in their order.
  /// After a failure the process must end: its memory is ahead of what a later one would find.
  schemas::Outcome save(const Step& step, const HostState& state,
                        std::span<const schemas::SyncAnswer> network);

  /// Moves the write-ahead log into the file; takes milliseconds, so for an idle moment. The log's
  /// room on the disk stays its own.
  void tidy();

 private:
  explicit Checkpoint(Database database);
  bool prepare();
  bool save_task(const TaskState& task);
  bool save_network(const schemas::SyncAnswer& answer);
  bool put_network(const char* kind, const std::string& id, const std::string& body);
  bool drop_network(const char* kind, const std::string& id);
  schemas::Result<netif::HostNetwork> load_network();

  Database database_;
  Statement put_assignment_;
  Statement put_progress_;
  Statement drop_assignment_;
  Statement drop_progress_;
  Statement put_meter_;
  Statement drop_meter_;
  Statement put_network_;
  Statement drop_network_;
  /// The assignment last written of each task, so that its row is written once.
  std::map<schemas::TaskId, std::shared_ptr<const schemas::TaskAssignment>> written_;
};

}  // namespace agent
