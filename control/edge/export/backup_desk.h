#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "control/edge/http/api/caller.h"
#include "control/edge/http/exchange.h"
#include "control/edge/store/store.h"
#include "schemas/base/time.h"

namespace control::edge {

/// Hands out backups: `POST /v1/backup`. A copy is made on the disk and sent from there, on a
/// thread of its own, so that neither the loop nor a slow caller's pace matters; one at a time.
class BackupDesk {
 public:
  struct Parts {
    std::unique_ptr<store::BackupSource> source;
    std::string draft;             ///< where the copy is made; no name is left of it
    std::string operator_account;  ///< whose administrator may take one
    std::function<schemas::Instant()> clock;
  };
  explicit BackupDesk(Parts parts);
  BackupDesk(const BackupDesk&) = delete;
  BackupDesk& operator=(const BackupDesk&) = delete;
  ~BackupDesk();  ///< gives up what is under way

  /// Answers with the database, its SHA-256 in `x-stowage-sha256`.
  void serve(const http::Door& door, const http::Request& request,
             const http::ExchangeRef& exchange);
  void stop();

 private:
  void work(const http::ExchangeRef& exchange, const std::string& principal);

  Parts parts_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace control::edge
