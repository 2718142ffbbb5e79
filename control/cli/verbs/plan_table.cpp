#include "control/cli/verbs/plan_table.h"

#include <map>
#include <tuple>

#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// What tasks of one row have in common: what happens, of what, for which service, where.
using Row = std::tuple<std::string, std::string, std::string, std::string>;

template <class Entry>
Row row_of(const std::string& verb, const Entry& entry) {
  return {verb + " " + short_name(entry.task_definition_arn), entry.service_name.value_or("-"),
          entry.container_instance_arn ? short_name(*entry.container_instance_arn)
                                       : std::string("the pool"),
          entry.availability_zone};
}

void add_rows(const std::string& after, const std::map<Row, std::int64_t>& rows, Table& table) {
  for (const auto& [row, count] : rows) {
    const auto& [what, service, host, zone] = row;
    table.add({after, std::to_string(count), what, service, host, zone});
  }
}

std::string left_text(std::int64_t before, std::int64_t after) {
  return std::to_string(before) + " -> " + std::to_string(after);
}

}  // namespace

Table plan_steps_table(const api::PlanResponse& plan) {
  Table table({{.title = "AFTER", .align = Align::right},
               {.title = "TASKS", .align = Align::right},
               {.title = "WHAT"},
               {.title = "SERVICE"},
               {.title = "HOST"},
               {.title = "ZONE"}});
  for (const api::PlanStep& step : plan.steps) {
    const std::string after = std::to_string(step.after_seconds) + "s";
    std::map<Row, std::int64_t> starts;
    for (const api::PlannedStart& start : step.starts) {
      ++starts[row_of("start", start)];
    }
    std::map<Row, std::int64_t> stops;
    for (const api::PlannedStop& stop : step.stops) {
      ++stops[row_of("stop", stop)];
    }
    add_rows(after, starts, table);
    add_rows(after, stops, table);
  }
  return table;
}

Table plan_hosts_table(const api::PlanResponse& plan) {
  Table table({{.title = "HOST"},
               {.title = "ZONE"},
               {.title = "CPU LEFT", .align = Align::right},
               {.title = "MIB LEFT", .align = Align::right},
               {.title = ""}});
  for (const api::PlannedHost& host : plan.hosts) {
    table.add({short_name(host.container_instance_arn), host.availability_zone,
               left_text(host.remaining_cpu_before, host.remaining_cpu_after),
               left_text(host.remaining_memory_before, host.remaining_memory_after),
               host.lost ? "lost" : ""});
  }
  return table;
}

std::vector<std::string> plan_lines(const api::PlanResponse& plan) {
  std::vector<std::string> lines;
  for (const api::UnplacedTasks& tasks : plan.unplaced) {
    lines.push_back("no room for " + std::to_string(tasks.count) + " of " +
                    short_name(tasks.task_definition_arn) +
                    (tasks.service_name ? " (service " + *tasks.service_name + ")" : "") + ", " +
                    std::to_string(tasks.cpu) + " CPU units and " + std::to_string(tasks.memory) +
                    " MiB: " + tasks.detail);
    for (const std::string& change : tasks.changes) {
      lines.push_back("  " + change);
    }
  }
  for (const api::PlannedService& service : plan.services) {
    lines.push_back("service " + short_name(service.service_arn) + ": " + service.outcome +
                    " after " + std::to_string(service.after_seconds) + "s" +
                    (service.detail ? ", " + *service.detail : ""));
  }
  if (plan.hourly_difference_nanos != 0) {
    lines.push_back(
        "price of an hour: " + std::string(plan.hourly_difference_nanos > 0 ? "+" : "") +
        plan.hourly_difference + " " + plan.currency);
  }
  return lines;
}

}  // namespace cli
