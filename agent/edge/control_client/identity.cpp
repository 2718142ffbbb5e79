#include "agent/edge/control_client/identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "agent/edge/control_client/http_client.h"
#include "schemas/wire/wire.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr const char* identity_file = "identity";
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

schemas::Outcome write_identity(const std::filesystem::path& data_directory,
                                const Identity& identity) {
  const std::filesystem::path path = data_directory / identity_file;
  const std::filesystem::path fresh = data_directory / (std::string(identity_file) + ".new");
  constexpr mode_t owner_only = S_IRUSR | S_IWUSR;
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only);
  if (file < 0) {
    return file_error(fresh, "could not be made", errno);
  }
  const bool written = write_all(file, wire::encode(identity)) && ::fsync(file) == 0;
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
  return wire::decode<Identity>(reply.value().body);
}

}  // namespace agent
