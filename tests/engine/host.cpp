#include "tests/engine/host.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <thread>

#include "agent/edge/engine/docker/docker_engine.h"
#include "agent/edge/engine/oci/program.h"
#include "agent/edge/images/digest.h"
#include "agent/edge/images/oci_documents.h"
#include "agent/edge/logs/log_reader.h"
#include "schemas/base/require.h"

namespace engine_tests {

namespace {

std::filesystem::path make_directory() {
  std::string name = "/tmp/stowage-engine-XXXXXX";
  schemas::require(mkdtemp(name.data()) != nullptr, "no temporary directory");
  return name;
}

std::string run_script(const std::vector<std::string>& words) {
  agent::Program program;
  program.arguments = words;
  program.environment = agent::program_environment();
  const auto ended = agent::run_program(std::move(program), std::chrono::minutes(2));
  schemas::require(ended.ok() && ended.value().status == 0,
                   "a script of the tests failed: " + words[0] + ": " +
                       (ended.ok() ? ended.value().output : ended.error().message));
  return ended.value().output;
}

std::string image_script(const std::string& name) {
  return std::string(SOURCE_ROOT) + "/tests/images/" + name;
}

/// The file's text; empty when it cannot be read, as when the process it tells of has ended.
std::string read_file(const std::filesystem::path& path) {
  const auto text = agent::read_text(path);
  return text.ok() ? text.value() : std::string();
}

}  // namespace

Registry::Registry() : directory_(make_directory()) {
  address_ = run_script({image_script("registry"), "start", directory_.string()});
  address_.erase(address_.find_last_not_of('\n') + 1);
  run_script({image_script("build"), IMAGE_ROOT, address_});
}

Registry::~Registry() {
  run_script({image_script("registry"), "stop", directory_.string()});
  std::filesystem::remove_all(directory_);
}

std::filesystem::path Registry::blob(const std::string& digest) const {
  const std::string digits = digest.substr(digest.find(':') + 1);
  return directory_ / "images/docker/registry/v2/blobs/sha256" / digits.substr(0, 2) / digits /
         "data";
}

const std::string& registry() {
  static const Registry shared;
  return shared.address();
}

namespace {

/// Starts a Docker when first asked for, stops it when the program ends.
class DockerProcess {
 public:
  DockerProcess() : directory_(make_directory()) {
    socket_ = run_script({script_, "start", directory_.string()});
    socket_.erase(socket_.find_last_not_of('\n') + 1);
  }
  DockerProcess(const DockerProcess&) = delete;
  DockerProcess& operator=(const DockerProcess&) = delete;
  ~DockerProcess() {
    run_script({script_, "stop", directory_.string()});
    std::filesystem::remove_all(directory_);
  }
  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  std::string script_ = std::string(SOURCE_ROOT) + "/tests/hosts/dockerd";
  std::filesystem::path directory_;
  std::string socket_;
};

const std::string& docker_socket() {
  static const DockerProcess process;
  return process.socket();
}

}  // namespace

std::string own_network() { return std::filesystem::read_symlink("/proc/self/ns/net").string(); }

NetworkNamespace::NetworkNamespace() : path_((make_directory() / "net").string()) {
  std::ofstream(path_).close();
  std::thread inside([this] {
    schemas::require(unshare(CLONE_NEWNET) == 0 && mount("/proc/thread-self/ns/net", path_.c_str(),
                                                         nullptr, MS_BIND, nullptr) == 0,
                     "no network namespace");
  });
  inside.join();
}

NetworkNamespace::~NetworkNamespace() {
  umount2(path_.c_str(), MNT_DETACH);
  std::error_code gone;
  std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), gone);
}

std::string NetworkNamespace::identity() const {
  struct stat status {};
  schemas::require(stat(path_.c_str(), &status) == 0, "the namespace is gone");
  return "net:[" + std::to_string(status.st_ino) + "]";
}

bool on_docker() {
  const char* engine = std::getenv("STOWAGE_ENGINE");
  return engine != nullptr && std::string_view(engine) == "docker";
}

