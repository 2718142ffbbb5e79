#pragma once

// What the event log tells, as small structures that are written as JSON.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/time.h"
#include "schemas/codec/type.h"
#include "schemas/model/task.h"

namespace control {

/// A container of a task that has begun to run.
struct ContainerDetail {
  std::string name;
  schemas::ContainerStatus last_status = schemas::ContainerStatus::pending;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  schemas::HealthStatus health = schemas::HealthStatus::unknown;
};

/// All of a task that may be otherwise a moment later.
struct TaskDetail {
  std::string cluster;
  std::string group;
  std::string definition;
  std::string instance;
  schemas::TaskStatus last_status = schemas::TaskStatus::provisioning;
  schemas::TaskStatus desired_status = schemas::TaskStatus::running;
  schemas::HealthStatus health = schemas::HealthStatus::unknown;
  schemas::StopCode stop_code = schemas::StopCode::none;
  std::string stopped_reason;
  std::int64_t version = 0;
  std::vector<ContainerDetail> containers;
  std::optional<schemas::Instant> pull_started_at;
  std::optional<schemas::Instant> pull_stopped_at;
  std::optional<schemas::Instant> connectivity_at;
  std::optional<schemas::Instant> started_at;
  std::optional<schemas::Instant> stopping_at;
  std::optional<schemas::Instant> execution_stopped_at;
  std::optional<schemas::Instant> stopped_at;
};

struct MessageDetail {
  std::string message;
  std::string reason{};  ///< where the message has one that programs look for
};

struct InstanceDetail {
  std::string cluster;  ///< empty = the pool
  std::string availability_zone;
  std::string address;
  std::string why;
};

}  // namespace control

namespace codec {

template <>
const Type Described<control::ContainerDetail>::type;
template <>
const Type Described<control::TaskDetail>::type;
template <>
const Type Described<control::MessageDetail>::type;
template <>
const Type Described<control::InstanceDetail>::type;

}  // namespace codec
