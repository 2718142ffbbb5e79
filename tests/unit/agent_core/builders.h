#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/core/moment.h"
#include "schemas/base/random.h"
#include "schemas/model/agent_channel.h"

namespace agent_test {

inline schemas::IdBytes bytes_of(std::uint64_t number) {
  schemas::Random random(number);
  return schemas::draw_id_bytes(random, schemas::IdText::prefixed17);
}

inline schemas::TaskId task_id(std::uint64_t number) { return schemas::TaskId(bytes_of(number)); }

inline agent::Moment at_second(std::int64_t second) {
  return {schemas::Instant{} + schemas::Duration(1'700'000'000'000 + second * 1000),
          (1000 + second) * agent::nanoseconds_per_second};
}

enum class Essential : std::uint8_t { yes, no };

inline schemas::ContainerAssignment container(const std::string& name,
                                              Essential essential = Essential::yes) {
  schemas::ContainerAssignment assignment;
  std::uint64_t seed = 77;
  for (const char letter : name) {
    seed = seed * 131 + static_cast<std::uint64_t>(letter);
  }
  assignment.id = schemas::ContainerId(bytes_of(seed));
  assignment.definition.name = name;
  assignment.definition.image = "registry:5000/" + name + ":1";
  assignment.definition.essential = essential == Essential::yes;
  return assignment;
}

inline schemas::ContainerAssignment after(schemas::ContainerAssignment one,
                                          const std::string& dependency,
                                          schemas::DependencyCondition condition) {
  one.definition.depends_on.push_back({dependency, condition});
  return one;
}

inline schemas::TaskAssignment task(std::uint64_t number,
                                    std::vector<schemas::ContainerAssignment> containers,
                                    schemas::NetworkMode mode = schemas::NetworkMode::bridge) {
  schemas::TaskAssignment assignment;
  assignment.id = task_id(number);
  assignment.arn = "arn:aws:ecs:us-east-1:123456789012:task/default/" + assignment.id.text();
  assignment.family = "web";
  assignment.revision = 1;
  assignment.network_mode = mode;
  assignment.containers = std::move(containers);
  for (schemas::ContainerAssignment& one : assignment.containers) {
    schemas::IdBytes bytes = one.id.bytes();
    bytes[15] = static_cast<std::uint8_t>(number);  // the same name in another task is another one
    one.id = schemas::ContainerId(bytes);
  }
  return assignment;
}

inline schemas::TaskAssignment metered(schemas::TaskAssignment assignment) {
  assignment.metered = true;
  return assignment;
}

inline schemas::TaskAssignment stopped(schemas::TaskAssignment assignment,
                                       const std::string& reason = "Task stopped by user") {
  assignment.desired_status = schemas::TaskStatus::stopped;
  assignment.stop_reason = reason;
  return assignment;
}

/// An interface for a task, in a subnet of its own.
inline schemas::EniAssignment eni_for(const schemas::TaskAssignment& assignment) {
  schemas::EniAssignment eni;
  eni.id = schemas::EniId(assignment.id.bytes());
  eni.subnet = schemas::SubnetId(bytes_of(5));
  eni.vpc = schemas::VpcId(bytes_of(6));
  eni.task = assignment.id;
  eni.address = schemas::Ipv4{.bits = 0x0a000005};
  return eni;
}

inline schemas::SubnetAssignment subnet() {
  schemas::SubnetAssignment one;
  one.id = schemas::SubnetId(bytes_of(5));
  one.vpc = schemas::VpcId(bytes_of(6));
  one.cidr = {.base = schemas::Ipv4{.bits = 0x0a000000}, .prefix = 24};
  return one;
}

}  // namespace agent_test
