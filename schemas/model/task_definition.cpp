#include "schemas/model/task_definition.h"

namespace schemas {

CpuUnits reserved_cpu(const TaskDefinition& definition) {
  if (definition.cpu) {
    return *definition.cpu;
  }
  CpuUnits sum;
  for (const ContainerDefinition& container : definition.containers) {
    sum += container.cpu;
  }
  return sum;
}

MemoryMib reserved_memory(const TaskDefinition& definition) {
  if (definition.memory) {
    return *definition.memory;
  }
  MemoryMib sum;
  for (const ContainerDefinition& container : definition.containers) {
    sum += container.memory_reservation.value_or(container.memory.value_or(MemoryMib{}));
  }
  return sum;
}

}  // namespace schemas
