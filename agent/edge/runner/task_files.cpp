#include "agent/edge/runner/task_files.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

Error cannot(const std::filesystem::path& path, const std::error_code& why) {
  return {ErrorCode::server,
          "ResourceInitializationError: " + path.string() + ": " + why.message()};
}

bool write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  return file.good();
}

std::string hosts_text(const SandboxIdentity& identity) {
  std::string text =
      "127.0.0.1\tlocalhost\n"
      "::1\tlocalhost ip6-localhost ip6-loopback\n";
  for (const std::string& address : identity.addresses) {
    text += address + "\t" + identity.hostname;
    const std::size_t dot = identity.hostname.find('.');
    if (dot != std::string::npos) {
      text += " " + identity.hostname.substr(0, dot);
    }
    text += "\n";
  }
  return text;
}

std::string read(const char* path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string resolv_conf_for_sandbox(const std::string& host_text) {
  std::istringstream lines(host_text);
  std::string kept;
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string keyword;
    std::string address;
    words >> keyword >> address;
    if (keyword == "nameserver" && (address.starts_with("127.") || address == "::1")) {
      continue;
    }
    kept += line + "\n";
  }
  return kept;
}

TaskFiles::TaskFiles(const std::filesystem::path& data_directory)
    : tasks_(data_directory / "tasks") {}

schemas::Result<std::vector<BindMount>> TaskFiles::make(const schemas::TaskId& task,
                                                        std::int64_t sandbox,
                                                        const SandboxIdentity& identity) const {
  return write_files(task, sandbox,
                     {{"hosts", hosts_text(identity)},
                      {"hostname", identity.hostname + "\n"},
                      {"resolv.conf", resolv_conf_for_sandbox(read("/etc/resolv.conf"))}});
}

schemas::Result<std::vector<BindMount>> TaskFiles::copy_of_host(const schemas::TaskId& task,
                                                                std::int64_t container) const {
  return write_files(task, container,
                     {{"hosts", read("/etc/hosts")},
                      {"hostname", read("/etc/hostname")},
                      {"resolv.conf", read("/etc/resolv.conf")}});
}

schemas::Result<std::vector<BindMount>> TaskFiles::write_files(const schemas::TaskId& task,
                                                               std::int64_t number,
                                                               const Texts& texts) const {
  const std::filesystem::path folder = tasks_ / task.text() / std::to_string(number);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return cannot(folder, error);
  }
  std::vector<BindMount> mounts;
  for (const auto& [name, text] : texts) {
    if (!write(folder / name, text)) {
      return cannot(folder / name, std::make_error_code(std::errc::io_error));
    }
    mounts.push_back({(folder / name).string(), "/etc/" + name, Access::read_write});
  }
  return mounts;
}

std::filesystem::path TaskFiles::volumes(const schemas::TaskId& task) const {
  return tasks_ / task.text() / "volumes";
}

schemas::Outcome TaskFiles::remove(const schemas::TaskId& task) const {
  std::error_code error;
  std::filesystem::remove_all(tasks_ / task.text(), error);
  if (error) {
    return cannot(tasks_ / task.text(), error);
  }
  return schemas::Done{};
}

}  // namespace agent
