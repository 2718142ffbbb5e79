#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <system_error>

#include "control/cli/client/hex.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "schemas/codec/json_text.h"

namespace cli {

namespace {

schemas::Error failure(const std::string& path, const std::string& what) {
  return {schemas::ErrorCode::client,
          path + " " + what + ": " + std::generic_category().message(errno) + "."};
}

/// A file that takes its name when it is whole; until then, and when it is given up, there is only
/// a draft beside it, which goes.
class Draft {
 public:
  explicit Draft(std::string path)
      : path_(std::move(path)),
        draft_(path_ + ".part"),
        descriptor_(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                           S_IRUSR | S_IWUSR)),
        digest_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
      ::unlink(draft_.c_str());
    }
  }

  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  [[nodiscard]] schemas::Error cannot_be_written() const {
    return failure(draft_, "cannot be written");
  }

  bool write(std::string_view piece) {
    EVP_DigestUpdate(digest_.get(), piece.data(), piece.size());
    bytes_ += static_cast<std::int64_t>(piece.size());
    while (!piece.empty()) {
      const auto written = ::write(descriptor_, piece.data(), piece.size());
      if (written < 0) {
        return false;
      }
      piece.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  /// SHA-256 of all that was written, in hex; to be asked once.
  std::string sha256() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(digest_.get(), hash.data(), &length);
    return hex(std::span(hash).first(length));
  }

  /// Gives it its name, durable.
  schemas::Outcome keep() {
    if (::fchmod(descriptor_, S_IRUSR | S_IWUSR) != 0 || ::fsync(descriptor_) != 0) {
      return cannot_be_written();
    }
    if (::rename(draft_.c_str(), path_.c_str()) != 0) {
      return failure(path_, "cannot be made");
    }
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    const int directory =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
      ::fsync(directory);
      ::close(directory);
    }
    return schemas::Done{};
  }

 private:
  std::string path_;
  std::string draft_;
  int descriptor_ = -1;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest_;
  std::int64_t bytes_ = 0;
};

Exit backup(Session& session, const Arguments& arguments) {
  const std::string path = arguments.get_or("FILE", "");
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) {
    return session.failed(
        {schemas::ErrorCode::client,
         path + " is there already. A backup replaces nothing: name a new file."});
  }
  Draft draft(path);
  if (!draft.open()) {
    return session.failed(draft.cannot_be_written());
  }
  std::optional<schemas::Error> full;
  const auto answer = session.download("/v1/backup", [&](std::string_view piece) {
    if (!draft.write(piece)) {
      full = draft.cannot_be_written();
    }
    return full ? More::enough : More::wanted;
  });
  if (full || !answer.ok()) {
    return session.failed(full ? *full : answer.error());
  }
  const auto stated = answer.value().find("x-stowage-sha256");
  const std::string sha256 = draft.sha256();
  if (stated == answer.value().end() || stated->second != sha256) {
    return session.failed(
        {schemas::ErrorCode::server, "What came is not what control sent: its SHA-256 is " +
                                         sha256 + ". Nothing was kept; try again."});
  }
  const schemas::Outcome kept = draft.keep();
  if (!kept.ok()) {
    return session.failed(kept.error());
  }
  std::string json = "{\"file\":";
  codec::append_json_text(json, path);
  json += ",\"bytes\":" + std::to_string(draft.bytes()) + ",\"sha256\":\"" + sha256 + "\"}";
  return session.show(json, [&] {
    session.say(path + "  " + std::to_string(draft.bytes()) + " bytes  sha256 " + sha256);
    session.progress(
        "Its secrets are sealed with the file `key` of control's data directory: without that "
        "file\n"
        "it cannot be restored. Keep a copy of it, in another place than the backups.");
  });
}

}  // namespace

std::vector<Verb> backup_verbs() {
  return {
      {.path = "backup",
       .summary = "Write a copy of control's database, while it runs",
       .description =
           "FILE gets everything that was acknowledged before the command began: clusters,\n"
           "definitions, services, tasks, hosts, networks, users, bills, the event log, of all\n"
           "accounts. Calls and hosts do not wait for it. It is checked when it has come, is\n"
           "readable by its owner only (mode 0600), and appears whole or not at all. A file\n"
           "that is there is never replaced.\n\n"
           "Only user admin of the operator's account may take a backup (with --auth off,\n"
           "whoever reaches control). Control needs room for a second copy of its database\n"
           "beside its data for a while.\n\n"
           "The key file. Access keys are in the backup sealed, tokens hashed: it gives no\n"
           "secret away, and it is of no use without the file `key` of control's data\n"
           "directory. That file is made once and never changes. Copy it once, and not to\n"
           "where the backups are: who has both has every access key.\n\n"
           "To restore, stop control, then:\n"
           "  ecs-control restore FILE --data DIR\n"
           "What DIR must hold, and what the restored control does not know any more, is in\n"
           "ecs-control restore --help.\n\n"
           "Example, daily:\n"
           "  ecsctl backup /var/backups/stowage-$(date +%F).db",
       .options = {{.name = "FILE",
                    .value = "",
                    .help = "Where to; nothing may be there",
                    .arity = Arity::positional}},
       .run = backup}};
}

}  // namespace cli
