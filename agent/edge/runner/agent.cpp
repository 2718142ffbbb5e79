#include "agent/edge/runner/agent.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "agent/edge/checkpoint/checkpoint.h"
#include "agent/edge/control_client/control_client.h"
#include "agent/edge/control_client/identity.h"
#include "agent/edge/engine/docker/docker_engine.h"
#include "agent/edge/engine/oci/oci_engine.h"
#include "agent/edge/runner/engine_note.h"
#include "agent/edge/runner/runner.h"
#include "agent/edge/runner/task_networking.h"
#include "agent/edge/streams/log_streams.h"
#include "netif/edge/host_networking.h"

namespace agent {

namespace {

using std::chrono::milliseconds;

/// Under way when the agent is told to end: mostly pulls, which may be given up.
constexpr milliseconds end_patience{5'000};

/// Passes calls on to something that comes later and goes earlier than its caller.
template <class Target>
class Relay {
 public:
  void connect(Target* target) {
    const std::lock_guard lock(mutex_);
    target_ = target;
  }
  template <class Call>
  void pass(Call call) {
    const std::lock_guard lock(mutex_);
    if (target_ != nullptr) {
      call(*target_);
    }
  }

 private:
  std::mutex mutex_;
  Target* target_ = nullptr;
};
using ExitRelay = Relay<Runner>;

/// What ends the agent from inside: set on any thread, waited for on one.
class End {
 public:
  End() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  End(const End&) = delete;
  End& operator=(const End&) = delete;
  ~End() { ::close(event_); }

  void set(AgentEnd end) {
    const std::lock_guard lock(mutex_);
    if (!end_) {
      end_ = end;
      const std::uint64_t one = 1;
      static_cast<void>(::write(event_, &one, sizeof one));
    }
  }

  /// Waits for an end, from inside or outside, at most that long. Negative: for ever.
  std::optional<AgentEnd> wait(int stop, int timeout_ms) {
    pollfd sources[] = {{stop, POLLIN, 0}, {event_, POLLIN, 0}};
    while (::poll(sources, std::size(sources), timeout_ms) < 0 && errno == EINTR) {
    }
    if (sources[0].revents != 0) {
      return AgentEnd::asked;
    }
    const std::lock_guard lock(mutex_);
    return end_;
  }

 private:
  int event_;
  std::mutex mutex_;
  std::optional<AgentEnd> end_;
};

/// Makes the data directory and gives its one true path: everything that the agent makes in the
/// kernel is named after it, and two spellings would be two agents.
schemas::Result<std::filesystem::path> own_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::filesystem::path real;
  if (!error) {
    real = std::filesystem::canonical(directory, error);
  }
  if (error) {
    return schemas::Error{schemas::ErrorCode::server, "The data directory " + directory.string() +
                                                          " could not be made: " + error.message()};
  }
  // Secrets and other people's containers lie below it.
  ::chmod(real.c_str(), S_IRWXU);
  return real;
}

/// A Fargate task has 20 GiB; on hosts of one's own ECS bounds nothing.
StorageLimits storage_of(const AgentOptions& options) {
  constexpr std::int64_t bytes_per_mib = 1'048'576;
  constexpr std::int64_t fargate_mib = 20'480;
  const bool pool = options.kind == AgentOptions::Kind::pool;
  return {
      .task_bytes_max = options.task_storage_mib.value_or(pool ? fargate_mib : 0) * bytes_per_mib,
      .disk_bytes_kept = options.disk_kept_mib * bytes_per_mib};
}

schemas::Result<std::unique_ptr<Engine>> open_engine(const AgentOptions& options,
                                                     const std::shared_ptr<ExitRelay>& relay) {
  if (schemas::Outcome noted = note_engine(options); !noted.ok()) {
    return noted.error();
  }
  const ExitListener on_exit = [relay](const ContainerExit& exit) {
    relay->pass([&](Runner& runner) { runner.container_exited(exit); });
  };
  if (options.engine == AgentOptions::EngineKind::docker) {
    DockerSettings settings;
    settings.data_directory = options.data_directory;
    settings.socket = options.docker_socket;
    settings.insecure_registries = options.insecure_registries;
    settings.log_bytes_max = options.log_bytes_max;
    settings.log_files_max = options.log_files_max;
    return open_docker_engine(settings, on_exit);
  }
  OciSettings settings;
  settings.data_directory = options.data_directory;
  settings.runtime = options.runtime;
  settings.insecure_registries = options.insecure_registries;
  settings.log_bytes_max = options.log_bytes_max;
  settings.log_files_max = options.log_files_max;
  settings.storage = storage_of(options);
  return open_oci_engine(settings, on_exit);
}

schemas::Result<netif::HostNetworking> open_networking(const std::filesystem::path& data,
                                                       const schemas::Inventory& inventory) {
  netif::NetworkSettings settings;
  settings.data_directory = data.string();
  settings.host_address = inventory.address;
  settings.public_range = inventory.public_cidr;
  return netif::HostNetworking::open(settings);
}

/// The identity kept on this host, or one bought from control now. Waits for a control service
/// that is not there yet; what it refuses, it refuses.
schemas::Result<Identity> identity_of(const AgentOptions& options,
                                      const schemas::Inventory& inventory, End& end, int stop) {
  schemas::Result<std::optional<Identity>> known = read_identity(options.data_directory);
  if (!known.ok()) {
    return known.error();
  }
  if (known.value()) {
    return *known.value();
  }
  schemas::JoinRequest request;
  schemas::Result<std::string> secret = own_secret(options.data_directory);
  if (!secret.ok()) {
    return secret.error();
  }
  request.secret = std::move(secret).value();
  if (!options.token_file.empty()) {
    schemas::Result<std::string> token = read_token(options.token_file);
    if (!token.ok()) {
      return token.error();
    }
    request.token = std::move(token).value();
  }
  request.cluster = options.cluster;
  request.pool = options.kind == AgentOptions::Kind::pool;
  request.boot_id = boot_id(options.facts);
  request.inventory = inventory;
  constexpr int longest_pause_ms = 5'000;
  int pause_ms = 100;
  for (;;) {
    schemas::Result<Identity> joined = join(options.control_url, request);
    if (joined.ok()) {
      const schemas::Outcome written = write_identity(options.data_directory, joined.value());
      return written.ok() ? std::move(joined) : schemas::Result<Identity>(written.error());
    }
    if (joined.error().code != schemas::ErrorCode::server) {
      return joined.error();
    }
    spdlog::warn("{}; trying again", joined.error().message);
    if (end.wait(stop, pause_ms)) {
      return schemas::Error{schemas::ErrorCode::server, "Told to end before it could join"};
    }
    pause_ms = std::min(pause_ms * 2, longest_pause_ms);
  }
}

std::vector<LogSource> log_sources(const Runner& runner, const Engine& engine,
                                   const schemas::Ask& ask) {
  std::vector<LogSource> sources;
  const std::shared_ptr<const TaskView> view = runner.view(ask.task);
  if (!view) {
    return sources;
  }
  const auto& containers = view->record.assignment->containers;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const std::string& name = containers[i].definition.name;
    if (!ask.container.empty() && ask.container != name) {
      continue;
    }
    const bool ended = view->record.containers[i].progress == ContainerProgress::stopped;
    sources.push_back({name, engine.log_path(ask.task, name),
                       ended ? LogSource::State::ended : LogSource::State::growing});
  }
  return sources;
}

ChannelHost channel_host(Runner& runner, End& end, const std::filesystem::path& data) {
  ChannelHost host;
  host.next_request = [&](ChannelHost::Purpose purpose) { return runner.next_request(purpose); };
  host.answered = [&](const schemas::SyncRequest& request, schemas::SyncAnswer answer) {
    runner.answered(request, std::move(answer));
  };
  host.refused = [&, data](const std::string& why) {
    spdlog::critical("{} To join as a new host, run `ecs-agent cleanup --data {}` and start again.",
                     why, data.string());
    end.set(AgentEnd::refused);
  };
  return host;
}

/// A runner with its channel and streams, until the end. The runner has ended when this returns.
AgentEnd serve(const AgentOptions& options, const Identity& identity, Runner& runner,
               const Engine& engine, End& end, int stop) {
  schemas::Result<std::unique_ptr<LogStreams>> streams =
      LogStreams::start(options.control_url, identity.secret,
                        [&](const schemas::Ask& ask) { return log_sources(runner, engine, ask); });
  if (!streams.ok()) {
    spdlog::critical("{}", streams.error().message);
    return AgentEnd::failed;
  }
  Relay<ControlClient> news;
  runner.on_ask([&](const schemas::Ask& ask) { streams.value()->answer(ask); });
  runner.on_news([&] { news.pass([](ControlClient& client) { client.report_soon(); }); });
  const schemas::Outcome started = runner.start();
  if (!started.ok()) {
    spdlog::critical("{}", started.error().message);
    return AgentEnd::failed;
  }
  AgentEnd ended = AgentEnd::failed;
  schemas::Result<std::unique_ptr<ControlClient>> client = ControlClient::start(
      options.control_url, identity, channel_host(runner, end, options.data_directory));
  if (client.ok()) {
    news.connect(client.value().get());
    constexpr int for_ever = -1;
    ended = end.wait(stop, for_ever).value_or(AgentEnd::failed);
    news.connect(nullptr);
    client.value().reset();
  } else {
    spdlog::critical("{}", client.error().message);
  }
  if (!runner.stop(end_patience)) {
    spdlog::warn("Ending with work under way; the next agent on {} takes it up",
                 options.data_directory.string());
    spdlog::shutdown();
    ::_exit(static_cast<int>(ended));  // destructors would wait for it
  }
  return ended;
}

}  // namespace