schemas::Result<std::unique_ptr<agent::Engine>> open_engine(const agent::OciSettings& settings,
                                                            agent::ExitListener on_exit) {
  if (!on_docker()) {
    return agent::open_oci_engine(settings, std::move(on_exit));
  }
  return agent::open_docker_engine({.data_directory = settings.data_directory,
                                    .socket = docker_socket(),
                                    .insecure_registries = settings.insecure_registries,
                                    .pull_time_limit = settings.pull_time_limit,
                                    .log_bytes_max = settings.log_bytes_max,
                                    .log_files_max = settings.log_files_max},
                                   std::move(on_exit));
}

std::string runtime() {
  if (on_docker()) {
    return "docker";
  }
  const char* name = std::getenv("STOWAGE_RUNTIME");
  return name == nullptr ? "crun" : name;
}

SmallDisk::SmallDisk(const char* size) {
  REQUIRE(mkdtemp(path_.data()) != nullptr);
  REQUIRE(mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0);
}

SmallDisk::~SmallDisk() {
  umount2(path_.c_str(), MNT_DETACH);
  std::error_code gone;
  std::filesystem::remove(path_, gone);
}

void SmallDisk::resize(const char* size) const {
  REQUIRE(mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, size) == 0);
}

bool wait_for(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::string Ended::output() const {
  std::string text;
  for (const schemas::LogLine& line : lines) {
    text += line.text + "\n";
  }
  return text;
}

bool Ended::said(const std::string& wanted) const {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const schemas::LogLine& line) { return line.text == wanted; });
}

Host::Host(agent::OciSettings settings)
    : settings_(std::move(settings)),
      random_(
          static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())) {
  if (settings_.data_directory.empty()) {
    settings_.data_directory = make_directory();
  }
  settings_.runtime = on_docker() ? "crun" : runtime();
  settings_.insecure_registries.push_back(registry());
  start_agent();
}

Host::~Host() {
  if (engine_ == nullptr) {
    start_agent();
  }
  CHECK(engine_->sweep({}).ok());
  // A killed process is gone a moment after the signal.
  std::vector<std::string> left = leftovers();
  wait_for([&] { return (left = leftovers()).empty(); }, std::chrono::seconds(5));
  CHECK_MESSAGE(left.empty(), (left.empty() ? "" : left.front()));
  engine_.reset();
  std::error_code mounted;  // the directory itself may be a mount point of the test's
  std::filesystem::remove_all(data(), mounted);
}

void Host::start_agent() {
  auto opened = open_engine(settings_, [this](const agent::ContainerExit& exit) {
    const std::lock_guard lock(mutex_);
    exits_.push_back(exit);
    arrived_.notify_all();
  });
  schemas::require(opened.ok(), opened.ok() ? "" : opened.error().message);
  engine_ = std::move(opened).value();
}

void Host::kill_agent_in(std::chrono::milliseconds life,
                         const std::function<void(agent::Engine&, schemas::Random&)>& work) {
  schemas::Random random(random_.next());
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto engine = open_engine(settings_, [](const agent::ContainerExit&) {});
    while (engine.ok()) {
      work(*engine.value(), random);
    }
    _exit(1);
  }
  std::this_thread::sleep_for(life);  // not waiting for anything: the moment is the point
  CHECK(::kill(child, SIGKILL) == 0);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK_MESSAGE(WIFSIGNALED(status), "the agent's process ended by itself");
}

void Host::lose_agent() { engine_.reset(); }

schemas::Result<agent::Image> Host::pull(const std::string& image) {
  const bool whole = image.find('/') != std::string::npos;
  return engine_->pull({.reference = whole ? image : registry() + "/" + image, .digest = {}});
}

