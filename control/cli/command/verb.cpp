#include "control/cli/command/verb.h"

namespace cli {

std::optional<std::string> Arguments::get(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.empty()
             ? std::nullopt
             : std::optional<std::string>(found->second.front());
}

std::string Arguments::get_or(const std::string& name, const std::string& fallback) const {
  return get(name).value_or(fallback);
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

}  // namespace cli
