#pragma once

// Tasks and reports with defaults, so that a test says only what it is about.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "schemas/model/agent_channel.h"
#include "schemas/model/task.h"

namespace build {

inline schemas::Instant at_ms(std::int64_t ms) {
  return schemas::Instant{} + schemas::Duration{1'800'000'000'000 + ms};
}

inline schemas::TaskId task_id(std::int64_t number) {
  schemas::IdBytes bytes{};
  bytes[0] = 0x7a;
  bytes[14] = static_cast<std::uint8_t>(number >> 8);
  bytes[15] = static_cast<std::uint8_t>(number & 0xff);
  return schemas::TaskId(bytes);
}

inline schemas::InstanceId instance_id(std::int64_t number) {
  schemas::IdBytes bytes{};
  bytes[0] = 0x1a;
  bytes[14] = static_cast<std::uint8_t>(number >> 8);
  bytes[15] = static_cast<std::uint8_t>(number & 0xff);
  return schemas::InstanceId(bytes);
}

/// A specification whose definition has the named containers, all essential.
inline std::shared_ptr<schemas::TaskSpecification> specification(
    std::initializer_list<const char*> containers = {"app"}) {
  auto definition = std::make_shared<schemas::TaskDefinition>();
  definition->family = "web";
  definition->revision = 1;
  for (const char* name : containers) {
    schemas::ContainerDefinition container;
    container.name = name;
    definition->containers.push_back(container);
  }
  auto specification = std::make_shared<schemas::TaskSpecification>();
  specification->definition = definition;
  specification->group = "family:web";
  specification->cpu = {256};
  specification->memory = {512};
  return specification;
}

/// A placed task that its host has not reported yet.
inline schemas::Task pending_task(std::int64_t number) {
  schemas::Task task;
  task.key = number;
  task.id = task_id(number);
  task.specification = specification();
  task.instance = instance_id(1);
  task.availability_zone = "us-east-1a";
  task.last_status = schemas::TaskStatus::pending;
  task.created_at = at_ms(0);
  schemas::Container app;
  app.name = "app";
  task.containers.push_back(app);
  return task;
}

inline schemas::Task running_task(std::int64_t number, schemas::Instant since) {
  schemas::Task task = pending_task(number);
  task.last_status = schemas::TaskStatus::running;
  task.created_at = since;
  task.started_at = since;
  task.containers.front().last_status = schemas::ContainerStatus::running;
  return task;
}

inline schemas::TaskReport report_of(const schemas::Task& task, schemas::TaskStatus status) {
  schemas::TaskReport report;
  report.id = task.id;
  report.status = status;
  for (const schemas::Container& container : task.containers) {
    schemas::ContainerReport each;
    each.name = container.name;
    each.status = status >= schemas::TaskStatus::stopped   ? schemas::ContainerStatus::stopped
                  : status == schemas::TaskStatus::running ? schemas::ContainerStatus::running
                                                           : schemas::ContainerStatus::pending;
    report.containers.push_back(each);
  }
  return report;
}

}  // namespace build
