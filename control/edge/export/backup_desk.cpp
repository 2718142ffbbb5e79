#include "control/edge/export/backup_desk.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

#include "control/edge/access/first_start.h"
#include "control/edge/access/secrets.h"
#include "control/edge/http/api/call.h"
#include "control/edge/http/response_text.h"
#include "schemas/base/require.h"
#include "spdlog/spdlog.h"

namespace control::edge {

namespace {

/// One write: large enough that a fast line is kept busy, small enough to hold in memory.
constexpr std::size_t chunk_bytes = 256UL * 1024;

schemas::Error failure(std::string message) {
  return {.code = schemas::ErrorCode::server, .message = std::move(message)};
}

/// An open file whose name is gone: nothing is left of it, however this process ends.
class NamelessFile {
 public:
  explicit NamelessFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    ::unlink(path.c_str());
  }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  ~NamelessFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  /// The next bytes from `offset`, none at the end.
  [[nodiscard]] schemas::Result<std::string> read(std::int64_t offset) const {
    std::string bytes(chunk_bytes, '\0');
    const auto got = ::pread(descriptor_, bytes.data(), bytes.size(), offset);
    if (got < 0) {
      return failure("The backup cannot be read again: " + std::generic_category().message(errno) +
                     ". Check the disk.");
    }
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }

 private:
  int descriptor_;
};

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

struct Content {
  std::int64_t bytes = 0;
  std::string sha256;
};

schemas::Result<Content> measure(const NamelessFile& file) {
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  bool done = digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  Content content;
  for (;;) {
    const schemas::Result<std::string> bytes = file.read(content.bytes);
    if (!bytes.ok()) {
      return bytes.error();
    }
    if (bytes.value().empty()) {
      break;
    }
    done = done && EVP_DigestUpdate(digest.get(), bytes.value().data(), bytes.value().size()) == 1;
    content.bytes += static_cast<std::int64_t>(bytes.value().size());
  }
  unsigned int length = 0;
  std::vector<unsigned char> raw(EVP_MAX_MD_SIZE);
  done = done && EVP_DigestFinal_ex(digest.get(), raw.data(), &length) == 1;
  schemas::require(done, "SHA-256 failed");
  content.sha256 = access::hex(std::string(raw.begin(), raw.begin() + length));
  return content;
}

/// Hears, on this thread, what became of a write.
class Receipt {
 public:
  void give(http::Delivery delivery) {
    const std::lock_guard lock(mutex_);
    delivery_ = delivery;
    came_ = true;
    changed_.notify_all();
  }
  /// Lost, too, when `stopping` becomes true.
  http::Delivery wait(const std::atomic<bool>& stopping) {
    constexpr std::chrono::milliseconds look{100};
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, look, [this] { return came_; })) {
      if (stopping) {
        return http::Delivery::lost;
      }
    }
    return delivery_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  http::Delivery delivery_ = http::Delivery::lost;
  bool came_ = false;
};

bool send(const NamelessFile& file, const Content& content, const http::ExchangeRef& exchange,
          const std::atomic<bool>& stopping) {
  for (std::int64_t at = 0; at < content.bytes;) {
    schemas::Result<std::string> bytes = file.read(at);
    if (!bytes.ok() || bytes.value().empty()) {
      return false;
    }
    at += static_cast<std::int64_t>(bytes.value().size());
    const auto receipt = std::make_shared<Receipt>();
    exchange->write(std::move(bytes).value(),
                    [receipt](http::Delivery delivery) { receipt->give(delivery); });
    if (receipt->wait(stopping) == http::Delivery::lost) {
      return false;
    }
  }
  return true;
}

/// The user whom the first start makes, or whoever calls where nobody is told apart.
bool is_administrator(const http::Caller& caller, const std::string& operator_account) {
  const std::string account = "arn:aws:iam::" + operator_account;
  return caller.scope.account == operator_account &&
         (caller.principal == account + ":user/" + access::first_user ||
          caller.principal == account + ":root");
}

}  // namespace

BackupDesk::BackupDesk(Parts parts) : parts_(std::move(parts)) {
  ::unlink(parts_.draft.c_str());  // of a process that was killed
}

BackupDesk::~BackupDesk() { stop(); }

void BackupDesk::stop() {
  stopping_ = true;
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    busy_ = true;  // and stays so
    last = std::move(thread_);
  }
  if (last.joinable()) {
    last.join();
  }
}

void BackupDesk::serve(const http::Door& door, const http::Request& request,
                       const http::ExchangeRef& exchange) {
  const access::Verdict<http::Caller> verdict = door.identify(request);
  if (const auto* refused = std::get_if<access::Refused>(&verdict)) {
    answer(exchange, error_response(http::Protocol::rest, *refused));
    return;
  }
  const auto& caller = std::get<http::Caller>(verdict);
  if (!is_administrator(caller, parts_.operator_account)) {
    answer(exchange,
           error_response(
               http::Protocol::rest,
               access::Refused{.reason = access::Reason::access_denied,
                               .message = "A backup holds every account, so only user " +
                                          std::string(access::first_user) +
                                          " of the operator's account " + parts_.operator_account +
                                          " may take one; this call is from " + caller.principal +
                                          "."}));
    return;
  }
  const std::lock_guard lock(mutex_);
  if (busy_) {
    answer(exchange, http::refusal(409, "ConflictException",
                                   "A backup is being taken; there is one at a time. Try again "
                                   "when it is done."));
    return;
  }
  busy_ = true;
  if (thread_.joinable()) {
    thread_.join();  // it has ended, but for its last line
  }
  thread_ = std::thread([this, exchange, principal = caller.principal] {
    work(exchange, principal);
    const std::lock_guard done(mutex_);
    busy_ = stopping_;
  });
}

void BackupDesk::work(const http::ExchangeRef& exchange, const std::string& principal) {
  const auto start = std::chrono::steady_clock::now();
  const schemas::Outcome copied = parts_.source->copy_to(parts_.draft, parts_.clock(), stopping_);
  if (!copied.ok()) {
    spdlog::error("no backup for {}: {}", principal, copied.error().message);
    answer(exchange, error_response(http::Protocol::rest, copied.error()));
    return;
  }
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::steady_clock::now() - start)
                                .count();
  const NamelessFile file(parts_.draft);
  const schemas::Result<Content> content = measure(file);
  if (!content.ok()) {
    answer(exchange, error_response(http::Protocol::rest, content.error()));
    return;
  }
  http::Response head;
  head.content_type = "application/vnd.sqlite3";
  head.headers = {{"x-stowage-sha256", content.value().sha256}, {"Cache-Control", "no-store"}};
  exchange->begin(head);
  if (send(file, content.value(), exchange, stopping_)) {
    exchange->finish();
    spdlog::info("a backup of {} bytes went to {}; copying took {} ms", content.value().bytes,
                 principal, milliseconds);
  } else {
    // Dropped without an end, so the caller sees that something is missing.
    spdlog::warn("a backup for {} was not taken to its end", principal);
  }
}

}  // namespace control::edge
