#include "tests/bench/phases.h"

#include <cstddef>
#include <cstdlib>
#include <set>
#include <sstream>

namespace bench {

std::map<std::string, std::vector<std::int64_t>> phases_in(const std::string& log,
                                                           const std::vector<std::string>& tasks) {
  const std::set<std::string> wanted(tasks.begin(), tasks.end());
  std::map<std::string, std::vector<std::int64_t>> phases;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("phases task=");
    if (at == std::string::npos) {
      continue;
    }
    std::istringstream words(line.substr(at + 7));
    std::string word;
    words >> word;
    if (!wanted.contains(word.substr(5))) {
      continue;
    }
    while (words >> word) {
      const std::size_t equals = word.find("_ms=");
      if (equals != std::string::npos) {
        const double value = std::strtod(word.c_str() + equals + 4, nullptr);
        phases[word.substr(0, equals)].push_back(static_cast<std::int64_t>(value * 1000));
      }
    }
  }
  return phases;
}

}  // namespace bench
