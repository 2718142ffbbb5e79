#include "control/edge/http/api/audit_entries.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "control/core/access/role.h"
#include "control/core/loop/operations/page.h"
#include "control/edge/access/page_tokens.h"

namespace control::http {

namespace {

constexpr std::int64_t usual_page = 100;

std::optional<std::string> stated(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

api::AuditEntry shown(AuditEntry entry) {
  api::AuditEntry shown;
  shown.sequence = entry.sequence;
  shown.at = entry.at;
  shown.principal = std::move(entry.principal);
  shown.source_address = stated(std::move(entry.record.source));
  shown.request_id = stated(std::move(entry.record.request_id));
  shown.operation = std::move(entry.operation);
  shown.parameters = stated(std::move(entry.record.parameters));
  shown.error_code = stated(std::move(entry.error));
  shown.error_message = stated(std::move(entry.message));
  shown.resources = lines_of(entry.resources);
  return shown;
}

/// What decides beside account and region which entries are listed.
std::string filter_of(const store::AuditQuery& query) {
  return query.operation + "\n" + query.principal + "\n" +
         std::to_string(query.since.time_since_epoch().count()) +
         (query.answers == store::AuditQuery::Answers::refused ? "\nrefused" : "");
}

}  // namespace

schemas::Result<api::Value> list_audit_entries(store::AuditReader& audit, const access::Seal& seal,
                                               const Caller& caller,
                                               const api::ListAuditEntriesRequest& request) {
  if (assumed_role_of(caller.principal)) {
    return schemas::Error{
        .code = schemas::ErrorCode::access_denied,
        .message = "The audit trail is for users: roles of tasks cannot read it."};
  }
  store::AuditQuery query{.account = caller.scope.account,
                          .region = caller.scope.region,
                          .before = 0,
                          .limit = request.max_results.value_or(usual_page),
                          .operation = request.operation.value_or(""),
                          .principal = request.principal.value_or(""),
                          .since = request.since.value_or(schemas::Instant{}),
                          .answers = request.refused.value_or(false)
                                         ? store::AuditQuery::Answers::refused
                                         : store::AuditQuery::Answers::all};
  const schemas::Result<Page> stretch = Page::open(
      {.operation = "ListAuditEntries", .scope = caller.scope, .filter = filter_of(query)},
      {.token = request.next_token, .size = query.limit},
      std::make_shared<const access::PageTokens>(seal));
  if (!stretch.ok()) {
    return stretch.error();
  }
  query.before = stretch.value().after_key();
  schemas::Result<store::AuditPage> page = audit.read(query);
  if (!page.ok()) {
    return page.error();
  }
  api::ListAuditEntriesResponse response;
  for (AuditEntry& entry : page.value().entries) {
    response.entries.push_back(shown(std::move(entry)));
  }
  if (page.value().next > 0) {
    response.next_token = stretch.value().token_behind(std::to_string(page.value().next));
  }
  return api::Value::of(std::move(response));
}

}  // namespace control::http
