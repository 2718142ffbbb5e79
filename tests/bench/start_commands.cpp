// start, burst and service: how fast tasks come to run.

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "tests/bench/burst.h"
#include "tests/bench/commands.h"
#include "tests/bench/report.h"
#include "tests/bench/start.h"

namespace bench {

namespace {

void add_runtime(CLI::App& command, std::string& runtime) {
  command.add_option("--runtime", runtime, "The OCI runtime")
      ->check(CLI::IsMember({"crun", "runc"}))
      ->capture_default_str();
}

void print_phases(const std::map<std::string, std::vector<std::int64_t>>& phases) {
  for (const auto& [name, values] : phases) {
    std::cout << line_of("agent: " + name, figures_of(values));
  }
}

void print_starts(const StartMeasurements& measured, Format format) {
  const Figures total = figures_of(measured.to_running_us);
  const Figures asked = figures_of(measured.run_task_us);
  if (format == Format::json) {
    std::cout << R"({"benchmark":"start","run_task_to_running":)" << json_of(total)
              << R"(,"run_task_call":)" << json_of(asked) << R"(,"agent_phases":)"
              << json_of(measured.phases_us) << R"(,"control_mean_us":{)";
    std::string comma;
    for (const auto& [name, mean] : measured.control_mean_us) {
      std::cout << comma << '"' << name << "\":" << mean;
      comma = ",";
    }
    std::cout << R"(},"docker_run":)" << json_of(figures_of(measured.docker_run_us)) << "}\n";
    return;
  }
  std::cout << "RunTask to RUNNING, pool task with its interface, image cached:\n"
            << line_of("in all", total) << "of which\n"
            << line_of("RunTask answered", asked);
  print_phases(measured.phases_us);
  for (const auto& [name, mean] : measured.control_mean_us) {
    std::cout << "  control: one " << name << " takes " << milliseconds_text(mean)
              << " on average\n";
  }
  if (!measured.docker_run_us.empty()) {
    std::cout << "`docker run` of the same image:\n"
              << line_of("in all", figures_of(measured.docker_run_us));
  } else {
    std::cout << "nothing to compare with: " << measured.docker_missing << "\n";
  }
}

void print_burst(const BurstMeasurements& measured, Format format) {
  const Figures total = figures_of(measured.to_running_us);
  const std::string rate = thousandths_text(measured.milli_starts_a_second());
  if (format == Format::json) {
    std::cout << R"({"benchmark":"burst","starts_a_second":)" << rate << R"(,"wall_us":)"
              << measured.wall_us << R"(,"run_task_to_running":)" << json_of(total)
              << R"(,"agent_phases":)" << json_of(measured.phases_us) << "}\n";
    return;
  }
  std::cout << "Pool tasks with an interface on one host: " << rate << " starts/s (" << total.count
            << " in " << milliseconds_text(measured.wall_us) << ")\n"
            << line_of("RunTask to RUNNING", total) << "of which\n";
  print_phases(measured.phases_us);
}

void print_service(const ServiceMeasurements& measured, const ServiceSettings& settings,
                   Format format) {
  const Figures running = figures_of(measured.all_running_us);
  const Figures gone = figures_of(measured.all_gone_us);
  if (format == Format::json) {
    std::cout << R"({"benchmark":"service","replicas":)" << settings.replicas
              << R"(,"all_running":)" << json_of(running) << R"(,"all_gone":)" << json_of(gone)
              << "}\n";
    return;
  }
  std::cout << "A service of " << settings.replicas << " pool tasks on one host:\n"
            << line_of("all running", running) << line_of("deleted, all gone", gone);
}

}  // namespace

void add_start(CLI::App& app) {
  struct Options {
    StartSettings settings;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* start = app.add_subcommand(
      "start", "RunTask to RUNNING of pool tasks with an interface and a cached image. Needs root");
  start->add_option("--count", options->settings.starts, "How many starts are measured")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  start
      ->add_option("--docker-runs", options->settings.docker_runs,
                   "How often `docker run` is measured beside it; 0 = not at all")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  add_runtime(*start, options->settings.runtime);
  start->add_flag("--json", options->json, "One JSON object instead of a table");
  start->callback([options] {
    const auto measured = measure_starts(options->settings);
    if (!measured.ok()) {
      report_failure(measured.error());
      return;
    }
    print_starts(measured.value(), options->json ? Format::json : Format::text);
  });
}

void add_burst(CLI::App& app) {
  struct Options {
    BurstSettings settings;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* burst = app.add_subcommand(
      "burst", "Starts a second of pool tasks with an interface on one host. Needs root");
  burst->add_option("--tasks", options->settings.tasks, "How many tasks are started")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  burst
      ->add_option("--in-flight", options->settings.in_flight,
                   "Tasks asked for that do not run yet, at most")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  burst
      ->add_option("--live", options->settings.live,
                   "Tasks that run at once; beyond it the oldest is stopped")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  add_runtime(*burst, options->settings.runtime);
  burst->add_flag("--json", options->json, "One JSON object instead of a table");
  burst->callback([options] {
    const auto measured = measure_burst(options->settings);
    if (!measured.ok()) {
      report_failure(measured.error());
      return;
    }
    print_burst(measured.value(), options->json ? Format::json : Format::text);
  });
}

void add_service(CLI::App& app) {
  struct Options {
    ServiceSettings settings;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* service = app.add_subcommand(
      "service", "CreateService until all its pool tasks run on one host. Needs root");
  service->add_option("--replicas", options->settings.replicas, "Tasks of the service")
      ->check(CLI::Range(1, 900))
      ->capture_default_str();
  service->add_option("--times", options->settings.times, "How often it is made and deleted")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  add_runtime(*service, options->settings.runtime);
  service->add_flag("--json", options->json, "One JSON object instead of a table");
  service->callback([options] {
    const auto measured = measure_service(options->settings);
    if (!measured.ok()) {
      report_failure(measured.error());
      return;
    }
    print_service(measured.value(), options->settings, options->json ? Format::json : Format::text);
  });
}

}  // namespace bench
