#include "control/edge/store/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace control::store {

namespace {

schemas::Error refused(const std::string& path, const std::string& why, const std::string& advice) {
  return {.code = schemas::ErrorCode::server,
          .message = "--data " + path + ": " + why + ". " + advice};
}

std::string reason() { return std::generic_category().message(errno); }

std::string first_line(int descriptor) {
  std::array<char, 32> text{};
  const auto length = ::pread(descriptor, text.data(), text.size(), 0);
  std::string line(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return line.substr(0, line.find('\n'));
}

schemas::Outcome write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0) {
      return schemas::Error{.code = schemas::ErrorCode::server, .message = reason()};
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return schemas::Done{};
}

}  // namespace

schemas::Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure || ::chmod(path.c_str(), S_IRWXU) != 0) {
    return refused(path, "cannot be made: " + (failure ? failure.message() : reason()),
                   "Name a directory that this user may write.");
  }
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock < 0) {
    return refused(path, "cannot be locked: " + reason(),
                   "Name a directory that this user may write.");
  }
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = first_line(lock);
    return refused(path, "another ecs-control (process " + holder + ") is using it",
                   "Stop that one first, or give this one a directory of its own.");
  }
  const std::string process = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || !write_all(lock, process).ok()) {
    return refused(path, "cannot be written: " + reason(), "Is the disk full?");
  }
  return directory;
}

DataDirectory::~DataDirectory() { ::close(lock_); }

std::string DataDirectory::file(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

schemas::Outcome DataDirectory::write_file(std::string_view name, std::string_view content) const {
  const std::string target = file(name);
  const std::string draft = target + ".new";
  const auto fail = [&target] {
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = "Cannot write " + target + ": " + reason() + "."};
  };
  const int descriptor =
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return fail();
  }
  const bool written = write_all(descriptor, content).ok() && ::fsync(descriptor) == 0;
  const bool closed = ::close(descriptor) == 0;
  if (!written || !closed || ::rename(draft.c_str(), target.c_str()) != 0) {
    return fail();
  }
  const int folder = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return schemas::Done{};
}

}  // namespace control::store
