#include "agent/edge/engine/oci/oci_engine.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>
#include <utility>

#include "agent/edge/engine/data_lock.h"
#include "agent/edge/engine/oci/containers.h"
#include "agent/edge/engine/oci/storage_watch.h"
#include "agent/edge/images/digest.h"
#include "agent/edge/images/oci_documents.h"

namespace agent {

namespace {

schemas::Error server_error(const std::string& message) {
  return {.code = schemas::ErrorCode::server, .message = message};
}

schemas::Result<EngineHome> make_home(const std::filesystem::path& data) {
  std::error_code failure;
  std::filesystem::create_directories(data, failure);
  const std::filesystem::path real = failure ? data : std::filesystem::canonical(data, failure);
  if (real.string().find_first_of(",:\\") != std::string::npos) {
    return server_error("the data directory " + real.string() +
                        " has a comma, colon or backslash in its path, which overlay mounts "
                        "cannot express; choose another");
  }
  EngineHome home{.data = real};
  for (const auto& path : {home.containers(), home.images(), home.logs(), home.exits(),
                           home.sockets(), home.runtime()}) {
    if (!failure) {
      std::filesystem::create_directories(path, failure);
      // Images have setuid programs and containers have secrets; both are root's to look at.
      chmod(path.c_str(), 0700);
    }
  }
  if (failure) {
    return server_error("cannot make the data directory " + data.string() + ": " +
                        failure.message());
  }
  return home;
}

/// A host of a thousand containers needs two descriptors for each.
void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

/// What the engine stands on, found before anything is made.
struct Ground {
  EngineHome home;
  Descriptor lock;
  CgroupHierarchy hierarchy;
  RuntimeClass runtime;
  std::string conmon;
  std::string skopeo;
  std::string umoci;
};

class OciEngine final : public Engine {
 public:
  OciEngine(Ground ground, const OciSettings& settings, ExitListener on_exit)
      : home_(ground.home),
        lock_(std::move(ground.lock)),
        version_(ground.runtime.version),
        cgroups_(std::move(ground.hierarchy),
                 "stowage-" + sha256_hex(ground.home.data.string()).substr(0, 8)),
        containers_(ground.home, std::move(ground.runtime), std::move(ground.conmon), cgroups_,
                    {.bytes_max = settings.log_bytes_max, .files_max = settings.log_files_max},
                    std::move(on_exit)),
        images_({.directory = home_.images(),
                 .insecure_registries = settings.insecure_registries,
                 .pull_time_limit = settings.pull_time_limit,
                 .bytes_max = settings.image_bytes_max,
                 .skopeo = std::move(ground.skopeo),
                 .umoci = std::move(ground.umoci)},
                [this] { return containers_.images_in_use(); }),
        storage_(
            home_.data, settings.storage, [this] { return containers_.storage(); },
            [this](const StorageVerdict& verdict) { containers_.end(verdict); }) {}

  schemas::Outcome prepare() {
    if (auto prepared = images_.prepare(); !prepared.ok()) {
      return prepared;
    }
    return containers_.load();
  }

  [[nodiscard]] std::string version() const override { return version_; }

  schemas::Result<Image> pull(const PullRequest& request) override { return images_.pull(request); }

  schemas::Outcome create_task(schemas::TaskId task, const TaskLimits& limits) override {
    return cgroups_.create_task(task.text(), limits);
  }

  schemas::Result<TaskUse> task_use(schemas::TaskId task) override {
    return cgroups_.use(task.text());
  }

  schemas::Outcome remove_task(schemas::TaskId task) override {
    auto removed = remove_containers([&](schemas::TaskId owner) { return owner == task; });
    return removed.ok() ? cgroups_.remove(task.text(), "") : removed;
  }

  schemas::Result<CreatedContainer> create(const ContainerSpec& spec) override {
    return containers_.create(spec, images_.root_of(spec.image_digest));
  }
  schemas::Result<std::chrono::microseconds> start(schemas::ContainerId id) override {
    return containers_.start(id);
  }
  schemas::Result<std::chrono::microseconds> restart(schemas::ContainerId id) override {
    const auto state = containers_.state(id);
    return state.ok() ? containers_.restart(id, images_.root_of(state.value().image_digest))
                      : schemas::Result<std::chrono::microseconds>(state.error());
  }
  schemas::Result<ExecResult> exec(schemas::ContainerId id, const ExecRequest& request) override {
    return containers_.exec(id, request);
  }
  schemas::Outcome signal(schemas::ContainerId id, const std::string& signal) override {
    return containers_.signal(id, signal);
  }
  schemas::Outcome kill(schemas::ContainerId id) override { return containers_.kill(id); }
  schemas::Outcome remove(schemas::ContainerId id) override { return containers_.remove(id); }
  schemas::Result<ContainerState> state(schemas::ContainerId id) override {
    return containers_.state(id);
  }

