// ecs-bench: what it costs, in figures. Each benchmark makes what it runs on and takes it down.

#include <CLI/CLI.hpp>

#include "tests/bench/commands.h"
#include "tests/bench/report.h"

int main(int argc, char** argv) {
  CLI::App app{"Benchmarks of Stowage. Each makes what it runs on and takes it down."};
  app.require_subcommand(1);
  bench::add_start(app);
  bench::add_burst(app);
  bench::add_service(app);
  bench::add_api(app);
  bench::add_placement(app);
  bench::add_explain(app);
  bench::add_services(app);
  CLI11_PARSE(app, argc, argv);
  return bench::exit_code();
}
