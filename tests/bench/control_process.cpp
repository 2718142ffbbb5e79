#include "tests/bench/control_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

/// The programs lie beside this one, unless BIN says where.
std::string program(const std::string& name) {
  if (const char* const directory = std::getenv("BIN")) {
    return std::string(directory) + "/" + name;
  }
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name;
}

Result<pid_t> spawn(std::vector<std::string> words, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, S_IRUSR | S_IWUSR);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Error{ErrorCode::server, words[0] + ": " + std::strerror(failed)};
  }
  return pid;
}

std::string last_lines(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  constexpr std::size_t much = 2'000;
  return all.size() > much ? all.substr(all.size() - much) : all;
}

}  // namespace

Result<ControlProcess> ControlProcess::start(const std::vector<std::string>& options) {
  std::string directory = "/tmp/stowage-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return Error{ErrorCode::server, "a directory in /tmp: " + std::string(std::strerror(errno))};
  }
  ControlProcess control(directory);
  std::vector<std::string> words{program("ecs-control"), "--listen", "127.0.0.1:0", "--data",
                                 directory + "/data"};
  words.insert(words.end(), options.begin(), options.end());
  const std::string log = directory + "/control.log";
  const Result<pid_t> pid = spawn(words, log);
  if (!pid.ok()) {
    return pid.error();
  }
  control.pid_ = pid.value();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < end) {
    std::ifstream file(directory + "/data/address");
    std::string address;
    if (std::getline(file, address) && address.rfind(':') != std::string::npos) {
      control.host_ = address.substr(0, address.rfind(':'));
      control.port_ =
          static_cast<std::uint16_t>(std::strtoul(&address[address.rfind(':') + 1], nullptr, 10));
      return control;
    }
    if (waitpid(control.pid_, nullptr, WNOHANG) == control.pid_) {
      control.pid_ = 0;
      return Error{ErrorCode::server, "ecs-control ended: " + last_lines(log)};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return Error{ErrorCode::server, "ecs-control does not listen: " + last_lines(log)};
}

ControlProcess::~ControlProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);  // its data goes too
    waitpid(pid_, nullptr, 0);
  }
  if (!directory_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
}

ControlProcess::ControlProcess(ControlProcess&& other) noexcept
    : directory_(std::exchange(other.directory_, {})),
      host_(std::move(other.host_)),
      port_(other.port_),
      pid_(std::exchange(other.pid_, 0)) {}

std::int64_t ControlProcess::cpu_us() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  // After the name: state, then ten numbers, then user and system time in clock ticks.
  constexpr int before_times = 11;
  for (int at = 0; at < before_times; ++at) {
    fields >> skipped;
  }
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  constexpr std::int64_t million = 1'000'000;
  return (user + system) * million / sysconf(_SC_CLK_TCK);
}

}  // namespace bench
