#pragma once

// Hosts and requests with defaults, so that a test says only what it is about.

#include <cstdint>
#include <string>
#include <utility>

#include "control/core/place/fleet.h"
#include "control/core/place/request.h"
#include "schemas/model/cluster.h"
#include "tests/unit/control_core/task_builder.h"

namespace build {

/// A connected host of 4 vCPU and 8 GiB with 8 ENI slots.
inline schemas::ContainerInstance host(std::int64_t number, std::string zone = "us-east-1a") {
  schemas::ContainerInstance instance;
  instance.id = instance_id(number);
  instance.cluster = 1;
  instance.connected = true;
  instance.inventory.cpu = {4096};
  instance.inventory.memory = {8192};
  instance.inventory.eni_capacity = 8;
  instance.inventory.availability_zone = std::move(zone);
  return instance;
}

/// A task of service `web` that asks for a quarter vCPU and half a GiB, service defaults.
inline control::TaskRequest service_request() {
  schemas::TaskSpecification service = *specification();
  service.group = "service:web";
  return control::request_for(service);
}

inline control::TaskRequest standalone_request() { return control::request_for(*specification()); }

}  // namespace build
