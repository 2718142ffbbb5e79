#include "agent/edge/runner/lanes.h"

#include <utility>

namespace agent {

Lanes::Lanes(std::int64_t threads) {
  for (std::int64_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

Lanes::~Lanes() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void Lanes::give(const std::string& lane, Job job) {
  const std::lock_guard lock(mutex_);
  if (ending_) {
    return;
  }
  Lane& one = lanes_[lane];
  one.jobs.push_back(std::move(job));
  if (!one.busy && one.jobs.size() == 1) {
    ready_.push_back(lane);
    changed_.notify_one();
  }
}

bool Lanes::finish(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  ending_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this] { return under_way_ == 0; });
}

void Lanes::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !ready_.empty(); });
    if (ending_) {
      return;
    }
    const std::string name = std::move(ready_.front());
    ready_.pop_front();
    Lane& lane = lanes_[name];
    const Job job = std::move(lane.jobs.front());
    lane.jobs.pop_front();
    lane.busy = true;
    under_way_ += 1;
    lock.unlock();
    job();
    lock.lock();
    under_way_ -= 1;
    Lane& after = lanes_[name];
    after.busy = false;
    if (after.jobs.empty()) {
      lanes_.erase(name);
    } else {
      ready_.push_back(name);
    }
    changed_.notify_all();
  }
}

}  // namespace agent
