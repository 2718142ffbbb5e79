#include "agent/edge/control_client/http_client.h"

#include <array>
#include <mutex>
#include <utility>

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr std::size_t answer_bytes_max = 64U << 20U;

void start_curl_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& body = *static_cast<std::string*>(user);
  if (body.size() + size * count > answer_bytes_max) {
    return 0;
  }
  body.append(bytes, size * count);
  return size * count;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

Headers headers_of(const std::string& bearer) {
  Headers headers(curl_slist_append(nullptr, "Content-Type: application/json"));
  // Without this curl waits a second for "100 Continue" before it sends a longer body.
  headers.reset(curl_slist_append(headers.release(), "Expect:"));
  if (!bearer.empty()) {
    const std::string line = "Authorization: Bearer " + bearer;
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  }
  return headers;
}

}  // namespace

schemas::Result<HttpClient> HttpClient::open(const std::string& base_url) {
  start_curl_once();
  if (!base_url.starts_with("http://") && !base_url.starts_with("https://")) {
    return Error{
        ErrorCode::invalid_parameter,
        "'" + base_url + "' is no address of a control service: write it as " + "http://HOST:PORT"};
  }
  HttpClient client;
  client.base_url_ = base_url;
  while (client.base_url_.ends_with('/')) {
    client.base_url_.pop_back();
  }
  client.multi_.reset(curl_multi_init());
  client.easy_.reset(curl_easy_init());
  client.stop_ = std::make_unique<Stop>();
  if (!client.multi_ || !client.easy_) {
    return Error{ErrorCode::server, "The HTTP client could not be started: out of memory"};
  }
  return client;
}

schemas::Result<HttpReply> HttpClient::post(const std::string& path, const std::string& bearer,
                                            const std::string& body,
                                            std::chrono::milliseconds time_limit) {
  CURL* easy = easy_.get();
  HttpReply reply;
  const std::string url = base_url_ + path;
  const Headers headers = headers_of(bearer);
  std::array<char, CURL_ERROR_SIZE> words{};
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words.data());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(time_limit.count()));
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");  // the host's own way to control, no proxy's
  schemas::Result<HttpReply> done = transfer(time_limit);
  if (!done.ok()) {
    const std::string detail = words.front() != '\0' ? words.data() : done.error().message;
    return Error{ErrorCode::server, "No answer from " + url + ": " + detail};
  }
  reply.status = done.value().status;
  return reply;
}

schemas::Result<HttpReply> HttpClient::transfer(std::chrono::milliseconds time_limit) {
  constexpr int look_ms = 1000;
  HttpReply reply;
  CURLcode code = CURLE_OPERATION_TIMEDOUT;
  curl_multi_add_handle(multi_.get(), easy_.get());
  const auto deadline =
      std::chrono::steady_clock::now() + time_limit + std::chrono::milliseconds(look_ms);
  bool over = false;
  while (!over && !stop_->asked && std::chrono::steady_clock::now() < deadline) {
    int running = 0;
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
      break;
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg == CURLMSG_DONE) {
        code = message->data.result;
        over = true;
      }
    }
    if (!over) {
      curl_multi_poll(multi_.get(), nullptr, 0, look_ms, nullptr);
    }
  }
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  curl_multi_remove_handle(multi_.get(), easy_.get());
  if (stop_->asked) {
    return Error{ErrorCode::server, "the agent is ending"};
  }
  if (code != CURLE_OK) {
    return Error{ErrorCode::server, curl_easy_strerror(code)};
  }
  return reply;
}

void HttpClient::interrupt() {
  stop_->asked = true;
  curl_multi_wakeup(multi_.get());
}

}  // namespace agent
