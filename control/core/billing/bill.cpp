#include "control/core/billing/bill.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace control {
namespace {

using schemas::Nanos;
using schemas::PriceBook;

/// 128 bits: a year of the largest task at a price of a thousand per hour is 3e7 x 1.2e5 x 1e12.
__extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using): __extension__ needs a typedef

constexpr std::int64_t seconds_per_hour = 3600;
constexpr std::int64_t units_per_whole = 1024;  // CPU units of a vCPU, MiB of a GB
constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t bytes_per_mib = 1'048'576;
constexpr std::int64_t minimum_seconds_max = 86'400;

/// Seconds are billed whole: a begun second counts.
std::int64_t billed_seconds(const PriceBook& book, const fargate_pool::MeterTotal& use) {
  if (use.last_sequence == 0) {
    return 0;
  }
  const std::int64_t begun = use.metered_ns % ns_per_second == 0 ? 0 : 1;
  const std::int64_t whole = use.metered_ns / ns_per_second + begun;
  return std::max(whole, book.minimum_seconds);
}

LineItem line(LineKind kind, std::int64_t units, std::int64_t seconds, Nanos price) {
  return {kind, units, seconds, price, amount_of(seconds, units, price)};
}

std::int64_t scaled(std::int64_t value, std::int64_t by, std::int64_t over) {
  return static_cast<std::int64_t>(Wide{value} * by / over);
}

schemas::Error bad_entry(std::string_view entry, std::int64_t found, std::string_view wanted) {
  return {schemas::ErrorCode::invalid_parameter, "The price book's entry '" + std::string(entry) +
                                                     "' is " + std::to_string(found) + ". Give " +
                                                     std::string(wanted) + "."};
}

}  // namespace

schemas::Outcome check(const PriceBook& book) {
  if (book.currency.empty()) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "The price book's entry 'currency' is empty. Give a currency code, for "
                          "example USD."};
  }
  const std::array<std::pair<std::string_view, std::int64_t>, 2> prices = {
      std::pair{"fargate.vcpu_hour", book.fargate_vcpu_hour.count},
      std::pair{"fargate.gb_hour", book.fargate_gb_hour.count}};
  for (const auto& [entry, price] : prices) {
    if (price < 0) {
      return bad_entry(entry, price, "0 or more billionths of the currency for an hour");
    }
  }
  if (book.minimum_seconds < 0 || book.minimum_seconds > minimum_seconds_max) {
    return bad_entry("minimum_seconds", book.minimum_seconds, "0 to 86400 seconds");
  }
  return schemas::Done{};
}

Nanos amount_of(std::int64_t seconds, std::int64_t units, Nanos price_per_hour) {
  const Wide divisor = Wide{units_per_whole} * seconds_per_hour;
  const Wide product = Wide{seconds} * units * price_per_hour.count;
  return {static_cast<std::int64_t>((product + divisor / 2) / divisor)};
}

TaskBill rate_task(const PriceBook& book, const MeteredTask& task) {
  const fargate_pool::MeterTotal& use = task.use;
  TaskBill bill;
  bill.task = task.task;
  bill.family = task.family;
  bill.state = use.closed ? BillState::final : BillState::to_date;
  const fargate_pool::MeterTotal& before = task.before;
  bill.from = before.last_sequence == 0 ? use.from : before.until;
  bill.until = use.until;
  if (use.last_sequence == 0) {
    return bill;
  }
  // As the difference of two whole bills, so that parts add up to the whole, minimum and all.
  const std::int64_t seconds = billed_seconds(book, use) - billed_seconds(book, before);
  bill.lines.push_back(line(LineKind::vcpu, task.cpu.count, seconds, book.fargate_vcpu_hour));
  bill.lines.push_back(line(LineKind::memory, task.memory.count, seconds, book.fargate_gb_hour));
  for (const LineItem& each : bill.lines) {
    bill.total += each.amount;
  }
  const std::int64_t metered_ns = use.metered_ns - before.metered_ns;
  bill.cpu_used_ns = use.cpu_time_ns - before.cpu_time_ns;
  bill.cpu_reserved_ns = scaled(metered_ns, task.cpu.count, units_per_whole);
  bill.memory_used_byte_seconds = use.memory_byte_seconds - before.memory_byte_seconds;
  bill.memory_reserved_byte_seconds =
      scaled(metered_ns, task.memory.count * bytes_per_mib, ns_per_second);
  bill.memory_peak_bytes = use.memory_peak_bytes;
  return bill;
}

Bill rate(const PriceBook& book, std::span<const MeteredTask> tasks) {
  std::map<std::string, std::map<std::string, std::vector<TaskBill>>> grouped;
  for (const MeteredTask& task : tasks) {
    grouped[task.cluster][task.service].push_back(rate_task(book, task));
  }
  Bill bill;
  bill.currency = book.currency;
  for (auto& [cluster_name, services] : grouped) {
    ClusterBill cluster;
    cluster.cluster = cluster_name;
    for (auto& [service_name, bills] : services) {
      ServiceBill service;
      service.service = service_name;
      service.tasks = std::move(bills);
      std::sort(service.tasks.begin(), service.tasks.end(),
                [](const TaskBill& a, const TaskBill& b) {
                  return std::tie(a.from, a.task) < std::tie(b.from, b.task);
                });
      for (const TaskBill& each : service.tasks) {
        service.total += each.total;
      }
      cluster.total += service.total;
      cluster.services.push_back(std::move(service));
    }
    bill.total += cluster.total;
    bill.clusters.push_back(std::move(cluster));
  }
  return bill;
}

}  // namespace control
