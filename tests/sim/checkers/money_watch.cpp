#include "tests/sim/checkers/money_watch.h"

#include <algorithm>

namespace sim {

using schemas::MeterRecord;

void MoneyWatch::opened(const schemas::TaskId& task, const std::string& boot) {
  Meter& meter = meters_[task];
  if (meter.boot.empty()) {
    meter.boot = boot;
    meter.opened_at = simulation_.now();
  }
}

void MoneyWatch::forgotten(const schemas::TaskId& task) {
  Meter& meter = meters_[task];
  if (meter.records.empty()) {
    meter.boot.clear();
    meter.runs_since.reset();
  }
}

void MoneyWatch::runs(const schemas::TaskId& task) {
  Meter& meter = meters_[task];
  if (meter.boot.empty() || (!meter.records.empty() && meter.records.back().last)) {
    simulation_.fail("Task " + brief(task) + " begins to run, and no meter does.");
  }
  meter.runs_since = meter.runs_since.value_or(simulation_.now());
}

void MoneyWatch::ended(const schemas::TaskId& task) { meters_[task].ran_until = simulation_.now(); }

/// The records of a task that has ended, against what it really did. Not of one whose host went
/// down: its meter ends with the last record that was durable.
void MoneyWatch::check_whole(const schemas::TaskId& task, const Meter& meter) {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  const Duration metered(total(meter, meter.records.back().sequence) / ns_per_ms);
  if (meter.runs_since && metered < meter.ran_until - *meter.runs_since) {
    simulation_.fail("Task " + brief(task) + " ran for " +
                     in_words(meter.ran_until - *meter.runs_since) + ", and only " +
                     in_words(metered) + " are metered.");
  }
  if (metered > simulation_.now() - meter.opened_at) {
    simulation_.fail("Of task " + brief(task) + " " + in_words(metered) +
                     " are metered, more than there have been since its pull began.");
  }
}

void MoneyWatch::saved(int host, const std::string& boot, const MeterRecord& record) {
  Meter& meter = meters_[record.task];
  meter.host = host;
  const auto next = static_cast<std::int64_t>(meter.records.size()) + 1;
  if (record.sequence != next) {
    simulation_.fail("Task " + brief(record.task) + " has meter record " +
                     std::to_string(record.sequence) + " where " + std::to_string(next) +
                     " was due.");
    return;
  }
  if (meter.boot != boot && record.monotonic_end_ns != record.monotonic_start_ns) {
    simulation_.fail("Seconds of task " + brief(record.task) +
                     " were made up: its host has booted since, and its clock began anew.");
  }
  if (record.monotonic_end_ns < record.monotonic_start_ns) {
    simulation_.fail("A meter record of task " + brief(record.task) + " ends before it begins.");
  }
  if (!meter.records.empty()) {
    const MeterRecord& before = meter.records.back();
    if (before.last) {
      simulation_.fail("A meter record follows the last one of task " + brief(record.task) + ".");
    }
    if (before.monotonic_end_ns != record.monotonic_start_ns) {
      simulation_.fail("Meter records of task " + brief(record.task) + " leave a gap or overlap.");
    }
  }
  meter.records.push_back(record);
  if (record.last && meter.boot == boot) {
    check_whole(record.task, meter);
  }
}

void MoneyWatch::disk_lost(int host) {
  for (auto& [task, meter] : meters_) {
    meter.disk_lost = meter.disk_lost || meter.host == host;
  }
}

std::int64_t MoneyWatch::total(const Meter& meter, std::int64_t up_to) {
  std::int64_t sum = 0;
  for (const MeterRecord& record : meter.records) {
    if (record.sequence <= up_to) {
      sum += record.monotonic_end_ns - record.monotonic_start_ns;
    }
  }
  return sum;
}

void MoneyWatch::turn_ends(const control::World& world, const control::Turn& turn) {
  for (const control::Row& row : turn.rows) {
    if (row.table != control::Table::usage) {
      continue;
    }
    const auto usage = world->usage.find(row.key);
    if (usage == world->usage.end()) {
      simulation_.fail("What a task has used is forgotten.");
      continue;
    }
    const auto meter = meters_.find(usage->second.task);
    const fargate_pool::MeterTotal& use = usage->second.use;
    if (use.last_sequence == 0) {
      continue;
    }
    if (meter == meters_.end() ||
        use.last_sequence > static_cast<std::int64_t>(meter->second.records.size())) {
      simulation_.fail("Control counts seconds of task " + brief(usage->second.task) +
                       " that are not durable on its host.");
      continue;
    }
    if (use.metered_ns != total(meter->second, use.last_sequence)) {
      simulation_.fail("Control counts " + std::to_string(use.metered_ns) + " ns of task " +
                       brief(usage->second.task) + ", its host " +
                       std::to_string(total(meter->second, use.last_sequence)) + " ns.");
    }
    if (use.missing_readings != 0) {
      simulation_.fail("Control misses a reading of task " + brief(usage->second.task) + ".");
    }
  }
}

std::optional<std::string> MoneyWatch::missing(const control::World& world) const {
  std::map<schemas::TaskId, const control::TaskUsage*> known;
  for (const auto& [key, usage] : world->usage) {
    known.emplace(usage.task, &usage);
  }
  for (const auto& [task, meter] : meters_) {
    if (meter.disk_lost) {
      continue;
    }
    const auto usage = known.find(task);
    const std::int64_t counted = usage == known.end() ? 0 : usage->second->use.last_sequence;
    if (counted != static_cast<std::int64_t>(meter.records.size())) {
      return "Of task " + brief(task) + " " + std::to_string(meter.records.size()) +
             " meter records are durable on its host, " + std::to_string(counted) + " are counted.";
    }
  }
  return std::nullopt;
}

std::int64_t MoneyWatch::owed_nanos(const control::World& world,
                                    const schemas::PriceBook& prices) const {
  constexpr std::int64_t ns_per_second = 1'000'000'000;
  constexpr std::int64_t divisor = 3'686'400;  // MiB in a GiB, seconds in an hour
  std::int64_t owed = 0;
  for (const auto& [key, usage] : world->usage) {
    const auto meter = meters_.find(usage.task);
    if (meter == meters_.end() || usage.use.last_sequence == 0) {
      continue;
    }
    const std::int64_t metered = total(meter->second, usage.use.last_sequence);
    const std::int64_t seconds =
        std::max(prices.minimum_seconds, (metered + ns_per_second - 1) / ns_per_second);
    const auto item = [&](std::int64_t units, schemas::Nanos price) {
      return (seconds * units * price.count + divisor / 2) / divisor;
    };
    owed += item(usage.cpu.count, prices.fargate_vcpu_hour) +
            item(usage.memory.count, prices.fargate_gb_hour);
  }
  return owed;
}

}  // namespace sim
