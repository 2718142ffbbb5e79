#include "control/edge/daemon/daemon.h"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <utility>

#include "control/core/loop/loop.h"
#include "control/edge/access/day_keys.h"
#include "control/edge/access/first_start.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/access/page_tokens.h"
#include "control/edge/access/seal.h"
#include "control/edge/agents/channel.h"
#include "control/edge/agents/log_relay.h"
#include "control/edge/export/backup_desk.h"
#include "control/edge/http/api/routes.h"
#include "control/edge/loop/census.h"
#include "control/edge/loop/event_feed.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/loop/turn_loop.h"
#include "control/edge/store/data_directory.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "schemas/base/random.h"
#include "schemas/base/require.h"
#include "spdlog/spdlog.h"

namespace control::edge {

namespace {

schemas::Instant wall_clock() {
  return std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now());
}

std::uint64_t random_seed() {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
  schemas::require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                   "the system has no randomness");
  std::uint64_t seed = 0;
  for (const unsigned char byte : bytes) {
    seed = (seed << 8U) | byte;
  }
  return seed;
}

/// World and what moves it: the loop thread's own.
struct Mind {
  World world;
  Parked parked;
  Settings settings;
  schemas::Random random{0};
};

class WiredDaemon final : public Daemon {
 public:
  explicit WiredDaemon(std::unique_ptr<store::DataDirectory> directory)
      : directory_(std::move(directory)) {}
  WiredDaemon(const WiredDaemon&) = delete;
  WiredDaemon& operator=(const WiredDaemon&) = delete;
  ~WiredDaemon() override { stop(schemas::Duration{0}); }

  schemas::Outcome load(const DaemonOptions& options);
  schemas::Outcome serve(const DaemonOptions& options);

  [[nodiscard]] const std::vector<std::string>& addresses() const override {
    return server_->addresses();
  }
  void look_after() override { relay_->sweep(std::chrono::steady_clock::now()); }
  void send_last_answers(schemas::Duration patience) override { server_->stop(patience); }
  void stop(schemas::Duration patience) override;

 private:
  schemas::Result<std::int64_t> open_access(const DaemonOptions& options, store::Store& store,
                                            std::int64_t last_event);
  schemas::Outcome publish_ring();
  [[nodiscard]] std::string server_gauges() const;

  // In the order in which they need each other; they go in the opposite one.
  std::unique_ptr<store::DataDirectory> directory_;
  Metrics metrics_;
  std::unique_ptr<EventFeed> feed_;
  std::unique_ptr<store::AuditReader> audit_;
  std::unique_ptr<Mind> mind_;
  std::unique_ptr<access::Seal> seal_;
  access::KeyRings rings_;
  access::DayKeys day_keys_;
  std::int64_t ring_version_ = -1;  ///< World's when the ring was made; the loop thread's own
  std::unique_ptr<http::Door> door_;
  std::unique_ptr<TurnLoop> loop_;
  std::unique_ptr<agents::Channel> channel_;
  std::unique_ptr<agents::LogRelay> relay_;
  std::unique_ptr<BackupDesk> backups_;
  std::unique_ptr<http::Routes> routes_;
  std::unique_ptr<http::Server> server_;
};

schemas::Outcome WiredDaemon::load(const DaemonOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const std::string path = options.store.empty() ? directory_->file("control.db") : options.store;
  schemas::Result<std::unique_ptr<store::Store>> opened = store::open_sqlite({.path = path});
  if (!opened.ok()) {
    return opened.error();
  }
  std::unique_ptr<store::Store> store = std::move(opened).value();
  schemas::Result<Snapshot> snapshot = store->load();
  if (!snapshot.ok()) {
    return snapshot.error();
  }
  schemas::Result<World> world = control::load(snapshot.value(), options.settings, wall_clock());
  if (!world.ok()) {
    return world.error();
  }
  schemas::Result<std::unique_ptr<store::EventReader>> reader = store->open_event_reader();
  if (!reader.ok()) {
    return reader.error();
  }
  schemas::Result<std::unique_ptr<store::AuditReader>> audit = store->open_audit_reader();
  if (!audit.ok()) {
    return audit.error();
  }
  audit_ = std::move(audit).value();
  schemas::Result<std::unique_ptr<store::BackupSource>> source = store->open_backup_source();
  if (!source.ok()) {
    return source.error();
  }
  backups_ = std::make_unique<BackupDesk>(BackupDesk::Parts{.source = std::move(source).value(),
                                                            .draft = directory_->file("backup.new"),
                                                            .operator_account = options.account,
                                                            .clock = wall_clock});
  mind_.reset(new Mind{.world = std::move(world).value(),
                       .parked = {},
                       .settings = options.settings,
                       .random = schemas::Random(random_seed())});
  const schemas::Result<std::int64_t> last_event = open_access(
      options, *store, snapshot.value().last_key[static_cast<std::size_t>(Table::event)]);
  if (!last_event.ok()) {
    return last_event.error();
  }
  feed_ = std::make_unique<EventFeed>(std::move(reader).value(), last_event.value());
  loop_ = std::make_unique<TurnLoop>(LoopParts{
      .step =
          [mind = mind_.get()](std::span<const Input> inputs, schemas::Instant now) {
            return step(mind->world, mind->parked, inputs, mind->settings, now, mind->random);
          },
      .clock = wall_clock,
      .store = std::move(store),
      .committed =
          [this] {
            const schemas::Outcome published = publish_ring();
            schemas::require(published.ok(), "a secret that was just sealed does not open");
          },
      .retention = options.retention,
      .feed = *feed_,
      .metrics = metrics_,
      .fail = options.fail});
  spdlog::info("loaded {} clusters, {} services, {} tasks and {} hosts from {} in {} ms",
               mind_->world->clusters.size(), mind_->world->services.size(),
               mind_->world->tasks.size(), mind_->world->instances.size(), path,
               std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now() - start)
                   .count());
  return schemas::Done{};
}

