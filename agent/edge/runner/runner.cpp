#include "agent/edge/runner/runner.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "agent/edge/runner/clock.h"
#include "schemas/wire/wire.h"

namespace agent {

namespace {

constexpr std::int64_t kPullThreads = 3;
constexpr std::size_t kBatchMax = 64;
/// An idle loop looks at its log this often; also bounds the cost of a missed wake-up.
constexpr std::chrono::milliseconds kIdle{2'000};
/// Asked of control; it may answer earlier. Longer: fewer questions. Shorter: a dead connection is
/// noticed sooner.
constexpr std::int64_t kHoldMs = 20'000;

std::int64_t whole_ms(std::chrono::microseconds span) { return span.count() / 1000; }

}  // namespace

Runner::Runner(RunnerParts parts, Checkpoint checkpoint, Fatal fatal)
    : parts_(std::move(parts)),
      checkpoint_(std::move(checkpoint)),
      fatal_(std::move(fatal)),
      metadata_([this](const SocketOwner& owner, std::string_view path) {
        return answer_metadata_request(owner, path);
      }),
      performer_(parts_.engine, parts_.networking, metadata_, parts_.data_directory),
      pulls_(kPullThreads),
      lanes_(parts_.threads) {
  state_.policy = parts_.policy;
}

Runner::~Runner() { stop(std::chrono::milliseconds(0)); }

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
  return lanes_.finish(patience) && pulled;
}

schemas::Result<std::vector<FoundContainer>> Runner::find_containers(const Restored& restored) {
  schemas::Result<std::vector<ContainerState>> states = parts_.engine.recover();
  if (!states.ok()) {
    return states.error();
  }
  std::set<schemas::ContainerId> begun;
  for (const TaskRecord& task : restored.tasks) {
    for (std::size_t i = 0; i < task.containers.size(); ++i) {
      if (task.containers[i].progress >= ContainerProgress::starting) {
        begun.insert(task.assignment->containers[i].id);
      }
    }
  }
  std::vector<FoundContainer> found;
  for (const ContainerState& state : states.value()) {
    if (!begun.contains(state.id)) {
      // Made but never started, and what it was made from is no longer known: made anew.
      const schemas::Outcome removed = parts_.engine.remove(state.id);
      if (!removed.ok()) {
        spdlog::warn("Container {} of an interrupted start stays for now: {}", state.id.text(),
                     removed.error().message);
      }
      continue;
    }
    FoundContainer one;
    one.task = state.task;
    one.container = state.id;
    one.runtime_id = state.runtime_id;
    one.image_digest = state.image_digest;
    if (state.phase == ContainerPhase::running) {
      one.condition = FoundContainer::Condition::running;
    } else if (state.phase == ContainerPhase::exited) {
      one.condition = FoundContainer::Condition::exited;
      if (state.exit) {
        one.exit_code = state.exit->exit_code;
        one.reason = state.exit->reason;
        one.finished_at = state.exit->finished_at;
      }
    }
    found.push_back(std::move(one));
  }
  return found;
}

void Runner::keep_networks(const std::vector<TaskRecord>& tasks) {
  std::set<schemas::TaskId> with_namespace;
  std::set<std::string> bridge_keys;
  for (const TaskRecord& task : tasks) {
    if (task.cleaned) {
      continue;
    }
    if (task.assignment->network_mode == schemas::NetworkMode::awsvpc) {
      with_namespace.insert(task.assignment->id);
    } else if (task.assignment->network_mode == schemas::NetworkMode::bridge) {
      for (const schemas::ContainerAssignment& container : task.assignment->containers) {
        bridge_keys.insert(container.id.text());
      }
    }
  }
  const schemas::Outcome kept = parts_.networking.keep_only(with_namespace, bridge_keys);
  if (!kept.ok()) {
    spdlog::warn("Left-over namespaces stay for now: {}", kept.error().message);
  }
}

schemas::Outcome Runner::recover() {
  schemas::Result<Restored> restored = checkpoint_.load(parts_.boot_id);
  if (!restored.ok()) {
    return restored.error();
  }
  const Restored& old = restored.value();
  const Boot boot =
      old.boot_id.empty() || old.boot_id == parts_.boot_id ? Boot::same : Boot::changed;
  schemas::Result<std::vector<FoundContainer>> found = find_containers(old);
  if (!found.ok()) {
    return found.error();
  }
  std::vector<schemas::TaskId> known;
  for (const TaskRecord& task : old.tasks) {
    if (!task.cleaned) {
      known.push_back(task.assignment->id);
    }
  }
  const schemas::Outcome swept = parts_.engine.sweep(known);
  if (!swept.ok()) {
    spdlog::warn("Left-over containers stay for now: {}", swept.error().message);
  }
  keep_networks(old.tasks);
  constexpr std::int64_t kStartBits = 32;
  state_.change = old.starts << kStartBits;
  state_.network = old.network;
  for (const schemas::MeterRecord& record : old.meters) {
    state_.meters.push_back({record, ++state_.change});
  }
  spdlog::info("Found {} tasks and {} containers of an earlier run{}", old.tasks.size(),
               found.value().size(), boot == Boot::changed ? "; the host has restarted since" : "");
  merge(agent::recover(state_, old.tasks, found.value(), boot, now()));
  for (const auto& [id, task] : state_.tasks) {
    progress_[id].logged = task.record.status;
    publish(id);
  }
  flush();
  return schemas::Done{};
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
      std::chrono::nanoseconds wait = kIdle;
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
    while (!queue_.empty() && batch.size() < kBatchMax) {
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
      }
    }
  }
  if (state_.change > news_told_ && news_) {
    news_told_ = state_.change;
    news_();
  }
}

