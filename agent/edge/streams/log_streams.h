#pragma once

#include <curl/curl.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "agent/edge/logs/log_reader.h"
#include "schemas/base/id.h"
#include "schemas/base/result.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// Where the log of one container lies, and whether more can come.
struct LogSource {
  std::string container;
  std::filesystem::path path;
  enum class State : std::uint8_t { growing, ended };
  State state = State::growing;
};

/// Answers control's asks for logs: opens POST /agent/v1/streams/{ask} and sends a line of JSON a
/// log line, as fast as control takes them. One thread for all of them, so a hundred followers
/// cost memory. A stream ends when the log does (or, for `read_log`, what there is of it), or when
/// nobody listens any more.
class LogStreams {
 public:
  /// The logs an ask is about, with their state now; asked again while a stream follows. Called on
  /// the streams' thread.
  using Sources = std::function<std::vector<LogSource>(const schemas::Ask&)>;

  static schemas::Result<std::unique_ptr<LogStreams>> start(const std::string& control_url,
                                                            const std::string& secret,
                                                            Sources sources);
  LogStreams(const LogStreams&) = delete;
  LogStreams& operator=(const LogStreams&) = delete;
  ~LogStreams();

  /// From any thread. An ask that was answered already is passed over: control repeats them.
  void answer(const schemas::Ask& ask);

 private:
  class Stream;
  struct CleanMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  LogStreams(std::string control_url, std::string secret, Sources sources);
  void run();
  void open_asked();
  void collect_finished();

  const std::string control_url_;
  const std::string secret_;
  const Sources sources_;
  std::unique_ptr<CURLM, CleanMulti> multi_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::mutex mutex_;
  std::vector<schemas::Ask> asked_;
  std::deque<schemas::AskId> seen_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace agent
