#include "control/core/loop/report_check.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace control {

namespace {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;

/// A million CPUs, and a petabyte of memory: far beyond any machine, and far below what sums over a
/// large cluster can hold.
constexpr std::int64_t cpu_units_max = 1'000'000'000;
constexpr std::int64_t memory_mib_max = 1'000'000'000;
constexpr std::int64_t eni_capacity_max = 1'000'000;
/// An address is looked up in its host's range; more than this is nobody's to route to one machine,
/// and costs memory for each address.
constexpr std::uint8_t public_prefix_min = 16;
constexpr std::uint32_t unicast_first = 0x01000000;  // 1.0.0.0
constexpr std::uint32_t unicast_below = 0xE0000000;  // 224.0.0.0

/// ECS's own limits for attributes are 128 bytes each; a host states a handful.
constexpr std::size_t attributes_max = 64;
constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t version_bytes_max = 255;
/// Agents cut a reason at 1,024 bytes; each that is not UTF-8 has become three on the way.
constexpr std::size_t reason_bytes_max = 4'096;

/// An agent sends a thousand reports and readings at once, at most.
constexpr std::size_t entries_max = 10'000;
constexpr std::size_t containers_max = 100;
constexpr std::size_t bindings_max = 1'000;
constexpr std::int64_t port_max = 65'535;
constexpr std::int64_t exit_code_max = 2'147'483'647;  // what ECS's clients can hold

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t day_ns = 86'400 * ns_per_second;
/// One reading a minute: two thousand years of them.
constexpr std::int64_t sequence_max = 1'000'000'000;
/// A host that is up for longer than this counts wrongly.
constexpr std::int64_t uptime_ns_max = 36'525 * day_ns;
/// A reading may be as long as its agent was away.
constexpr std::int64_t reading_ns_max = 366 * day_ns;
constexpr std::int64_t cpus_max = 4'096;
constexpr std::int64_t memory_bytes_max = std::int64_t{1} << 50U;
/// Counters are read a moment after the interval's end.
constexpr std::int64_t slack_ns = ns_per_second;
constexpr std::int64_t wall_ms_max = 253'402'300'799'999;  // the end of the year 9999

/// Where in a message we are, worded only when something is wrong there.
struct Place {
  const Place* above = nullptr;
  std::string_view name;
  std::optional<std::size_t> index;

  [[nodiscard]] std::string text() const {
    const std::string path = above == nullptr ? "" : above->text();
    return path + (path.empty() ? "" : ".") + std::string(name) +
           (index ? "[" + std::to_string(*index) + "]" : "");
  }
};

Error broken(const Place& place, const std::string& what) {
  return {ErrorCode::invalid_parameter, "The host's " + place.text() + " " + what + "."};
}

Outcome within(const Place& place, std::int64_t found, std::int64_t least, std::int64_t most) {
  if (found >= least && found <= most) {
    return Done{};
  }
  return broken(place, "must be between " + std::to_string(least) + " and " + std::to_string(most) +
                           ", found " + std::to_string(found));
}

Outcome not_longer(const Place& place, std::size_t found, std::size_t most, std::string_view unit) {
  if (found <= most) {
    return Done{};
  }
  return broken(place, "may have " + std::to_string(most) + " " + std::string(unit) + ", found " +
                           std::to_string(found));
}

/// A word that people read on a terminal: what moves their cursor does not belong there.
Outcome printable(const Place& place, const std::string& text, std::size_t most) {
  if (Outcome length = not_longer(place, text.size(), most, "bytes"); !length.ok()) {
    return length;
  }
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char letter) { return letter >= ' ' && letter <= '~'; });
  return plain ? Outcome(Done{}) : broken(place, "may consist of printable ASCII characters only");
}

/// The first that is not ok.
template <class... Outcomes>
Outcome first_of(Outcome outcome, Outcomes... rest) {
  if constexpr (sizeof...(rest) == 0) {
    return outcome;
  } else {
    return outcome.ok() ? first_of(std::move(rest)...) : outcome;
  }
}

Outcome check_attributes(const schemas::Inventory& inventory, const Place& above) {
  const Place place{.above = &above, .name = "attributes", .index = {}};
  Outcome checked = not_longer(place, inventory.attributes.size(), attributes_max, "entries");
  std::size_t index = 0;
  for (const auto& [name, value] : inventory.attributes) {
    const Place here{.above = &above, .name = "attributes", .index = index++};
    checked = first_of(std::move(checked), printable(here, name, name_bytes_max),
                       printable(here, value, name_bytes_max));
  }
  return checked;
}

Outcome check_public_range(const schemas::Inventory& inventory, const Place& above) {
  if (!inventory.public_cidr) {
    return Done{};
  }
  const schemas::Cidr& range = *inventory.public_cidr;
  if (range.prefix >= public_prefix_min && range.base.bits >= unicast_first &&
      range.base.bits < unicast_below) {
    return Done{};
  }
  return broken({.above = &above, .name = "public_cidr", .index = {}},
                "must be a range of /" + std::to_string(public_prefix_min) +
                    " or smaller from 1.0.0.0 to 223.255.255.255, found " + range.text());
}

