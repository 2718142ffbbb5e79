#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"

namespace control {

using schemas::require;
using schemas::TaskDefinition;

namespace {

/// Definitions are shared with the tasks made of them and never change in place: a changed one is
/// a new value under the same key.
template <class Alter>
void alter(WorldParts& parts, std::int64_t key, Alter change) {
  OwnedDefinition& owned = parts.tables.definitions.at(key);
  TaskDefinition altered = *owned.definition;
  change(altered);
  owned.definition = std::make_shared<const TaskDefinition>(std::move(altered));
  touch(parts, Table::task_definition, key, {});
}

}  // namespace

void carry_out(WorldParts& parts, const DefinitionRegistered& change) {
  const TaskDefinition& definition = *change.definition;
  keep_key(parts, Table::task_definition, definition.key);
  parts.tables.definitions[definition.key] = {change.scope, change.definition};
  parts.index.revisions_by_family[{change.scope, definition.family}][definition.revision] =
      definition.key;
  if (definition.status == schemas::TaskDefinitionStatus::delete_in_progress &&
      !is_deleted(definition)) {
    parts.index.definitions_leaving.insert(definition.key);
  }
  touch(parts, Table::task_definition, definition.key, {});
}

void carry_out(WorldParts& parts, const DefinitionDeregistered& change) {
  alter(parts, change.definition, [&change](TaskDefinition& definition) {
    definition.status = schemas::TaskDefinitionStatus::inactive;
    definition.deregistered_at = change.at;
  });
}

void carry_out(WorldParts& parts, const DefinitionDeletionBegun& change) {
  parts.index.definitions_leaving.insert(change.definition);
  alter(parts, change.definition, [](TaskDefinition& definition) {
    definition.status = schemas::TaskDefinitionStatus::delete_in_progress;
  });
}

void carry_out(WorldParts& parts, const DefinitionTagged& change) {
  alter(parts, change.definition,
        [&change](TaskDefinition& definition) { definition.tags = change.tags; });
}

void carry_out(WorldParts& parts, const DefinitionForgotten& change) {
  const auto at = parts.tables.definitions.find(change.definition);
  require(at != parts.tables.definitions.end(), "a definition that does not exist is forgotten");
  const TaskDefinition& definition = *at->second.definition;
  require(definition.status == schemas::TaskDefinitionStatus::delete_in_progress,
          "a definition is forgotten that nobody wanted deleted");
  parts.index.definitions_leaving.erase(change.definition);
  const auto family = parts.index.revisions_by_family.find({at->second.scope, definition.family});
  if (family->second.rbegin()->first == definition.revision) {
    alter(parts, change.definition, [](TaskDefinition& newest) {
      TaskDefinition number;
      number.key = newest.key;
      number.family = newest.family;
      number.revision = newest.revision;
      number.status = newest.status;
      number.registered_at = newest.registered_at;
      newest = std::move(number);
    });
    return;
  }
  family->second.erase(definition.revision);
  parts.tables.definitions.erase(at);
  touch(parts, Table::task_definition, change.definition, {});
}

}  // namespace control
