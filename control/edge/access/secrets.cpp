#include "control/edge/access/secrets.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <optional>

#include "schemas/base/require.h"

namespace control::access {

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string text_of(const Digest& digest, unsigned int length) {
  std::string text(length, '\0');
  std::memcpy(text.data(), digest.data(), length);
  return text;
}

std::optional<unsigned int> digit(char letter) {
  if (letter >= '0' && letter <= '9') {
    return static_cast<unsigned int>(letter - '0');
  }
  if (letter >= 'a' && letter <= 'f') {
    return static_cast<unsigned int>(letter - 'a' + 10);
  }
  return std::nullopt;
}

/// `count` characters of an alphabet of a power of two, so that each is equally likely.
std::string drawn(std::string_view alphabet, std::size_t count) {
  std::string text = random_bytes(count);
  for (char& letter : text) {
    letter = alphabet[static_cast<unsigned char>(letter) % alphabet.size()];
  }
  return text;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  schemas::require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                   "the system has no randomness");
  return {bytes.begin(), bytes.end()};
}

std::string new_secret() { return hex(random_bytes(32)); }

std::string new_secret_key() {
  return drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40);
}

std::string new_key_id() { return "AKIA" + drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16); }

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 0x0fU]);
  }
  return text;
}

std::string from_hex(std::string_view text) {
  if (text.size() % 2 != 0) {
    return {};
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const auto high = digit(text[at]);
    const auto low = digit(text[at + 1]);
    if (!high || !low) {
      return {};
    }
    bytes.push_back(static_cast<char>((*high << 4U) | *low));
  }
  return bytes;
}

std::string hash_of(std::string_view secret) {
  Digest digest{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(secret.data(), secret.size(), digest.data(), &length, EVP_sha256(), nullptr);
  schemas::require(done == 1, "SHA-256 failed");
  return hex(text_of(digest, length));
}

std::string hmac_of(std::string_view key, std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  const unsigned char* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                   bytes.data(), bytes.size(), digest.data(), &length);
  schemas::require(done != nullptr, "HMAC-SHA-256 failed");
  return text_of(digest, length);
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  return authorization.starts_with(scheme) ? authorization.substr(scheme.size())
                                           : std::string_view();
}

}  // namespace control::access
