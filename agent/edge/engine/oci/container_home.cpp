#include "agent/edge/engine/oci/container_home.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <system_error>

#include "agent/edge/engine/oci/program.h"

namespace agent {

namespace {

constexpr std::string_view format = "1";

std::optional<std::string> read_small_file(const std::filesystem::path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text{};
  const ssize_t size = file.open() ? read(file.number(), text.data(), text.size()) : -1;
  return size < 0 ? std::nullopt
                  : std::optional(std::string(text.data(), static_cast<std::size_t>(size)));
}

schemas::Error home_error(const std::filesystem::path& path, int error) {
  return {.code = schemas::ErrorCode::server,
          .message = "CannotCreateContainerError: cannot make " + path.string() + ": " +
                     std::system_category().message(error)};
}

}  // namespace

std::optional<std::int64_t> number_in_file(const std::filesystem::path& path) {
  const auto text = read_small_file(path);
  std::int64_t number = 0;
  if (!text) {
    return std::nullopt;
  }
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  return failure == std::errc() ? std::optional(number) : std::nullopt;
}

int write_file(const std::filesystem::path& path, const std::string& text) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.open()) {
    return errno;
  }
  const ssize_t moved = write(file.number(), text.data(), text.size());
  return moved == static_cast<ssize_t>(text.size()) ? 0 : (moved < 0 ? errno : ENOSPC);
}

ContainerHome::ContainerHome(const EngineHome& home, schemas::ContainerId id)
    : id_(id.text()),
      bundle_(home.containers() / id_),
      exit_file_(home.exits() / id_),
      socket_link_(home.sockets() / id_),
      runtime_state_(home.runtime() / id_) {}

schemas::Outcome ContainerHome::make(const ContainerRecord& record) const {
  if (mkdir(bundle_.c_str(), 0700) != 0) {
    return home_error(bundle_, errno);
  }
  const std::string text =
      "format=" + std::string(format) + "\ntask=" + record.task.text() + "\nname=" + record.name +
      "\nimage=" + record.image_digest +
      (record.root == ContainerRecord::Root::with_devices ? "\nroot=with_devices\nend\n"
                                                          : "\nend\n");
  if (const int error = write_file(this->record(), text); error != 0) {
    return home_error(this->record(), error);
  }
  for (const std::filesystem::path& path : {root(), upper(), work()}) {
    if (mkdir(path.c_str(), 0755) != 0) {
      return home_error(path, errno);
    }
  }
  return schemas::Done{};
}

std::optional<ContainerRecord> ContainerHome::read_record() const {
  const auto text = read_small_file(record());
  if (!text || !text->ends_with("\nend\n")) {
    return std::nullopt;
  }
  std::map<std::string, std::string> values;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const std::string line = text->substr(at, end - at);
    const std::size_t sign = std::min(line.find('='), line.size());
    values[line.substr(0, sign)] = line.substr(std::min(sign + 1, line.size()));
    at = end + 1;
  }
  const auto id = schemas::ContainerId::parse(id_);
  const auto task = schemas::TaskId::parse(values["task"]);
  if (values["format"] != format || !id || !task) {
    return std::nullopt;
  }
  return ContainerRecord{.id = *id,
                         .task = *task,
                         .name = values["name"],
                         .image_digest = values["image"],
                         .root = values["root"] == "with_devices"
                                     ? ContainerRecord::Root::with_devices
                                     : ContainerRecord::Root::without_devices};
}

schemas::Outcome ContainerHome::clear_run() const {
  std::error_code failure;
  if (std::filesystem::exists(exit_file_, failure)) {
    std::filesystem::remove(last_exit_file(), failure);
    std::filesystem::create_hard_link(exit_file_, last_exit_file(), failure);
    if (failure) {
      return home_error(last_exit_file(), failure.value());
    }
  }
  for (const std::filesystem::path& path :
       {supervisor_pid_file(), pid_file(), control(), socket_link_, exit_file_}) {
    std::filesystem::remove(path, failure);
  }
  // A volatile overlay marks its work directory, and is not mounted over that mark again.
  for (const std::filesystem::path& path : {runtime_state_, work()}) {
    std::filesystem::remove_all(path, failure);
  }
  if (mkdir(work().c_str(), 0755) != 0) {
    return home_error(work(), errno);
  }
  return schemas::Done{};
}

schemas::Outcome ContainerHome::remove() const {
  std::error_code failure;
  for (const std::filesystem::path& path : {runtime_state_, exit_file_, socket_link_}) {
    std::filesystem::remove_all(path, failure);
  }
  // The record goes last: a removal that is interrupted is found and finished by the next one.
  for (const auto& entry : std::filesystem::directory_iterator(bundle_, failure)) {
    if (entry.path() != record()) {
      std::error_code stubborn;
      std::filesystem::remove_all(entry.path(), stubborn);
      failure = stubborn ? stubborn : failure;
    }
  }
  if (!failure || failure == std::errc::no_such_file_or_directory) {
    failure.clear();
    std::filesystem::remove_all(bundle_, failure);
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return schemas::Error{
        .code = schemas::ErrorCode::server,
        .message = "cannot remove " + bundle_.string() + ": " + failure.message()};
  }
  return schemas::Done{};
}

}  // namespace agent