AgentEnd run_agent(const AgentOptions& given, int stop) {
  schemas::Result<std::filesystem::path> directory = own_directory(given.data_directory);
  if (!directory.ok()) {
    spdlog::critical("{}", directory.error().message);
    return AgentEnd::failed;
  }
  AgentOptions options = given;
  options.data_directory = std::move(directory).value();
  End end;
  auto relay = std::make_shared<ExitRelay>();
  schemas::Result<std::unique_ptr<Engine>> engine = open_engine(options, relay);
  if (!engine.ok()) {
    spdlog::critical("{}", engine.error().message);
    return AgentEnd::failed;
  }
  schemas::Result<schemas::Inventory> inventory =
      inventory_of(options.facts, engine.value()->version());
  if (!inventory.ok()) {
    spdlog::critical("{}", inventory.error().message);
    return AgentEnd::failed;
  }
  schemas::Result<netif::HostNetworking> networking =
      open_networking(options.data_directory, inventory.value());
  schemas::Result<Checkpoint> checkpoint =
      Checkpoint::open((options.data_directory / "agent.db").string());
  if (!networking.ok() || !checkpoint.ok()) {
    spdlog::critical("{}",
                     networking.ok() ? checkpoint.error().message : networking.error().message);
    return AgentEnd::failed;
  }
  const schemas::Result<Identity> identity = identity_of(options, inventory.value(), end, stop);
  if (!identity.ok()) {
    spdlog::critical("{}", identity.error().message);
    return identity.error().code == schemas::ErrorCode::server ? AgentEnd::failed
                                                               : AgentEnd::refused;
  }
  KernelNetworking kernel(std::move(networking).value());
  constexpr std::int64_t threads_min = 4;
  const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  RunnerParts parts{*engine.value(),        kernel,
                    options.data_directory, identity.value().instance,
                    boot_id(options.facts), inventory.value(),
                    TaskPolicy{},           std::max(threads_min, cores + 2),
                    identity.value().secret};
  Runner runner(std::move(parts), std::move(checkpoint).value(),
                [&](const std::string&) { end.set(AgentEnd::failed); });
  relay->connect(&runner);
  spdlog::info("host {} ({} CPU units, {} MiB) at {} with {}", identity.value().instance.text(),
               inventory.value().cpu.count, inventory.value().memory.count,
               inventory.value().address.text(), inventory.value().engine_version);
  const AgentEnd ended = serve(options, identity.value(), runner, *engine.value(), end, stop);
  relay->connect(nullptr);
  spdlog::info("The agent has ended; its tasks run on");
  return ended;
}

