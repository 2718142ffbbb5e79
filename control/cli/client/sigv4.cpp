#include "control/cli/client/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

#include "control/cli/client/hex.h"
#include "schemas/base/require.h"

namespace cli {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view service = "ecs";

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest sha256(std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  schemas::require(done == 1, "SHA-256 is not available");
  return digest;
}

Digest hmac(const void* key, std::size_t key_size, std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  const unsigned char* done = HMAC(EVP_sha256(), key, static_cast<int>(key_size), bytes.data(),
                                   bytes.size(), digest.data(), &length);
  schemas::require(done != nullptr, "HMAC-SHA-256 is not available");
  return digest;
}

Digest hmac(const Digest& key, std::string_view text) { return hmac(key.data(), key.size(), text); }

/// 20261123T180500Z
std::string basic_time(schemas::Instant now) {
  const std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), length};
}

/// Query parameters sorted by name, a name without a value written as `name=`.
std::string canonical_query(const std::string& query) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start < query.size()) {
    const std::size_t end = std::min(query.find('&', start), query.size());
    std::string part = query.substr(start, end - start);
    if (!part.empty()) {
      parts.push_back(part.find('=') == std::string::npos ? part + "=" : part);
    }
    start = end + 1;
  }
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : "&") + part;
  }
  return text;
}

/// Every byte outside the unreserved set and `/` becomes %XX, a second time over the wire form,
/// as SigV4 asks of every service but S3.
std::string canonical_path(const std::string& path) {
  constexpr std::string_view kept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string text;
  for (const char letter : path) {
    if (kept.find(letter) != std::string_view::npos) {
      text.push_back(letter);
      continue;
    }
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "%%%02X",
                  static_cast<unsigned int>(static_cast<unsigned char>(letter)));
    text.append(escaped.data(), 3);
  }
  return text.empty() ? "/" : text;
}

}  // namespace

std::map<std::string, std::string> sign(const SignedRequest& request,
                                        const Credentials& credentials, const std::string& region,
                                        schemas::Instant now) {
  const std::string time = basic_time(now);
  const std::string day = time.substr(0, 8);
  std::map<std::string, std::string> added{{"x-amz-date", time}};
  if (!credentials.session_token.empty()) {
    added["x-amz-security-token"] = credentials.session_token;
  }

  std::map<std::string, std::string> covered = request.headers;
  covered.insert(added.begin(), added.end());
  std::string canonical_headers;
  std::string names;
  for (const auto& [name, value] : covered) {
    canonical_headers += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical = request.method + "\n" + canonical_path(request.path) + "\n" +
                                canonical_query(request.query) + "\n" + canonical_headers + "\n" +
                                names + "\n" + hex(sha256(request.body));

  const std::string scope = day + "/" + region + "/" + std::string(service) + "/aws4_request";
  const std::string to_sign =
      std::string(algorithm) + "\n" + time + "\n" + scope + "\n" + hex(sha256(canonical));

  const std::string secret = "AWS4" + credentials.secret_access_key;
  const Digest day_key = hmac(secret.data(), secret.size(), day);
  const Digest service_key = hmac(hmac(day_key, region), service);
  const std::string signature = hex(hmac(hmac(service_key, "aws4_request"), to_sign));
  added["authorization"] = std::string(algorithm) + " Credential=" + credentials.access_key_id +
                           "/" + scope + ", SignedHeaders=" + names + ", Signature=" + signature;
  return added;
}

}  // namespace cli
