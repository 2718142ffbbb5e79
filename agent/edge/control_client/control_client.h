#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "agent/edge/control_client/identity.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// What the channel needs of the loop that owns the host's state. Called on the channel's threads.
struct ChannelHost {
  /// A question to control. `report` carries news; `poll` only waits for control's. None = there
  /// is nothing to report, or the agent is ending.
  enum class Purpose : std::uint8_t { report, poll };
  std::function<std::optional<schemas::SyncRequest>(Purpose)> next_request;
  std::function<void(const schemas::SyncRequest&, schemas::SyncAnswer)> answered;
  /// Control refuses this identity for good: why, for the operator.
  std::function<void(std::string)> refused;
};

/// Keeps in step with control over two connections: one holds a question open until control has
/// news, the other carries reports at once. A lost connection, a restart of control, an answer that
/// makes no sense: waited out, longer each time, and asked again. Everything on the channel may be
/// repeated, so nothing here remembers what was sent.
class ControlClient {
 public:
  static schemas::Result<std::unique_ptr<ControlClient>> start(const std::string& url,
                                                               const Identity& identity,
                                                               ChannelHost host);
  ControlClient(const ControlClient&) = delete;
  ControlClient& operator=(const ControlClient&) = delete;
  ~ControlClient();

  /// There is something to report: sent within microseconds.
  void report_soon();

 private:
  class Line;
  ControlClient(const Identity& identity, ChannelHost host);
  void run(Line& line);

  const Identity identity_;
  const ChannelHost host_;
  std::atomic<bool> ending_ = false;
  std::unique_ptr<Line> polls_;
  std::unique_ptr<Line> reports_;
};

}  // namespace agent
