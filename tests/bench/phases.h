#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// The phases that an agent's log accounts for: lines that hold `phases task=ID name_ms=1.25 …`.
/// Lines of other tasks than `tasks` are passed over.
std::map<std::string, std::vector<std::int64_t>> phases_in(const std::string& log,
                                                           const std::vector<std::string>& tasks);

}  // namespace bench
