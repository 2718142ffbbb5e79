#pragma once

// Rating: from metered use and a price book to a bill. Integers throughout; each line item is
// rounded once, half up, and every total is the sum of the lines below it.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fargate-pool/core/meter.h"
#include "schemas/base/id.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/model/price_book.h"

namespace control {

/// All that rating needs to know of a metered task.
struct MeteredTask {
  schemas::TaskId task;
  std::string cluster;
  std::string service;  ///< empty = standalone
  std::string family;
  schemas::CpuUnits cpu;         ///< reserved, and what is billed
  schemas::MemoryMib memory;     ///< reserved, and what is billed
  fargate_pool::MeterTotal use;  ///< from its beginning to the end of what is billed
  /// The part of `use` that earlier bills have charged; nothing has been when it holds no reading.
  /// The minimum belongs to the bill in which the task begins.
  fargate_pool::MeterTotal before{};
};

enum class LineKind : std::uint8_t { vcpu, memory };

/// One price times one quantity. `amount` = seconds x units / 1,024 x price / 3,600, rounded.
struct LineItem {
  LineKind kind = LineKind::vcpu;
  std::int64_t units = 0;    ///< CPU units or MiB
  std::int64_t seconds = 0;  ///< billed
  schemas::Nanos price;      ///< of 1,024 units for an hour
  schemas::Nanos amount;
  bool operator==(const LineItem&) const = default;
};

/// Whether a task's lines may still grow.
enum class BillState : std::uint8_t { to_date, final };

struct TaskBill {
  schemas::TaskId task;
  std::string family;
  BillState state = BillState::to_date;
  schemas::Instant from{};
  schemas::Instant until{};
  std::vector<LineItem> lines;
  schemas::Nanos total;
  /// Beside what was reserved, what was used: not billed, but how a size is found too large.
  std::int64_t cpu_used_ns = 0;
  std::int64_t cpu_reserved_ns = 0;
  std::int64_t memory_used_byte_seconds = 0;
  std::int64_t memory_reserved_byte_seconds = 0;
  std::int64_t memory_peak_bytes = 0;
  bool operator==(const TaskBill&) const = default;
};

struct ServiceBill {
  std::string service;  ///< empty = the cluster's standalone tasks
  std::vector<TaskBill> tasks;
  schemas::Nanos total;
  bool operator==(const ServiceBill&) const = default;
};

struct ClusterBill {
  std::string cluster;
  std::vector<ServiceBill> services;
  schemas::Nanos total;
  bool operator==(const ClusterBill&) const = default;
};

struct Bill {
  std::string currency;
  std::vector<ClusterBill> clusters;  ///< by name; services by name; tasks by beginning, then id
  schemas::Nanos total;
  bool operator==(const Bill&) const = default;
};

/// Whether the book can be used: a currency, no negative price, a minimum of 0 to 86,400 s. The
/// error names the entry.
schemas::Outcome check(const schemas::PriceBook& book);

/// Bills the tasks, running ones to date. A task without any reading has no line: its image pull
/// never began. `book` has passed `check`.
Bill rate(const schemas::PriceBook& book, std::span<const MeteredTask> tasks);

/// One task's part of the bill.
TaskBill rate_task(const schemas::PriceBook& book, const MeteredTask& task);

/// seconds x units x price / (1,024 x 3,600), rounded half up.
schemas::Nanos amount_of(std::int64_t seconds, std::int64_t units, schemas::Nanos price_per_hour);

}  // namespace control
