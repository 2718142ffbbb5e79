#include "agent/edge/runner/runner.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "agent/core/promised_ports.h"
#include "agent/edge/runner/clock.h"
#include "schemas/wire/wire.h"

namespace agent {

namespace {

constexpr std::int64_t pull_threads = 3;
/// A health check mostly waits, for up to a minute where a program hangs; it must hold up neither a
/// start nor, with so many of them, the check of another task.
constexpr std::int64_t check_threads = 32;
constexpr std::size_t batch_max = 64;
/// An idle loop looks at its log this often; also bounds the cost of a missed wake-up.
constexpr std::chrono::milliseconds idle{2'000};

std::int64_t whole_ms(std::chrono::microseconds span) { return span.count() / 1000; }

}  // namespace

Runner::Runner(RunnerParts parts, Checkpoint checkpoint, Fatal fatal)
    : parts_(std::move(parts)),
      checkpoint_(std::move(checkpoint)),
      fatal_(std::move(fatal)),
      credentials_(parts_.secret),
      metadata_(
          std::make_unique<MetadataServer>([this](const SocketOwner& owner, std::string_view path) {
            return answer_metadata_request(owner, path);
          })),
      performer_(parts_.engine, parts_.networking, *metadata_, credentials_, parts_.data_directory),
      pulls_(pull_threads),
      checks_(check_threads),
      lanes_(parts_.threads) {
  state_.policy = parts_.policy;
}

Runner::~Runner() {
  // Everything that uses what this object is made of must have ended before any of it goes.
  constexpr std::chrono::hours as_long_as_it_takes{24};
  stop(as_long_as_it_takes);
  metadata_.reset();
}

void Runner::on_news(News news) { news_ = std::move(news); }

void Runner::on_ask(Asked asked) { asked_ = std::move(asked); }

schemas::Outcome Runner::start() {
  schemas::Outcome recovered = recover();
  if (recovered.ok()) {
    thread_ = std::thread([this] { run(); });
  }
  return recovered;
}

bool Runner::stop(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
  const bool pulled = pulls_.finish(patience);
  const bool checked = checks_.finish(patience);
  return lanes_.finish(patience) && pulled && checked;
}

void Runner::post(Work work) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(work));
  changed_.notify_one();
}

void Runner::run() {
  std::unique_lock lock(mutex_);
  bool tidied = false;
  while (!ending_) {
    if (queue_.empty()) {
      lock.unlock();
      const Moment at = now();
      const std::optional<std::int64_t> wake_ns = next_wake_ns(state_, at);
      lock.lock();
      std::chrono::nanoseconds wait = idle;
      if (wake_ns) {
        wait = std::clamp(std::chrono::nanoseconds(*wake_ns - at.boot_ns),
                          std::chrono::nanoseconds(0), wait);
      }
      const bool work =
          changed_.wait_for(lock, wait, [this] { return ending_ || !queue_.empty(); });
      if (!work) {
        lock.unlock();
        if (wake_ns && *wake_ns <= now().boot_ns) {
          take(Woken{});
          flush();
          tidied = false;
        } else if (!tidied) {
          checkpoint_.tidy();
          tidied = true;
        }
        lock.lock();
        continue;
      }
    }
    tidied = false;
    std::deque<Work> batch;
    while (!queue_.empty() && batch.size() < batch_max) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    lock.unlock();
    for (const Work& work : batch) {
      work();
    }
    flush();
    lock.lock();
  }
}

void Runner::take(const Event& event) { merge(step(state_, event, now())); }

void Runner::merge(Step step) {
  for (const schemas::TaskId& id : step.forget) {
    gathered_.save.erase(id);
    gathered_.forget.insert(id);
  }
  gathered_.save.insert(step.save.begin(), step.save.end());
  std::move(step.meters_made.begin(), step.meters_made.end(),
            std::back_inserter(gathered_.meters_made));
  std::move(step.meters_acknowledged.begin(), step.meters_acknowledged.end(),
            std::back_inserter(gathered_.meters_acknowledged));
  std::move(step.effects.begin(), step.effects.end(), std::back_inserter(gathered_.effects));
}