/// Opens the key file and what it sealed, and sees to it that somebody may call. The number of the
/// newest event.
schemas::Result<std::int64_t> WiredDaemon::open_access(const DaemonOptions& options,
                                                       store::Store& store,
                                                       std::int64_t last_event) {
  const bool sealed = !mind_->world->access_keys.empty();
  schemas::Result<access::Seal> seal =
      access::open_key_file(*directory_, sealed ? access::Held::secrets : access::Held::nothing);
  if (!seal.ok()) {
    return seal.error();
  }
  seal_ = std::make_unique<access::Seal>(std::move(seal).value());
  mind_->settings.page_seal = std::make_shared<access::PageTokens>(*seal_);
  if (options.auth == DaemonOptions::Auth::sigv4 && mind_->world->users.empty()) {
    schemas::Result<schemas::AccessKey> key =
        access::write_first_credentials(*directory_, *seal_, options.region);
    if (!key.ok()) {
      return key.error();
    }
    const std::array<Input, 1> wanted{
        FirstUserWanted{.scope = {.account = options.account, .region = options.region},
                        .name = access::first_user,
                        .access_key = std::move(key).value()}};
    const Turn turn =
        step(mind_->world, mind_->parked, wanted, mind_->settings, wall_clock(), mind_->random);
    const schemas::Outcome committed = store.commit(turn.rows);
    if (!committed.ok()) {
      return committed.error();
    }
    last_event = turn.events.empty() ? last_event : turn.events.back().sequence;
    spdlog::info("the first start: credentials of user {} are in {}", access::first_user,
                 directory_->file("credentials"));
  }
  const schemas::Outcome published = publish_ring();
  return published.ok() ? schemas::Result<std::int64_t>(last_event) : published.error();
}

/// Makes who may call known to the threads that serve them, if it has changed.
schemas::Outcome WiredDaemon::publish_ring() {
  const std::int64_t version = mind_->world.index().access_version;
  if (version == ring_version_) {
    return schemas::Done{};
  }
  schemas::Result<std::shared_ptr<const access::KeyRing>> ring =
      access::make_key_ring(mind_->world, *seal_, rings_.current().get());
  if (!ring.ok()) {
    return ring.error();
  }
  rings_.publish(std::move(ring).value());
  day_keys_.forget();
  ring_version_ = version;
  return schemas::Done{};
}

schemas::Outcome WiredDaemon::serve(const DaemonOptions& options) {
  channel_ = std::make_unique<agents::Channel>(
      *loop_, metrics_, schemas::Scope{.account = options.account, .region = options.region},
      *seal_, rings_);
  relay_ = std::make_unique<agents::LogRelay>(*loop_);
  if (options.auth == DaemonOptions::Auth::off) {
    door_ = std::make_unique<http::OpenDoor>(options.account, options.region, options.reach);
  } else {
    door_ = std::make_unique<http::SignedDoor>(rings_, day_keys_, wall_clock);
  }
  routes_ = std::make_unique<http::Routes>(http::RouteParts{
      .calls =
          {.loop = *loop_, .metrics = metrics_, .door = *door_, .seal = *seal_, .audit = *audit_},
      .feed = *feed_,
      .channel = *channel_,
      .relay = *relay_,
      .backups = *backups_,
      .bridge = [mind =
                     mind_.get()](const Event& event) { return event_bridge(mind->world, event); },
      .census = [mind = mind_.get()] { return census(mind->world); },
      .server_gauges = [this] { return server_gauges(); }});
  loop_->start();
  schemas::Result<std::unique_ptr<http::Server>> server = http::open_server(
      {.listen = options.listen, .limits = options.limits, .threads = 2}, *routes_);
  if (!server.ok()) {
    return server.error();
  }
  server_ = std::move(server).value();
  std::string text;
  for (const std::string& address : server_->addresses()) {
    text += address + "\n";
    spdlog::info("listening on http://{}", address);
  }
  return directory_->write_file("address", text);
}

std::string WiredDaemon::server_gauges() const {
  std::string text;
  write_help("stowage_connections", "gauge", "Open connections.", text);
  write_gauge("stowage_connections", "", server_->open_connections(), text);
  return text;
}

void WiredDaemon::stop(schemas::Duration patience) {
  if (server_ != nullptr) {
    const std::int64_t cut = server_->stop(patience);
    if (cut > 0) {
      spdlog::warn("{} connections were cut after {} ms", cut, patience.count());
    }
  }
  if (backups_ != nullptr) {
    backups_->stop();
  }
  if (loop_ != nullptr) {
    loop_->stop();
  }
}

}  // namespace

schemas::Result<std::unique_ptr<Daemon>> open_daemon(const DaemonOptions& options) {
  schemas::Result<std::unique_ptr<store::DataDirectory>> directory =
      store::DataDirectory::open(options.data);
  if (!directory.ok()) {
    return directory.error();
  }
  auto daemon = std::make_unique<WiredDaemon>(std::move(directory).value());
  const schemas::Outcome loaded = daemon->load(options);
  if (!loaded.ok()) {
    return loaded.error();
  }
  const schemas::Outcome serving = daemon->serve(options);
  if (!serving.ok()) {
    return serving.error();
  }
  return std::unique_ptr<Daemon>(std::move(daemon));
}

}  // namespace control::edge
