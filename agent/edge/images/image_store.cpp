#include "agent/edge/images/image_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "agent/edge/engine/oci/storage_use.h"
#include "agent/edge/images/digest.h"
#include "agent/edge/images/oci_documents.h"

namespace agent {

namespace {

constexpr std::chrono::minutes spared{10};
constexpr std::size_t sha256_text_size = 71;

schemas::Error pull_error(const std::string& why) {
  return {.code = schemas::ErrorCode::client, .message = "CannotPullContainerError: " + why};
}

std::string text_of(const ImageReference& reference) {
  return reference.host + "/" + reference.path +
         (reference.tag.empty() ? "@" + reference.digest : ":" + reference.tag);
}

bool write_whole(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return !file.fail();
}

/// Everything written so far to the file system of `path` is on disk when this returns true.
bool flush_to_disk(const std::filesystem::path& path) {
  const Descriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.open() && syncfs(directory.number()) == 0;
}

void touch(const std::filesystem::path& path) {
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // a failure makes the image look older, no more
}

}  // namespace

ImageStore::ImageStore(ImageStoreSettings settings,
                       std::function<std::set<std::string>()> images_in_use)
    : settings_(std::move(settings)),
      images_in_use_(std::move(images_in_use)),
      registry_(settings_.insecure_registries) {}

std::filesystem::path ImageStore::home_of(const std::string& digest) const {
  return settings_.directory / ("sha256-" + digest.substr(7));
}

std::filesystem::path ImageStore::root_of(const std::string& digest) const {
  return home_of(digest) / "rootfs";
}

schemas::Outcome ImageStore::prepare() {
  std::error_code failure;
  std::filesystem::remove_all(settings_.directory / "pulling", failure);
  for (const char* name : {"pulling", "tags"}) {
    std::filesystem::create_directories(settings_.directory / name, failure);
    if (failure) {
      return schemas::Error{.code = schemas::ErrorCode::server,
                            .message = "cannot make " + (settings_.directory / name).string() +
                                       ": " + failure.message()};
    }
  }
  return schemas::Done{};
}

std::optional<Image> ImageStore::find(const std::string& digest) {
  const std::filesystem::path home = home_of(digest);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(digest); known != known_.end()) {
      touch(home);
      return known->second;
    }
  }
  const auto text = read_text(home / "config.json");
  if (!text.ok()) {
    return std::nullopt;
  }
  auto config = image_config_of(text.value());
  if (!config.ok()) {
    return std::nullopt;  // from another version: pulled again over it
  }
  Image image{.digest = digest, .config = std::move(config).value()};
  touch(home);
  const std::lock_guard lock(mutex_);
  return known_.insert_or_assign(digest, std::move(image)).first->second;
}

std::optional<std::string> ImageStore::remembered(const ImageReference& reference) const {
  const auto digest = read_text(settings_.directory / "tags" / sha256_hex(text_of(reference)));
  return digest.ok() && is_image_digest(digest.value()) ? std::optional(digest.value())
                                                        : std::nullopt;
}

void ImageStore::remember(const ImageReference& reference, const std::string& digest) const {
  if (remembered(reference) != digest) {
    write_whole(settings_.directory / "tags" / sha256_hex(text_of(reference)), digest);
  }
}

std::vector<std::string> ImageStore::tls_options(const ImageReference& reference,
                                                 const std::string& option) const {
  const auto& insecure = settings_.insecure_registries;
  const bool named = std::find(insecure.begin(), insecure.end(), reference.host) != insecure.end();
  return named ? std::vector<std::string>{option} : std::vector<std::string>{};
}

schemas::Result<std::string> ImageStore::run(std::vector<std::string> arguments) const {
  Program program{.arguments = std::move(arguments),
                  .environment = program_environment(),
                  .directory = "/",
                  .groups = {},
                  .private_mounts = {}};
  auto ended = run_program(std::move(program), settings_.pull_time_limit);
  if (!ended.ok()) {
    return pull_error(ended.error().message);
  }
  if (ended.value().status != 0) {
    return pull_error(said_by(ended.value().output));
  }
  return std::move(ended).value().output;
}

schemas::Result<std::string> ImageStore::resolve(const ImageReference& reference) {
  if (auto digest = registry_.digest_of(reference)) {
    remember(reference, *digest);
    return *digest;
  }
  std::vector<std::string> arguments{settings_.skopeo, "inspect", "--no-tags", "--format",
                                     "{{.Digest}}"};
  for (std::string& option : tls_options(reference, "--tls-verify=false")) {
    arguments.push_back(std::move(option));
  }
  arguments.push_back("docker://" + text_of(reference));
  const auto answer = run(std::move(arguments));
  if (answer.ok()) {
    // Warnings may stand before it.
    const std::size_t start = answer.value().rfind("sha256:");
    const std::string digest =
        start == std::string::npos ? "" : answer.value().substr(start, sha256_text_size);
    if (is_image_digest(digest)) {
      remember(reference, digest);
      return digest;
    }
    return pull_error("skopeo did not say the digest of " + text_of(reference));
  }
  // As the ECS agent does by default: what cannot be asked about now was good enough before.
  if (const auto digest = remembered(reference); digest && find(*digest)) {
    return *digest;
  }
  return answer.error();
}