schemas::Outcome clean_up_host(const std::filesystem::path& directory, const std::string& runtime) {
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) {
    return schemas::Done{};
  }
  schemas::Result<std::filesystem::path> real = own_directory(directory);
  if (!real.ok()) {
    return real.error();
  }
  const std::filesystem::path data_directory = std::move(real).value();
  AgentOptions options = noted_engine(data_directory);
  options.data_directory = data_directory;
  options.runtime = runtime;
  schemas::Result<std::unique_ptr<Engine>> engine =
      open_engine(options, std::make_shared<ExitRelay>());
  if (!engine.ok()) {
    return engine.error();
  }
  const schemas::Outcome swept = engine.value()->sweep({});
  if (!swept.ok()) {
    return swept.error();
  }
  netif::NetworkSettings settings;
  settings.data_directory = data_directory.string();
  schemas::Result<netif::HostNetworking> networking = netif::HostNetworking::open(settings);
  if (!networking.ok()) {
    return networking.error();
  }
  const schemas::Outcome removed = networking.value().remove_all();
  if (!removed.ok()) {
    return removed.error();
  }
  for (const char* name :
       {"agent.db", "agent.db-wal", "agent.db-shm", "identity", "secret", "tasks", "engine"}) {
    std::filesystem::remove_all(data_directory / name, error);
    if (error) {
      return schemas::Error{
          schemas::ErrorCode::server,
          (data_directory / name).string() + " could not be removed: " + error.message()};
    }
  }
  return schemas::Done{};
}

}  // namespace agent
