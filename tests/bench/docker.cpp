#include "tests/bench/docker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

#include "tests/bench/program.h"

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;
using Clock = std::chrono::steady_clock;

constexpr const char* docker = "/usr/bin/docker";
constexpr const char* daemon_path = "/usr/sbin/dockerd";
constexpr const char* image = "stowage-bench:latest";

/// dockerd with everything of its own below one directory; gone with this object.
class DockerDaemon {
 public:
  explicit DockerDaemon(std::string directory) : directory_(std::move(directory)) {}
  DockerDaemon(const DockerDaemon&) = delete;
  DockerDaemon& operator=(const DockerDaemon&) = delete;
  ~DockerDaemon() {
    if (pid_ > 0) {
      end();
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  Outcome start() {
    std::vector<std::string> words{"/usr/bin/unshare",
                                   "--net",
                                   "--kill-child=SIGTERM",
                                   "--fork",
                                   "--",
                                   daemon_path,
                                   "--data-root=" + directory_ + "/data",
                                   "--exec-root=" + directory_ + "/exec",
                                   "--pidfile=" + directory_ + "/pid",
                                   "--host=" + address()};
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    const std::string log = directory_ + "/log";
    for (const int number : {STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, number, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       S_IRUSR | S_IWUSR);
    }
    const int failed =
        posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
      pid_ = 0;
      return Error{ErrorCode::server, "dockerd could not be started"};
    }
    const auto end = Clock::now() + std::chrono::seconds(30);
    while (Clock::now() < end) {
      if (run({"version"}).ok()) {
        return schemas::Done{};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return Error{ErrorCode::server, "dockerd does not answer within half a minute"};
  }

  [[nodiscard]] Result<std::string> run(const std::vector<std::string>& words) const {
    std::vector<std::string> all{docker, "--host", address()};
    all.insert(all.end(), words.begin(), words.end());
    return output_of(all);
  }

  /// The image as the other benchmarks have it, packed by tests/images.
  [[nodiscard]] Outcome load_image() const {
    const std::string archive = directory_ + "/probe.tar";
    const auto copied = output_of({"/usr/bin/skopeo", "copy", "--quiet",
                                   "oci:" + std::string(SOURCE_ROOT) + "/build/images/layout:probe",
                                   "docker-archive:" + archive + ":" + image});
    if (!copied.ok()) {
      return copied.error();
    }
    const auto loaded = run({"load", "--quiet", "--input", archive});
    return loaded.ok() ? Outcome(schemas::Done{}) : Outcome(loaded.error());
  }

 private:
  [[nodiscard]] std::string address() const { return "unix://" + directory_ + "/socket"; }

  /// unshare ignores SIGTERM while its child lives, so the daemon is told, by the number it wrote;
  /// one that has not got so far goes with unshare.
  void end() const {
    pid_t daemon = 0;
    std::ifstream(directory_ + "/pid") >> daemon;
    if (daemon > 0) {
      kill(daemon, SIGTERM);
    } else {
      kill(pid_, SIGKILL);
    }
    waitpid(pid_, nullptr, 0);
  }

  std::string directory_;
  pid_t pid_ = 0;
};

}  // namespace

Result<std::vector<std::int64_t>> measure_docker_runs(std::int64_t count) {
  if (::access(docker, X_OK) != 0 || ::access(daemon_path, X_OK) != 0) {
    return Error{ErrorCode::server, "Docker is not installed here"};
  }
  std::string directory = "/tmp/stowage-docker-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return Error{ErrorCode::server, "no directory in /tmp could be made"};
  }
  DockerDaemon daemon(directory);
  const Outcome started = daemon.start();
  if (!started.ok()) {
    return started.error();
  }
  const Outcome loaded = daemon.load_image();
  if (!loaded.ok()) {
    return loaded.error();
  }
  std::vector<std::int64_t> measured;
  constexpr std::int64_t warm_up = 1;
  for (std::int64_t at = 0; at < count + warm_up; ++at) {
    const auto begin = Clock::now();
    const auto container = daemon.run({"run", "--detach", image, "hold"});
    const auto took = Clock::now() - begin;
    if (!container.ok()) {
      return container.error();
    }
    const auto removed = daemon.run({"rm", "--force", container.value()});
    if (!removed.ok()) {
      return removed.error();
    }
    if (at >= warm_up) {
      measured.push_back(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    }
  }
  return measured;
}

}  // namespace bench
