#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace agent {

/// How long parts of a task's start took, by name ("eni", "rootfs", "create", "start", "pull").
/// Where several containers do the same, their times add up.
using Phases = std::map<std::string, std::chrono::microseconds>;

}  // namespace agent
