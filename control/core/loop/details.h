#pragma once

// What the event log tells, as small structures that are written as JSON.

#include <cstdint>
#include <string>

#include "schemas/codec/type.h"
#include "schemas/model/task.h"

namespace control {

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
};

struct MessageDetail {
  std::string message;
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
const Type Described<control::TaskDetail>::type;
template <>
const Type Described<control::MessageDetail>::type;
template <>
const Type Described<control::InstanceDetail>::type;

}  // namespace codec
