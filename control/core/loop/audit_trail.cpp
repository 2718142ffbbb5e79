#include "control/core/loop/audit_trail.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/world/parts.h"

namespace control {

namespace {

/// What an entry names of what changed: a call for ten tasks names them all, one that empties a
/// cluster its beginning. The event log has the rest.
constexpr std::size_t resources_max = 10;
/// A message quotes what callers sent.
constexpr std::size_t message_bytes_max = 1'000;

std::string resources_of(std::span<const Event> events) {
  std::vector<std::string_view> seen;
  std::string lines;
  for (const Event& event : events) {
    if (seen.size() == resources_max) {
      break;
    }
    if (std::find(seen.begin(), seen.end(), event.subject) == seen.end()) {
      seen.push_back(event.subject);
      lines += (lines.empty() ? "" : "\n") + event.subject;
    }
  }
  return lines;
}

AuditEntry entry_of(const schemas::Instant now, const schemas::Scope& scope,
                    const std::string& principal, const std::string& operation,
                    const CallRecord& record) {
  return {.sequence = 0,
          .at = now,
          .scope = scope,
          .principal = principal,
          .record = record,
          .operation = operation,
          .error = {},
          .message = {},
          .resources = {}};
}

void put_error(AuditEntry& entry, const schemas::Error& error) {
  entry.error = schemas::error_name(error.code);
  entry.message = error.message.substr(0, message_bytes_max);
}

}  // namespace

bool changes_things(std::string_view operation) {
  constexpr std::array reads{"Describe", "Discover", "Explain", "Get", "List", "Plan"};
  return std::none_of(reads.begin(), reads.end(),
                      [&](std::string_view verb) { return operation.starts_with(verb); });
}

void audit(Context& context, const ApiCall& call, std::size_t events_before,
           const schemas::Error* refused) {
  AuditEntry entry = entry_of(context.now, call.scope, call.principal, call.operation, call.record);
  if (refused != nullptr) {
    put_error(entry, *refused);
  } else {
    entry.resources = resources_of(
        std::span(WorldAccess::parts(context.world).news.events).subspan(events_before));
  }
  apply(context.world, Audited{std::move(entry)});
}

void audit(Context& context, const CallRefused& call) {
  AuditEntry entry = entry_of(context.now, call.scope, call.principal, call.operation, call.record);
  put_error(entry, call.error);
  apply(context.world, Audited{std::move(entry)});
}

}  // namespace control
