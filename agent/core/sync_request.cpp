#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "agent/core/host.h"
#include "agent/core/report.h"

namespace agent {

namespace {

/// Reports and meter records of one request, about half a kilobyte each: well below a server's
/// limit of 1 MiB. Smaller: more round trips after an absence.
constexpr std::size_t items_max = 1'000;

/// One thing control should hear of; `meter` is absent for a task's report.
struct Item {
  std::int64_t change = 0;
  const TaskState* task = nullptr;
  const PendingMeter* meter = nullptr;
};

std::optional<schemas::EniId> eni_of(const TaskState& task) {
  return task.record.eni ? std::optional(task.record.eni->id) : task.assignment().eni;
}

std::vector<Item> items_since(const HostState& state) {
  std::vector<Item> items;
  for (const auto& [id, task] : state.tasks) {
    if (task.changed > state.acknowledged && !task.record.gone) {
      items.push_back({task.changed, &task, nullptr});
    }
  }
  for (const PendingMeter& meter : state.meters) {
    items.push_back({meter.change, nullptr, &meter});
  }
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.change < b.change; });
  return items;
}

}  // namespace

schemas::SyncRequest sync_request(const HostState& state) {
  schemas::SyncRequest request;
  request.have_version = state.held_version;
  request.report_sequence = state.change;
  std::vector<Item> items = items_since(state);
  if (items.size() > items_max) {
    items.resize(items_max);
    request.report_sequence = items.back().change;
  }
  for (const Item& item : items) {
    if (item.meter != nullptr) {
      request.meters.push_back(item.meter->record);
      continue;
    }
    request.tasks.push_back(report_of(*item.task));
    // Also one that was assigned and never attached: its address may be given out again too.
    const std::optional<schemas::EniId> eni = eni_of(*item.task);
    if (eni && item.task->record.status == schemas::TaskStatus::stopped) {
      request.removed_enis.push_back(*eni);
    }
  }
  return request;
}

}  // namespace agent
