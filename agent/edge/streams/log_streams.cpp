#include "agent/edge/streams/log_streams.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "schemas/wire/wire.h"

namespace agent {

namespace {

/// How often a followed log is looked at. Shorter: lines come sooner, more reads for nothing.
constexpr int look_ms = 100;
constexpr std::size_t streams_max = 256;
constexpr std::size_t seen_max = 1024;
/// Read ahead of what control has taken: a slow reader must not fill this host's memory.
constexpr std::size_t buffer_max = 262'144;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct CleanEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

}  // namespace

/// One ask on its way to control.
class LogStreams::Stream {
 public:
  Stream(const schemas::Ask& ask, const LogStreams& owner) : ask_(ask), owner_(owner) {
    for (const LogSource& source : owner_.sources_(ask_)) {
      readers_.push_back(
          std::make_unique<LogReader>(source.path, source.container, ask_.tail_lines));
    }
  }

  bool open() {
    easy_.reset(curl_easy_init());
    if (!easy_) {
      return false;
    }
    headers_.reset(curl_slist_append(nullptr, "Content-Type: application/x-ndjson"));
    headers_.reset(curl_slist_append(headers_.release(), "Transfer-Encoding: chunked"));
    headers_.reset(curl_slist_append(headers_.release(), "Expect:"));
    const std::string bearer = "Authorization: Bearer " + owner_.secret_;
    headers_.reset(curl_slist_append(headers_.release(), bearer.c_str()));
    const std::string url = owner_.control_url_ + "/agent/v1/streams/" + ask_.id.text();
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, heard);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    return curl_multi_add_handle(owner_.multi_.get(), easy) == CURLM_OK;
  }

  ~Stream() {
    if (easy_) {
      curl_multi_remove_handle(owner_.multi_.get(), easy_.get());
    }
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  [[nodiscard]] const schemas::Ask& ask() const { return ask_; }

  /// Reads on if control has taken what there was, and wakes the transfer if there is news.
  void look() {
    if (buffer_.size() - taken_ < buffer_max && !over_) {
      read_logs();
    }
    if (paused_ && (buffer_.size() > taken_ || over_ || answered_)) {
      paused_ = false;
      curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    }
  }

 private:
  void add(const std::vector<schemas::LogLine>& lines) {
    for (const schemas::LogLine& line : lines) {
      buffer_ += wire::encode(line);
      buffer_ += '\n';
    }
  }

  void read_logs() {
    // The state is asked before the log is read: what ended earlier has nothing left unread.
    const std::vector<LogSource> sources = owner_.sources_(ask_);
    const bool ended = std::all_of(sources.begin(), sources.end(), [](const LogSource& source) {
      return source.state == LogSource::State::ended;
    });
    std::vector<schemas::LogLine> lines;
    for (const std::unique_ptr<LogReader>& reader : readers_) {
      std::vector<schemas::LogLine> some = reader->read();
      std::move(some.begin(), some.end(), std::back_inserter(lines));
    }
    const bool dry = lines.empty();
    if (dry && (ended || ask_.purpose == schemas::AskPurpose::read_log)) {
      over_ = true;
      for (const std::unique_ptr<LogReader>& reader : readers_) {
        std::vector<schemas::LogLine> rest = reader->finish();
        std::move(rest.begin(), rest.end(), std::back_inserter(lines));
      }
    }
    if (readers_.size() > 1) {
      std::stable_sort(lines.begin(), lines.end(),
                       [](const auto& a, const auto& b) { return a.at < b.at; });
    }
    add(lines);
  }

  static std::size_t give(char* into, std::size_t size, std::size_t count, void* user) {
    auto& self = *static_cast<Stream*>(user);
    const std::size_t room = size * count;
    if (self.answered_) {
      return 0;  // control has said its word: nobody listens any more
    }
    if (self.taken_ == self.buffer_.size()) {
      self.buffer_.clear();
      self.taken_ = 0;
      if (!self.over_) {
        self.read_logs();
      }
    }
    const std::size_t some = std::min(room, self.buffer_.size() - self.taken_);
    if (some == 0 && !self.over_) {
      self.paused_ = true;
      return CURL_READFUNC_PAUSE;
    }
    std::copy_n(self.buffer_.data() + self.taken_, some, into);
    self.taken_ += some;
    return some;
  }

  static std::size_t heard(char*, std::size_t size, std::size_t count, void* user) {
    static_cast<Stream*>(user)->answered_ = true;
    return size * count;
  }

  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
  }

  const schemas::Ask ask_;
  const LogStreams& owner_;
  std::vector<std::unique_ptr<LogReader>> readers_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<CURL, CleanEasy> easy_;
  std::string buffer_;
  std::size_t taken_ = 0;
  bool paused_ = false;
  bool over_ = false;      ///< the log has been read to its end
  bool answered_ = false;  ///< control has answered: nobody listens any more
};

LogStreams::LogStreams(std::string control_url, std::string secret, Sources sources)
    : control_url_(std::move(control_url)),
      secret_(std::move(secret)),
      sources_(std::move(sources)),
      multi_(curl_multi_init()) {}

schemas::Result<std::unique_ptr<LogStreams>> LogStreams::start(const std::string& control_url,
                                                               const std::string& secret,
                                                               Sources sources) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::string base = control_url;
  while (base.ends_with('/')) {
    base.pop_back();
  }
  std::unique_ptr<LogStreams> streams(new LogStreams(std::move(base), secret, std::move(sources)));
  if (!streams->multi_) {
    return schemas::Error{schemas::ErrorCode::server, "The log streams could not be started"};
  }
  streams->thread_ = std::thread([owner = streams.get()] { owner->run(); });
  return streams;
}

LogStreams::~LogStreams() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  if (thread_.joinable()) {
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }
  streams_.clear();
}

void LogStreams::answer(const schemas::Ask& ask) {
  const std::lock_guard lock(mutex_);
  if (std::find(seen_.begin(), seen_.end(), ask.id) != seen_.end()) {
    return;
  }
  seen_.push_back(ask.id);
  if (seen_.size() > seen_max) {
    seen_.pop_front();
  }
  asked_.push_back(ask);
  curl_multi_wakeup(multi_.get());
}

void LogStreams::open_asked() {
  std::vector<schemas::Ask> asked;
  {
    const std::lock_guard lock(mutex_);
    asked.swap(asked_);
  }
  for (const schemas::Ask& ask : asked) {
    if (streams_.size() >= streams_max) {
      spdlog::warn("A request for the log of task {} waits in vain: {} are being read already",
                   ask.task.text(), streams_.size());
      continue;
    }
    auto stream = std::make_unique<Stream>(ask, *this);
    if (stream->open()) {
      streams_.push_back(std::move(stream));
    }
  }
}

void LogStreams::collect_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    const CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto stream = std::find_if(streams_.begin(), streams_.end(),
                                     [&](const auto& one) { return one->easy() == easy; });
    if (stream == streams_.end()) {
      continue;
    }
    if (code != CURLE_OK) {
      spdlog::debug("The log stream of task {} ended: {}", (*stream)->ask().task.text(),
                    curl_easy_strerror(code));
    }
    streams_.erase(stream);
  }
}

void LogStreams::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (ending_) {
        return;
      }
    }
    open_asked();
    for (const std::unique_ptr<Stream>& stream : streams_) {
      stream->look();
    }
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    collect_finished();
    constexpr int idle_ms = 60'000;
    curl_multi_poll(multi_.get(), nullptr, 0, streams_.empty() ? idle_ms : look_ms, nullptr);
  }
}

}  // namespace agent
