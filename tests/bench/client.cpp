#include "tests/bench/client.h"

#include <curl/curl.h>

#include <cstddef>
#include <utility>

namespace bench {

namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

}  // namespace

Client::Client(std::string endpoint) : endpoint_(std::move(endpoint)), curl_(curl_easy_init()) {
  schemas::require(curl_ != nullptr, "libcurl could not be initialised");
}

Client::~Client() { curl_easy_cleanup(curl_); }

schemas::Result<std::string> Client::post(const std::string& operation, const std::string& body) {
  curl_easy_reset(curl_);
  const std::string target = "X-Amz-Target: AmazonEC2ContainerServiceV20141113." + operation;
  curl_slist* headers = curl_slist_append(nullptr, target.c_str());
  headers = curl_slist_append(headers, "Content-Type: application/x-amz-json-1.1");
  headers = curl_slist_append(headers, "Expect:");
  curl_easy_setopt(curl_, CURLOPT_URL, (endpoint_ + "/").c_str());
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body.c_str());
  schemas::Result<std::string> answer = perform(operation);
  curl_slist_free_all(headers);
  return answer;
}

schemas::Result<std::string> Client::post_to(const std::string& path, const std::string& body) {
  curl_easy_reset(curl_);
  curl_easy_setopt(curl_, CURLOPT_URL, (endpoint_ + path).c_str());
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body.c_str());
  return perform("POST " + path);
}

schemas::Result<std::string> Client::get(const std::string& path) {
  curl_easy_reset(curl_);
  curl_easy_setopt(curl_, CURLOPT_URL, (endpoint_ + path).c_str());
  return perform("GET " + path);
}

schemas::Result<std::string> Client::perform(const std::string& what) {
  std::string body;
  curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl_);
  if (code != CURLE_OK) {
    return schemas::Error{schemas::ErrorCode::server,
                          what + " at " + endpoint_ + ": " + curl_easy_strerror(code)};
  }
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) {
    return schemas::Error{schemas::ErrorCode::client,
                          what + " answered " + std::to_string(status) + ": " + body};
  }
  return body;
}

}  // namespace bench
