#include "control/edge/store/sqlite/audit_reader.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "control/edge/store/sqlite/database.h"

namespace control::store::sqlite {

namespace {

/// Rows that a call looks at: 20,000 take some 10 ms, for which others wait.
constexpr std::int64_t looked_at_max = 20'000;

class SqliteAuditReader final : public AuditReader {
 public:
  SqliteAuditReader(Database database, Statement page, Statement ends)
      : database_(std::move(database)), page_(std::move(page)), ends_(std::move(ends)) {}

  schemas::Result<AuditPage> read(const AuditQuery& query) override {
    const std::lock_guard lock(mutex_);
    const schemas::Result<Statement::Step> found = ends_.step();
    if (!found.ok()) {
      return found.error();
    }
    const std::int64_t oldest = ends_.integer(0);
    const std::int64_t newest = ends_.integer(1);
    ends_.reset();
    const std::int64_t before = query.before > 0 ? std::min(query.before, newest + 1) : newest + 1;
    const std::int64_t looked_to = std::max(oldest, before - looked_at_max);
    bind(query, looked_to, before);
    AuditPage page{.entries = {}, .next = looked_to > oldest ? looked_to : 0};
    const schemas::Outcome read = for_each_row(page_, [&] { page.entries.push_back(entry()); });
    if (!read.ok()) {
      return read.error();
    }
    if (static_cast<std::int64_t>(page.entries.size()) == query.limit) {
      const std::int64_t last = page.entries.back().sequence;
      page.next = last > oldest ? last : 0;
    }
    return page;
  }

 private:
  void bind(const AuditQuery& query, std::int64_t from, std::int64_t before) {
    page_.bind(1, from);
    page_.bind(2, before);
    texts_ = {query.account, query.region, query.operation, query.principal};
    for (std::size_t at = 0; at < texts_.size(); ++at) {
      page_.bind(static_cast<int>(at) + 3, texts_[at]);
    }
    page_.bind(7, query.since.time_since_epoch().count());
    page_.bind(8, std::int64_t{query.answers == AuditQuery::Answers::refused ? 1 : 0});
    page_.bind(9, query.limit);
  }

  [[nodiscard]] AuditEntry entry() const {
    return {.sequence = page_.integer(0),
            .at = schemas::Instant(schemas::Duration(page_.integer(1))),
            .scope = {.account = page_.text(2), .region = page_.text(3)},
            .principal = page_.text(4),
            .record = {.source = page_.text(5),
                       .request_id = page_.text(6),
                       .parameters = page_.text(11)},
            .operation = page_.text(7),
            .error = page_.text(8),
            .message = page_.text(9),
            .resources = page_.text(10)};
  }

  std::mutex mutex_;
  Database database_;
  Statement page_;
  Statement ends_;
  std::array<Value, 4> texts_;  ///< what is bound must live until the statement has run
};

}  // namespace

schemas::Result<std::unique_ptr<AuditReader>> open_audit_reader(const std::string& path) {
  schemas::Result<Database> database = Database::open(path, Database::Mode::read_only);
  if (!database.ok()) {
    return database.error();
  }
  schemas::Result<Statement> page = database.value().prepare(
      "SELECT key, at, account, region, principal, source, request_id, operation, error, message, "
      "resources, parameters FROM \"audit\" WHERE key >= ?1 AND key < ?2 AND account = ?3 AND "
      "region = ?4 AND (?5 = '' OR operation = ?5) AND (?6 = '' OR principal = ?6) AND at >= ?7 "
      "AND (?8 = 0 OR error <> '') ORDER BY key DESC LIMIT ?9");
  schemas::Result<Statement> ends =
      database.value().prepare("SELECT min(key), max(key) FROM \"audit\"");
  if (!page.ok() || !ends.ok()) {
    return page.ok() ? ends.error() : page.error();
  }
  return std::unique_ptr<AuditReader>(std::make_unique<SqliteAuditReader>(
      std::move(database).value(), std::move(page).value(), std::move(ends).value()));
}

}  // namespace control::store::sqlite
