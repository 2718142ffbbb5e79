// services: what control spends on the service scheduler.

#include <CLI/CLI.hpp>
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>

#include "tests/bench/commands.h"
#include "tests/bench/report.h"
#include "tests/bench/services.h"

namespace bench {

namespace {

/// Of the time that passed on the cluster's clock, what control computed or wrote: thousandths of
/// one per cent of a core.
std::int64_t share_of_core(const ServicesRun& run) {
  constexpr std::int64_t thousandths = 100'000;
  const std::int64_t passed_us = run.passed.count() * 1'000;
  return passed_us == 0 ? 0 : run.costs.sum_us() * thousandths / passed_us;
}

void print_run(const std::string& what, const ServicesRun& run) {
  std::cout << what << ": " << milliseconds_text(run.costs.sum_us()) << " of control's time in "
            << run.passed.count() / 1'000 << " s of the cluster's ("
            << thousandths_text(share_of_core(run)) << " % of a core), " << run.started
            << " tasks started, " << run.stopped << " stopped, " << run.costs.rows
            << " rows, commits " << milliseconds_text(run.costs.commit_us) << "\n"
            << line_of("one turn", figures_of(run.costs.turns_us));
}

std::string json_of(const ServicesRun& run) {
  return R"({"control_us":)" + std::to_string(run.costs.sum_us()) + R"(,"commit_us":)" +
         std::to_string(run.costs.commit_us) + R"(,"passed_ms":)" +
         std::to_string(run.passed.count()) + R"(,"started":)" + std::to_string(run.started) +
         R"(,"stopped":)" + std::to_string(run.stopped) + R"(,"rows":)" +
         std::to_string(run.costs.rows) + R"(,"turn":)" + json_of(figures_of(run.costs.turns_us)) +
         "}";
}

void print_services(const ServicesMeasurements& measured, const ServicesSettings& settings,
                    Format format) {
  if (format == Format::json) {
    std::cout << R"({"benchmark":"services","hosts":)" << settings.hosts << R"(,"services":)"
              << settings.services << R"(,"tasks_each":)" << settings.tasks_each << R"(,"created":)"
              << json_of(measured.created) << R"(,"rolled":)" << json_of(measured.rolled)
              << R"(,"resting":)" << json_of(measured.resting) << R"(,"crashing":)"
              << json_of(measured.crashing) << "}\n";
    return;
  }
  std::cout << settings.services << " services of " << settings.tasks_each << " tasks on "
            << settings.hosts << " hosts, each turn durable\n";
  print_run("created", measured.created);
  print_run("all rolling at once", measured.rolled);
  print_run("at rest", measured.resting);
  print_run("all crashing", measured.crashing);
}

}  // namespace

void add_services(CLI::App& app) {
  struct Options {
    ServicesSettings settings;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* services = app.add_subcommand(
      "services",
      "What control spends on services: all rolling at once, at rest, and all crashing");
  services->add_option("--hosts", options->settings.hosts, "Hosts of the cluster")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  services->add_option("--services", options->settings.services, "Services of the cluster")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  services->add_option("--tasks", options->settings.tasks_each, "Tasks of each service")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  services
      ->add_option("--crashing-s", options->settings.crashing_s,
                   "Seconds, of the cluster's clock, in which tasks crash")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  services
      ->add_option("--directory", options->settings.directory,
                   "Where the database is made, on the disk that counts; removed afterwards")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  services->add_flag("--json", options->json, "One JSON object instead of a table");
  services->callback([options] {
    const auto measured = measure_services(options->settings);
    if (!measured.ok()) {
      report_failure(measured.error());
      return;
    }
    print_services(measured.value(), options->settings,
                   options->json ? Format::json : Format::text);
  });
}

}  // namespace bench
