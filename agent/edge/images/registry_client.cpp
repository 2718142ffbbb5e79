#include "agent/edge/images/registry_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string_view>

namespace agent {

namespace {

constexpr long connect_limit_ms = 3'000;
constexpr long answer_limit_ms = 10'000;
constexpr std::size_t idle_max = 8;

/// Keeps the value of Docker-Content-Digest out of the answer's header lines.
std::size_t take_header(char* line, std::size_t size, std::size_t count, void* into) {
  constexpr std::string_view name = "docker-content-digest:";
  const std::string_view text(line, size * count);
  const bool named =
      text.size() > name.size() &&
      std::equal(name.begin(), name.end(), text.begin(), [](char wanted, char found) {
        return wanted == (found >= 'A' && found <= 'Z' ? static_cast<char>(found + 32) : found);
      });
  if (named) {
    std::string_view value = text.substr(name.size());
    const std::size_t first = value.find_first_not_of(" \t");
    const std::size_t last = value.find_last_not_of(" \t\r\n");
    if (first != std::string_view::npos) {
      *static_cast<std::string*>(into) = value.substr(first, last - first + 1);
    }
  }
  return size * count;
}

struct ListRelease {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string manifest_url(const ImageReference& reference, std::string_view scheme) {
  const std::string host =
      reference.host == "docker.io" ? std::string("registry-1.docker.io") : reference.host;
  return std::string(scheme) + "://" + host + "/v2/" + reference.path + "/manifests/" +
         reference.tag;
}

}  // namespace

RegistryClient::RegistryClient(std::vector<std::string> insecure) : insecure_(std::move(insecure)) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

RegistryClient::~RegistryClient() {
  for (void* connection : idle_) {
    curl_easy_cleanup(connection);
  }
}

std::optional<std::string> RegistryClient::digest_of(const ImageReference& reference) {
  void* connection = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = idle_.back();
      idle_.pop_back();
    }
  }
  connection = connection == nullptr ? curl_easy_init() : connection;
  if (connection == nullptr) {
    return std::nullopt;
  }
  const bool plain =
      std::find(insecure_.begin(), insecure_.end(), reference.host) != insecure_.end();
  const std::string url = manifest_url(reference, plain ? "http" : "https");
  std::unique_ptr<curl_slist, ListRelease> headers(
      curl_slist_append(nullptr,
                        "Accept: application/vnd.oci.image.index.v1+json, "
                        "application/vnd.oci.image.manifest.v1+json, "
                        "application/vnd.docker.distribution.manifest.list.v2+json, "
                        "application/vnd.docker.distribution.manifest.v2+json"));
  std::string digest;
  curl_easy_reset(connection);  // keeps the open connection, forgets the options
  curl_easy_setopt(connection, CURLOPT_URL, url.c_str());
  curl_easy_setopt(connection, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(connection, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(connection, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(connection, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(connection, CURLOPT_HEADERDATA, &digest);
  curl_easy_setopt(connection, CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
  curl_easy_setopt(connection, CURLOPT_TIMEOUT_MS, answer_limit_ms);
  const CURLcode outcome = curl_easy_perform(connection);
  long status = 0;
  curl_easy_getinfo(connection, CURLINFO_RESPONSE_CODE, &status);
  {
    const std::lock_guard lock(mutex_);
    if (outcome == CURLE_OK && idle_.size() < idle_max) {
      idle_.push_back(std::exchange(connection, nullptr));
    }
  }
  if (connection != nullptr) {
    curl_easy_cleanup(connection);
  }
  const bool answered = outcome == CURLE_OK && status == 200 && is_image_digest(digest);
  return answered ? std::optional(digest) : std::nullopt;
}

}  // namespace agent