Outcome check_container(const schemas::ContainerReport& container, const Place& above) {
  const auto at = [&above](std::string_view name) {
    return Place{.above = &above, .name = name, .index = {}};
  };
  Outcome checked = first_of(
      printable(at("name"), container.name, version_bytes_max),
      within(at("exit_code"), container.exit_code.value_or(0), -exit_code_max - 1, exit_code_max),
      not_longer(at("reason"), container.reason.size(), reason_bytes_max, "bytes"),
      printable(at("runtime_id"), container.runtime_id, name_bytes_max),
      printable(at("image_digest"), container.image_digest, name_bytes_max),
      not_longer(at("network_bindings"), container.network_bindings.size(), bindings_max,
                 "entries"));
  for (const schemas::NetworkBinding& binding : container.network_bindings) {
    checked = first_of(std::move(checked),
                       within(at("container_port"), binding.container_port, 0, port_max),
                       within(at("host_port"), binding.host_port, 0, port_max));
  }
  return checked;
}

Outcome check_task(const schemas::TaskReport& task, const Place& place) {
  Outcome checked = first_of(not_longer({.above = &place, .name = "stopped_reason", .index = {}},
                                        task.stopped_reason.size(), reason_bytes_max, "bytes"),
                             not_longer({.above = &place, .name = "containers", .index = {}},
                                        task.containers.size(), containers_max, "entries"));
  for (std::size_t at = 0; at < task.containers.size() && checked.ok(); ++at) {
    checked =
        check_container(task.containers[at], {.above = &place, .name = "containers", .index = at});
  }
  return checked;
}

/// What a meter can have counted in its interval, on the largest machine there is.
Outcome check_meter(const schemas::MeterRecord& meter, const Place& above) {
  const auto at = [&above](std::string_view name) {
    return Place{.above = &above, .name = name, .index = {}};
  };
  const auto wall = [](schemas::Instant instant) { return instant.time_since_epoch().count(); };
  Outcome checked =
      first_of(within(at("sequence"), meter.sequence, 1, sequence_max),
               within(at("monotonic_start_ns"), meter.monotonic_start_ns, 0, uptime_ns_max),
               within(at("wall_start"), wall(meter.wall_start), 0, wall_ms_max),
               within(at("wall_end"), wall(meter.wall_end), 0, wall_ms_max),
               within(at("memory_peak_bytes"), meter.memory_peak_bytes, 0, memory_bytes_max));
  if (!checked.ok()) {
    return checked;
  }
  checked = within(at("monotonic_end_ns"), meter.monotonic_end_ns, meter.monotonic_start_ns,
                   meter.monotonic_start_ns + reading_ns_max);
  if (!checked.ok()) {
    return checked;
  }
  const std::int64_t length_ns = meter.monotonic_end_ns - meter.monotonic_start_ns + slack_ns;
  if (meter.cpu_time_ns < 0 || meter.cpu_time_ns / cpus_max > length_ns) {
    return broken(at("cpu_time_ns"), "is more than " + std::to_string(cpus_max) +
                                         " CPUs give in the interval, or negative: found " +
                                         std::to_string(meter.cpu_time_ns));
  }
  if (meter.memory_byte_seconds < 0 ||
      meter.memory_byte_seconds / memory_bytes_max > length_ns / ns_per_second) {
    return broken(at("memory_byte_seconds"),
                  "is more than a petabyte for the whole interval, or "
                  "negative: found " +
                      std::to_string(meter.memory_byte_seconds));
  }
  return Done{};
}

}  // namespace

Outcome check_inventory(const schemas::Inventory& inventory) {
  if (inventory.cpu.count <= 0 || inventory.memory.count <= 0 ||
      inventory.availability_zone.empty()) {
    return Error{ErrorCode::invalid_parameter,
                 "A host must state its CPU units, its memory and its availability zone; found " +
                     std::to_string(inventory.cpu.count) + " units, " +
                     std::to_string(inventory.memory.count) + " MiB and zone '" +
                     inventory.availability_zone + "'."};
  }
  const Place place{.above = nullptr, .name = "inventory", .index = {}};
  const auto at = [&place](std::string_view name) {
    return Place{.above = &place, .name = name, .index = {}};
  };
  return first_of(within(at("cpu"), inventory.cpu.count, 1, cpu_units_max),
                  within(at("memory"), inventory.memory.count, 1, memory_mib_max),
                  within(at("eni_capacity"), inventory.eni_capacity, 0, eni_capacity_max),
                  printable(at("availability_zone"), inventory.availability_zone, name_bytes_max),
                  printable(at("agent_version"), inventory.agent_version, version_bytes_max),
                  printable(at("engine_version"), inventory.engine_version, version_bytes_max),
                  check_public_range(inventory, place), check_attributes(inventory, place));
}

Outcome check_boot_id(const std::string& boot_id) {
  return printable({.above = nullptr, .name = "boot_id", .index = {}}, boot_id, name_bytes_max);
}

Outcome check_report(const schemas::SyncRequest& report) {
  const auto list = [](std::string_view name, std::size_t size) {
    return not_longer({.above = nullptr, .name = name, .index = {}}, size, entries_max, "entries");
  };
  Outcome checked = first_of(
      check_boot_id(report.boot_id), list("tasks", report.tasks.size()),
      list("meters", report.meters.size()), list("removed_enis", report.removed_enis.size()),
      report.inventory ? check_inventory(*report.inventory) : Outcome(Done{}));
  for (std::size_t at = 0; at < report.tasks.size() && checked.ok(); ++at) {
    checked = check_task(report.tasks[at], {.above = nullptr, .name = "tasks", .index = at});
  }
  for (std::size_t at = 0; at < report.meters.size() && checked.ok(); ++at) {
    checked = check_meter(report.meters[at], {.above = nullptr, .name = "meters", .index = at});
  }
  return checked;
}

}  // namespace control
