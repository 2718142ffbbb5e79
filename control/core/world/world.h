#pragma once

// The whole state of the service, as a value. Planners read it; `apply` (change.h) is the only way
// it moves. `Tables` is what the store holds; `Derived` follows from it and is rebuilt on load.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "control/core/world/assignment_log.h"
#include "control/core/world/event.h"
#include "control/core/world/rows.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/cluster.h"
#include "schemas/model/meter.h"
#include "schemas/model/network.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"
#include "schemas/model/task_definition.h"

namespace control {

/// A definition and whose it is.
struct OwnedDefinition {
  schemas::Scope scope;
  schemas::TaskDefinitionRef definition;
};

/// What a clientToken bought: the same call again gets the same tasks.
struct Token {
  std::int64_t key = 0;
  schemas::Scope scope;
  std::string token;
  std::string request_hash;  ///< of everything else in the request
  std::vector<schemas::TaskId> tasks;
  schemas::Instant created_at{};
};

/// A metered task's readings, summed. It outlives its task: bills are asked for months later.
struct TaskUsage {
  std::int64_t key = 0;  ///< the task's
  schemas::TaskId task;
  schemas::Scope scope;
  std::string cluster;
  std::string service;  ///< empty = standalone
  std::string family;
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  std::int64_t last_sequence = 0;
  schemas::Instant started_at{};
  schemas::Instant ended_at{};
  std::int64_t cpu_time_ns = 0;
  std::int64_t memory_byte_seconds = 0;
  bool closed = false;
};

struct Tables {
  std::map<std::int64_t, schemas::Cluster> clusters;
  std::map<std::int64_t, OwnedDefinition> definitions;
  std::map<std::int64_t, schemas::Service> services;
  std::map<std::int64_t, schemas::Task> tasks;
  std::map<schemas::InstanceId, schemas::ContainerInstance> instances;
  std::map<schemas::VpcId, schemas::Vpc> vpcs;
  std::map<schemas::SubnetId, schemas::Subnet> subnets;
  std::map<schemas::SecurityGroupId, schemas::SecurityGroup> security_groups;
  std::map<schemas::EniId, schemas::Eni> enis;
  std::map<std::int64_t, TaskUsage> usage;
  std::map<std::pair<schemas::Scope, std::string>, Token> tokens;
};

class World {
 public:
  const Tables* operator->() const { return &tables_; }

 private:
  Tables tables_;
};

}  // namespace control