  schemas::Result<std::vector<ContainerState>> recover() override { return containers_.recover(); }

  schemas::Outcome sweep(std::span<const schemas::TaskId> known) override {
    const auto is_known = [&](const std::string& task) {
      return std::any_of(known.begin(), known.end(),
                         [&](schemas::TaskId id) { return id.text() == task; });
    };
    auto strays = remove_containers([&](schemas::TaskId owner) { return !is_known(owner.text()); });
    if (!strays.ok()) {
      return strays;
    }
    for (const std::string& task : cgroups_.tasks()) {
      if (is_known(task)) {
        continue;
      }
      if (auto removed = cgroups_.remove(task, ""); !removed.ok()) {
        return removed;
      }
    }
    auto removed = known.empty() ? cgroups_.remove_base() : schemas::Done{};
    containers_.drop_strays();
    return removed;
  }

  [[nodiscard]] std::filesystem::path log_path(schemas::TaskId task,
                                               const std::string& container) const override {
    return containers_.log_path(task, container);
  }

  schemas::Outcome remove_logs(schemas::TaskId task) override {
    std::error_code failure;
    std::filesystem::remove_all(home_.logs() / task.text(), failure);
    return failure ? schemas::Outcome(server_error("cannot remove the logs of task " + task.text() +
                                                   ": " + failure.message()))
                   : schemas::Done{};
  }

 private:
  /// All are killed before the first is waited for, so that many end in the time of one.
  schemas::Outcome remove_containers(const std::function<bool(schemas::TaskId)>& chosen) {
    std::vector<ContainerRecord> records = containers_.records();
    std::erase_if(records, [&](const ContainerRecord& record) { return !chosen(record.task); });
    for (const ContainerRecord& record : records) {
      containers_.doom(record.id);
    }
    for (const ContainerRecord& record : records) {
      spdlog::debug("removing container {} of task {}", record.id.text(), record.task.text());
      if (auto removed = containers_.remove(record.id); !removed.ok()) {
        return removed;
      }
    }
    return schemas::Done{};
  }

  EngineHome home_;
  Descriptor lock_;
  std::string version_;
  TaskCgroups cgroups_;
  Containers containers_;
  ImageStore images_;
  StorageWatch storage_;  ///< last: its thread uses the containers
};

schemas::Result<Ground> survey(const OciSettings& settings) {
  auto home = make_home(settings.data_directory);
  if (!home.ok()) {
    return home.error();
  }
  auto lock = lock_data_directory(home.value().data);
  if (!lock.ok()) {
    return lock.error();
  }
  const auto mounts = read_text("/proc/self/mountinfo");
  auto hierarchy = mounts.ok() ? find_hierarchy(mounts.value())
                               : schemas::Result<CgroupHierarchy>(mounts.error());
  if (!hierarchy.ok()) {
    return hierarchy.error();
  }
  auto runtime = find_runtime(settings.runtime, hierarchy.value());
  if (!runtime.ok()) {
    return runtime.error();
  }
  Ground ground{.home = std::move(home).value(),
                .lock = std::move(lock).value(),
                .hierarchy = std::move(hierarchy).value(),
                .runtime = std::move(runtime).value(),
                .conmon = {},
                .skopeo = {},
                .umoci = {}};
  const std::array<std::pair<const char*, std::string*>, 3> programs{
      {{"conmon", &ground.conmon}, {"skopeo", &ground.skopeo}, {"umoci", &ground.umoci}}};
  for (const auto& [name, path] : programs) {
    const auto found = find_program(name);
    if (!found) {
      return server_error(std::string("the program ") + name +
                          " is not on this host; install the package " + name);
    }
    *path = *found;
  }
  return ground;
}

}  // namespace

schemas::Result<std::unique_ptr<Engine>> open_oci_engine(const OciSettings& settings,
                                                         ExitListener on_exit) {
  auto ground = survey(settings);
  if (!ground.ok()) {
    return ground.error();
  }
  const bool hybrid = !ground.value().hierarchy.unified.empty();
  const bool v1 = ground.value().hierarchy.version == CgroupVersion::v1;
  spdlog::info("engine: {}, cgroup {}{}, cgroups entered by {}", ground.value().runtime.version,
               v1 ? "v1" : "v2", hybrid ? " (hybrid)" : "",
               ground.value().runtime.cgroups == CgroupDuty::ours ? "ecs-enter" : "the runtime");
  allow_many_files();
  auto engine =
      std::make_unique<OciEngine>(std::move(ground).value(), settings, std::move(on_exit));
  if (auto prepared = engine->prepare(); !prepared.ok()) {
    return prepared.error();
  }
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace agent
