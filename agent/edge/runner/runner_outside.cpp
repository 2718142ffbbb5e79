// What others ask of the runner on their own threads: the control channel and the metadata
// endpoint.

#include <unistd.h>

#include <fstream>
#include <future>
#include <string>
#include <utility>

#include "agent/edge/runner/clock.h"
#include "agent/edge/runner/runner.h"

namespace agent {

namespace {

/// A question to a loop that has ended is given up after this long.
constexpr std::chrono::milliseconds answer_pause{500};
/// Asked of control; it may answer earlier. Longer: fewer questions. Shorter: a dead connection is
/// noticed sooner.
constexpr std::int64_t hold_ms = 20'000;

/// The CPU time of all CPUs since boot, idle included, as `stats` relates a container's to.
std::int64_t system_cpu_ns() {
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;             // "cpu"
  constexpr int kinds = 7;  // user, nice, system, idle, waiting, interrupts: guests are in user
  std::int64_t ticks = 0;
  for (int kind = 0; kind < kinds; ++kind) {
    std::int64_t some = 0;
    file >> some;
    ticks += some;
  }
  return ticks * (nanoseconds_per_second / ::sysconf(_SC_CLK_TCK));
}

}  // namespace

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

std::optional<schemas::SyncRequest> Runner::next_request(ChannelHost::Purpose purpose) {
  auto promise = std::make_shared<std::promise<std::optional<schemas::SyncRequest>>>();
  std::future<std::optional<schemas::SyncRequest>> future = promise->get_future();
  post([this, purpose, promise] {
    telling_.push_back([this, purpose, promise] { promise->set_value(request_for(purpose)); });
  });
  // A loop that has ended answers nothing any more.
  while (future.wait_for(answer_pause) != std::future_status::ready) {
    const std::lock_guard lock(mutex_);
    if (ending_) {
      return std::nullopt;
    }
  }
  return future.get();
}

std::optional<schemas::SyncRequest> Runner::request_for(ChannelHost::Purpose purpose) const {
  schemas::SyncRequest request;
  if (purpose == ChannelHost::Purpose::poll) {
    request.have_version = state_.held_version;
    request.report_sequence = state_.acknowledged;
    request.hold_ms = hold_ms;
  } else if (state_.change > state_.acknowledged || !inventory_told_) {
    request = sync_request(state_);
    if (!inventory_told_) {
      request.inventory = parts_.inventory;
    }
  } else {
    return std::nullopt;
  }
  request.agent = parts_.instance;
  request.boot_id = parts_.boot_id;
  return request;
}

void Runner::answered(const schemas::SyncRequest& request, schemas::SyncAnswer answer) {
  const bool told = request.inventory.has_value();
  // Kept apart from everything else, which may be saved or logged.
  credentials_.take(std::exchange(answer.credentials, {}));
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
  if (path.starts_with("/v2/")) {
    return credentials_.answer(owner.task, path);
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
    seen.system_cpu_ns = system_cpu_ns();
    seen.online_cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
    seen.memory_bytes = numbers.value().memory_bytes;
    seen.memory_peak_bytes = numbers.value().memory_peak_bytes;
    return seen;
  };
  return answer_metadata(full, owner.sandbox, path, use);
}

}  // namespace agent
