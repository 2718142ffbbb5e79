#include "agent/edge/engine/docker/death_watch.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "agent/edge/engine/docker/container_wish.h"
#include "agent/edge/engine/docker/documents.h"

namespace agent {

namespace {

/// A daemon that is being restarted is asked again this often.
constexpr std::chrono::milliseconds pause{200};

}  // namespace

DeathWatch::DeathWatch(const Daemon& daemon, const std::string& owner, Listener listener)
    : listener_(std::move(listener)), stream_(daemon) {
  const std::string filters = R"({"type":["container"],"event":["die"],"label":[")" +
                              std::string(owner_label) + "=" + owner + R"("]})";
  reader_ =
      std::thread([this, path = "/events?filters=" + url_text(filters)] { read_events(path); });
  teller_ = std::thread([this] { tell(); });
}

DeathWatch::~DeathWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  stream_.interrupt();
  reader_.join();
  teller_.join();
}

void DeathWatch::mention(schemas::ContainerId id) {
  const std::lock_guard lock(mutex_);
  mentioned_.insert(id);
  changed_.notify_all();
}

void DeathWatch::read_events(const std::string& path) {
  const auto opened = [this] {
    const std::lock_guard lock(mutex_);
    all_ = true;
    changed_.notify_all();
  };
  while (!stream_.interrupted()) {
    rest_.clear();
    stream_.run(path, opened, [this](std::string_view bytes) { take(bytes); });
    std::unique_lock lock(mutex_);
    if (!ending_) {
      spdlog::warn("Docker's events have stopped; asking again");
    }
    changed_.wait_for(lock, pause, [this] { return ending_; });
  }
}

void DeathWatch::take(std::string_view bytes) {
  rest_.append(bytes);
  std::size_t begin = 0;
  for (std::size_t end = rest_.find('\n'); end != std::string::npos;
       end = rest_.find('\n', begin)) {
    const auto event =
        docker::read<docker::Event>(std::string_view(rest_).substr(begin, end - begin));
    begin = end + 1;
    if (!event.ok() || event.value().action != "die") {
      continue;
    }
    const auto& attributes = event.value().actor.attributes;
    const auto label = attributes.find(container_label);
    if (const auto id =
            label == attributes.end() ? std::nullopt : schemas::ContainerId::parse(label->second)) {
      mention(*id);
    }
  }
  rest_.erase(0, begin);
}

void DeathWatch::tell() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || all_ || !mentioned_.empty(); });
    if (ending_) {
      return;
    }
    const bool all = std::exchange(all_, false);
    const std::set<schemas::ContainerId> ids = std::exchange(mentioned_, {});
    lock.unlock();
    if (all) {
      listener_.look_at_all();
    }
    for (const schemas::ContainerId& id : ids) {
      listener_.heard(id);
    }
    lock.lock();
  }
}

}  // namespace agent
