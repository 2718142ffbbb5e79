#include "control/edge/http/api/audit_entries.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "control/core/access/role.h"
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

/// What a page's token is bound to: everything that decides what is listed.
std::string list_of(const store::AuditQuery& query) {
  std::string list = "ListAuditEntries";
  for (const std::string& part :
       {query.account, query.region, query.operation, query.principal,
        std::to_string(query.since.time_since_epoch().count()),
        std::string(query.answers == store::AuditQuery::Answers::refused ? "refused" : "all")}) {
    list += ' ' + std::to_string(part.size()) + ':' + part;
  }
  return list;
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
  const access::PageTokens tokens(seal);
  const std::string list = list_of(query);
  if (request.next_token) {
    const std::optional<std::string> mark = tokens.open(*request.next_token, list);
    if (!mark) {
      return schemas::Error{.code = schemas::ErrorCode::invalid_parameter,
                            .message =
                                "The nextToken is invalid: it was not given out for this "
                                "list. Start again without one."};
    }
    std::from_chars(mark->data(), mark->data() + mark->size(), query.before);
  }
  schemas::Result<store::AuditPage> page = audit.read(query);
  if (!page.ok()) {
    return page.error();
  }
  api::ListAuditEntriesResponse response;
  for (AuditEntry& entry : page.value().entries) {
    response.entries.push_back(shown(std::move(entry)));
  }
  if (page.value().next > 0) {
    response.next_token = tokens.close(std::to_string(page.value().next), list);
  }
  return api::Value::of(std::move(response));
}

}  // namespace control::http
