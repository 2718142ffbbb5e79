#include <algorithm>

#include "api/task_definitions.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

using Revisions = std::map<std::int64_t, std::int64_t>;
using Families = std::map<std::pair<schemas::Scope, std::string>, Revisions>;

bool has_status(const schemas::TaskDefinition& definition, api::TaskDefinitionStatus wanted) {
  return static_cast<int>(definition.status) == static_cast<int>(wanted);
}
static_assert(static_cast<int>(schemas::TaskDefinitionStatus::delete_in_progress) ==
              static_cast<int>(api::TaskDefinitionStatus::delete_in_progress));

/// Where a definition stands in the list: families by name, revisions by number. The number is
/// written so that it sorts as text.
std::string mark_of(const schemas::TaskDefinition& definition) {
  std::string number = std::to_string(definition.revision);
  number.insert(0, 20 - number.size(), '0');
  return definition.family + ":" + number;
}

/// The definitions of the account, or of one family of it, oldest first.
std::vector<const schemas::TaskDefinition*> definitions(const World& world,
                                                        const schemas::Scope& scope,
                                                        const std::optional<std::string>& family,
                                                        api::TaskDefinitionStatus status) {
  const Families& families = world.index().revisions_by_family;
  std::vector<const schemas::TaskDefinition*> found;
  for (auto at = families.lower_bound({scope, family.value_or("")});
       at != families.end() && at->first.first == scope; ++at) {
    if (family && at->first.second != *family) {
      break;
    }
    for (const auto& [revision, key] : at->second) {
      const schemas::TaskDefinition& definition = *world->definitions.at(key).definition;
      if (has_status(definition, status) && !is_deleted(definition)) {
        found.push_back(&definition);
      }
    }
  }
  return found;
}

/// Whether anything is left of the family beyond the number of its newest revision.
bool has_any(const World& world, const Revisions& revisions) {
  return std::any_of(revisions.begin(), revisions.end(), [&world](const auto& entry) {
    return !is_deleted(*world->definitions.at(entry.second).definition);
  });
}

}  // namespace

/// `familyPrefix` is the whole name of a family, in spite of its own name: so does ECS.
Answer list_task_definitions(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListTaskDefinitionsRequest>();
  const auto status = input.status.value_or(api::TaskDefinitionStatus::active);
  const bool descending = input.sort == api::SortOrder::desc;
  auto page =
      open_page(context, call, input,
                input.family_prefix.value_or("") + "\n" + std::string(codec::name_of(status)) +
                    (descending ? "\nDESC" : "\nASC"));
  if (!page.ok()) {
    return page.error();
  }
  auto found = definitions(context.world, call.scope, input.family_prefix, status);
  if (descending) {
    std::reverse(found.begin(), found.end());
  }
  const std::string& after = page.value().after();
  for (const schemas::TaskDefinition* definition : found) {
    std::string mark = mark_of(*definition);
    const bool seen = !after.empty() && (descending ? mark >= after : mark <= after);
    if (!seen && !page.value().add(std::move(mark), definition_arn(call.scope, *definition))) {
      break;
    }
  }
  api::ListTaskDefinitionsResponse output;
  output.next_token = page.value().next_token();
  output.task_definition_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

Answer list_task_definition_families(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListTaskDefinitionFamiliesRequest>();
  const auto wanted = input.status.value_or(api::TaskDefinitionFamilyStatus::all);
  const std::string prefix = input.family_prefix.value_or("");
  auto page = open_page(context, call, input, prefix + "\n" + std::string(codec::name_of(wanted)));
  if (!page.ok()) {
    return page.error();
  }
  const Families& families = context.world.index().revisions_by_family;
  const std::string& after = page.value().after();
  auto at = after.empty() ? families.lower_bound({call.scope, prefix})
                          : families.upper_bound({call.scope, after});
  for (; at != families.end() && at->first.first == call.scope; ++at) {
    const std::string& family = at->first.second;
    if (!family.starts_with(prefix)) {
      break;
    }
    if (!has_any(context.world, at->second)) {
      continue;
    }
    const bool active = latest_definition(context.world, call.scope, family) != nullptr;
    const bool listed = wanted == api::TaskDefinitionFamilyStatus::all ||
                        active == (wanted == api::TaskDefinitionFamilyStatus::active);
    if (listed && !page.value().add(family, family)) {
      break;
    }
  }
  api::ListTaskDefinitionFamiliesResponse output;
  output.next_token = page.value().next_token();
  output.families = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control
