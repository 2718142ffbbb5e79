#include <algorithm>

#include "api/audit.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"
#include "schemas/codec/api.h"

namespace cli {

namespace {

std::string parameter(const std::string& name, const std::string& value) {
  return value.empty() ? "" : "&" + name + "=" + url_encoded(value);
}

std::string query_of(const Arguments& arguments, std::int64_t limit) {
  return "maxResults=" + std::to_string(limit) +
         parameter("operation", arguments.get_or("operation", "")) +
         parameter("principal", arguments.get_or("principal", "")) +
         parameter("since", arguments.get_or("since", "")) +
         (arguments.has("refused") ? "&refused=true" : "");
}

void add_entry(Table& table, const api::AuditEntry& entry) {
  const std::size_t more = entry.resources.empty() ? 0 : entry.resources.size() - 1;
  table.add({instant_text(entry.at), short_name(entry.principal), entry.operation,
             entry.error_code.value_or("done"),
             entry.resources.empty() ? "-"
                                     : short_name(entry.resources.front()) +
                                           (more > 0 ? " +" + std::to_string(more) : ""),
             entry.source_address.value_or("-")});
}

/// Entries of as many pages as it takes: a page may be empty where the trail goes on.
Exit audit(Session& session, const Arguments& arguments) {
  const auto limit = number_of(arguments, "limit", 50, 1, 1000);
  if (!limit.ok()) {
    return session.misused(limit.error().message);
  }
  api::ListAuditEntriesResponse all;
  std::string token;
  do {
    const std::int64_t left = limit.value() - static_cast<std::int64_t>(all.entries.size());
    const auto page = session.get<api::ListAuditEntriesResponse>(
        "/v1/audit", query_of(arguments, left) + parameter("nextToken", token));
    if (!page.ok()) {
      return session.failed(page.error());
    }
    const api::ListAuditEntriesResponse& read = page.value().value;
    all.entries.insert(all.entries.end(), read.entries.begin(), read.entries.end());
    token = read.next_token.value_or("");
  } while (!token.empty() && static_cast<std::int64_t>(all.entries.size()) < limit.value());
  return session.show(api::encode(all), [&] {
    if (all.entries.empty()) {
      session.say("no call that asked for a change is known of");
      return;
    }
    Table table({{.title = "AT"},
                 {.title = "WHO"},
                 {.title = "OPERATION"},
                 {.title = "ANSWER"},
                 {.title = "CHANGED"},
                 {.title = "FROM"}});
    for (const api::AuditEntry& entry : all.entries) {
      add_entry(table, entry);
    }
    session.print(table);
  });
}

}  // namespace

std::vector<Verb> audit_verbs() {
  return {{.path = "audit",
           .summary = "Show who asked for which change, and what was answered",
           .description =
               "Every call that asks for a change is an entry of the audit trail, those that were\n"
               "refused too: who, from which address, what, and the answer. The newest come\n"
               "first. With --output json each entry has its parameters (values of environment\n"
               "variables are hidden), the request's id and the ARNs of what changed.\n\n"
               "Example: ecsctl audit --refused --since $(date -d yesterday +%s)",
           .options = {{.name = "operation", .value = "NAME", .help = "Only this, e.g. RunTask"},
                       {.name = "principal", .value = "ARN", .help = "Only this user or role"},
                       {.name = "since", .value = "SECONDS", .help = "Only since then (of 1970)"},
                       {.name = "limit", .value = "N", .help = "How many, 50 when not given"},
                       {.name = "refused",
                        .value = "",
                        .help = "Only what was refused or failed",
                        .arity = Arity::flag}},
           .run = audit}};
}

}  // namespace cli
