// Reports that are well-formed and cannot be true, as a broken host sends them, or one that
// somebody else has taken over.

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using stage::Stage;

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t second_ns = 1'000'000'000;

/// A pool host with a task on it and another without, and what an honest report is made of.
class Pool {
 public:
  Pool() {
    stage::small_cluster(stage_);
    stage_.join("", "us-east-1a", {4096}, {8192});
    stage_.join("", "us-east-1b", {256}, {512});
    stage_.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                     stage::pool_definition("job"));
    stage_.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage_, "job"));
    stage_.settle();
    for (stage::Host& host : stage_.hosts) {
      (host.tasks.empty() ? other_ : owner_) = &host;
    }
    REQUIRE(owner_ != nullptr);
    task_ = owner_->tasks.begin()->first;
  }

  Stage& stage() { return stage_; }
  stage::Host& owner() { return *owner_; }
  stage::Host& other() { return *other_; }
  [[nodiscard]] schemas::TaskId task() const { return task_; }

  [[nodiscard]] schemas::MeterRecord reading() const {
    schemas::MeterRecord reading;
    reading.task = task_;
    reading.sequence = 1;
    reading.monotonic_start_ns = 5 * second_ns;
    reading.monotonic_end_ns = 65 * second_ns;
    reading.wall_start = stage_.now;
    reading.wall_end = stage_.now + 60s;
    reading.cpu_time_ns = second_ns;
    return reading;
  }
  [[nodiscard]] schemas::TaskReport report() const {
    return stage::report(task_, schemas::TaskStatus::running, owner_->tasks.at(task_));
  }
  [[nodiscard]] schemas::Inventory inventory() const {
    return stage_.world->instances.at(owner_->id).inventory;
  }
  [[nodiscard]] schemas::SyncRequest honest() const {
    schemas::SyncRequest request;
    request.agent = owner_->id;
    request.boot_id = owner_->boot_id;
    request.report_sequence = owner_->sequence + 1;
    request.have_version = owner_->version;
    return request;
  }

  /// The answer to a report, and whether it changed anything.
  struct Heard {
    std::string refusal;  ///< empty = taken
    bool changed = false;
  };
  Heard hear(const schemas::SyncRequest& request) {
    const control::Turn turn = stage_.turn(
        {control::AgentSync{.waiter = 77, .identity_hash = owner_->identity, .request = request}});
    Heard heard;
    heard.changed = !turn.rows.empty() || !turn.events.empty();
    for (const control::AgentReply& reply : turn.agents) {
      const auto* error = std::get_if<schemas::Error>(&reply.answer);
      if (reply.waiter == 77 && error != nullptr) {
        CHECK(error->code == schemas::ErrorCode::invalid_parameter);
        heard.refusal = error->message;
      }
    }
    return heard;
  }
  /// Refused, with these words and without a trace.
  void refuses(const schemas::SyncRequest& request, const std::string& words) {
    const Heard heard = hear(request);
    CHECK_MESSAGE(heard.refusal.find(words) != std::string::npos,
                  "'" << heard.refusal << "' does not speak of '" << words << "'");
    CHECK_FALSE(heard.changed);
  }

 private:
  Stage stage_;
  stage::Host* owner_ = nullptr;
  stage::Host* other_ = nullptr;
  schemas::TaskId task_;
};

}  // namespace

TEST_CASE("a reading whose numbers no meter can have counted is refused, and nothing is billed") {
  Pool pool;
  const auto refused = [&](const std::string& words,
                           const std::function<void(schemas::MeterRecord&)>& spoil) {
    schemas::SyncRequest request = pool.honest();
    request.meters = {pool.reading(), pool.reading()};
    spoil(request.meters.back());
    pool.refuses(request, "meters[1]." + words);
    CHECK(pool.stage().world->usage.empty());
  };
  for (const std::int64_t number : {least, std::int64_t{-1}, std::int64_t{0}, most}) {
    refused("sequence", [&](auto& reading) { reading.sequence = number; });
  }
  refused("monotonic_start_ns", [](auto& reading) { reading.monotonic_start_ns = least; });
  refused("monotonic_start_ns", [](auto& reading) { reading.monotonic_start_ns = most; });
  refused("monotonic_end_ns", [](auto& reading) { reading.monotonic_end_ns = most; });
  refused("monotonic_end_ns", [](auto& reading) { reading.monotonic_end_ns = 4 * second_ns; });
  refused("cpu_time_ns", [](auto& reading) { reading.cpu_time_ns = most; });
  refused("cpu_time_ns", [](auto& reading) { reading.cpu_time_ns = -1; });
  refused("memory_byte_seconds", [](auto& reading) { reading.memory_byte_seconds = most; });
  refused("memory_byte_seconds", [](auto& reading) { reading.memory_byte_seconds = -1; });
  refused("memory_peak_bytes", [](auto& reading) { reading.memory_peak_bytes = most; });
  refused("wall_start", [](auto& reading) { reading.wall_start = schemas::Instant::min(); });
  refused("wall_end", [](auto& reading) { reading.wall_end = schemas::Instant::max(); });

  schemas::SyncRequest honest = pool.honest();
  honest.meters = {pool.reading()};
  CHECK(pool.hear(honest).refusal.empty());
  CHECK(pool.stage().world->usage.size() == 1);
}

