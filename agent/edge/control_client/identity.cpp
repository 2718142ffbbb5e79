#include "agent/edge/control_client/identity.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "agent/edge/control_client/http_client.h"
#include "schemas/base/require.h"
#include "schemas/wire/wire.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr const char* identity_file = "identity";
constexpr const char* secret_file = "secret";
constexpr std::chrono::milliseconds join_time_limit{15'000};

Error file_error(const std::filesystem::path& path, std::string_view what, int number) {
  return {ErrorCode::server,
          path.string() + " " + std::string(what) + ": " + std::generic_category().message(number)};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

schemas::Result<std::optional<Identity>> read_identity(
    const std::filesystem::path& data_directory) {
  const std::filesystem::path path = data_directory / identity_file;
  std::ifstream file(path);
  if (!file) {
    return std::optional<Identity>();
  }
  std::ostringstream text;
  text << file.rdbuf();
  schemas::Result<Identity> identity = wire::decode<Identity>(text.str());
  if (!identity.ok() || identity.value().secret.empty()) {
    return Error{
        ErrorCode::server,
        path.string() + " is damaged. Remove it and the host joins anew, as another host."};
  }
  return std::optional<Identity>(std::move(identity).value());
}

namespace {

schemas::Outcome write_private(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path fresh = path.string() + ".new";
  constexpr mode_t owner_only = S_IRUSR | S_IWUSR;
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only);
  if (file < 0) {
    return file_error(fresh, "could not be made", errno);
  }
  const bool written = write_all(file, text) && ::fsync(file) == 0;
  const int number = errno;
  ::close(file);
  if (!written) {
    return file_error(fresh, "could not be written", number);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    return file_error(path, "could not be replaced", errno);
  }
  return schemas::Done{};
}

std::string draw_secret() {
  std::array<unsigned char, 32> bytes{};
  schemas::require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                   "the system has no randomness");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 0x0fU]);
  }
  return text;
}

}  // namespace

schemas::Outcome write_identity(const std::filesystem::path& data_directory,
                                const Identity& identity) {
  return write_private(data_directory / identity_file, wire::encode(identity));
}

schemas::Result<std::string> own_secret(const std::filesystem::path& data_directory) {
  const std::filesystem::path path = data_directory / secret_file;
  std::ifstream file(path);
  std::string secret;
  if (file && std::getline(file, secret) && secret.size() == 64) {
    return secret;
  }
  secret = draw_secret();
  const schemas::Outcome written = write_private(path, secret + "\n");
  return written.ok() ? schemas::Result<std::string>(std::move(secret)) : written.error();
}

schemas::Result<std::string> read_token(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string token;
  if (!std::getline(file, token) || token.empty()) {
    return Error{ErrorCode::invalid_parameter,
                 "The token file " + path.string() +
                     " is missing or empty. `ecsctl token create` prints a token."};
  }
  return token;
}

schemas::Result<Identity> join(const std::string& control_url,
                               const schemas::JoinRequest& request) {
  schemas::Result<HttpClient> client = HttpClient::open(control_url);
  if (!client.ok()) {
    return client.error();
  }
  const schemas::Result<HttpReply> reply =
      client.value().post("/agent/v1/join", "", wire::encode(request), join_time_limit);
  if (!reply.ok()) {
    return reply.error();
  }
  constexpr long http_ok = 200;
  constexpr long http_server_fault = 500;
  if (reply.value().status != http_ok) {
    const bool again = reply.value().status >= http_server_fault;
    return Error{again ? ErrorCode::server : ErrorCode::access_denied,
                 "Control did not let this host join (HTTP " +
                     std::to_string(reply.value().status) + "): " + reply.value().body};
  }
  schemas::Result<Identity> identity = wire::decode<Identity>(reply.value().body);
  if (identity.ok()) {
    identity.value().secret = request.secret;
  }
  return identity;
}

}  // namespace agent
