#include "agent/edge/checkpoint/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "agent/edge/checkpoint/format.h"
#include "schemas/wire/wire.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr const char* schema_sql = R"sql(
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignments (task TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (task TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meters (
  task TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (task, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS network (
  kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
)sql";

/// Blocks of the disk that the log owns whether it has written there or not: enough to write down
/// the ends of hundreds of tasks while a container has filled the disk, which those ends will mend.
/// The log is never cut shorter than this (see journal_size_limit), or the room would be lost to
/// whoever writes fastest.
constexpr std::int64_t log_bytes_kept = 4'194'304;

/// A file system that cannot do it keeps no room: then a full disk ends the agent.
void keep_room_for_log(const std::string& path) {
  const int log = ::open((path + "-wal").c_str(), O_RDWR | O_CLOEXEC);
  if (log >= 0) {
    static_cast<void>(::fallocate(log, FALLOC_FL_KEEP_SIZE, 0, log_bytes_kept));
    ::close(log);
  }
}

constexpr const char* eni_kind = "eni";
constexpr const char* subnet_kind = "subnet";
constexpr const char* neighbour_kind = "neighbour";
constexpr const char* group_kind = "group";

std::string about(Database& database, std::string_view name) {
  Statement read = database.prepare("SELECT value FROM about WHERE name = ?1");
  read.bind(1, name);
  return read.next() ? read.text(0) : std::string();
}

bool set_about(Database& database, std::string_view name, std::string_view value) {
  Statement write = database.prepare(
      "INSERT INTO about (name, value) VALUES (?1, ?2) "
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
  return write.bind(1, name).bind(2, value).run();
}

Error unreadable(const std::string& what, const Error& cause) {
  return {ErrorCode::server, "The agent's checkpoint holds " + what + " that cannot be read (" +
                                 cause.message +
                                 "). Run `ecs-agent cleanup --data DIR` and start the agent again: "
                                 "control will place its tasks anew."};
}

}  // namespace

Checkpoint::Checkpoint(Database database) : database_(std::move(database)) {}

bool Checkpoint::prepare() {
  put_assignment_ = database_.prepare(
      "INSERT INTO assignments (task, body) VALUES (?1, ?2) "
      "ON CONFLICT (task) DO UPDATE SET body = excluded.body");
  put_progress_ = database_.prepare(
      "INSERT INTO progress (task, body) VALUES (?1, ?2) "
      "ON CONFLICT (task) DO UPDATE SET body = excluded.body");
  drop_assignment_ = database_.prepare("DELETE FROM assignments WHERE task = ?1");
  drop_progress_ = database_.prepare("DELETE FROM progress WHERE task = ?1");
  put_meter_ = database_.prepare(
      "INSERT INTO meters (task, sequence, body) VALUES (?1, ?2, ?3) "
      "ON CONFLICT (task, sequence) DO NOTHING");
  drop_meter_ = database_.prepare("DELETE FROM meters WHERE task = ?1 AND sequence = ?2");
  put_network_ = database_.prepare(
      "INSERT INTO network (kind, id, body) VALUES (?1, ?2, ?3) "
      "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body");
  drop_network_ = database_.prepare("DELETE FROM network WHERE kind = ?1 AND id = ?2");
  return put_assignment_.ok() && put_progress_.ok() && drop_assignment_.ok() &&
         drop_progress_.ok() && put_meter_.ok() && drop_meter_.ok() && put_network_.ok() &&
         drop_network_.ok();
}

schemas::Result<Checkpoint> Checkpoint::open(const std::string& path) {
  schemas::Result<Database> database = Database::open(path);
  if (!database.ok()) {
    return database.error();
  }
  Checkpoint checkpoint(std::move(database).value());
  Database& file = checkpoint.database_;
  const bool ready = file.execute("PRAGMA journal_mode = WAL") &&
                     file.execute("PRAGMA synchronous = NORMAL") &&
                     file.execute("PRAGMA wal_autocheckpoint = 4000") &&
                     file.execute("PRAGMA journal_size_limit = 4194304") &&
                     file.execute("PRAGMA busy_timeout = 2000") && file.execute(schema_sql);
  if (!ready) {
    return file.error(
        "is not usable; if it is damaged, run `ecs-agent cleanup` on its data "
        "directory, which removes it");
  }
  const std::string format = about(file, "format");
  if (format.empty()) {
    if (!set_about(file, "format", std::to_string(checkpoint_format))) {
      return file.error("could not be written");
    }
  } else if (format != std::to_string(checkpoint_format)) {
    return Error{ErrorCode::server, "The checkpoint " + path + " has format " + format +
                                        "; this agent reads format " +
                                        std::to_string(checkpoint_format) +
                                        ". Start the agent version that wrote it."};
  }
  if (!checkpoint.prepare()) {
    return file.error("does not have the tables it should have");
  }
  keep_room_for_log(path);
  return checkpoint;
}

schemas::Result<netif::HostNetwork> Checkpoint::load_network() {
  schemas::SyncAnswer everything;
  everything.full = true;
  Statement rows = database_.prepare("SELECT kind, id, body FROM network ORDER BY kind, id");
  while (rows.next()) {
    const std::string kind = rows.text(0);
    const auto take = [&](auto& list) -> std::optional<Error> {
      using Value = typename std::decay_t<decltype(list)>::value_type;
      schemas::Result<Value> value = wire::decode<Value>(rows.text(2));
      if (!value.ok()) {
        return unreadable("a network row (" + kind + " " + rows.text(1) + ")", value.error());
      }
      list.push_back(std::move(value).value());
      return std::nullopt;
    };
    std::optional<Error> error;
    if (kind == eni_kind) {
      error = take(everything.enis_set);
    } else if (kind == subnet_kind) {
      error = take(everything.subnets_set);
    } else if (kind == neighbour_kind) {
      error = take(everything.neighbours_set);
    } else if (kind == group_kind) {
      error = take(everything.groups_set);
    }
    if (error) {
      return *error;
    }
  }
  if (!rows.ok()) {
    return database_.error("could not be read");
  }
  netif::HostNetwork network;
  netif::fold(network, everything);
  return network;
}

schemas::Result<Restored> Checkpoint::load() {
  Restored restored;
  restored.boot_id = about(database_, "boot_id");
  const std::string starts = about(database_, "starts");
  restored.starts = (starts.empty() ? 0 : std::strtoll(starts.c_str(), nullptr, 10)) + 1;
  Statement tasks = database_.prepare(
      "SELECT task, a.body, p.body FROM assignments a JOIN progress p USING (task) ORDER BY task");
  while (tasks.next()) {
    schemas::Result<TaskRecord> record = decode_record(tasks.text(1), tasks.text(2));
    if (!record.ok()) {
      return unreadable("a task (" + tasks.text(0) + ")", record.error());
    }
    written_[record.value().assignment->id] = record.value().assignment;
    restored.tasks.push_back(std::move(record).value());
  }
  Statement meters = database_.prepare("SELECT task, body FROM meters ORDER BY task, sequence");
  while (meters.next()) {
    schemas::Result<schemas::MeterRecord> record =
        wire::decode<schemas::MeterRecord>(meters.text(1));
    if (!record.ok()) {
      return unreadable("a meter record (of task " + meters.text(0) + ")", record.error());
    }
    restored.meters.push_back(record.value());
  }
  schemas::Result<netif::HostNetwork> network = load_network();
  if (!network.ok()) {
    return network.error();
  }
  restored.network = std::move(network).value();
  if (!tasks.ok() || !meters.ok()) {
    return database_.error("could not be read");
  }
  if (!set_about(database_, "starts", std::to_string(restored.starts))) {
    return database_.error("could not be written");
  }
  return restored;
}

schemas::Outcome Checkpoint::keep_boot(const std::string& boot_id) {
  if (!set_about(database_, "boot_id", boot_id)) {
    return database_.error("could not be written");
  }
  return schemas::Done{};
}

bool Checkpoint::save_task(const TaskState& task) {
  const std::string id = task.assignment().id.text();
  std::shared_ptr<const schemas::TaskAssignment>& written = written_[task.assignment().id];
  if (written != task.record.assignment) {
    if (!put_assignment_.bind(1, id).bind(2, wire::encode(task.assignment())).run()) {
      return false;
    }
    written = task.record.assignment;
  }
  return put_progress_.bind(1, id).bind(2, encode_progress(durable_part(task))).run();
}

bool Checkpoint::put_network(const char* kind, const std::string& id, const std::string& body) {
  return put_network_.bind(1, kind).bind(2, id).bind(3, body).run();
}

bool Checkpoint::drop_network(const char* kind, const std::string& id) {
  return drop_network_.bind(1, kind).bind(2, id).run();
}

bool Checkpoint::save_network(const schemas::SyncAnswer& answer) {
  bool saved = !answer.full || database_.execute("DELETE FROM network");
  for (const auto& gone : answer.enis_gone) {
    saved = saved && drop_network(eni_kind, gone.text());
  }
  for (const auto& gone : answer.subnets_gone) {
    saved = saved && drop_network(subnet_kind, gone.text());
  }
  // With the last subnet of a VPC its neighbours go, as in `netif::fold`: nobody tells this host
  // any more when they do, and one that stayed here would be taken for a member of its groups
  // again.
  saved = saved && (answer.subnets_gone.empty() || database_.execute(R"sql(
    DELETE FROM network WHERE kind = 'neighbour' AND json_extract(body, '$.vpc') NOT IN
      (SELECT json_extract(body, '$.vpc') FROM network WHERE kind = 'subnet'))sql"));
  for (const auto& gone : answer.neighbours_gone) {
    saved = saved && drop_network(neighbour_kind, gone.text());
  }
  for (const auto& gone : answer.groups_gone) {
    saved = saved && drop_network(group_kind, gone.text());
  }
  for (const auto& set : answer.enis_set) {
    saved = saved && put_network(eni_kind, set.id.text(), wire::encode(set));
  }
  for (const auto& set : answer.subnets_set) {
    saved = saved && put_network(subnet_kind, set.id.text(), wire::encode(set));
  }
  for (const auto& set : answer.neighbours_set) {
    saved = saved && put_network(neighbour_kind, set.id.text(), wire::encode(set));
  }
  for (const auto& set : answer.groups_set) {
    saved = saved && put_network(group_kind, set.id.text(), wire::encode(set));
  }
  return saved;
}

schemas::Outcome Checkpoint::save(const Step& step, const HostState& state,
                                  std::span<const schemas::SyncAnswer> network) {
  if (step.save.empty() && step.forget.empty() && step.meters_made.empty() &&
      step.meters_acknowledged.empty() && network.empty()) {
    return schemas::Done{};
  }
  // Meter records are money. And what was started must be known after a loss of power too: control
  // assigns the task again, and it would be started a second time.
  const bool waits_for_disk =
      !step.meters_made.empty() ||
      std::any_of(step.effects.begin(), step.effects.end(),
                  [](const Effect& effect) { return effect.action == Action::start_container; });
  bool saved = (!waits_for_disk || database_.execute("PRAGMA synchronous = FULL")) &&
               database_.execute("BEGIN IMMEDIATE");
  for (const schemas::TaskId& id : step.forget) {
    written_.erase(id);
    saved = saved && drop_assignment_.bind(1, id.text()).run() &&
            drop_progress_.bind(1, id.text()).run();
  }
  for (const schemas::TaskId& id : step.save) {
    saved = saved && save_task(state.tasks.at(id));
  }
  for (const schemas::MeterRecord& record : step.meters_made) {
    saved = saved && put_meter_.bind(1, record.task.text())
                         .bind(2, record.sequence)
                         .bind(3, wire::encode(record))
                         .run();
  }
  for (const auto& [task, sequence] : step.meters_acknowledged) {
    saved = saved && drop_meter_.bind(1, task.text()).bind(2, sequence).run();
  }
  for (const schemas::SyncAnswer& answer : network) {
    saved = saved && save_network(answer);
  }
  saved = saved && database_.execute("COMMIT") &&
          (!waits_for_disk || database_.execute("PRAGMA synchronous = NORMAL"));
  if (!saved) {
    return database_.error("could not be written");
  }
  return schemas::Done{};
}

void Checkpoint::tidy() { database_.execute("PRAGMA wal_checkpoint(RESTART)"); }

}  // namespace agent
