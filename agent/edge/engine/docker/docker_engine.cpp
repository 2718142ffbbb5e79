#include "agent/edge/engine/docker/docker_engine.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "agent/edge/engine/data_lock.h"
#include "agent/edge/engine/docker/docker_containers.h"
#include "agent/edge/engine/docker/docker_images.h"
#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/images/digest.h"
#include "agent/edge/images/oci_documents.h"
#include "schemas/base/address.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

/// What the engine stands on, found before anything is made.
struct Ground {
  std::filesystem::path data;
  DataLock lock;
  CgroupHierarchy hierarchy;
  std::unique_ptr<Daemon> daemon;
};

std::string owner_of(const std::filesystem::path& data) {
  return sha256_hex(data.string()).substr(0, 16);
}

class DockerEngine final : public Engine {
 public:
  DockerEngine(Ground ground, const DockerSettings& settings, ExitListener on_exit)
      : lock_(std::move(ground.lock)),
        daemon_(std::move(ground.daemon)),
        cgroups_(std::move(ground.hierarchy),
                 "stowage-" + sha256_hex(ground.data.string()).substr(0, 8)),
        logs_(ground.data / "logs"),
        images_(*daemon_, settings.pull_time_limit),
        containers_(
            *daemon_, owner_of(ground.data), cgroups_, logs_,
            {.log_bytes_max = settings.log_bytes_max, .log_files_max = settings.log_files_max},
            std::move(on_exit)) {}

  schemas::Outcome prepare() { return containers_.load(); }

  [[nodiscard]] std::string version() const override { return "docker " + daemon_->version(); }

  schemas::Result<Image> pull(const PullRequest& request) override { return images_.pull(request); }

  schemas::Outcome create_task(schemas::TaskId task, const TaskLimits& limits) override {
    return cgroups_.create_task(task.text(), limits);
  }
  schemas::Result<TaskUse> task_use(schemas::TaskId task) override {
    return cgroups_.use(task.text());
  }
  schemas::Outcome remove_task(schemas::TaskId task) override {
    auto removed = containers_.remove_where([&](schemas::TaskId owner) { return owner == task; });
    return removed.ok() ? cgroups_.remove(task.text(), "") : removed;
  }

  schemas::Result<CreatedContainer> create(const ContainerSpec& spec) override {
    const auto image = images_.id_of(spec.image_digest);
    return image.ok() ? containers_.create(spec, image.value())
                      : schemas::Result<CreatedContainer>(image.error());
  }
  schemas::Result<std::chrono::microseconds> start(schemas::ContainerId id) override {
    return containers_.start(id);
  }
  schemas::Result<std::chrono::microseconds> restart(schemas::ContainerId id) override {
    return containers_.restart(id);
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
    if (auto removed = containers_.remove_where(
            [&](schemas::TaskId owner) { return !is_known(owner.text()); });
        !removed.ok()) {
      return removed;
    }
    for (const std::string& task : cgroups_.tasks()) {
      if (is_known(task)) {
        continue;
      }
      if (auto removed = cgroups_.remove(task, ""); !removed.ok()) {
        return removed;
      }
    }
    return known.empty() ? cgroups_.remove_base() : schemas::Done{};
  }

  [[nodiscard]] std::filesystem::path log_path(schemas::TaskId task,
                                               const std::string& container) const override {
    return logs_.path(task.text(), container);
  }
  schemas::Outcome remove_logs(schemas::TaskId task) override { return logs_.remove(task.text()); }

 private:
  DataLock lock_;
  std::unique_ptr<Daemon> daemon_;
  TaskCgroups cgroups_;
  KeptLogs logs_;
  DockerImages images_;
  DockerContainers containers_;
};

/// Whether Docker asks a registry by plain HTTP or unknown certificates, as it was told elsewhere.
bool trusts(const docker::RegistryConfig& registries, const std::string& registry) {
  const auto stated = registries.indexes.find(registry);
  if (stated != registries.indexes.end()) {
    return !stated->second.secure;
  }
  const auto address = schemas::Ipv4::parse(registry.substr(0, registry.find(':')));
  return address && std::any_of(registries.insecure_ranges.begin(),
                                registries.insecure_ranges.end(), [&](const std::string& text) {
                                  const auto range = schemas::Cidr::parse(text);
                                  return range && range->contains(*address);
                                });
}

schemas::Outcome check_daemon(Daemon& daemon, const DockerSettings& settings) {
  if (auto agreed = daemon.agree(); !agreed.ok()) {
    return agreed;
  }
  const auto answer = daemon.call({.path = "/info"});
  if (!answer.ok()) {
    return answer.error();
  }
  const auto info = docker::read<docker::Info>(answer.value().body);
  if (!info.ok()) {
    return info.error();
  }
  if (info.value().cgroup_driver != "cgroupfs") {
    return Error{
        ErrorCode::client,
        "Docker at " + settings.socket + " uses the cgroup driver '" + info.value().cgroup_driver +
            "', under which a task's limits and meters would not hold; write "
            R"("exec-opts": ["native.cgroupdriver=cgroupfs"] into /etc/docker/daemon.json )"
            "and restart it"};
  }
  for (const std::string& registry : settings.insecure_registries) {
    if (!trusts(info.value().registries, registry)) {
      return Error{ErrorCode::client,
                   "with --engine docker, what --insecure-registry says is "
                   "Docker's to know: write \"insecure-registries\": [\"" +
                       registry + "\"] into /etc/docker/daemon.json and restart it"};
    }
  }
  return schemas::Done{};
}

schemas::Result<Ground> survey(const DockerSettings& settings) {
  Ground ground;
  std::error_code failure;
  std::filesystem::create_directories(settings.data_directory / "logs", failure);
  if (!failure) {
    ground.data = std::filesystem::canonical(settings.data_directory, failure);
  }
  if (failure) {
    return Error{ErrorCode::server, "cannot make the data directory " +
                                        settings.data_directory.string() + ": " +
                                        failure.message()};
  }
  ::chmod((ground.data / "logs").c_str(), S_IRWXU);
  auto lock = lock_data_directory(ground.data);
  if (!lock.ok()) {
    return lock.error();
  }
  ground.lock = std::move(lock).value();
  const auto mounts = read_text("/proc/self/mountinfo");
  auto hierarchy = mounts.ok() ? find_hierarchy(mounts.value())
                               : schemas::Result<CgroupHierarchy>(mounts.error());
  if (!hierarchy.ok()) {
    return hierarchy.error();
  }
  ground.hierarchy = std::move(hierarchy).value();
  ground.daemon = std::make_unique<Daemon>(settings.socket);
  if (auto fit = check_daemon(*ground.daemon, settings); !fit.ok()) {
    return fit.error();
  }
  return ground;
}

}  // namespace

schemas::Result<std::unique_ptr<Engine>> open_docker_engine(const DockerSettings& settings,
                                                            ExitListener on_exit) {
  auto ground = survey(settings);
  if (!ground.ok()) {
    return ground.error();
  }
  spdlog::info("engine: docker {} at {}", ground.value().daemon->version(), settings.socket);
  auto engine =
      std::make_unique<DockerEngine>(std::move(ground).value(), settings, std::move(on_exit));
  if (auto prepared = engine->prepare(); !prepared.ok()) {
    return prepared.error();
  }
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace agent
