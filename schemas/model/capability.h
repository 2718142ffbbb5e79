#pragma once

// What an agent can do, as attributes of its host that task definitions require. The names are
// ECS's: clients and placement expressions know them.

#include <array>
#include <string_view>

namespace schemas::capability {

inline constexpr std::string_view privileged_container =
    "com.amazonaws.ecs.capability.privileged-container";
inline constexpr std::string_view task_iam_role = "com.amazonaws.ecs.capability.task-iam-role";
inline constexpr std::string_view container_health_check = "ecs.capability.container-health-check";
inline constexpr std::string_view container_ordering = "ecs.capability.container-ordering";
inline constexpr std::string_view container_restart_policy =
    "ecs.capability.container-restart-policy";
inline constexpr std::string_view task_cpu_mem_limit = "ecs.capability.task-cpu-mem-limit";
inline constexpr std::string_view task_eni = "ecs.capability.task-eni";

/// What our agent can do, every version of it: those of version 1 and 2 could as much and did not
/// say so.
inline constexpr std::array<std::string_view, 7> ours{privileged_container,
                                                      task_iam_role,
                                                      container_health_check,
                                                      container_ordering,
                                                      container_restart_policy,
                                                      task_cpu_mem_limit,
                                                      task_eni};

/// Whether an attribute says what an agent can do.
constexpr bool is_one(std::string_view attribute) {
  return attribute.starts_with("ecs.capability.") ||
         attribute.starts_with("com.amazonaws.ecs.capability.");
}

}  // namespace schemas::capability
