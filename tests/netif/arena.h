#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/netif/forgery.h"
#include "tests/netif/laboratory.h"
#include "tests/netif/traffic.h"

namespace laboratory {

/// How long a test waits for what must not come.
inline constexpr int short_patience_ms = 300;

/// An attacker and its victim side by side, an innocent third on the same host, and one on another
/// host: all of one subnet, all in the default group, so that only what is forbidden is forbidden.
class Arena {
 public:
  Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// Sends frames out of the attacker's interface.
  void attack(const std::vector<Bytes>& frames);
  /// Whether anything arrived at the victim, the third or the far one since the arena was made, or
  /// since this was asked before.
  bool heard();
  /// What the attacker sends honestly arrives: a test that hears nothing has heard well.
  bool hears_honest_frames();
  /// Whether a TCP call from one place to another is answered.
  bool calls(const std::string& from, const std::string& to, schemas::Ipv4 address);

  [[nodiscard]] std::string path(const schemas::EniAssignment& eni) {
    return lab.host(eni.id == far.id ? 1 : 0).task_path(eni.task);
  }
  [[nodiscard]] schemas::Ipv4 gateway() const { return vpc.subnet(0).gateway; }
  [[nodiscard]] schemas::Mac gateway_mac() const { return vpc.subnet(0).gateway_mac; }

  Laboratory lab;
  Vpc vpc;
  schemas::EniAssignment attacker;
  schemas::EniAssignment victim;
  schemas::EniAssignment third;
  schemas::EniAssignment far;
  netif::HostNetwork here;
  netif::HostNetwork there;

 private:
  std::optional<FrameSocket> mouth_;
  std::vector<FrameSocket> ears_;
};

}  // namespace laboratory