schemas::Result<Image> ImageStore::pull(const PullRequest& request) {
  auto reference = parse_image_reference(request.reference);
  if (!reference.ok()) {
    return reference.error();
  }
  std::string digest = request.digest.empty() ? reference.value().digest : request.digest;
  if (digest.empty()) {
    auto resolved = resolve(reference.value());
    if (!resolved.ok()) {
      return resolved.error();
    }
    digest = std::move(resolved).value();
  } else if (!is_image_digest(digest)) {
    return pull_error("'" + digest + "' is not a digest: 'sha256:' and 64 hex digits");
  }
  if (auto image = find(digest)) {
    return *std::move(image);
  }
  std::unique_lock lock(mutex_);
  const auto [at, fresh] = pulls_.try_emplace(digest, std::make_shared<Pull>());
  const std::shared_ptr<Pull> pull = at->second;
  if (!fresh) {
    pull->done.wait(lock, [&] { return pull->outcome.has_value(); });
    return *pull->outcome;
  }
  lock.unlock();
  auto outcome = pull_once(reference.value(), digest);
  if (outcome.ok()) {
    trim();
  }
  lock.lock();
  if (outcome.ok()) {
    known_.insert_or_assign(digest, outcome.value());
  }
  pull->outcome = outcome;
  pulls_.erase(digest);
  pull->done.notify_all();
  return outcome;
}

schemas::Result<Image> ImageStore::pull_once(const ImageReference& reference,
                                             const std::string& digest) {
  std::filesystem::path work = settings_.directory / "pulling";
  {
    const std::lock_guard lock(mutex_);
    work /= std::to_string(++pull_count_);
  }
  auto image = fetch(reference, digest, work);
  std::error_code failure;
  std::filesystem::remove_all(work, failure);
  return image;
}

schemas::Result<Image> ImageStore::fetch(const ImageReference& reference, const std::string& digest,
                                         const std::filesystem::path& work) {
  const std::filesystem::path ready = work / "ready";
  std::error_code failure;
  std::filesystem::create_directories(ready, failure);
  if (failure) {
    return pull_error("cannot make " + ready.string() + ": " + failure.message());
  }
  const std::string layout = (work / "layout").string();
  std::vector<std::string> copy{settings_.skopeo};
  if (access("/etc/containers/policy.json", R_OK) != 0) {
    copy.emplace_back("--insecure-policy");  // without that file skopeo accepts nothing at all
  }
  copy.insert(copy.end(), {"copy", "--quiet"});
  for (std::string& option : tls_options(reference, "--src-tls-verify=false")) {
    copy.push_back(std::move(option));
  }
  copy.push_back("docker://" + reference.host + "/" + reference.path + "@" + digest);
  copy.push_back("oci:" + layout + ":image");
  if (auto copied = run(std::move(copy)); !copied.ok()) {
    return copied.error();
  }
  auto config = read_layout(layout);
  if (!config.ok()) {
    return pull_error(config.error().message);
  }
  // `raw`, because umoci's own runtime configuration is not ours, and its list of every file, which
  // serves repacking, takes as long as the unpacking.
  auto unpacked = run({settings_.umoci, "--log=error", "raw", "unpack", "--image",
                       layout + ":image", (ready / "rootfs").string()});
  if (!unpacked.ok()) {
    return unpacked.error();
  }
  const Image image{.digest = digest, .config = std::move(config).value()};
  const std::int64_t bytes = bytes_below(ready / "rootfs");
  if (!write_whole(ready / "bytes", std::to_string(bytes)) ||
      !write_whole(ready / "config.json", image_config_text(image.config)) ||
      !flush_to_disk(ready)) {
    return pull_error("the image could not be written to " + settings_.directory.string() + ": " +
                      std::system_category().message(errno));
  }
  const std::filesystem::path home = home_of(digest);
  std::filesystem::remove_all(home, failure);
  std::filesystem::rename(ready, home, failure);
  if (failure) {
    return pull_error("cannot make " + home.string() + ": " + failure.message());
  }
  return image;
}

void ImageStore::trim() {
  struct Kept {
    std::filesystem::file_time_type used;
    std::filesystem::path home;
    std::string digest;
    std::int64_t bytes = 0;
  };
  std::vector<Kept> images;
  std::int64_t total = 0;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.directory, failure)) {
    const std::string name = entry.path().filename().string();
    const auto bytes = read_text(entry.path() / "bytes");
    if (!name.starts_with("sha256-") || !bytes.ok()) {
      continue;
    }
    const std::int64_t size = std::strtoll(bytes.value().c_str(), nullptr, 10);
    images.push_back({.used = std::filesystem::last_write_time(entry.path(), failure),
                      .home = entry.path(),
                      .digest = "sha256:" + name.substr(7),
                      .bytes = size});
    total += size;
  }
  std::sort(images.begin(), images.end(),
            [](const Kept& a, const Kept& b) { return a.used < b.used; });
  const std::set<std::string> in_use = images_in_use_();
  const auto recent = std::filesystem::file_time_type::clock::now() - spared;
  for (const Kept& image : images) {
    if (total <= settings_.bytes_max || image.used > recent) {
      return;
    }
    if (in_use.contains(image.digest)) {
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      known_.erase(image.digest);
    }
    // Renamed first, so that a crash in the middle leaves nothing that looks whole.
    const std::filesystem::path doomed = settings_.directory / "pulling" / image.home.filename();
    std::filesystem::rename(image.home, doomed, failure);
    std::filesystem::remove_all(doomed, failure);
    total -= image.bytes;
  }
}

}  // namespace agent
