#include "control/edge/access/seal.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "control/edge/access/secrets.h"
#include "schemas/base/require.h"

namespace control::access {

namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
/// Says how it was sealed, for the day when there is another way.
constexpr std::string_view version = "v1:";

using Bytes = std::vector<unsigned char>;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

schemas::Error refused(const std::string& path, const std::string& what) {
  return {.code = schemas::ErrorCode::server, .message = path + " " + what};
}

}  // namespace

Seal::Seal(std::string key) : key_(std::move(key)) {
  schemas::require(key_.size() == key_bytes, "a seal needs a key of 32 bytes");
}

std::string Seal::close(std::string_view secret, std::string_view name) const {
  const Cipher cipher(EVP_CIPHER_CTX_new());
  const Bytes key = bytes_of(key_);
  const Bytes nonce = bytes_of(random_bytes(nonce_bytes));
  const Bytes bound = bytes_of(name);
  const Bytes plain = bytes_of(secret);
  Bytes hidden(plain.size());
  Bytes tag(tag_bytes);
  int length = 0;
  const bool done =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, bound.data(),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), hidden.data(), &length, plain.data(),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), hidden.data() + length, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes),
                          tag.data()) == 1;
  schemas::require(done, "AES-256-GCM failed");
  return std::string(version) + hex(text_of(nonce) + text_of(hidden) + text_of(tag));
}

std::optional<std::string> Seal::open(std::string_view sealed, std::string_view name) const {
  if (!sealed.starts_with(version)) {
    return std::nullopt;
  }
  const std::string whole = from_hex(sealed.substr(version.size()));
  // There is one way to write it: a change of case is a change.
  if (whole.size() < nonce_bytes + tag_bytes || hex(whole) != sealed.substr(version.size())) {
    return std::nullopt;
  }
  const std::string_view view = whole;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  const Bytes key = bytes_of(key_);
  const Bytes nonce = bytes_of(view.substr(0, nonce_bytes));
  const Bytes bound = bytes_of(name);
  const Bytes hidden = bytes_of(view.substr(nonce_bytes, view.size() - nonce_bytes - tag_bytes));
  Bytes tag = bytes_of(view.substr(view.size() - tag_bytes));
  Bytes plain(hidden.size());
  int length = 0;
  const bool done =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, bound.data(),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), plain.data(), &length, hidden.data(),
                        static_cast<int>(hidden.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes),
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), plain.data() + length, &length) == 1;
  return done ? std::optional(text_of(plain)) : std::nullopt;
}

Seal Seal::derive(std::string_view purpose) const { return Seal(hmac_of(key_, purpose)); }

schemas::Result<Seal> open_key_file(const store::DataDirectory& directory, Held held) {
  const std::string path = directory.file("key");
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) {
      return refused(path, "cannot be read: " + std::generic_category().message(errno) + ".");
    }
    if (held == Held::secrets) {
      return refused(path,
                     "is missing, and the database holds secrets that only it opens. Put it back "
                     "from where the backup's keys are kept.");
    }
    std::string key = random_bytes(key_bytes);
    const schemas::Outcome written = directory.write_file("key", hex(key) + "\n");
    return written.ok() ? schemas::Result<Seal>(Seal(std::move(key))) : written.error();
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return refused(path, "may be read by others. Run `chmod 600 " + path +
                             "`, and think about who has read it.");
  }
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::string key = from_hex(line);
  if (key.size() != key_bytes) {
    return refused(path, "is not a key: 64 hex digits. Put it back from a backup.");
  }
  return Seal(std::move(key));
}

}  // namespace control::access
