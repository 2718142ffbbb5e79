#include "control/edge/loop/event_feed.h"

#include <algorithm>
#include <utility>

namespace control::edge {

EventFeed::EventFeed(std::unique_ptr<store::EventReader> reader, std::int64_t last)
    : reader_(std::move(reader)), last_(last) {}

void EventFeed::publish(const std::vector<Event>& events) {
  if (events.empty()) {
    return;
  }
  std::map<std::int64_t, std::function<void()>> waiting;
  {
    const std::lock_guard lock(mutex_);
    recent_.insert(recent_.end(), events.begin(), events.end());
    while (recent_.size() > recent_max) {
      recent_.pop_front();
    }
    last_ = events.back().sequence;
    waiting = std::exchange(waiting_, {});
  }
  for (const auto& [ticket, wake] : waiting) {
    wake();
  }
}

std::int64_t EventFeed::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

schemas::Result<store::EventPage> EventFeed::after(std::int64_t sequence, std::int64_t limit) {
  {
    const std::lock_guard lock(mutex_);
    if (sequence >= last_) {
      return store::EventPage{.events = {}, .oldest = 1, .last_looked = sequence};
    }
    if (!recent_.empty() && recent_.front().sequence <= sequence + 1) {
      store::EventPage page{.events = {}, .oldest = 1, .last_looked = sequence};
      auto at = std::upper_bound(
          recent_.begin(), recent_.end(), sequence,
          [](std::int64_t wanted, const Event& event) { return wanted < event.sequence; });
      for (; at != recent_.end() && limit > 0; ++at, --limit) {
        page.events.push_back(*at);
        page.last_looked = at->sequence;
      }
      return page;
    }
  }
  return reader_->read(sequence, limit);
}

std::int64_t EventFeed::wait(std::int64_t sequence, std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    if (last_ <= sequence) {
      waiting_[next_ticket_] = std::move(wake);
      return next_ticket_++;
    }
  }
  wake();
  return 0;
}

void EventFeed::forget(std::int64_t ticket) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(ticket);
}

}  // namespace control::edge
