// What a host sends to control. The first line says which: "join" or "log"; without such a line it
// is a sync. What control takes of one is then counted with, as control does.

#include "control/core/lifecycle/lifecycle.h"
#include "control/core/loop/report_check.h"
#include "fargate-pool/core/meter.h"
#include "schemas/wire/wire.h"
#include "tests/fuzz/round_trip.h"

namespace {

/// A task that is starting, seen with this report.
void fold(const schemas::TaskReport& report) {
  schemas::Task task;
  task.id = report.id;
  task.created_at = schemas::Instant(schemas::Duration(1'000));
  for (const schemas::ContainerReport& container : report.containers) {
    task.containers.push_back({.id = {}, .name = container.name});
  }
  const schemas::Instant now(schemas::Duration(60'000));
  const auto seen = control::observe(task, report, now);
  if (!seen) {
    return;
  }
  fuzz::promise(seen->last_status >= task.last_status, "a status never goes back");
  for (const auto& at : {seen->pull_started_at, seen->pull_stopped_at, seen->started_at,
                         seen->execution_stopped_at, seen->stopped_at}) {
    fuzz::promise(!at || (*at >= task.created_at && *at <= now),
                  "what happened, happened between the task's creation and now");
  }
  fuzz::promise(!control::observe(*seen, report, now), "a repeated report changes nothing");
}

void take(const schemas::SyncRequest& report) {
  if (!control::check_report(report).ok()) {
    return;
  }
  fargate_pool::MeterTotal total;
  for (const schemas::MeterRecord& meter : report.meters) {
    const fargate_pool::MeterTotal before = total;
    fargate_pool::absorb(total, meter);
    fuzz::promise(total.metered_ns >= before.metered_ns &&
                      total.cpu_time_ns >= before.cpu_time_ns &&
                      total.memory_byte_seconds >= before.memory_byte_seconds,
                  "a total never shrinks");
  }
  for (const schemas::TaskReport& task : report.tasks) {
    fold(task);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::text_of(data, size);
  const std::string_view kind = body.starts_with("{") ? "" : fuzz::take_line(body);
  if (kind == "join") {
    if (const auto join = fuzz::round_trip<schemas::JoinRequest>(body)) {
      static_cast<void>(control::check_inventory(join->inventory));
    }
  } else if (kind == "log") {
    fuzz::round_trip<schemas::LogLine>(body);
  } else if (const auto report = fuzz::round_trip<schemas::SyncRequest>(body)) {
    take(*report);
  }
  return 0;
}