TEST_CASE("a task is not billed for longer than it has existed") {
  Pool pool;
  schemas::MeterRecord hour = pool.reading();
  hour.monotonic_end_ns = hour.monotonic_start_ns + 3'600 * second_ns;
  pool.stage().events.clear();
  pool.stage().sync(pool.owner(), {}, {hour, hour});
  CHECK(pool.stage().world->usage.empty());
  REQUIRE(pool.stage().events.size() == 1);
  CHECK(pool.stage().events.front().kind == "usage.refused");
  CHECK(pool.stage().events.front().detail.find("2 readings") != std::string::npos);

  // One that is true may come again.
  pool.stage().now += std::chrono::hours(2);
  hour.task = pool.task();
  pool.stage().sync(pool.owner(), {}, {hour});
  pool.stage().now += 1s;
  pool.stage().events.clear();
  pool.stage().sync(pool.owner(), {}, {hour});
  CHECK(pool.stage().events.empty());
  CHECK(pool.stage().world->usage.begin()->second.use.metered_ns == 3'600 * second_ns);
}

TEST_CASE("a task is not billed for longer than it has existed, by many short readings either") {
  Pool pool;
  std::vector<schemas::MeterRecord> minutes;
  for (std::int64_t minute = 0; minute < 60; ++minute) {
    schemas::MeterRecord next = pool.reading();
    next.sequence = minute + 1;
    next.monotonic_start_ns = minute * 60 * second_ns;
    next.monotonic_end_ns = next.monotonic_start_ns + 60 * second_ns;
    minutes.push_back(next);
  }
  pool.stage().sync(pool.owner(), {}, minutes);
  REQUIRE(pool.stage().world->usage.size() == 1);
  CHECK(pool.stage().world->usage.begin()->second.use.metered_ns == 900 * second_ns);
}

TEST_CASE("a reading of another host's task is not counted") {
  Pool pool;
  pool.stage().sync(pool.other(), {}, {pool.reading()});
  CHECK(pool.stage().world->usage.empty());
  schemas::MeterRecord unknown = pool.reading();
  unknown.task = schemas::TaskId::draw(pool.stage().random);
  pool.stage().sync(pool.owner(), {}, {unknown});
  CHECK(pool.stage().world->usage.empty());
}

TEST_CASE("a report of more than a host can have, or longer than anybody reads, is refused whole") {
  Pool pool;
  const auto refused = [&](const std::string& words,
                           const std::function<void(schemas::SyncRequest&)>& spoil) {
    schemas::SyncRequest request = pool.honest();
    request.tasks = {pool.report()};
    request.tasks.front().status = schemas::TaskStatus::stopped;
    request.meters = {pool.reading()};
    spoil(request);
    pool.refuses(request, words);
    CHECK(pool.stage().world->usage.empty());
    CHECK(pool.stage().world->tasks.begin()->second.last_status == schemas::TaskStatus::running);
  };
  refused("tasks may have 10000 entries",
          [&](auto& request) { request.tasks.resize(10'001, pool.report()); });
  refused("meters may have 10000 entries",
          [&](auto& request) { request.meters.resize(10'001, pool.reading()); });
  refused("removed_enis may have 10000 entries",
          [](auto& request) { request.removed_enis.resize(10'001); });
  refused("tasks[0].containers may have",
          [](auto& request) { request.tasks[0].containers.resize(101); });
  refused("tasks[0].stopped_reason may have",
          [](auto& request) { request.tasks[0].stopped_reason.assign(5'000, 'x'); });
  const auto container = [&](const std::string& words,
                             const std::function<void(schemas::ContainerReport&)>& spoil) {
    refused("tasks[0].containers[0]." + words,
            [&](auto& request) { spoil(request.tasks[0].containers.at(0)); });
  };
  container("exit_code must be", [](auto& one) { one.exit_code = most; });
  container("exit_code must be", [](auto& one) { one.exit_code = least; });
  container("reason may have", [](auto& one) { one.reason.assign(1'000'000, 'x'); });
  container("runtime_id may have", [](auto& one) { one.runtime_id.assign(129, 'x'); });
  container("image_digest may consist", [](auto& one) { one.image_digest = "sha256:\x1b[2J"; });
  container("name may have", [](auto& one) { one.name.assign(256, 'x'); });
  container("network_bindings may have", [](auto& one) { one.network_bindings.resize(1'001); });
  container("host_port must be", [](auto& one) {
    one.network_bindings.push_back({schemas::Ipv4{}, 80, 65'536, schemas::TransportProtocol::tcp});
  });
  container("container_port must be", [](auto& one) {
    one.network_bindings.push_back({schemas::Ipv4{}, -1, 80, schemas::TransportProtocol::tcp});
  });
  refused("boot_id may have", [](auto& request) { request.boot_id.assign(129, 'x'); });
  refused("boot_id may consist", [](auto& request) { request.boot_id = "a\nb"; });
}

TEST_CASE("a host that says it has what no machine has is refused, and keeps what it had") {
  Pool pool;
  const schemas::Inventory before = pool.inventory();
  const auto refused = [&](const std::string& words,
                           const std::function<void(schemas::Inventory&)>& spoil) {
    schemas::SyncRequest request = pool.honest();
    request.inventory = before;
    spoil(*request.inventory);
    pool.refuses(request, words);
    CHECK(pool.inventory() == before);

    schemas::JoinRequest join;
    join.pool = true;
    join.inventory = before;
    spoil(join.inventory);
    const control::Turn turn = pool.stage().turn({control::AgentJoin{
        .waiter = 5, .scope = stage::scope, .identity_hash = "newcomer", .request = join}});
    const auto* error = std::get_if<schemas::Error>(&turn.agents.front().answer);
    REQUIRE(error != nullptr);
    CHECK(error->message.find(words) != std::string::npos);
    CHECK(turn.rows.empty());
  };
  for (const std::int64_t number : {least, std::int64_t{-1}, std::int64_t{0}}) {
    refused("A host must state", [&](auto& inventory) { inventory.cpu = {number}; });
    refused("A host must state", [&](auto& inventory) { inventory.memory = {number}; });
  }
  refused("inventory.cpu must be", [](auto& inventory) { inventory.cpu = {most}; });
  refused("inventory.memory must be", [](auto& inventory) { inventory.memory = {most}; });
  refused("inventory.eni_capacity must be", [](auto& inventory) { inventory.eni_capacity = -1; });
  refused("inventory.eni_capacity must be", [](auto& inventory) { inventory.eni_capacity = most; });
  refused("inventory.availability_zone may have",
          [](auto& inventory) { inventory.availability_zone.assign(129, 'z'); });
  refused("inventory.availability_zone may consist",
          [](auto& inventory) { inventory.availability_zone = "zone\x1b[31m"; });
  refused("inventory.engine_version may have",
          [](auto& inventory) { inventory.engine_version.assign(100'000, 'v'); });
  refused("inventory.agent_version may consist",
          [](auto& inventory) { inventory.agent_version = std::string("1\0", 2); });
  refused("inventory.attributes may have", [](auto& inventory) {
    for (int at = 0; at < 65; ++at) {
      inventory.attributes["attribute-" + std::to_string(at)] = "x";
    }
  });
  refused("inventory.attributes[0] may have",
          [](auto& inventory) { inventory.attributes["a"].assign(129, 'x'); });
  for (const char* range : {"0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/15", "255.255.255.255/32",
                            "224.0.0.0/24", "0.0.0.0/24"}) {
    CAPTURE(range);
    refused("inventory.public_cidr must be",
            [&](auto& inventory) { inventory.public_cidr = schemas::Cidr::parse(range); });
  }
}

TEST_CASE("a host that shrinks below what runs there keeps its tasks and gets no more") {
  Pool pool;
  schemas::SyncRequest request = pool.honest();
  request.inventory = pool.inventory();
  request.inventory->cpu = {1};
  request.inventory->memory = {1};
  request.inventory->eni_capacity = 0;
  CHECK(pool.hear(request).refusal.empty());
  Stage& stage = pool.stage();
  stage.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
  const auto more = stage.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
  CHECK(more.failures->size() == 1);
  stage.work(pool.owner());
  stage.work(pool.other());
  CHECK(pool.owner().tasks.size() == 1);
  CHECK(pool.other().tasks.size() == 1);
  CHECK(stage.world->tasks.begin()->second.last_status == schemas::TaskStatus::running);
}

TEST_CASE("the address of a task is not given to another because its host says it is free") {
  Pool pool;
  REQUIRE(pool.stage().world->enis.size() == 1);
  const schemas::EniId eni = pool.stage().world->enis.begin()->first;
  for (stage::Host* host : {&pool.other(), &pool.owner()}) {
    host->removed = {eni};
    pool.stage().sync(*host);
    CHECK(pool.stage().world->enis.size() == 1);  // the task runs
  }
  schemas::TaskReport stopped = pool.report();
  stopped.status = schemas::TaskStatus::stopped;
  pool.owner().removed = {eni};
  pool.stage().sync(pool.owner(), {stopped});
  CHECK(pool.stage().world->enis.empty());
}

TEST_CASE("whatever numbers a host sends, they are taken or refused, and control goes on") {
  Pool pool;
  schemas::Random random(11);
  const auto number = [&random]() -> std::int64_t {
    switch (random.below(6)) {
      case 0:
        return least;
      case 1:
        return most;
      case 2:
        return -static_cast<std::int64_t>(random.below(1'000));
      case 3:
        return static_cast<std::int64_t>(random.next());
      case 4:
        return static_cast<std::int64_t>(random.below(100)) * second_ns;
      default:
        return static_cast<std::int64_t>(random.below(1'000));
    }
  };
  const auto sometimes = [&](std::int64_t honest) {
    return random.below(4) == 0 ? number() : honest;
  };
  const auto instant = [&] { return schemas::Instant(schemas::Duration(number())); };
  std::int64_t taken = 0;
  for (int round = 0; round < 2'000; ++round) {
    schemas::SyncRequest request = pool.honest();
    request.report_sequence = number();
    request.hold_ms = number();
    request.have_version = number();
    schemas::MeterRecord meter = pool.reading();
    meter.sequence = sometimes(round + 1);
    meter.monotonic_start_ns = sometimes(meter.monotonic_start_ns);
    meter.monotonic_end_ns = sometimes(meter.monotonic_end_ns);
    meter.cpu_time_ns = sometimes(meter.cpu_time_ns);
    meter.memory_byte_seconds = sometimes(meter.memory_byte_seconds);
    meter.memory_peak_bytes = sometimes(meter.memory_peak_bytes);
    request.meters = {meter};
    schemas::TaskReport report = pool.report();
    report.started_at = instant();
    report.pull_started_at = instant();
    report.containers.front().exit_code = sometimes(0);
    request.tasks = {report};
    schemas::Inventory inventory = pool.inventory();
    inventory.cpu = {sometimes(4'096)};
    inventory.memory = {sometimes(8'192)};
    inventory.eni_capacity = sometimes(10);
    request.inventory = inventory;
    const Pool::Heard heard = pool.hear(request);
    CHECK_FALSE((heard.changed && !heard.refusal.empty()));
    taken += heard.refusal.empty() ? 1 : 0;
  }
  CHECK(taken > 20);
  CHECK(taken < 1'000);
  CHECK(pool.stage().world->usage.size() == 1);
  pool.stage().must<api::GetBillResponse>("GetBill", api::GetBillRequest{});
}

TEST_CASE("a host whose reports are refused is disconnected when its lease ends, as a silent one") {
  Pool pool;
  pool.stage().silent.insert(pool.owner().id);
  schemas::SyncRequest request = pool.honest();
  request.boot_id = std::string("\0", 1);
  const schemas::Instant end = pool.stage().now + pool.stage().settings.lease;
  while (pool.stage().now <= end) {
    CHECK_FALSE(pool.hear(request).refusal.empty());
    pool.stage().advance(5s);
  }
  CHECK_FALSE(pool.stage().world->instances.at(pool.owner().id).connected);
}