/// Saves what has gathered, then carries it out and tells of it: in this order, or a crash in
/// between would leave things that no later process knows.
void Runner::flush() {
  const Step gathered = std::exchange(gathered_, Step{});
  const std::vector<schemas::SyncAnswer> network = std::exchange(gathered_network_, {});
  const schemas::Outcome saved = checkpoint_.save(gathered, state_, network);
  if (!saved.ok()) {
    spdlog::critical("{}", saved.error().message);
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    fatal_(saved.error().message);
    return;
  }
  for (const Effect& effect : gathered.effects) {
    carry_out(effect);
  }
  for (const schemas::TaskId& id : gathered.save) {
    publish(id);
    log_progress(state_.tasks.at(id));
  }
  for (const Work& tell : std::exchange(telling_, {})) {
    tell();
  }
  if (!gathered.forget.empty()) {
    const std::lock_guard lock(views_mutex_);
    for (const schemas::TaskId& id : gathered.forget) {
      const auto view = views_.find(id);
      if (view != views_.end() && !state_.tasks.contains(id)) {
        for (const schemas::ContainerAssignment& one :
             view->second->record.assignment->containers) {
          containers_.erase(one.id);
        }
        views_.erase(view);
        progress_.erase(id);
        credentials_.forget(id);
      }
    }
  }
  if (state_.change > news_told_ && news_) {
    news_told_ = state_.change;
    news_();
  }
}

void Runner::carry_out(const Effect& effect) {
  Job job;
  job.effect = effect;
  if (effect.action == Action::apply_network) {
    job.network = std::make_shared<const netif::HostNetwork>(state_.network);
  } else {
    const auto found = state_.tasks.find(effect.task);
    if (found == state_.tasks.end()) {
      return;  // forgotten in the same turn
    }
    const TaskState& task = found->second;
    job.task = task.record.assignment;
    job.eni = task.record.eni;
    const auto index = static_cast<std::size_t>(effect.index);
    if (index < task.record.containers.size()) {
      job.container = task.record.containers[index];
    }
    if (effect.action == Action::make_sandbox &&
        task.assignment().network_mode == schemas::NetworkMode::bridge) {
      job.promised_ports = promised_ports(state_);
    }
  }
  Lanes& lanes = effect.action == Action::pull_image     ? pulls_
                 : effect.action == Action::check_health ? checks_
                                                         : lanes_;
  lanes.give(lane_of(effect), [this, job = std::move(job)] {
    Performed done = performer_.perform(job);
    post([this, done = std::move(done)] { performed(done); });
  });
}

void Runner::performed(const Performed& done) {
  const Finished& finished = done.finished;
  if (!finished.error.empty() && finished.effect.action != Action::check_health) {
    spdlog::warn("task {}: {}", finished.effect.task.text(), finished.error);
  }
  for (auto& [id, progress] : progress_) {
    // Making what interfaces stand on is a part of every start that waits for it.
    const bool waits = finished.effect.action == Action::apply_network &&
                       progress.logged < schemas::TaskStatus::running;
    if (waits || id == finished.effect.task) {
      for (const auto& [name, span] : done.phases) {
        progress.phases[name] += span;
      }
    }
  }
  take(finished);
}

void Runner::log_progress(const TaskState& task) {
  const schemas::TaskId& id = task.assignment().id;
  Progress& progress = progress_[id];
  const schemas::TaskStatus status = task.record.status;
  if (progress.logged == status) {
    return;
  }
  progress.logged = status;
  spdlog::info("task {} ({}:{}) is {}{}{}", id.text(), task.assignment().family,
               task.assignment().revision, wire::name_of(status),
               task.record.stopped_reason.empty() ? "" : ": ", task.record.stopped_reason);
  if (status == schemas::TaskStatus::running) {
    Phases& phases = progress.phases;
    const auto total = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - progress.assigned);
    spdlog::info(
        "phases task={} pull_ms={} namespace_ms={} eni_ms={} rootfs_ms={} create_ms={} "
        "start_ms={} total_ms={}",
        id.text(), whole_ms(phases["pull"]), whole_ms(phases["namespace"]), whole_ms(phases["eni"]),
        whole_ms(phases["rootfs"]), whole_ms(phases["create"]), whole_ms(phases["start"]),
        whole_ms(total));
  }
}

void Runner::container_exited(const ContainerExit& exit) {
  post([this, exit] {
    std::pair<schemas::TaskId, std::int64_t> home;
    {
      const std::lock_guard lock(views_mutex_);
      const auto found = containers_.find(exit.id);
      if (found == containers_.end()) {
        return;
      }
      home = found->second;
    }
    spdlog::info("task {}: container {} ended{}{}", home.first.text(), exit.id.text(),
                 exit.exit_code ? " with exit code " + std::to_string(*exit.exit_code) : "",
                 exit.reason.empty() ? "" : " (" + exit.reason + ")");
    take(Exited{home.first, home.second, exit.exit_code, exit.reason, exit.finished_at});
  });
}

}  // namespace agent
