#pragma once

// The parts of rows that are written as JSON and have no structure of their own in the model.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/codec/type.h"
#include "schemas/model/network.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"
#include "schemas/wire/wire.h"

namespace control {

/// A container without what its task's own row says (id and name, in the definition's order).
/// Short member names: this is written at every step of every task.
struct StoredContainer {
  schemas::ContainerStatus last_status = schemas::ContainerStatus::pending;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  std::string runtime_id;
  std::string image_digest;
  schemas::HealthStatus health = schemas::HealthStatus::unknown;
  std::vector<schemas::NetworkBinding> network_bindings;
};

struct StoredContainers {
  std::vector<StoredContainer> containers;
};

/// A deployment with what its tasks are made from.
struct StoredDeployment {
  schemas::Deployment deployment;
  std::int64_t definition = 0;  ///< row key
  schemas::TaskSpecification specification;
};

struct StoredDeployments {
  std::vector<StoredDeployment> deployments;
};

struct StoredRules {
  std::vector<schemas::SecurityRule> rules;
};

/// What callers put on a host.
struct StoredAttributes {
  std::map<std::string, std::string> attributes;
};

struct StoredTags {
  std::vector<schemas::Tag> tags;
};

}  // namespace control

namespace codec {

template <>
const Type Described<control::StoredAttributes>::type;
template <>
const Type Described<control::StoredContainer>::type;
template <>
const Type Described<control::StoredContainers>::type;
template <>
const Type Described<control::StoredDeployment>::type;
template <>
const Type Described<control::StoredDeployments>::type;
template <>
const Type Described<control::StoredRules>::type;
template <>
const Type Described<control::StoredTags>::type;

}  // namespace codec
