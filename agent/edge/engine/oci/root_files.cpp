#include "agent/edge/engine/oci/root_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <system_error>
#include <vector>

#include "agent/edge/engine/oci/program.h"

namespace agent {

namespace {

constexpr std::size_t account_file_max = 1'048'576;
constexpr std::chrono::minutes volume_copy_limit{2};

schemas::Error refusal(const std::string& why) {
  return {.code = schemas::ErrorCode::client, .message = "CannotCreateContainerError: " + why};
}

/// Opens a path of an image as the container would see it: a link to /etc/passwd inside the image
/// must never lead to the host's.
Descriptor open_in_root(const std::filesystem::path& root, const std::string& path, int flags) {
  const Descriptor base(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base.open()) {
    return {};
  }
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return Descriptor(
      static_cast<int>(syscall(SYS_openat2, base.number(), path.c_str(), &how, sizeof how)));
}

std::string read_in_root(const std::filesystem::path& root, const std::string& path) {
  const Descriptor file = open_in_root(root, path, O_RDONLY | O_NONBLOCK);
  std::string text;
  std::array<char, 8192> piece{};
  struct stat status {};
  if (!file.open() || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return text;
  }
  for (ssize_t moved = 1; moved > 0 && text.size() < account_file_max;) {
    moved = read(file.number(), piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(moved, 0)));
  }
  return text;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 && value <= 4'294'967'294 ? std::optional(value) : std::nullopt;
}

using Account = std::vector<std::string>;  // the fields of a line of passwd or group

/// The line whose first field is `name`, or whose third is the number it is.
std::optional<Account> find_account(const std::string& file, const std::string& name,
                                    std::size_t fields) {
  const auto number = number_in(name);
  for (const std::string& line : split(file, '\n')) {
    Account account = split(line, ':');
    if (account.size() >= fields &&
        (account[0] == name || (number && number_in(account[2]) == number))) {
      return account;
    }
  }
  return std::nullopt;
}

/// Where a path of the image leads when its links are followed inside the image; empty if nowhere.
std::string resolved_in_root(const std::filesystem::path& root, const std::string& path) {
  const Descriptor file = open_in_root(root, path, O_PATH);
  if (!file.open()) {
    return {};
  }
  std::error_code failure;
  const std::string real_root = std::filesystem::canonical(root, failure).string();
  const std::string real =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file.number()), failure)
          .string();
  return real.starts_with(real_root + "/") ? real.substr(real_root.size()) : std::string();
}

