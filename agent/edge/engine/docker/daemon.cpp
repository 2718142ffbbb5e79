#include "agent/edge/engine/docker/daemon.h"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <cctype>
#include <memory>
#include <utility>

#include "agent/edge/engine/docker/documents.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr std::size_t answer_bytes_max = 64U << 20U;
constexpr long connect_limit_ms = 5'000;
constexpr std::int64_t oldest_minor = 41;  // API 1.41 came with Docker 20.10

void start_curl_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

Headers headers_of(const DaemonCall& call) {
  Headers headers(curl_slist_append(nullptr, ("Content-Type: " + call.content_type).c_str()));
  headers.reset(curl_slist_append(headers.release(), "Expect:"));
  for (const std::string& line : call.headers) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  }
  return headers;
}

/// Where an answer's bytes go.
struct Sink {
  CURL* connection = nullptr;
  std::string body;
  const std::function<bool(std::string_view)>* take = nullptr;
  bool refused = false;
};

std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* user) {
  Sink& sink = *static_cast<Sink*>(user);
  const std::size_t length = size * count;
  long status = 0;
  curl_easy_getinfo(sink.connection, CURLINFO_RESPONSE_CODE, &status);
  if (sink.take != nullptr && status < 300) {
    sink.refused = !(*sink.take)(std::string_view(bytes, length));
    return sink.refused ? 0 : length;
  }
  if (sink.body.size() + length > answer_bytes_max) {
    return 0;
  }
  sink.body.append(bytes, length);
  return length;
}