schemas::Result<Running> Host::create(const Wish& wish) {
  const auto image = pull(wish.image);
  if (!image.ok()) {
    return image.error();
  }
  schemas::ContainerDefinition definition = wish.definition;
  definition.name = definition.name.empty() ? "main" : definition.name;
  if (!wish.command.empty()) {
    definition.command = wish.command;
  }
  auto process = agent::process_of(image.value().config, definition, {});
  if (!process.ok()) {
    return process.error();
  }
  agent::ContainerSpec spec;
  spec.id = schemas::ContainerId::draw(random_);
  spec.task = new_task();
  spec.name = definition.name;
  spec.image_digest = image.value().digest;
  spec.process = std::move(process).value();
  spec.network = wish.network;
  spec.network_namespace = wish.network_namespace;
  spec.hostname = wish.hostname;
  spec.mounts = wish.mounts;
  spec.root =
      definition.readonly_root_filesystem ? agent::Access::read_only : agent::Access::read_write;
  spec.limits = wish.limits;
  if (wish.adjust) {
    wish.adjust(spec);
  }
  if (auto made = engine_->create_task(spec.task, wish.task_limits); !made.ok()) {
    return made.error();
  }
  const auto created = engine_->create(spec);
  return created.ok() ? schemas::Result<Running>(
                            Running{.task = spec.task, .id = spec.id, .name = spec.name})
                      : created.error();
}

schemas::Result<Running> Host::start(const Wish& wish) {
  auto running = create(wish);
  if (!running.ok()) {
    return running;
  }
  const auto started = engine_->start(running.value().id);
  return started.ok() ? running : started.error();
}

Running Host::started(const Wish& wish) {
  const auto running = start(wish);
  REQUIRE_MESSAGE(running.ok(), running.error().message);
  return running.value();
}

std::optional<agent::ContainerExit> Host::await_exit(const Running& running) {
  std::unique_lock lock(mutex_);
  std::optional<agent::ContainerExit> found;
  arrived_.wait_for(lock, std::chrono::seconds(30), [&] {
    for (const agent::ContainerExit& exit : exits_) {
      if (exit.id == running.id) {
        found = exit;
      }
    }
    return found.has_value();
  });
  return found;
}

std::vector<schemas::LogLine> Host::log(const Running& running) {
  agent::LogReader reader(engine_->log_path(running.task, running.name), running.name, -1);
  std::vector<schemas::LogLine> lines;
  for (auto more = reader.read(); !more.empty(); more = reader.read()) {
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

bool Host::await_line(const Running& running, const std::string& line) {
  return wait_for([&] { return Ended{.exit = {}, .lines = log(running)}.said(line); });
}

Ended Host::run(const Wish& wish) {
  const Running running = started(wish);
  const auto exit = await_exit(running);
  REQUIRE_MESSAGE(exit.has_value(), "the container did not end");
  Ended ended{.exit = *exit, .lines = log(running)};
  CHECK(engine_->remove_task(running.task).ok());
  return ended;
}

Ended Host::probe(const std::vector<std::string>& command) {
  Wish wish;
  wish.command = command;
  return run(wish);
}

std::vector<std::string> Host::leftovers() const {
  std::vector<std::string> found;
  std::error_code failure;
  const std::string name = data().string();
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failure)) {
    const std::string words = read_file(entry.path() / "cmdline");
    if (words.find(name) != std::string::npos) {
      found.push_back("process " + entry.path().string() + ": " +
                      words.substr(0, words.find('\0')));
    }
  }
  if (read_file("/proc/self/mountinfo").find(name + "/") != std::string::npos) {
    found.push_back("a mount below " + name);
  }
  const std::string base = "stowage-" + agent::sha256_hex(name).substr(0, 8);
  for (const auto& mount : std::filesystem::directory_iterator("/sys/fs/cgroup", failure)) {
    if (std::filesystem::exists(mount.path() / base, failure)) {
      found.push_back("cgroup " + (mount.path() / base).string());
    }
  }
  if (std::filesystem::exists(std::filesystem::path("/sys/fs/cgroup") / base, failure)) {
    found.push_back("cgroup " + base);
  }
  for (const char* folder : {"containers", "exits", "sockets"}) {
    for (const auto& entry : std::filesystem::directory_iterator(data() / folder, failure)) {
      found.push_back(entry.path().string());
    }
  }
  return found;
}

}  // namespace engine_tests
