#pragma once

// Task sizes: how they are written and which of them the shared pool has.

#include <cstdint>
#include <span>
#include <string_view>

#include "schemas/base/result.h"
#include "schemas/base/units.h"

namespace fargate_pool {

/// One row of the table of sizes: a CPU size and the memory sizes that go with it.
struct SizeRow {
  schemas::CpuUnits cpu;
  schemas::MemoryMib smallest;
  schemas::MemoryMib largest;
  /// From `smallest` on in steps of this; 0 = doubling (the smallest CPU size only).
  schemas::MemoryMib step;
};

/// Fargate's table of sizes for Linux, smallest first.
std::span<const SizeRow> sizes();

/// A task's `cpu` member: CPU units ("256") or vCPUs ("1 vCPU", ".5 vcpu"). ClientException in
/// ECS's words for anything else, or for less than one unit.
schemas::Result<schemas::CpuUnits> parse_cpu(std::string_view text);

/// A task's `memory` member: MiB ("512") or GB ("2 GB", "0.5GB"; 1 GB = 1,024 MiB).
schemas::Result<schemas::MemoryMib> parse_memory(std::string_view text);

/// Whether the pool has this size: ClientException otherwise, saying which memory sizes the CPU
/// size has, or which CPU sizes there are.
schemas::Outcome check_size(schemas::CpuUnits cpu, schemas::MemoryMib memory);

}  // namespace fargate_pool