/// Makes one directory of the upper layer like the image's of the same path, or as `fresh`.
schemas::Outcome cover(const std::string& path, const ProcessIdentity& fresh,
                       const std::filesystem::path& image_root,
                       const std::filesystem::path& upper) {
  struct stat status {};
  status.st_mode = S_IFDIR | 0755;
  status.st_uid = static_cast<uid_t>(fresh.uid);
  status.st_gid = static_cast<gid_t>(fresh.gid);
  const Descriptor below = open_in_root(image_root, path, O_PATH);
  if (below.open() && fstat(below.number(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    return refusal("the working directory cannot be made: " + path +
                   " is not a directory in the image");
  }
  // An upper directory shows its own owner and mode, not those of the one that it covers.
  const std::string made = upper.string() + path;
  if ((mkdir(made.c_str(), 0755) != 0 && errno != EEXIST) ||
      chown(made.c_str(), status.st_uid, status.st_gid) != 0 ||
      chmod(made.c_str(), status.st_mode & 07777U) != 0) {
    return refusal("the working directory cannot be made: " + path + ": " +
                   std::system_category().message(errno));
  }
  return schemas::Done{};
}

/// Copies all that lies in an open directory, with owners, modes and times.
schemas::Outcome copy_directory(const Descriptor& from, const std::string& to) {
  const auto copier = find_program("cp");
  if (!copier) {
    return refusal("the program cp, which fills a volume with the image's files, is not here");
  }
  Program copy;
  copy.arguments = {*copier, "-aT", "/proc/self/fd/3/.", to};
  copy.environment = program_environment();
  copy.passed = from.number();
  const auto copied = run_program(std::move(copy), volume_copy_limit);
  if (!copied.ok() || copied.value().status != 0) {
    return refusal("a volume cannot be filled with the image's files: " +
                   (copied.ok() ? said_by(copied.value().output) : copied.error().message));
  }
  return schemas::Done{};
}

}  // namespace

schemas::Outcome begin_volume(const BindMount& mount, const std::filesystem::path& image_root) {
  std::error_code failure;
  if (!std::filesystem::exists(mount.source, failure)) {
    std::filesystem::create_directories(mount.source, failure);
  }
  if (failure) {
    return refusal("the source of a mount cannot be made: " + mount.source + ": " +
                   failure.message());
  }
  if (mount.begin == BindMount::Begin::as_it_is ||
      !std::filesystem::is_directory(mount.source, failure) ||
      !std::filesystem::is_empty(mount.source, failure) || failure) {
    return schemas::Done{};
  }
  const Descriptor image = open_in_root(image_root, mount.target, O_RDONLY | O_DIRECTORY);
  return image.open() ? copy_directory(image, mount.source) : schemas::Done{};
}

schemas::Result<ProcessIdentity> identity_of(const std::string& user,
                                             const std::filesystem::path& image_root) {
  ProcessIdentity identity;
  const std::size_t colon = user.find(':');
  const std::string user_part = user.substr(0, colon);
  const std::string group_part = colon == std::string::npos ? "" : user.substr(colon + 1);
  const std::string groups = read_in_root(image_root, "/etc/group");
  std::string account_name = user_part.empty() ? "0" : user_part;
  const auto account = find_account(read_in_root(image_root, "/etc/passwd"), account_name, 4);
  if (account) {
    account_name = account->front();
    identity.uid = number_in((*account)[2]).value_or(0);
    identity.gid = number_in((*account)[3]).value_or(0);
  } else if (const auto number = number_in(account_name)) {
    identity.uid = *number;
  } else {
    return refusal("unable to find user " + user_part +
                   ": the image's /etc/passwd has no such entry; use a name it has, or a number");
  }
  if (group_part.empty()) {
    for (const std::string& line : split(groups, '\n')) {
      const Account group = split(line, ':');
      const auto number = group.size() >= 4 ? number_in(group[2]) : std::nullopt;
      if (number && account && *number != identity.gid) {
        const std::vector<std::string> members = split(group[3], ',');
        if (std::find(members.begin(), members.end(), account_name) != members.end()) {
          identity.groups.push_back(*number);
        }
      }
    }
    return identity;
  }
  const auto group = find_account(groups, group_part, 3);
  const auto number = group ? number_in((*group)[2]) : number_in(group_part);
  if (!number) {
    return refusal("unable to find group " + group_part +
                   ": the image's /etc/group has no such entry; use a name it has, or a number");
  }
  identity.gid = *number;
  return identity;
}

schemas::Outcome make_working_directory(const std::string& directory,
                                        const ProcessIdentity& identity,
                                        const std::filesystem::path& image_root,
                                        const std::filesystem::path& upper) {
  if (directory.empty() || directory == "/") {
    return schemas::Done{};
  }
  if (directory.front() != '/') {
    return refusal("the working directory '" + directory + "' is not absolute; start it with /");
  }
  if (open_in_root(image_root, directory, O_PATH | O_DIRECTORY).open()) {
    return schemas::Done{};
  }
  std::string target;
  for (const std::string& part : split(directory.substr(1), '/')) {
    if (part == "..") {
      return refusal("the working directory '" + directory + "' must not contain '..'");
    }
    if (!part.empty() && part != ".") {
      const std::string real = resolved_in_root(image_root, target + "/" + part);
      target = real.empty() ? target + "/" + part : real;
    }
  }
  for (std::size_t end = 0; end < target.size();) {
    end = std::min(target.find('/', end + 1), target.size());
    if (auto covered = cover(target.substr(0, end), identity, image_root, upper); !covered.ok()) {
      return covered;
    }
  }
  return schemas::Done{};
}

}  // namespace agent
