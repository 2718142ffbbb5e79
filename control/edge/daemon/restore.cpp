#include "control/edge/daemon/restore.h"

#include <memory>
#include <utility>
#include <vector>

#include "control/core/loop/loop.h"
#include "control/core/loop/rows/restored.h"
#include "control/core/loop/settings.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/access/seal.h"
#include "control/edge/store/data_directory.h"
#include "control/edge/store/sqlite/backup.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "schemas/base/instant_text.h"

namespace control::edge {

namespace {

schemas::Outcome check_clock(schemas::Instant taken_at, schemas::Instant now) {
  if (taken_at <= now) {
    return schemas::Done{};
  }
  return schemas::Error{.code = schemas::ErrorCode::server,
                        .message = "This machine's clock says " + schemas::iso_text(now) +
                                   ", but the backup was taken at " + schemas::iso_text(taken_at) +
                                   ": set the clock first. What comes after a restore is told from "
                                   "what came before it by the clock."};
}

/// Whether the secrets in it open with the key of this directory.
schemas::Outcome check_key(const store::DataDirectory& directory, const World& world,
                           const std::string& backup) {
  if (world->access_keys.empty()) {
    return schemas::Done{};
  }
  const schemas::Result<access::Seal> seal =
      access::open_key_file(directory, access::Held::secrets);
  const std::string advice = " (" + backup +
                             " holds access keys that only the file `key` of the data directory "
                             "opens which it was taken of: `install -m 600 THAT-KEY " +
                             directory.file("key") + "`, then restore again.)";
  if (!seal.ok()) {
    return schemas::Error{.code = seal.error().code, .message = seal.error().message + advice};
  }
  const auto ring = access::make_key_ring(world, seal.value(), nullptr);
  return ring.ok()
             ? schemas::Outcome(schemas::Done{})
             : schemas::Error{.code = ring.error().code, .message = ring.error().message + advice};
}

std::string told_of(schemas::Instant taken_at) {
  return "restored from a backup" +
         (taken_at == schemas::Instant{} ? std::string() : " of " + schemas::iso_text(taken_at)) +
         ": what happened since then is not known any more";
}

/// A name for what was there: of letters and digits, for colons have a meaning to `scp`.
std::string aside_name(schemas::Instant now) {
  std::string text = schemas::iso_text(now);
  std::erase_if(text, [](char letter) { return letter == '-' || letter == ':' || letter == '.'; });
  return ".replaced-" + text;
}

/// What makes a staged database a later one than any that followed the backup.
struct Later {
  std::vector<Row> rows;
  std::int64_t events_from = 0;
  std::int64_t events_move_by = 0;
  Restored restored;
};

/// Loads the staged database as a process would.
schemas::Result<Later> look_into(store::Store& store, const store::DataDirectory& directory,
                                 const RestoreOptions& options, const Restoration& restoration) {
  const schemas::Result<Snapshot> snapshot = store.load();
  if (!snapshot.ok()) {
    return snapshot.error();
  }
  const schemas::Result<World> loaded =
      control::load(snapshot.value(), Settings{}, restoration.now);
  if (!loaded.ok()) {
    return loaded.error();
  }
  const World& world = loaded.value();
  const schemas::Outcome key = check_key(directory, world, options.backup);
  if (!key.ok()) {
    return key.error();
  }
  Later later;
  later.rows = restored_rows(world, snapshot.value(), restoration);
  later.events_from = snapshot.value().last_key[static_cast<std::size_t>(Table::event)] + 1;
  later.events_move_by = events_move_by(snapshot.value(), restoration);
  later.restored.clusters = static_cast<std::int64_t>(world->clusters.size());
  later.restored.services = static_cast<std::int64_t>(world->services.size());
  later.restored.tasks = static_cast<std::int64_t>(world->tasks.size());
  later.restored.hosts = static_cast<std::int64_t>(world->instances.size());
  return later;
}

schemas::Result<Restored> make_later(const store::sqlite::Staged& staged,
                                     const store::DataDirectory& directory,
                                     const RestoreOptions& options,
                                     const Restoration& restoration) {
  schemas::Result<Later> later = Later{};
  {
    const schemas::Result<std::unique_ptr<store::Store>> store =
        store::open_sqlite({.path = staged.path});
    if (!store.ok()) {
      return store.error();
    }
    later = look_into(*store.value(), directory, options, restoration);
    if (!later.ok()) {
      return later.error();
    }
    const schemas::Outcome committed = store.value()->commit(later.value().rows);
    if (!committed.ok()) {
      return committed.error();
    }
  }
  const schemas::Outcome moved =
      store::sqlite::move_events(staged, later.value().events_from, later.value().events_move_by);
  if (!moved.ok()) {
    return moved.error();
  }
  return later.value().restored;
}

}  // namespace

schemas::Result<Restored> restore(const RestoreOptions& options, schemas::Instant now) {
  const schemas::Result<std::unique_ptr<store::DataDirectory>> directory =
      store::DataDirectory::open(options.data);
  if (!directory.ok()) {
    return directory.error();
  }
  const std::string path =
      options.store.empty() ? directory.value()->file("control.db") : options.store;
  const schemas::Result<store::sqlite::Staged> staged =
      store::sqlite::stage_backup(options.backup, path + ".restoring");
  if (!staged.ok()) {
    return staged.error();
  }
  const schemas::Outcome clock = check_clock(staged.value().taken_at, now);
  schemas::Result<Restored> done =
      clock.ok() ? make_later(staged.value(), *directory.value(), options,
                              {.scope = {.account = options.account, .region = options.region},
                               .now = now,
                               .message = told_of(staged.value().taken_at)})
                 : schemas::Result<Restored>(clock.error());
  const schemas::Result<std::string> aside =
      done.ok() ? store::sqlite::put_in_place(staged.value().path, path, aside_name(now))
                : schemas::Result<std::string>(done.error());
  if (!aside.ok()) {
    store::sqlite::discard(staged.value());
    return aside.error();
  }
  done.value().path = path;
  done.value().aside = aside.value();
  done.value().taken_at = staged.value().taken_at;
  return done;
}

}  // namespace control::edge
