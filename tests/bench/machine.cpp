#include "tests/bench/machine.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tests/bench/program.h"

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

}  // namespace

Result<std::string> Machine::hosts(const std::string& verb,
                                   const std::vector<std::string>& words) const {
  std::vector<std::string> all{std::string(SOURCE_ROOT) + "/tests/hosts/hosts", verb, directory_};
  all.insert(all.end(), words.begin(), words.end());
  return output_of(all);
}

Result<Machine> Machine::start(const MachineSettings& settings) {
  std::string directory = "/tmp/stowage-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return Error{ErrorCode::server, "a directory in /tmp: " + std::string(std::strerror(errno))};
  }
  Machine machine(directory);
  std::vector<std::string> words{"--owner",
                                 std::to_string(getpid()),
                                 "--cluster",
                                 settings.cluster,
                                 "--ec2",
                                 std::to_string(settings.ec2_hosts),
                                 "--pool",
                                 std::to_string(settings.pool_hosts),
                                 "--cpu",
                                 std::to_string(settings.cpu_units),
                                 "--memory",
                                 std::to_string(settings.memory_mib),
                                 "--agent-options",
                                 joined(settings.agent_options),
                                 "--",
                                 "--healthy-after",
                                 "1"};
  words.insert(words.end(), settings.control_options.begin(), settings.control_options.end());
  const Result<std::string> made = machine.hosts("cluster", words);
  if (!made.ok()) {
    return made.error();
  }
  const Result<std::string> endpoint = machine.hosts("show", {"endpoint"});
  const Result<std::string> registry = machine.hosts("show", {"registry"});
  if (!endpoint.ok() || !registry.ok()) {
    return endpoint.ok() ? registry.error() : endpoint.error();
  }
  machine.endpoint_ = endpoint.value();
  machine.registry_ = registry.value();
  return machine;
}

Machine::~Machine() {
  if (!directory_.empty()) {
    const Result<std::string> down = hosts("down", {});
    if (!down.ok()) {
      const std::string text = down.error().message + "\n";
      [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    }
  }
}

Machine::Machine(Machine&& other) noexcept
    : directory_(std::exchange(other.directory_, {})),
      endpoint_(std::move(other.endpoint_)),
      registry_(std::move(other.registry_)) {}

std::string Machine::log_path(const std::string& program) const {
  return directory_ + "/" + program + ".log";
}

}  // namespace bench
