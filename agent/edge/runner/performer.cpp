#include "agent/edge/runner/performer.h"

#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include "agent/edge/logs/log_files.h"
#include "agent/edge/metadata/documents.h"
#include "agent/edge/runner/clock.h"
#include "agent/edge/runner/container_wishes.h"

namespace agent {

namespace {

using schemas::NetworkMode;
using std::chrono::microseconds;

std::string words_of(const schemas::Outcome& outcome) {
  return outcome.ok() ? std::string() : outcome.error().message;
}

/// Errors of the network carry no prefix of ECS's; a user reads them in `stoppedReason`.
std::string resource_error(const std::string& message) {
  return message.empty() ? message : "ResourceInitializationError: " + message;
}

/// For a user who reads why a pull failed: what was pulled is not what the tag says now.
std::string pin_of(const schemas::ContainerAssignment& container) {
  return container.image_digest.empty()
             ? std::string()
             : " (" + container.definition.image + " is pinned to " + container.image_digest +
                   ", which the first task of this deployment found; if the registry no longer has "
                   "it, a new deployment, with forceNewDeployment, resolves the tag anew)";
}

const schemas::ContainerAssignment& container_of(const Job& job) {
  return job.task->containers.at(static_cast<std::size_t>(job.effect.index));
}

SocketOwner owner_of(const Job& job) { return {job.task->id, job.effect.index}; }

std::vector<netif::PublishedPort> published_ports(const schemas::ContainerDefinition& definition) {
  std::vector<netif::PublishedPort> ports;
  for (const schemas::PortMapping& mapping : definition.port_mappings) {
    ports.push_back({mapping.protocol, mapping.host_port, mapping.container_port});
  }
  return ports;
}

class Stopwatch {
 public:
  [[nodiscard]] microseconds elapsed() const {
    return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - start_);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::string lane_of(const Effect& effect) {
  switch (effect.action) {
    case Action::apply_network:
      return "network";
    case Action::make_task:
    case Action::remove_task:
    case Action::drop_logs:
      return effect.task.text();
    case Action::read_meter:
      return effect.task.text() + " meter";
    case Action::check_health:
      return effect.task.text() + " health " + std::to_string(effect.index);
    case Action::make_sandbox:
    case Action::attach_network:
    case Action::release_sandbox:
      return effect.task.text() + " sandbox " + std::to_string(effect.index);
    case Action::pull_image:
    case Action::create_container:
    case Action::start_container:
    case Action::restart_container:
    case Action::stop_container:
    case Action::kill_container:
    case Action::remove_container:
      return effect.task.text() + " container " + std::to_string(effect.index);
  }
  return "";
}

Performer::Performer(Engine& engine, TaskNetworking& networking, MetadataServer& metadata,
                     const TaskCredentials& credentials,
                     const std::filesystem::path& data_directory)
    : engine_(engine),
      networking_(networking),
      metadata_(metadata),
      credentials_(credentials),
      files_(data_directory) {}

Performed Performer::perform(const Job& job) {
  Performed done;
  done.finished.effect = job.effect;
  std::string& error = done.finished.error;
  const Stopwatch watch;
  switch (job.effect.action) {
    case Action::make_task:
      error = make_task(job);
      break;
    case Action::make_sandbox:
      error = make_sandbox(job, done.finished);
      done.phases["namespace"] = watch.elapsed();
      break;
    case Action::attach_network:
      error = attach_network(job);
      done.phases["eni"] = watch.elapsed();
      break;
    case Action::pull_image:
      pull_image(job, done);
      done.phases["pull"] = watch.elapsed();
      break;
    case Action::create_container:
      create_container(job, done);
      break;
    case Action::start_container:
      start_container(job, done);
      break;
    case Action::restart_container:
      restart_container(job, done);
      break;
    case Action::check_health:
      check_health(job, done);
      break;
    case Action::stop_container:
      error = stop_container(job);
      break;
    case Action::kill_container:
      error = words_of(engine_.kill(container_of(job).id));
      break;
    case Action::remove_container:
      error = words_of(engine_.remove(container_of(job).id));
      break;
    case Action::read_meter:
      read_meter(job, done);
      break;
    case Action::release_sandbox:
      error = release_sandbox(job);
      break;
    case Action::remove_task:
      remove_task(job, done);
      break;
    case Action::drop_logs:
      error = words_of(engine_.remove_logs(job.task->id));
      break;
    case Action::apply_network:
      error = words_of(networking_.apply(*job.network));
      done.phases["eni"] = watch.elapsed();
      break;
  }
  // What programs say ends in a line break; what a user reads in `stoppedReason` must not.
  error.erase(error.find_last_not_of(" \n\r\t") + 1);
  return done;
}

std::string Performer::make_task(const Job& job) {
  return resource_error(
      words_of(engine_.create_task(job.task->id, {job.task->cpu_limit, job.task->memory_limit})));
}

std::string Performer::make_sandbox(const Job& job, Finished& finished) {
  Sandbox made;
  if (job.task->network_mode == NetworkMode::bridge) {
    const schemas::ContainerAssignment& container = container_of(job);
    schemas::Result<netif::BridgeEndpoint> endpoint = networking_.make_bridge_endpoint(
        container.id.text(), published_ports(container.definition), job.promised_ports);
    if (!endpoint.ok()) {
      return resource_error(endpoint.error().message);
    }
    made = {endpoint.value().namespace_path, endpoint.value().address.text()};
    for (const netif::PublishedPort& port : endpoint.value().ports) {
      finished.network_bindings.push_back(
          {schemas::Ipv4{}, port.container_port, port.host_port, port.protocol});
    }
  } else {
    schemas::Result<std::string> path =
        job.task->network_mode == NetworkMode::awsvpc
            ? networking_.make_task_namespace(job.task->id)
            : networking_.make_lone_namespace(container_of(job).id.text());
    if (!path.ok()) {
      return resource_error(path.error().message);
    }
    made.namespace_path = std::move(path).value();
  }
  const std::lock_guard lock(mutex_);
  sandboxes_[owner_of(job)] = std::move(made);
  return "";
}

std::optional<Performer::Sandbox> Performer::sandbox(const schemas::TaskId& task,
                                                     std::int64_t index) const {
  const std::lock_guard lock(mutex_);
  const auto found = sandboxes_.find({task, index});
  return found == sandboxes_.end() ? std::nullopt : std::optional(found->second);
}

std::string Performer::bridge_address(const schemas::TaskId& task, std::int64_t index) const {
  const std::optional<Sandbox> found = sandbox(task, index);
  return found ? found->address : "";
}

std::string Performer::attach_network(const Job& job) {
  const std::optional<Sandbox> made = sandbox(job.task->id, job.effect.index);
  if (!made) {
    return "ResourceInitializationError: the task's namespace was not made";
  }
  if (job.eni) {
    const schemas::Outcome attached = networking_.attach(job.eni->id);
    if (!attached.ok()) {
      return resource_error(attached.error().message);
    }
  }
  const schemas::Result<int> listener = networking_.open_listener(made->namespace_path);
  if (!listener.ok()) {
    return resource_error(listener.error().message);
  }
  metadata_.serve(owner_of(job), listener.value());
  return "";
}

void Performer::pull_image(const Job& job, Performed& done) {
  const schemas::ContainerAssignment& container = container_of(job);
  schemas::Result<Image> image = engine_.pull({container.definition.image, container.image_digest});
  if (!image.ok()) {
    done.finished.error = image.error().message + pin_of(container);
    return;
  }
  done.finished.image_digest = image.value().digest;
  const std::lock_guard lock(mutex_);
  images_[image.value().digest] = std::move(image.value().config);
}

schemas::Result<ContainerSpec> Performer::spec_of(const Job& job) const {
  const schemas::ContainerAssignment& container = container_of(job);
  const schemas::ContainerDefinition& definition = container.definition;
  ImageConfig image;
  {
    const std::lock_guard lock(mutex_);
    const auto found = images_.find(job.container.image_digest);
    if (found != images_.end()) {
      image = found->second;
    }
  }
  schemas::Result<ContainerProcess> process = process_of(
      image, definition,
      metadata_environment(*job.task, job.effect.index, credentials_.path_of(job.task->id)));
  if (!process.ok()) {
    return process.error();
  }
  ContainerSpec spec;
  spec.id = container.id;
  spec.task = job.task->id;
  spec.name = definition.name;
  spec.image_digest = job.container.image_digest;
  spec.process = std::move(process).value();
  spec.hostname = container.id.text().substr(0, 8);
  SandboxIdentity identity;
  std::int64_t home = job.effect.index;
  if (const auto index = sandbox_of(*job.task, job.effect.index)) {
    home = *index;
    const std::optional<Sandbox> made = sandbox(job.task->id, home);
    spec.network = NetworkKind::joined;
    spec.network_namespace = made ? made->namespace_path : "";
    if (made && !made->address.empty()) {
      identity.addresses = {made->address};
    }
  } else if (job.task->network_mode == NetworkMode::host) {
    spec.network = NetworkKind::host;
  }
  if (job.eni) {
    identity.addresses = {job.eni->address.text()};
    if (!job.eni->private_dns_name.empty()) {
      spec.hostname = job.eni->private_dns_name;
    }
  }
  identity.hostname = spec.hostname;
  schemas::Result<std::vector<BindMount>> mounts = spec.network == NetworkKind::host
                                                       ? files_.copy_of_host(job.task->id, home)
                                                       : files_.make(job.task->id, home, identity);
  if (!mounts.ok()) {
    return mounts.error();
  }
  spec.mounts = std::move(mounts).value();
  for (BindMount& volume :
       volume_mounts(*job.task, job.effect.index, files_.volumes(job.task->id))) {
    spec.mounts.push_back(std::move(volume));
  }
  add_wishes(spec, definition);
  return spec;
}

void Performer::create_container(const Job& job, Performed& done) {
  const schemas::Result<ContainerSpec> spec = spec_of(job);
  if (!spec.ok()) {
    done.finished.error = spec.error().message;
    return;
  }
  const schemas::Result<CreatedContainer> created = engine_.create(spec.value());
  if (!created.ok()) {
    done.finished.error = created.error().message;
    return;
  }
  done.finished.runtime_id = created.value().runtime_id;
  done.finished.stop_signal = spec.value().process.stop_signal;
  done.phases["rootfs"] = created.value().phases.rootfs;
  done.phases["create"] = created.value().phases.create;
}

void Performer::start_container(const Job& job, Performed& done) {
  const schemas::ContainerId id = container_of(job).id;
  const schemas::Result<microseconds> took = engine_.start(id);
  if (took.ok()) {
    done.phases["start"] = took.value();
    return;
  }
  // The start of an agent that was killed in the middle of it may have come true after all.
  const schemas::Result<ContainerState> state = engine_.state(id);
  if (!state.ok() || state.value().phase != ContainerPhase::running) {
    done.finished.error = took.error().message;
  }
}

void Performer::restart_container(const Job& job, Performed& done) {
  const schemas::ContainerId id = container_of(job).id;
  const schemas::Result<microseconds> took = engine_.restart(id);
  if (took.ok()) {
    return;
  }
  const schemas::Result<ContainerState> state = engine_.state(id);
  if (!state.ok() || state.value().phase != ContainerPhase::running) {
    done.finished.error = took.error().message;
  }
}

void Performer::check_health(const Job& job, Performed& done) {
  const schemas::ContainerAssignment& container = container_of(job);
  if (!container.definition.health_check) {
    return;
  }
  const schemas::HealthCheck& check = *container.definition.health_check;
  schemas::Result<ExecResult> result = engine_.exec(container.id, health_request(check));
  if (!result.ok()) {
    done.finished.error = result.error().message;
  } else if (result.value().timed_out) {
    done.finished.error =
        "Health check exceeded timeout (" + std::to_string(check.timeout.count() / 1000) + "s)";
  } else {
    done.finished.exit_code = result.value().exit_code;
    done.finished.output = std::move(result.value().output);
  }
}

std::string Performer::stop_container(const Job& job) {
  const std::string& signal = job.container.stop_signal;
  return words_of(engine_.signal(container_of(job).id, signal.empty() ? "SIGTERM" : signal));
}

void Performer::read_meter(const Job& job, Performed& done) {
  const schemas::Result<TaskUse> use = engine_.task_use(job.task->id);
  if (!use.ok()) {
    return;  // there is no cgroup (yet, or any more): a reading without numbers
  }
  done.finished.meter = MeterReading{now(), use.value().cpu_time_ns, use.value().memory_bytes,
                                     use.value().memory_peak_bytes};
}

std::string Performer::release_sandbox(const Job& job) {
  metadata_.close(owner_of(job));
  std::string error;
  if (job.task->network_mode == NetworkMode::awsvpc) {
    // A task that stopped before its interface was handed to it may have it all the same.
    const std::optional<schemas::EniId> eni = job.eni ? std::optional(job.eni->id) : job.task->eni;
    if (eni) {
      error = words_of(networking_.detach(*eni));
    }
    if (error.empty()) {
      error = words_of(networking_.remove_task_namespace(job.task->id));
    }
  } else if (job.task->network_mode == NetworkMode::bridge) {
    error = words_of(networking_.remove_bridge_endpoint(container_of(job).id.text()));
  } else {
    error = words_of(networking_.remove_lone_namespace(container_of(job).id.text()));
  }
  const std::lock_guard lock(mutex_);
  sandboxes_.erase(owner_of(job));
  return error;
}

std::int64_t Performer::log_bytes(const Job& job) const {
  std::int64_t bytes = 0;
  for (const schemas::ContainerAssignment& container : job.task->containers) {
    for (const std::filesystem::path& file :
         log_files(engine_.log_path(job.task->id, container.definition.name))) {
      std::error_code error;
      const std::uintmax_t size = std::filesystem::file_size(file, error);
      bytes += error ? 0 : static_cast<std::int64_t>(size);
    }
  }
  return bytes;
}

void Performer::remove_task(const Job& job, Performed& done) {
  done.finished.error = words_of(engine_.remove_task(job.task->id));
  if (done.finished.error.empty()) {
    done.finished.error = words_of(files_.remove(job.task->id));
  }
  done.finished.log_bytes = log_bytes(job);
}

}  // namespace agent
