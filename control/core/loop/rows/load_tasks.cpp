#include <sstream>

#include "control/core/loop/rows/loader.h"
#include "control/core/loop/rows/stored.h"

namespace control {

using schemas::TaskSpecification;
using schemas::TaskSpecificationRef;

TaskSpecificationRef Loader::specification(RowReader& row, std::int64_t definition,
                                           TaskSpecification specification,
                                           const std::string& text) {
  TaskSpecificationRef& known = specifications_[{definition, text}];
  if (known != nullptr) {
    return known;
  }
  const auto at = world_->definitions.find(definition);
  if (at == world_->definitions.end()) {
    row.fail("refers to task definition row " + std::to_string(definition) +
             ", which is not there");
    return std::make_shared<const TaskSpecification>();
  }
  specification.definition = at->second.definition;
  known = std::make_shared<const TaskSpecification>(std::move(specification));
  return known;
}

void Loader::task(RowReader& row) {
  schemas::Task task;
  task.key = row.key();
  task.id = row.named<schemas::TaskId>();
  task.cluster = row.integer();
  task.service = row.integer();
  task.deployment.number = row.integer();
  const std::int64_t definition = row.integer();
  task.created_at = row.instant();
  std::istringstream containers(row.text());
  const std::string text = row.text();
  task.capacity_provider = row.text();
  schemas::Result<TaskSpecification> written = wire::decode<TaskSpecification>(text);
  if (!written.ok()) {
    row.fail(written.error().message);
    return;
  }
  task.specification = specification(row, definition, std::move(written).value(), text);
  const auto state = states_.find(task.key);
  if (!row.ok() || state == states_.end() || !world_->clusters.contains(task.cluster)) {
    row.fail("has no state or no cluster");
    return;
  }
  for (const schemas::ContainerDefinition& defined : task.specification->definition->containers) {
    std::string id;
    containers >> id;
    const auto parsed = schemas::ContainerId::parse(id);
    if (!parsed) {
      row.fail("names fewer containers than its definition");
      return;
    }
    schemas::Container container;
    container.id = *parsed;
    container.name = defined.name;
    task.containers.push_back(std::move(container));
  }
  read_state(*state->second, task);
  if (!error_) {
    apply(world_, TaskCreated{std::move(task)});
  }
}

void Loader::read_state(const Row& row, schemas::Task& task) {
  RowReader columns(row);
  const std::int64_t instance = columns.integer();
  task.eni = columns.maybe_named<schemas::EniId>();
  task.last_status = columns.choice<schemas::TaskStatus>(8);
  task.desired_status = columns.choice<schemas::TaskStatus>(8);
  task.health = columns.choice<schemas::HealthStatus>(3);
  task.stop_code = columns.choice<schemas::StopCode>(8);
  task.version = columns.integer();
  task.placed_at = columns.maybe_instant();
  task.pull_started_at = columns.maybe_instant();
  task.pull_stopped_at = columns.maybe_instant();
  task.connectivity_at = columns.maybe_instant();
  task.started_at = columns.maybe_instant();
  task.stopping_at = columns.maybe_instant();
  task.execution_stopped_at = columns.maybe_instant();
  task.stopped_at = columns.maybe_instant();
  task.availability_zone = columns.text();
  task.stopped_reason = columns.text();
  auto stored = columns.json<StoredContainers>();
  task.protected_until = columns.maybe_instant();
  if (columns.ok() && instance != 0 && !instances_.contains(instance)) {
    columns.fail("is on a host that is not there");
  }
  if (columns.ok() && stored.containers.size() != task.containers.size()) {
    columns.fail("has another number of containers than its task");
  }
  if (!columns.ok()) {
    error_ = columns.error();
    return;
  }
  if (instance != 0) {
    task.instance = instances_.at(instance);
  }
  for (std::size_t at = 0; at < stored.containers.size(); ++at) {
    StoredContainer& from = stored.containers[at];
    schemas::Container& to = task.containers[at];
    to.last_status = from.last_status;
    to.exit_code = from.exit_code;
    to.reason = std::move(from.reason);
    to.runtime_id = std::move(from.runtime_id);
    to.image_digest = std::move(from.image_digest);
    to.health = from.health;
    to.network_bindings = std::move(from.network_bindings);
  }
}

void Loader::usage(RowReader& row) {
  TaskUsage usage;
  usage.key = row.key();
  usage.task = row.named<schemas::TaskId>();
  usage.scope = {row.text(), row.text()};
  usage.cluster = row.text();
  usage.service = row.text();
  usage.family = row.text();
  usage.revision = row.integer();
  usage.cpu.count = row.integer();
  usage.memory.count = row.integer();
  usage.use.last_sequence = row.integer();
  usage.use.metered_ns = row.integer();
  usage.use.monotonic_covered_ns = row.integer();
  usage.use.missing_readings = row.integer();
  usage.use.from = row.instant();
  usage.use.until = row.instant();
  usage.use.cpu_time_ns = row.integer();
  usage.use.memory_byte_seconds = row.integer();
  usage.use.memory_peak_bytes = row.integer();
  usage.use.closed = row.flag();
  if (row.ok()) {
    keep_key(parts(), Table::task, usage.key);
    parts().tables.usage.emplace(usage.key, std::move(usage));
  }
}

void Loader::token(RowReader& row) {
  Token token;
  token.key = row.key();
  token.scope = {row.text(), row.text()};
  token.token = row.text();
  token.request_hash = row.text();
  std::istringstream tasks(row.text());
  for (std::string task; tasks >> task;) {
    if (const auto id = schemas::TaskId::parse(task)) {
      token.tasks.push_back(*id);
    } else {
      row.fail("names something that is no task");
    }
  }
  token.created_at = row.instant();
  if (row.ok()) {
    apply(world_, TokenRemembered{std::move(token)});
  }
}

}  // namespace control
