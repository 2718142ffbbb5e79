#include "tests/bench/report.h"

#include <iostream>

namespace bench {

namespace {

int& code() {
  static int value = 0;
  return value;
}

}  // namespace

std::string line_of(std::string_view name, const Figures& figures) {
  constexpr std::size_t width = 22;
  std::string line = "  " + std::string(name);
  line += std::string(name.size() < width ? width - name.size() : 1, ' ');
  line += "p50 " + milliseconds_text(figures.p50_us) + "   p90 " +
          milliseconds_text(figures.p90_us) + "   p99 " + milliseconds_text(figures.p99_us) +
          "   most " + milliseconds_text(figures.most_us) + "   (" + std::to_string(figures.count) +
          ")\n";
  return line;
}

std::string json_of(const Figures& figures) {
  return "{\"count\":" + std::to_string(figures.count) +
         ",\"least_us\":" + std::to_string(figures.least_us) +
         ",\"p50_us\":" + std::to_string(figures.p50_us) +
         ",\"p90_us\":" + std::to_string(figures.p90_us) +
         ",\"p99_us\":" + std::to_string(figures.p99_us) +
         ",\"most_us\":" + std::to_string(figures.most_us) + "}";
}

std::string json_of(const std::map<std::string, std::vector<std::int64_t>>& measurements) {
  std::string text = "{";
  for (const auto& [name, values] : measurements) {
    text += text.size() > 1 ? ",\"" : "\"";
    text += name + "\":" + json_of(figures_of(values));
  }
  return text + "}";
}

std::string thousandths_text(std::int64_t thousandths) {
  constexpr std::int64_t tenth = 100;
  return std::to_string(thousandths / 1'000) + "." + std::to_string(thousandths % 1'000 / tenth);
}

void report_failure(const schemas::Error& error) {
  std::cerr << "ecs-bench: " << error.message << "\n";
  code() = 1;
}

int exit_code() { return code(); }

}  // namespace bench
