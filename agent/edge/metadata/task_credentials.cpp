#include "agent/edge/metadata/task_credentials.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/edge/metadata/document_shapes.h"
#include "agent/edge/metadata/documents.h"
#include "schemas/base/require.h"

namespace agent {

namespace {

constexpr std::string_view path_prefix = "/v2/credentials/";

/// What SDKs and people know of ECS's endpoint.
MetadataReply refusal(int status, const std::string& code, const std::string& message) {
  return {status, to_json(CredentialsRefusal{code, message, status})};
}

}  // namespace

std::string TaskCredentials::path_of(const schemas::TaskId& task) const {
  const std::string text = "task credentials " + task.text();
  const std::vector<unsigned char> message(text.begin(), text.end());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const bool done = HMAC(EVP_sha256(), host_secret_.data(), static_cast<int>(host_secret_.size()),
                         message.data(), message.size(), digest.data(), &size) != nullptr;
  schemas::require(done && size >= schemas::IdBytes{}.size(), "HMAC-SHA-256 failed");
  schemas::IdBytes bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return std::string(path_prefix) + schemas::CredentialsId(bytes).text();
}

void TaskCredentials::take(const std::vector<schemas::RoleCredentials>& credentials) {
  const std::lock_guard lock(mutex_);
  for (const schemas::RoleCredentials& one : credentials) {
    schemas::RoleCredentials& held = held_[{one.task, one.use}];
    if (held.expires_at <= one.expires_at) {
      held = one;
    }
  }
}

void TaskCredentials::forget(const schemas::TaskId& task) {
  const std::lock_guard lock(mutex_);
  held_.erase({task, schemas::RoleUse::task});
  held_.erase({task, schemas::RoleUse::execution});
}

std::optional<schemas::RoleCredentials> TaskCredentials::of(const schemas::TaskId& task,
                                                            schemas::RoleUse use) const {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find({task, use});
  return held == held_.end() ? std::nullopt : std::optional(held->second);
}

MetadataReply TaskCredentials::answer(const schemas::TaskId& task, std::string_view path) const {
  constexpr int bad_request = 400;
  constexpr int not_found = 404;
  path = path.substr(0, path.find('?'));
  if (!path.starts_with(path_prefix) || path.size() == path_prefix.size()) {
    return refusal(bad_request, "NoIdInRequest", "CredentialsRequest: No ID in the request");
  }
  const std::optional<schemas::RoleCredentials> held = of(task, schemas::RoleUse::task);
  if (path != path_of(task) || !held) {
    return refusal(not_found, "InvalidIdInRequest", "CredentialsRequest: Credentials not found");
  }
  return {200, to_json(CredentialsDocument{.role_arn = held->role_arn,
                                           .access_key_id = held->access_key_id,
                                           .secret_access_key = held->secret_access_key,
                                           .token = held->session_token,
                                           .expiration = rfc3339(held->expires_at)})};
}

}  // namespace agent
