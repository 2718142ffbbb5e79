#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

/// What a benchmark runs on: a cluster that tests/hosts makes on this machine and takes down with
/// this object, or when this process is gone.
struct MachineSettings {
  std::string cluster = "bench";
  std::int64_t ec2_hosts = 0;
  std::int64_t pool_hosts = 1;
  std::int64_t cpu_units = 1'000'000;   ///< of each host; more than there is, so that starts are
  std::int64_t memory_mib = 1'000'000;  ///< never refused for room
  std::vector<std::string> control_options{};
  std::vector<std::string> agent_options{};
};

class Machine {
 public:
  /// Takes some seconds. Fails with what the script said, for example without root.
  static schemas::Result<Machine> start(const MachineSettings& settings);
  ~Machine();
  Machine(Machine&& other) noexcept;
  Machine& operator=(Machine&&) = delete;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] const std::string& registry() const { return registry_; }
  /// Where the log of a program is: "control", "p1.agent".
  [[nodiscard]] std::string log_path(const std::string& program) const;

 private:
  explicit Machine(std::string directory) : directory_(std::move(directory)) {}
  [[nodiscard]] schemas::Result<std::string> hosts(const std::string& verb,
                                                   const std::vector<std::string>& words) const;

  std::string directory_;
  std::string endpoint_;
  std::string registry_;
};

}  // namespace bench
