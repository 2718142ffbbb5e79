#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

/// ecs-control alone, on a free port of loopback with a data directory of its own; both end with
/// this object.
class ControlProcess {
 public:
  static schemas::Result<ControlProcess> start(const std::vector<std::string>& options);
  ~ControlProcess();
  ControlProcess(ControlProcess&& other) noexcept;
  ControlProcess& operator=(ControlProcess&&) = delete;
  ControlProcess(const ControlProcess&) = delete;
  ControlProcess& operator=(const ControlProcess&) = delete;

  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string endpoint() const {
    return "http://" + host_ + ":" + std::to_string(port_);
  }
  /// CPU time it has used so far.
  [[nodiscard]] std::int64_t cpu_us() const;

 private:
  explicit ControlProcess(std::string directory) : directory_(std::move(directory)) {}

  std::string directory_;
  std::string host_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace bench
