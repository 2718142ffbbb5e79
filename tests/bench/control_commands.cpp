// api and placement: what control does a second.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "tests/bench/api_load.h"
#include "tests/bench/commands.h"
#include "tests/bench/decisions.h"
#include "tests/bench/placement.h"
#include "tests/bench/report.h"

namespace bench {

namespace {

constexpr std::array<const char*, control::turn_part_count> part_names{"decide_and_answer", "sweep",
                                                                       "services", "polls", "rows"};

void print_api(const std::vector<ApiStep>& steps, Format format) {
  if (format == Format::json) {
    std::cout << R"({"benchmark":"api","steps":[)";
    std::string comma;
    for (const ApiStep& step : steps) {
      std::cout << comma << R"({"operation":")" << step.operation << R"(","connections":)"
                << step.connections << R"(,"requests_a_second":)" << step.a_second
                << R"(,"control_cpu_us":)" << step.control_cpu_us << R"(,"answered":)"
                << json_of(step.answered) << "}";
      comma = ",";
    }
    std::cout << "]}\n";
    return;
  }
  std::cout << "operation      connections  requests/s       p50         p99        most   "
               "control's CPU\n";
  for (const ApiStep& step : steps) {
    std::cout << std::left << std::setw(15) << step.operation << std::right << std::setw(11)
              << step.connections << std::setw(12) << step.a_second << std::setw(12)
              << milliseconds_text(step.answered.p50_us) << std::setw(12)
              << milliseconds_text(step.answered.p99_us) << std::setw(12)
              << milliseconds_text(step.answered.most_us) << std::setw(13) << step.control_cpu_us
              << " us\n";
  }
}

std::string json_of(const PlacementRun& run) {
  std::string text = R"({"placements_a_second":)" + std::to_string(run.a_second()) +
                     R"(,"placed":)" + std::to_string(run.placed) + R"(,"refused":)" +
                     std::to_string(run.refused) + R"(,"rows":)" + std::to_string(run.costs.rows) +
                     R"(,"wall_us":)" + std::to_string(run.wall_us) + R"(,"cpu_us":)" +
                     std::to_string(run.cpu_us) + R"(,"parts_us":{)";
  for (std::size_t at = 0; at < part_names.size(); ++at) {
    text +=
        "\"" + std::string(part_names[at]) + "\":" + std::to_string(run.costs.parts_us[at]) + ",";
  }
  return text + R"("commit":)" + std::to_string(run.costs.commit_us) + R"(},"turn":)" +
         json_of(figures_of(run.costs.turns_us)) + "}";
}

void print_run(const std::string& name, const PlacementRun& run) {
  std::cout << name << ": " << run.a_second() << " placements/s (" << run.placed << " placed, "
            << run.refused << " refused, " << run.costs.rows << " rows, "
            << milliseconds_text(run.wall_us) << ", CPU " << milliseconds_text(run.cpu_us) << ")\n";
  const auto part = [&run](const std::string& what, std::int64_t us) {
    constexpr std::int64_t hundred = 100;
    std::cout << "  " << std::left << std::setw(20) << what << std::right << std::setw(12)
              << milliseconds_text(us) << std::setw(5)
              << (run.wall_us == 0 ? 0 : us * hundred / run.wall_us) << " %\n";
  };
  for (std::size_t at = 0; at < part_names.size(); ++at) {
    part(part_names[at], run.costs.parts_us[at]);
  }
  part("commit", run.costs.commit_us);
  std::cout << line_of("one turn", figures_of(run.costs.turns_us));
}

/// In microseconds with three decimals: decisions take few.
std::string nanoseconds_line(const std::string& what, const std::vector<std::int64_t>& all_ns) {
  const Figures figures = figures_of(all_ns);
  return what + ": p50 " + thousandths_text(figures.p50_us) + " p99 " +
         thousandths_text(figures.p99_us) + " most " + thousandths_text(figures.most_us) + " us (" +
         std::to_string(figures.count) + ")\n";
}

void print_decisions(const DecisionMeasurements& measured) {
  std::int64_t sum = 0;
  for (const std::int64_t each : measured.decisions_ns) {
    sum += each;
  }
  constexpr std::int64_t hundred = 100;
  const std::int64_t mean =
      sum / std::max<std::int64_t>(1, static_cast<std::int64_t>(measured.decisions_ns.size()));
  std::cout << nanoseconds_line("one decision in the core", measured.decisions_ns)
            << "  on average " << thousandths_text(mean) << " us; a bare pass over all hosts takes "
            << thousandths_text(measured.bare_scan_ns)
            << " us: " << mean * hundred / std::max<std::int64_t>(1, measured.bare_scan_ns)
            << " % of that\n";
}

void print_placement(const PlacementMeasurements& measured, const PlacementSettings& settings,
                     Format format) {
  if (format == Format::json) {
    std::cout << R"({"benchmark":"placement","hosts":)" << settings.hosts << R"(,"tasks":)"
              << settings.tasks << R"(,"join_cpu_us":)" << measured.join_cpu_us << R"(,"load_us":)"
              << measured.load_us << R"(,"durable":)" << json_of(measured.durable)
              << R"(,"memory":)" << json_of(measured.memory) << "}\n";
    return;
  }
  std::cout << settings.tasks << " tasks on " << settings.hosts << " hosts, "
            << settings.calls_a_turn << " RunTask calls of ten a turn\n";
  print_run("durable", measured.durable);
  print_run("in memory", measured.memory);
  std::cout << "the hosts joined in " << milliseconds_text(measured.join_cpu_us)
            << " of CPU time; the database was loaded in " << milliseconds_text(measured.load_us)
            << "\n";
}

}  // namespace

void add_api(CLI::App& app) {
  struct Options {
    ApiSettings settings;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* api = app.add_subcommand(
      "api", "Requests a second of DescribeTasks, ListTasks and RunTask at growing concurrency");
  api->add_option("--connections", options->settings.connections,
                  "Connections that stay open, each asking again when answered; one step each")
      ->check(CLI::Range(1, 4'096))
      ->delimiter(',')
      ->capture_default_str();
  api->add_option("--duration-ms", options->settings.duration_ms, "Milliseconds of each step")
      ->check(CLI::Range(10, 600'000))
      ->capture_default_str();
  api->add_flag("--json", options->json, "One JSON object instead of a table");
  api->callback([options] {
    const auto measured = measure_api(options->settings);
    if (!measured.ok()) {
      report_failure(measured.error());
      return;
    }
    print_api(measured.value(), options->json ? Format::json : Format::text);
  });
}

void add_placement(CLI::App& app) {
  struct Options {
    PlacementSettings settings;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* placement = app.add_subcommand(
      "placement", "Placements a second through the loop and a SQLite store, and in memory alone");
  placement->add_option("--hosts", options->settings.hosts, "Hosts of the cluster")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  placement->add_option("--tasks", options->settings.tasks, "Tasks to place")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  placement
      ->add_option("--calls-a-turn", options->settings.calls_a_turn,
                   "RunTask calls (of ten tasks) that share a transaction")
      ->check(CLI::Range(1, 2'000))
      ->capture_default_str();
  static const std::map<std::string, Mix> mixes{
      {"plain", Mix::plain}, {"spread", Mix::spread}, {"apart", Mix::apart}, {"hard", Mix::hard}};
  placement
      ->add_option(
          "--mix", options->settings.mix,
          "plain, spread (over zones and hosts), apart (that, and distinctInstance) or hard "
          "(that, and memberOf)")
      ->transform(CLI::CheckedTransformer(mixes));
  placement
      ->add_option("--directory", options->settings.directory,
                   "Where the database is made, on the disk that counts; removed afterwards")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  placement->add_flag("--json", options->json, "One JSON object instead of a table");
  placement->callback([options] {
    const auto measured = measure_placement(options->settings);
    if (!measured.ok()) {
      report_failure(measured.error());
      return;
    }
    print_placement(measured.value(), options->settings,
                    options->json ? Format::json : Format::text);
    if (!options->json) {
      print_decisions(measure_decisions(options->settings));
    }
  });
}

void add_explain(CLI::App& app) {
  const auto settings = std::make_shared<PlacementSettings>();
  settings->mix = Mix::hard;
  CLI::App* explain = app.add_subcommand(
      "explain", "Why a task fits nowhere: every host of a full cluster asked every question");
  explain->add_option("--hosts", settings->hosts, "Hosts of the cluster")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  explain->add_option("--tasks", settings->tasks, "Tasks that are there before")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  explain->callback([settings] {
    const DecisionMeasurements measured = measure_decisions(*settings);
    std::cout << nanoseconds_line(
        "one explanation of " + std::to_string(settings->hosts) + " hosts",
        measured.explanations_ns);
  });
}

}  // namespace bench
