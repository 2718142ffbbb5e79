#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "control/core/world/event.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"

namespace control::edge {

/// The event log as readers follow it: what happened lately from memory, what happened before from
/// the store. Thread-safe.
class EventFeed {
 public:
  /// `last` is the highest sequence number that the store held at the start.
  EventFeed(std::unique_ptr<store::EventReader> reader, std::int64_t last);

  /// Called by the loop once `events` are durable.
  void publish(const std::vector<Event>& events);

  /// The highest sequence number published.
  [[nodiscard]] std::int64_t last() const;

  /// Up to `limit` events after `sequence`; none when there is nothing newer. `oldest` as in the
  /// store.
  [[nodiscard]] schemas::Result<store::EventPage> after(std::int64_t sequence, std::int64_t limit);

  /// Calls `wake` once, on the loop's thread, when something newer than `sequence` is published;
  /// at once if it has been already. Returns a ticket for `forget`.
  std::int64_t wait(std::int64_t sequence, std::function<void()> wake);
  void forget(std::int64_t ticket);

 private:
  /// Events kept in memory: a minute of a busy cluster. Readers further behind ask the store.
  static constexpr std::size_t recent_max = 8'192;

  mutable std::mutex mutex_;
  std::unique_ptr<store::EventReader> reader_;
  std::deque<Event> recent_;
  std::int64_t last_;
  std::int64_t next_ticket_ = 1;
  std::map<std::int64_t, std::function<void()>> waiting_;
};

}  // namespace control::edge