void Runner::publish(const schemas::TaskId& id) {
  const TaskState& task = state_.tasks.at(id);
  auto view = std::make_shared<TaskView>();
  view->record = task.record;
  if (task.record.eni) {
    const auto subnet = state_.network.subnets.find(task.record.eni->subnet);
    if (subnet != state_.network.subnets.end()) {
      view->subnet = subnet->second;
    }
  }
  const std::lock_guard lock(views_mutex_);
  const bool fresh = views_.insert_or_assign(id, std::move(view)).second;
  if (fresh) {
    const auto& containers = task.assignment().containers;
    for (std::size_t i = 0; i < containers.size(); ++i) {
      containers_[containers[i].id] = {id, static_cast<std::int64_t>(i)};
    }
  }
}

std::shared_ptr<const TaskView> Runner::view(const schemas::TaskId& task) const {
  const std::lock_guard lock(views_mutex_);
  const auto found = views_.find(task);
  return found == views_.end() ? nullptr : found->second;
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
  }
  Lanes& lanes = effect.action == Action::pull_image ? pulls_ : lanes_;
  lanes.give(lane_of(effect), [this, job = std::move(job)] {
    Performed done = performer_.perform(job);
    post([this, done = std::move(done)] { performed(done); });
  });
}

void Runner::performed(Performed done) {
  const Finished& finished = done.finished;
  if (!finished.error.empty()) {
    spdlog::warn("task {}: {}", finished.effect.task.text(), finished.error);
  }
  const auto progress = progress_.find(finished.effect.task);
  if (progress != progress_.end()) {
    for (const auto& [name, span] : done.phases) {
      progress->second.phases[name] += span;
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

std::optional<schemas::SyncRequest> Runner::next_request(ChannelHost::Purpose purpose) {
  auto promise = std::make_shared<std::promise<std::optional<schemas::SyncRequest>>>();
  std::future<std::optional<schemas::SyncRequest>> future = promise->get_future();
  post([this, purpose, promise] {
    std::optional<schemas::SyncRequest> request;
    if (purpose == ChannelHost::Purpose::poll) {
      request.emplace();
      request->have_version = state_.held_version;
      request->report_sequence = state_.acknowledged;
      request->hold_ms = kHoldMs;
    } else if (state_.change > state_.acknowledged || !inventory_told_) {
      request = sync_request(state_);
      if (!inventory_told_) {
        request->inventory = parts_.inventory;
      }
    }
    if (request) {
      request->agent = parts_.instance;
      request->boot_id = parts_.boot_id;
    }
    promise->set_value(std::move(request));
  });
  // A loop that has ended answers nothing any more.
  while (future.wait_for(kIdle) != std::future_status::ready) {
    const std::lock_guard lock(mutex_);
    if (ending_) {
      return std::nullopt;
    }
  }
  return future.get();
}

void Runner::answered(const schemas::SyncRequest& request, schemas::SyncAnswer answer) {
  const bool told = request.inventory.has_value();
  post([this, told, asked_version = request.have_version, answer = std::move(answer)]() mutable {
    inventory_told_ = inventory_told_ || told;
    Answered event{std::move(answer), asked_version};
    Step made = step(state_, event, now());
    if (made.network == Step::Network::changed) {
      gathered_network_.push_back(event.answer);
    }
    merge(std::move(made));
    if (asked_) {
      for (const schemas::Ask& ask : event.answer.asks) {
        asked_(ask);
      }
    }
  });
}

MetadataReply Runner::answer_metadata_request(const SocketOwner& owner, std::string_view path) {
  const std::shared_ptr<const TaskView> known = view(owner.task);
  if (!known) {
    return {404, R"({"error":"the task has ended"})"};
  }
  TaskView full = *known;
  if (full.record.assignment->network_mode == schemas::NetworkMode::bridge) {
    for (std::size_t i = 0; i < full.record.containers.size(); ++i) {
      full.bridge_addresses.push_back(
          performer_.bridge_address(owner.task, static_cast<std::int64_t>(i)));
    }
  }
  const auto use = [&](std::int64_t) -> std::optional<UseView> {
    const schemas::Result<TaskUse> numbers = parts_.engine.task_use(owner.task);
    if (!numbers.ok()) {
      return std::nullopt;
    }
    UseView seen;
    seen.read_at = now().wall;
    seen.cpu_ns = numbers.value().cpu_time_ns;
    seen.online_cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
    seen.memory_bytes = numbers.value().memory_bytes;
    seen.memory_peak_bytes = numbers.value().memory_peak_bytes;
    return seen;
  };
  return answer_metadata(full, owner.sandbox, path, use);
}

}  // namespace agent
