#pragma once

namespace CLI {
class App;
}

// The benchmarks as subcommands. Each adds itself with its options; its callback measures, prints,
// and ends by `report_failure` when it cannot.

namespace bench {

void add_start(CLI::App& app);
void add_burst(CLI::App& app);
void add_service(CLI::App& app);
void add_api(CLI::App& app);
void add_placement(CLI::App& app);
void add_explain(CLI::App& app);
void add_services(CLI::App& app);

}  // namespace bench
