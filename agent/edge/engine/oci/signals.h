#pragma once

#include <optional>
#include <string_view>

namespace agent {

/// The number of a signal as images and people write it: "SIGTERM", "TERM" or "15".
std::optional<int> signal_number(std::string_view text);

}  // namespace agent
