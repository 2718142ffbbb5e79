#include "agent/edge/engine/docker/docker_images.h"

#include <openssl/evp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/images/oci_documents.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

Error cannot_pull(const std::string& why) {
  return {ErrorCode::client, "CannotPullContainerError: " + why};
}

std::string name_of(const ImageReference& reference) {
  return reference.host + "/" + reference.path;
}

/// Whether a registry has answered, and said no.
bool is_refusal(const std::string& message) {
  for (const char* words :
       {"manifest unknown", "not found", "denied", "unauthorized", "invalid reference"}) {
    if (message.find(words) != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// Cuts what a pull tells into lines, and keeps what matters of it.
struct Narration {
  std::string rest;
  std::string digest;
  std::string error;

  bool take(std::string_view bytes) {
    rest.append(bytes);
    std::size_t begin = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos;
         end = rest.find('\n', begin)) {
      line(std::string_view(rest).substr(begin, end - begin));
      begin = end + 1;
    }
    rest.erase(0, begin);
    constexpr std::size_t line_max = 1U << 20U;
    return rest.size() < line_max;
  }

  void line(std::string_view text) {
    constexpr std::string_view told = "Digest: ";
    const auto progress = docker::read<docker::Progress>(text);
    if (!progress.ok()) {
      return;
    }
    if (!progress.value().error.empty()) {
      error = progress.value().error;
    }
    if (progress.value().status.starts_with(told)) {
      digest = progress.value().status.substr(told.size());
    }
  }
};

std::string docker_config() {
  const char* directory = std::getenv("DOCKER_CONFIG");
  const char* home = std::getenv("HOME");
  std::filesystem::path path = "/root/.docker";
  if (directory != nullptr) {
    path = directory;
  } else if (home != nullptr) {
    path = std::filesystem::path(home) / ".docker";
  }
  const auto text = read_text(path / "config.json");
  return text.ok() ? text.value() : std::string();
}

std::string decoded(const std::string& base64) {
  std::vector<unsigned char> bytes(base64.size() + 1);
  const int length =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                      static_cast<int>(base64.size()));
  if (length < 0) {
    return "";
  }
  std::string text(bytes.begin(), bytes.begin() + length);
  text.erase(std::find(text.begin(), text.end(), '\0'), text.end());  // what filled it up
  return text;
}

/// Base64 in the letters for addresses, as the daemon wants it.
std::string encoded(const std::string& text) {
  std::string base64((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  base64.resize(static_cast<std::size_t>(std::max(length, 0)));
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  return base64;
}

}  // namespace

std::string registry_auth(const std::string& config_json, const std::string& host) {
  const auto config = docker::read<docker::ClientConfig>(config_json);
  if (!config.ok()) {
    return "";
  }
  const std::string key = host == "docker.io" ? "https://index.docker.io/v1/" : host;
  const auto found = config.value().registries.find(key);
  if (found == config.value().registries.end()) {
    return "";
  }
  const std::string pair = decoded(found->second.auth);
  const std::size_t colon = pair.find(':');
  if (colon == std::string::npos) {
    return "";
  }
  return encoded(docker::write(docker::RegistryLogin{
      .user = pair.substr(0, colon), .password = pair.substr(colon + 1), .server = host}));
}

schemas::Result<DockerImages::Fetched> DockerImages::fetch(const ImageReference& reference) {
  const std::string which = reference.digest.empty() ? reference.tag : reference.digest;
  DaemonCall call{.method = "POST",
                  .path = "/images/create?fromImage=" + url_text(name_of(reference)) +
                          "&tag=" + url_text(which),
                  .time_limit = time_limit_};
  if (const std::string auth = registry_auth(docker_config(), reference.host); !auth.empty()) {
    call.headers.push_back("X-Registry-Auth: " + auth);
  }
  if (time_limit_.count() <= 0) {
    return cannot_pull("the pull took longer than 0 s");
  }
  Narration told;
  const auto answer = daemon_.call(call, [&](std::string_view bytes) { return told.take(bytes); });
  if (!answer.ok()) {
    return cannot_pull(answer.error().message);
  }
  if (!answer.value().ok()) {
    return cannot_pull("Error response from daemon: " + answer.value().message());
  }
  if (!told.error.empty()) {
    return cannot_pull("Error response from daemon: " + told.error);
  }
  return Fetched{.digest = told.digest};
}

schemas::Result<Image> DockerImages::inspect(const std::string& name, const std::string& digest) {
  const auto answer = daemon_.call({.path = "/images/" + name + "/json"});
  if (!answer.ok()) {
    return cannot_pull(answer.error().message);
  }
  if (!answer.value().ok()) {
    return cannot_pull("Error response from daemon: " + answer.value().message());
  }
  auto read = docker::read<docker::ImageInspection>(answer.value().body);
  if (!read.ok()) {
    return cannot_pull(read.error().message);
  }
  docker::ImageExecution config = read.value().config.value_or(docker::ImageExecution{});
  {
    const std::lock_guard lock(mutex_);
    ids_.insert_or_assign(digest, read.value().id);
  }
  return Image{.digest = digest,
               .config = {.entry_point = std::move(config.entry_point),
                          .command = std::move(config.command),
                          .environment = std::move(config.environment),
                          .user = std::move(config.user),
                          .working_directory = std::move(config.working_directory),
                          .stop_signal = std::move(config.stop_signal)}};
}

schemas::Result<Image> DockerImages::pull(const PullRequest& request) {
  auto parsed = parse_image_reference(request.reference);
  if (!parsed.ok()) {
    return parsed.error();
  }
  ImageReference reference = std::move(parsed).value();
  if (!request.digest.empty()) {
    reference.digest = request.digest;
  }
  if (!reference.digest.empty()) {
    const std::string pinned = name_of(reference) + "@" + reference.digest;
    if (auto here = inspect(pinned, reference.digest); here.ok()) {
      return here;
    }
    const auto fetched = fetch(reference);
    return fetched.ok() ? inspect(pinned, reference.digest)
                        : schemas::Result<Image>(fetched.error());
  }
  const std::string tagged = name_of(reference) + ":" + reference.tag;
  const auto fetched = fetch(reference);
  std::string digest = fetched.ok() ? fetched.value().digest : "";
  if (!fetched.ok()) {
    const std::lock_guard lock(mutex_);
    const auto before = digests_.find(tagged);
    if (before == digests_.end() || is_refusal(fetched.error().message)) {
      return fetched.error();
    }
    digest = before->second;
    spdlog::warn("{}; running {} as it is here", fetched.error().message, tagged);
  }
  if (!is_image_digest(digest)) {
    return cannot_pull("Docker did not say which digest " + tagged + " has");
  }
  auto image = inspect(name_of(reference) + "@" + digest, digest);
  if (image.ok()) {
    const std::lock_guard lock(mutex_);
    digests_.insert_or_assign(tagged, digest);
  }
  return image;
}

schemas::Result<std::string> DockerImages::id_of(const std::string& digest) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = ids_.find(digest);
    if (found != ids_.end()) {
      return found->second;
    }
  }
  // Pulled by an earlier process.
  const auto answer = daemon_.call({.path = "/images/json?digests=true"});
  const auto listed = answer.ok()
                          ? docker::read<std::vector<docker::ListedImage>>(answer.value().body)
                          : schemas::Result<std::vector<docker::ListedImage>>(answer.error());
  if (listed.ok()) {
    for (const docker::ListedImage& image : listed.value()) {
      for (const std::string& name : image.digests) {
        if (name.ends_with("@" + digest)) {
          return image.id;
        }
      }
    }
  }
  return Error{ErrorCode::server,
               "CannotCreateContainerError: the image " + digest + " was not pulled"};
}

}  // namespace agent