void prepare(CURL* connection, const std::string& socket, const std::string& url,
             const DaemonCall& call, const curl_slist* headers, Sink& sink) {
  sink.connection = connection;
  curl_easy_reset(connection);
  curl_easy_setopt(connection, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(connection, CURLOPT_URL, url.c_str());
  curl_easy_setopt(connection, CURLOPT_HTTPHEADER, headers);
  if (call.method == "POST") {
    curl_easy_setopt(connection, CURLOPT_POST, 1L);
    curl_easy_setopt(connection, CURLOPT_POSTFIELDS, call.body.data());
    curl_easy_setopt(connection, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(call.body.size()));
  } else if (call.method != "GET") {
    curl_easy_setopt(connection, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
  curl_easy_setopt(connection, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(connection, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(connection, CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
  curl_easy_setopt(connection, CURLOPT_TIMEOUT_MS, static_cast<long>(call.time_limit.count()));
  curl_easy_setopt(connection, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(connection, CURLOPT_NOPROXY, "*");
}

/// The minor number of "1.41"; nothing when it is of another kind.
std::optional<std::int64_t> minor_of(const std::string& version) {
  if (!version.starts_with("1.") || version.size() < 3 || version.size() > 6) {
    return std::nullopt;
  }
  std::int64_t minor = 0;
  for (const char digit : version.substr(2)) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    minor = minor * 10 + (digit - '0');
  }
  return minor;
}

}  // namespace

std::string DaemonReply::message() const {
  const auto said = docker::read<docker::Message>(body);
  std::string text = said.ok() && !said.value().message.empty() ? said.value().message : body;
  text.erase(text.find_last_not_of(" \n\r\t") + 1);
  constexpr std::size_t longest = 900;  // a reason in ECS has at most 1,024
  return text.substr(0, longest);
}

Daemon::Daemon(std::string socket) : socket_(std::move(socket)) { start_curl_once(); }

Daemon::~Daemon() {
  for (void* connection : idle_) {
    curl_easy_cleanup(connection);
  }
}

schemas::Outcome Daemon::agree() {
  const auto answer = call({.path = "/version", .time_limit = std::chrono::seconds(30)});
  if (!answer.ok()) {
    return answer.error();
  }
  const auto version = docker::read<docker::Version>(answer.value().body);
  const auto newest = version.ok() ? minor_of(version.value().api_version) : std::nullopt;
  if (!answer.value().ok() || !newest) {
    return Error{ErrorCode::client, "What answers at " + socket_ + " is not Docker"};
  }
  if (*newest < oldest_minor) {
    return Error{ErrorCode::client, "Docker " + version.value().version + " at " + socket_ +
                                        " is too old: 20.10 or newer is needed"};
  }
  const auto oldest = minor_of(version.value().oldest_api_version);
  base_ += "/v1." + std::to_string(std::max(oldest_minor, oldest.value_or(oldest_minor)));
  version_ = version.value().version;
  return schemas::Done{};
}

void* Daemon::take_connection() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    return curl_easy_init();
  }
  void* connection = idle_.back();
  idle_.pop_back();
  return connection;
}

void Daemon::give_connection(void* connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(connection);
}

schemas::Result<DaemonReply> Daemon::call(const DaemonCall& call) {
  return this->call(call, nullptr);
}

schemas::Result<DaemonReply> Daemon::call(const DaemonCall& call,
                                          const std::function<bool(std::string_view)>& take) {
  CURL* connection = take_connection();
  if (connection == nullptr) {
    return Error{ErrorCode::server, "The HTTP client could not be started: out of memory"};
  }
  Sink sink;
  sink.take = take ? &take : nullptr;
  const std::string url = base_ + call.path;
  const Headers headers = headers_of(call);
  std::array<char, CURL_ERROR_SIZE> words{};
  prepare(connection, socket_, url, call, headers.get(), sink);
  curl_easy_setopt(connection, CURLOPT_ERRORBUFFER, words.data());
  const CURLcode code = curl_easy_perform(connection);
  DaemonReply reply;
  curl_easy_getinfo(connection, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.body = std::move(sink.body);
  curl_easy_setopt(connection, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK) {
    give_connection(connection);
    return reply;
  }
  curl_easy_cleanup(connection);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Error{ErrorCode::server, "Docker took longer than " +
                                        std::to_string(call.time_limit.count() / 1000) +
                                        " s to answer"};
  }
  return Error{code == CURLE_COULDNT_CONNECT ? ErrorCode::resource_not_found : ErrorCode::server,
               "Docker does not answer at " + socket_ + ": " +
                   (words.front() != '\0' ? words.data() : curl_easy_strerror(code))};
}

struct DaemonStream::Parts {
  std::string socket;
  std::string base;
  CURLM* multi = curl_multi_init();
  std::atomic<bool> stop = false;
};

DaemonStream::DaemonStream(const Daemon& daemon) : parts_(std::make_unique<Parts>()) {
  parts_->socket = daemon.socket();
  parts_->base = daemon.base();
}

DaemonStream::~DaemonStream() { curl_multi_cleanup(parts_->multi); }

void DaemonStream::run(const std::string& path, const std::function<void()>& opened,
                       const std::function<void(std::string_view)>& take) {
  CURL* connection = curl_easy_init();
  const std::function<bool(std::string_view)> forward = [&](std::string_view bytes) {
    take(bytes);
    return true;
  };
  Sink sink;
  sink.take = &forward;
  const DaemonCall call{.path = path, .time_limit = std::chrono::milliseconds(0)};
  const std::string url = parts_->base + path;
  const Headers headers = headers_of(call);
  prepare(connection, parts_->socket, url, call, headers.get(), sink);
  curl_multi_add_handle(parts_->multi, connection);
  bool told = false;
  int running = 1;
  while (running != 0 && !parts_->stop) {
    if (curl_multi_perform(parts_->multi, &running) != CURLM_OK) {
      break;
    }
    long status = 0;
    curl_easy_getinfo(connection, CURLINFO_RESPONSE_CODE, &status);
    if (!told && status == 200) {
      told = true;
      opened();
    }
    constexpr int look_ms = 1000;
    curl_multi_poll(parts_->multi, nullptr, 0, look_ms, nullptr);
  }
  curl_multi_remove_handle(parts_->multi, connection);
  curl_easy_cleanup(connection);
}

void DaemonStream::interrupt() {
  parts_->stop = true;
  curl_multi_wakeup(parts_->multi);
}

bool DaemonStream::interrupted() const { return parts_->stop; }

std::string url_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' ||
                       letter == '.' || letter == '~';
    if (plain) {
      encoded += letter;
    } else {
      encoded += '%';
      encoded += digits[code >> 4U];
      encoded += digits[code & 15U];
    }
  }
  return encoded;
}

}  // namespace agent
