#include "control/edge/loop/census.h"

#include <map>
#include <utility>

#include "control/edge/loop/metrics.h"
#include "schemas/wire/wire.h"

namespace control::edge {

std::string census(const World& world) {
  std::map<std::pair<std::string, std::string>, std::int64_t> tasks;
  for (const auto& [key, task] : world->tasks) {
    ++tasks[{std::string(wire::name_of(task.specification->launch_type)),
             std::string(wire::name_of(task.last_status))}];
  }
  std::map<std::pair<std::string, std::string>, std::int64_t> hosts;
  for (const auto& [id, instance] : world->instances) {
    ++hosts[{instance.pool() ? "pool" : "cluster",
             instance.connected ? "connected" : "disconnected"}];
  }
  std::string text;
  write_help("stowage_tasks", "gauge", "Tasks that can be described, by launch type and status.",
             text);
  for (const auto& [labels, count] : tasks) {
    write_gauge("stowage_tasks",
                "launch_type=\"" + labels.first + "\",last_status=\"" + labels.second + "\"", count,
                text);
  }
  write_help("stowage_container_instances", "gauge", "Hosts that have joined.", text);
  for (const auto& [labels, count] : hosts) {
    write_gauge("stowage_container_instances",
                "kind=\"" + labels.first + "\",state=\"" + labels.second + "\"", count, text);
  }
  write_help("stowage_services", "gauge", "Services that can be described.", text);
  write_gauge("stowage_services", "", static_cast<std::int64_t>(world->services.size()), text);
  write_help("stowage_network_interfaces", "gauge", "Interfaces that hold an address.", text);
  write_gauge("stowage_network_interfaces", "", static_cast<std::int64_t>(world->enis.size()),
              text);
  return text;
}

}  // namespace control::edge
