#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/edge/runner/agent.h"

namespace {

constexpr int wrong_usage = 2;

/// Options as text, before they are checked.
struct Given {
  agent::AgentOptions options;
  std::string data;
  std::string engine = "oci";
  std::string zone = "us-east-1a";
  std::string token_file;
  std::string address;
  std::string public_cidr;
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  bool pool = false;
  bool remove_all = false;
  bool debug = false;
};

void add_run_options(CLI::App& app, Given& given) {
  app.add_option("--control", given.options.control_url, "Control's address, http://HOST:PORT");
  app.add_option("--cluster", given.options.cluster, "The cluster this host joins, by name");
  app.add_flag("--pool", given.pool, "Join the shared pool instead of a cluster");
  app.add_option("--data", given.data,
                 "Directory of this agent's state, images and logs; one agent per directory");
  app.add_option("--engine", given.engine,
                 "What runs containers: oci (no daemon), or docker (the Docker of this host)")
      ->capture_default_str();
  app.add_option("--docker-socket", given.options.docker_socket,
                 "Where Docker listens, with --engine docker")
      ->capture_default_str();
  app.add_option("--runtime", given.options.runtime,
                 "The OCI runtime: crun or runc (runsc: not built yet)")
      ->capture_default_str();
  app.add_option("--az", given.zone, "The availability zone this host is in")
      ->capture_default_str();
  app.add_option("--capacity-provider", given.options.facts.capacity_provider,
                 "The capacity provider of the cluster whose host this is, by name");
  app.add_option("--token-file", given.token_file,
                 "File with a join token from `ecsctl token create`; not needed where control "
                 "runs with --auth off, nor once the host has joined");
  app.add_option("--address", given.address,
                 "Where other hosts reach this one; default: its first address");
  app.add_option("--cpu", given.cpu, "CPU units to offer, 1024 a CPU; default: the machine's");
  app.add_option("--memory", given.memory, "MiB of memory to offer; default: the machine's");
  app.add_option("--public-cidr", given.public_cidr,
                 "Addresses for tasks with assignPublicIp, reachable through this host");
  app.add_option("--boot-id", given.options.facts.boot_id,
                 "What changes with every boot of this host; default: the kernel's. For hosts that "
                 "share a kernel and yet boot one by one, as in tests");
  app.add_option("--insecure-registry", given.options.insecure_registries,
                 "HOST:PORT of a registry without TLS; may be given again");
  app.add_option("--log-max-size", given.options.log_bytes_max,
                 "Bytes of a container's log file before it is rotated")
      ->capture_default_str();
  app.add_option("--log-max-files", given.options.log_files_max,
                 "Log files kept for a container, the live one included")
      ->capture_default_str();
  app.add_option("--task-storage", given.options.task_storage_mib,
                 "MiB that one task may write to this host's disk, 0 for no limit; default: 20480 "
                 "with --pool, else 0. Not with --engine docker");
  app.add_option(
         "--disk-kept", given.options.disk_kept_mib,
         "MiB that stay free on this host's disk, or a twentieth of it if that is less: below "
         "it the task that has written most is stopped; 0 for no limit")
      ->capture_default_str();
  app.add_flag("--remove-all", given.remove_all,
               "When told to end, also stop and remove all tasks, as `cleanup` does");
  app.add_flag("--debug", given.debug, "Log more");
}

std::optional<std::string> refused(const Given& given) {
  if (given.engine != "oci" && given.engine != "docker") {
    return "--engine '" + given.engine + "' is unknown; oci and docker are built";
  }
  if (given.engine == "docker" && given.pool) {
    return "--engine docker is for hosts of a cluster; the pool runs oci";
  }
  if (given.options.runtime == "runsc") {
    return "--runtime runsc is not built yet; crun and runc are";
  }
  if (given.options.runtime != "crun" && given.options.runtime != "runc") {
    return "--runtime '" + given.options.runtime + "' is unknown; crun and runc are built";
  }
  if (given.engine == "docker" && given.options.runtime != agent::AgentOptions{}.runtime) {
    return "--runtime is for --engine oci; Docker starts its containers with a runtime of its own";
  }
  if (given.engine == "oci" && given.options.docker_socket != agent::AgentOptions{}.docker_socket) {
    return "--docker-socket is for --engine docker";
  }
  if (given.options.control_url.empty() || given.data.empty()) {
    return "--control and --data are needed; see ecs-agent --help";
  }
  if (given.pool == !given.options.cluster.empty()) {
    return "Give either --cluster NAME or --pool";
  }
  if (given.pool && !given.options.facts.capacity_provider.empty()) {
    return "--capacity-provider is for hosts of a cluster; the pool's are FARGATE's";
  }
  const std::int64_t storage_mib = given.options.task_storage_mib.value_or(0);
  constexpr std::int64_t storage_mib_max = 1'000'000'000;
  if (storage_mib < 0 || storage_mib > storage_mib_max || given.options.disk_kept_mib < 0 ||
      given.options.disk_kept_mib > storage_mib_max) {
    return "--task-storage and --disk-kept are MiB, from 0 to 1000000000";
  }
  if (given.engine == "docker" && given.options.task_storage_mib) {
    return "--task-storage is for --engine oci; what a container on Docker writes Docker bounds";
  }
  if (given.cpu < 0 || given.memory < 0 || given.options.log_bytes_max <= 0 ||
      given.options.log_files_max <= 0) {
    return "--cpu, --memory, --log-max-size and --log-max-files are positive numbers";
  }
  return std::nullopt;
}

std::optional<std::string> complete(Given& given) {
  agent::AgentOptions& options = given.options;
  options.data_directory = given.data;
  options.token_file = given.token_file;
  options.kind = given.pool ? agent::AgentOptions::Kind::pool : agent::AgentOptions::Kind::cluster;
  if (given.engine == "docker") {
    options.engine = agent::AgentOptions::EngineKind::docker;
  }
  options.facts.availability_zone = given.zone;
  if (given.cpu > 0) {
    options.facts.cpu = schemas::CpuUnits{given.cpu};
  }
  if (given.memory > 0) {
    options.facts.memory = schemas::MemoryMib{given.memory};
  }
  if (!given.address.empty()) {
    options.facts.address = schemas::Ipv4::parse(given.address);
    if (!options.facts.address) {
      return "--address '" + given.address + "' is no IPv4 address";
    }
  }
  if (!given.public_cidr.empty()) {
    options.facts.public_cidr = schemas::Cidr::parse(given.public_cidr);
    if (!options.facts.public_cidr) {
      return "--public-cidr '" + given.public_cidr + "' is no range like 198.18.5.0/24";
    }
  }
  return std::nullopt;
}

int clean_up(const Given& given) {
  const schemas::Outcome cleaned = agent::clean_up_host(given.data, given.options.runtime);
  if (!cleaned.ok()) {
    spdlog::critical("{}", cleaned.error().message);
    return static_cast<int>(agent::AgentEnd::failed);
  }
  return 0;
}

int run(Given& given) {
  for (const auto& check : {refused(given), complete(given)}) {
    if (check) {
      spdlog::critical("{}", *check);
      return wrong_usage;
    }
  }
  const agent::AgentEnd ended = [&] {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return agent::run_agent(given.options, signalfd(-1, &signals, SFD_CLOEXEC));
  }();
  if (given.remove_all && ended == agent::AgentEnd::asked) {
    return clean_up(given);
  }
  return static_cast<int>(ended);
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("ecs-agent"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  Given given;
  CLI::App app("ecs-agent: runs the tasks that control places on this host");
  add_run_options(app, given);
  CLI::App* cleanup = app.add_subcommand(
      "cleanup",
      "Stop and remove everything the agent of a data directory has made on this host, also "
      "after a kill -9; run it where the agent ran, in the same network namespace");
  cleanup->add_option("--data", given.data, "The agent's data directory")->required();
  cleanup->add_option("--runtime", given.options.runtime, "The OCI runtime it used")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_usage;
  }
  if (given.debug) {
    spdlog::set_level(spdlog::level::debug);
  }
  // Before any thread, so that only the descriptor hears them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGPIPE);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return cleanup->parsed() ? clean_up(given) : run(given);
}
