#pragma once

#include <string_view>

namespace schemas {

/// Ends the process with `why` on standard error.
[[noreturn]] void end_for(std::string_view why);

/// Ends the process with `why` on standard error when `condition` does not hold. On in release
/// builds too: agents and the control service are cheap to restart, continuing wrongly is not.
inline void require(bool condition, std::string_view why) {
  if (!condition) {
    end_for(why);
  }
}

}  // namespace schemas
