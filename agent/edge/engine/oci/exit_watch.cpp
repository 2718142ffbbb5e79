#include "agent/edge/engine/oci/exit_watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <utility>

#include "schemas/base/require.h"

namespace agent {

ExitWatch::ExitWatch(std::function<void(schemas::ContainerId)> on_end,
                     std::function<void()> on_tick, std::chrono::milliseconds tick)
    : on_end_(std::move(on_end)),
      on_tick_(std::move(on_tick)),
      tick_(tick),
      events_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  schemas::require(events_.open() && wake_.open(), "no descriptors left to watch containers with");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  epoll_ctl(events_.number(), EPOLL_CTL_ADD, wake_.number(), &event);
  thread_ = std::thread([this] { run(); });
}

ExitWatch::~ExitWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  eventfd_write(wake_.number(), 1);
  thread_.join();
}

void ExitWatch::add(schemas::ContainerId id, Descriptor process) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t key = ++last_key_;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  const int number = process.number();
  watched_.insert_or_assign(key, Watched{.id = id, .process = std::move(process)});
  keys_.insert_or_assign(id, key);
  epoll_ctl(events_.number(), EPOLL_CTL_ADD, number, &event);
}

void ExitWatch::remove(schemas::ContainerId id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = keys_.find(id); found != keys_.end()) {
    watched_.erase(found->second);  // its last descriptor closed, it leaves the epoll set
    keys_.erase(found);
  }
}

void ExitWatch::run() {
  auto next_tick = std::chrono::steady_clock::now() + tick_;
  std::array<epoll_event, 64> events{};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        next_tick - std::chrono::steady_clock::now());
    const int count = epoll_wait(events_.number(), events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    for (int at = 0; at < count; ++at) {
      const std::uint64_t key = events[static_cast<std::size_t>(at)].data.u64;
      schemas::ContainerId ended;
      {
        const std::lock_guard lock(mutex_);
        const auto found = watched_.find(key);
        if (found == watched_.end()) {
          continue;
        }
        ended = found->second.id;
        keys_.erase(ended);
        watched_.erase(found);
      }
      on_end_(ended);
    }
    {
      const std::lock_guard lock(mutex_);
      if (ending_) {
        return;
      }
    }
    if (std::chrono::steady_clock::now() >= next_tick) {
      on_tick_();
      next_tick = std::chrono::steady_clock::now() + tick_;
    }
  }
}

}  // namespace agent
