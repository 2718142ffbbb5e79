#include "agent/edge/engine/docker/kept_logs.h"

#include <system_error>

#include "agent/edge/logs/log_files.h"

namespace agent {

namespace {

schemas::Outcome done(const std::error_code& failure, const std::filesystem::path& path) {
  return failure
             ? schemas::Outcome(schemas::Error{
                   .code = schemas::ErrorCode::server,
                   .message = "cannot keep the log " + path.string() + ": " + failure.message()})
             : schemas::Done{};
}

/// The same file under another name, or a copy where that is on another disk.
std::error_code take(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code failure;
  std::filesystem::remove(to, failure);
  std::filesystem::create_hard_link(from, to, failure);
  if (failure) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing,
                               failure);
  }
  return failure;
}

}  // namespace

std::filesystem::path KeptLogs::path(const std::string& task, const std::string& container) const {
  return directory_ / task / (container + ".log");
}

schemas::Outcome KeptLogs::follow(const std::string& task, const std::string& container,
                                  const std::filesystem::path& daemons) const {
  const std::filesystem::path link = path(task, container);
  std::error_code failure;
  std::filesystem::create_directories(link.parent_path(), failure);
  if (!failure) {
    std::filesystem::remove(link, failure);
  }
  if (!failure) {
    std::filesystem::create_symlink(daemons, link, failure);
  }
  return done(failure, link);
}

schemas::Outcome KeptLogs::keep(const std::string& task, const std::string& container) const {
  const std::filesystem::path link = path(task, container);
  std::error_code failure;
  if (!std::filesystem::is_symlink(link, failure)) {
    return schemas::Done{};
  }
  const std::filesystem::path live = std::filesystem::read_symlink(link, failure);
  std::filesystem::path kept = link;
  kept += ".kept";
  if (!std::filesystem::exists(live, failure)) {
    // It was never started, so it wrote nothing; or the daemon has lost it.
    std::filesystem::remove(link, failure);
    return done(failure, link);
  }
  // Older files first, the live one last and in one step: whoever reads meanwhile goes on.
  const std::vector<std::filesystem::path> files = log_files(live);
  for (std::size_t at = 0; at + 1 < files.size(); ++at) {
    const std::size_t number = files.size() - 1 - at;
    std::filesystem::path older = link;
    older += "." + std::to_string(number);
    if ((failure = take(files[at], older))) {
      return done(failure, older);
    }
  }
  failure = take(live, kept);
  if (!failure) {
    std::filesystem::rename(kept, link, failure);
  }
  return done(failure, link);
}

schemas::Outcome KeptLogs::remove(const std::string& task) const {
  std::error_code failure;
  std::filesystem::remove_all(directory_ / task, failure);
  return done(failure, directory_ / task);
}

}  // namespace agent
