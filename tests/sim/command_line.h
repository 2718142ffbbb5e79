#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sim {

struct Options {
  std::optional<std::uint64_t> seed;  ///< where to begin; absent = from the clock
  std::int64_t seeds = 1;
  std::int64_t seconds = 0;  ///< real ones to go on for; 0 = as many seeds as stated
  std::int64_t jobs = 1;
  bool trace = false;
  bool twice = false;   ///< run each seed two times and compare
  bool first = false;   ///< end at the first failure
  bool probes = false;  ///< report what was tried, and fail if something never was
  bool help = false;
  std::vector<std::string> scenarios;
};

/// The options, or the sentence that says what is wrong.
struct CommandLine {
  Options options;
  std::string error;
};
CommandLine read_command_line(const std::vector<std::string>& words);

std::string usage();

}  // namespace sim
