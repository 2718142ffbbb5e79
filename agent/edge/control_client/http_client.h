#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace agent {

/// What a server said. `status` is what counts: an Error means that there was no answer at all.
struct HttpReply {
  long status = 0;
  std::string body;
};

/// One connection to one server, kept open between requests. For one thread, except `interrupt`.
class HttpClient {
 public:
  /// `base_url` as in "http://127.0.0.1:7070". Fails on what is no such address.
  static schemas::Result<HttpClient> open(const std::string& base_url);

  /// Sends JSON and waits for the whole answer, at most `time_limit`. Answers longer than 64 MiB
  /// are refused.
  schemas::Result<HttpReply> post(const std::string& path, const std::string& bearer,
                                  const std::string& body, std::chrono::milliseconds time_limit);

  /// Ends the request under way and every later one, from any thread.
  void interrupt();

 private:
  struct CleanEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct CleanMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct Stop {
    std::atomic<bool> asked = false;
  };

  schemas::Result<HttpReply> transfer(std::chrono::milliseconds time_limit);

  std::string base_url_;
  std::unique_ptr<CURLM, CleanMulti> multi_;
  std::unique_ptr<CURL, CleanEasy> easy_;
  std::unique_ptr<Stop> stop_;
};

}  // namespace agent
