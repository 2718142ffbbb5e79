#include <algorithm>
#include <chrono>

#include "api/stowage.h"
#include "control/core/billing/bill.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_money.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Instant;

namespace {

__extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using): __extension__ needs a typedef

constexpr std::int64_t bytes_per_mib = 1'048'576;
constexpr std::int64_t ns_per_ms = 1'000'000;

struct Period {
  Instant from;
  Instant to;
};

Instant first_of_month(Instant now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  return std::chrono::sys_days(date.year() / date.month() / 1);
}

/// What was used up to an instant. Where that lies within the use it is divided by the wall clock,
/// the same way whichever period asks, so that every second is in one period.
fargate_pool::MeterTotal up_to(const fargate_pool::MeterTotal& use, Instant at) {
  if (at >= use.until) {
    return use;
  }
  if (at <= use.from) {
    return {};
  }
  const std::int64_t span = (use.until - use.from).count();
  const auto share = [&use, at, span](std::int64_t total) {
    return static_cast<std::int64_t>(Wide{total} * (at - use.from).count() / span);
  };
  fargate_pool::MeterTotal part = use;
  part.until = at;
  part.metered_ns = share(use.metered_ns);
  part.cpu_time_ns = share(use.cpu_time_ns);
  part.memory_byte_seconds = share(use.memory_byte_seconds);
  part.closed = false;
  return part;
}

fargate_pool::MeterTotal before(const fargate_pool::MeterTotal& use, const Period& period) {
  return use.from < period.from ? up_to(use, period.from) : fargate_pool::MeterTotal{};
}

/// Whether a bill of the period has a line about this use. One without any length belongs to the
/// period in which it lies, for the minimum's sake.
bool concerns(const Period& period, const fargate_pool::MeterTotal& use) {
  return use.last_sequence > 0 && use.from < period.to &&
         (use.until > period.from || use.from == period.from);
}

api::BillLine show_line(const TaskUsage& usage, const TaskBill& bill) {
  api::BillLine line;
  line.task_arn = arn(usage.scope, "task", usage.cluster + "/" + usage.task.text());
  line.cluster_arn = arn(usage.scope, "cluster", usage.cluster);
  line.service_name = unless_empty(usage.service);
  line.family = usage.family;
  line.revision = usage.revision;
  line.started_at = bill.from;
  if (bill.state == BillState::final) {
    line.stopped_at = bill.until;
  }
  line.cpu = usage.cpu.count;
  line.memory = usage.memory.count;
  for (const LineItem& item : bill.lines) {
    line.billed_seconds = item.seconds;
    const std::int64_t product = item.units * item.seconds;
    (item.kind == LineKind::vcpu ? line.cpu_unit_seconds : line.memory_mib_seconds) = product;
    (item.kind == LineKind::vcpu ? line.vcpu_nanos : line.memory_nanos) = item.amount.count;
  }
  line.total_nanos = bill.total.count;
  line.total = decimal(bill.total);
  line.cpu_time_used_ms = bill.cpu_used_ns / ns_per_ms;
  line.memory_mib_seconds_used = bill.memory_used_byte_seconds / bytes_per_mib;
  line.memory_peak_mib = (bill.memory_peak_bytes + bytes_per_mib - 1) / bytes_per_mib;
  return line;
}

}  // namespace

Answer get_bill(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::GetBillRequest>();
  const Period period{.from = input.from.value_or(first_of_month(context.now)),
                      .to = input.to.value_or(context.now)};
  if (period.from > period.to) {
    return Error{ErrorCode::invalid_parameter,
                 "The period of the bill ends before it begins: 'from' must not be after 'to'."};
  }
  const schemas::PriceBook& prices = context.settings.prices;
  api::GetBillResponse output;
  output.currency = prices.currency;
  output.from = period.from;
  output.to = period.to;
  for (const auto& [key, usage] : context.world->usage) {
    if (usage.scope != call.scope || !concerns(period, usage.use)) {
      continue;
    }
    const TaskBill bill = rate_task(prices, {.task = usage.task,
                                             .cluster = usage.cluster,
                                             .service = usage.service,
                                             .family = usage.family,
                                             .cpu = usage.cpu,
                                             .memory = usage.memory,
                                             .use = up_to(usage.use, period.to),
                                             .before = before(usage.use, period)});
    const api::BillLine& line = output.lines.emplace_back(show_line(usage, bill));
    output.billed_seconds += line.billed_seconds;
    output.vcpu_nanos += line.vcpu_nanos;
    output.memory_nanos += line.memory_nanos;
    output.total_nanos += line.total_nanos;
  }
  output.total = decimal({output.total_nanos});
  return api::Value::of(std::move(output));
}

}  // namespace control
