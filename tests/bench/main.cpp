// ecs-bench: what it costs, in figures. Each benchmark makes its own cluster and takes it down.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "tests/bench/figures.h"
#include "tests/bench/start.h"

namespace {

enum class Format { text, json };

void print_figures(const std::string& name, const bench::Figures& figures) {
  std::cout << "  " << name << std::string(name.size() < 22 ? 22 - name.size() : 1, ' ') << "p50 "
            << bench::milliseconds_text(figures.p50_us) << "   p90 "
            << bench::milliseconds_text(figures.p90_us) << "   p99 "
            << bench::milliseconds_text(figures.p99_us) << "   most "
            << bench::milliseconds_text(figures.most_us) << "   (" << figures.count << ")\n";
}

std::string json_of(const bench::Figures& figures) {
  return "{\"count\":" + std::to_string(figures.count) +
         ",\"least_us\":" + std::to_string(figures.least_us) +
         ",\"p50_us\":" + std::to_string(figures.p50_us) +
         ",\"p90_us\":" + std::to_string(figures.p90_us) +
         ",\"p99_us\":" + std::to_string(figures.p99_us) +
         ",\"most_us\":" + std::to_string(figures.most_us) + "}";
}

void print_starts(const bench::StartMeasurements& measured, Format format) {
  const bench::Figures total = bench::figures_of(measured.to_running_us);
  const bench::Figures asked = bench::figures_of(measured.run_task_us);
  if (format == Format::json) {
    std::cout << R"({"benchmark":"start","run_task_to_running":)" << json_of(total)
              << R"(,"run_task_call":)" << json_of(asked) << R"(,"agent_phases":{)";
    std::string comma;
    for (const auto& [name, values] : measured.phases_us) {
      std::cout << comma << '"' << name << "\":" << json_of(bench::figures_of(values));
      comma = ",";
    }
    std::cout << R"(},"control_mean_us":{)";
    comma.clear();
    for (const auto& [name, mean] : measured.control_mean_us) {
      std::cout << comma << '"' << name << "\":" << mean;
      comma = ",";
    }
    std::cout << "}}\n";
    return;
  }
  std::cout << "RunTask to RUNNING, pool task with its interface, image cached:\n";
  print_figures("in all", total);
  std::cout << "of which\n";
  print_figures("RunTask answered", asked);
  for (const auto& [name, values] : measured.phases_us) {
    print_figures("agent: " + name, bench::figures_of(values));
  }
  for (const auto& [name, mean] : measured.control_mean_us) {
    std::cout << "  control: one " << name << " takes " << bench::milliseconds_text(mean)
              << " on average\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Benchmarks of Stowage. Each makes its own cluster and takes it down."};
  app.require_subcommand(1);
  bool json = false;
  bench::StartSettings settings;
  CLI::App* start = app.add_subcommand(
      "start", "RunTask to RUNNING of pool tasks with an interface and a cached image. Needs root");
  start->add_option("--count", settings.starts, "How many starts are measured")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  start->add_option("--runtime", settings.runtime, "The OCI runtime")
      ->check(CLI::IsMember({"crun", "runc"}))
      ->capture_default_str();
  start->add_flag("--json", json, "One JSON object instead of a table");
  CLI11_PARSE(app, argc, argv);

  const auto measured = bench::measure_starts(settings);
  if (!measured.ok()) {
    std::cerr << "ecs-bench: " << measured.error().message << "\n";
    return 1;
  }
  print_starts(measured.value(), json ? Format::json : Format::text);
  return 0;
}
