#include "tests/sim/command_line.h"

#include <charconv>

namespace sim {

namespace {

template <class Number>
bool read_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end;
}

/// Reads the word after an option; false when there is none or it is no number.
template <class Number>
bool read_value(const std::vector<std::string>& words, std::size_t& at, Number& number) {
  return ++at < words.size() && read_number(words[at], number);
}

}  // namespace

CommandLine read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  Options& options = line.options;
  for (std::size_t at = 0; at < words.size() && line.error.empty(); ++at) {
    const std::string& word = words[at];
    bool good = true;
    if (word == "--seed") {
      options.seed = 0;
      good = read_value(words, at, *options.seed);
    } else if (word == "--seeds") {
      good = read_value(words, at, options.seeds) && options.seeds > 0;
    } else if (word == "--seconds") {
      good = read_value(words, at, options.seconds) && options.seconds > 0;
    } else if (word == "--jobs") {
      good = read_value(words, at, options.jobs) && options.jobs > 0;
    } else if (word == "--trace") {
      options.trace = true;
    } else if (word == "--twice") {
      options.twice = true;
    } else if (word == "--first") {
      options.first = true;
    } else if (word == "--probes") {
      options.probes = true;
    } else if (word == "--help" || word == "-h") {
      options.help = true;
    } else if (word.starts_with("-")) {
      line.error = "There is no option " + word + ".";
    } else {
      options.scenarios.push_back(word);
    }
    if (!good) {
      line.error = word + " wants a number above 0 after it.";
    }
  }
  return line;
}

std::string usage() {
  return "ecs-sim: the whole of Stowage under one virtual clock, with faults drawn from a seed\n"
         "\n"
         "  ecs-sim [--seed N] [--seeds N] [--trace]   run N seeds, from N on (default: from the\n"
         "                                             clock, one seed)\n"
         "  ecs-sim [--trace] FILE.scenario...         run stories instead\n"
         "\n"
         "  --seed N      the first seed; the same seed is the same life, step by step\n"
         "  --seeds N     how many, one after the other\n"
         "  --seconds N   as many seeds as fit into N seconds\n"
         "  --jobs N      in N processes\n"
         "  --trace       print everything that happens\n"
         "  --twice       run each seed two times and compare every step\n"
         "  --first       end at the first failure\n"
         "  --probes      report how often rare things happened; fail if one never did\n"
         "\n"
         "A failure prints its seed, the commit, and the command that shows it again. Exit code 0\n"
         "when every promise held, 1 when one did not, 2 for wrong usage.\n";
}

}  // namespace sim
