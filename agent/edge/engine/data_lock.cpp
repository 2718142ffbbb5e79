#include "agent/edge/engine/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace agent {

namespace {

constexpr std::chrono::seconds lock_limit{2};

schemas::Error server_error(const std::string& message) {
  return {.code = schemas::ErrorCode::server, .message = message};
}

}  // namespace

schemas::Result<DataLock> lock_data_directory(const std::filesystem::path& data) {
  const std::filesystem::path path = data / "engine.lock";
  DataLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.open()) {
    return server_error("cannot open " + path.string() + ": " +
                        std::system_category().message(errno));
  }
  // A child that a killed agent had just made holds the lock until it has become its program.
  const auto deadline = std::chrono::steady_clock::now() + lock_limit;
  while (flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      return server_error("another agent uses the data directory " + data.string() +
                          "; stop it, or give this one its own --data");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return lock;
}

}  // namespace agent
