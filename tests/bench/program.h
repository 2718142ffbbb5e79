#pragma once

#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

/// Everything a program prints, without the last line's end, or an error with it when the program
/// fails. `words` begin with the program's path.
schemas::Result<std::string> output_of(const std::vector<std::string>& words);

}  // namespace bench
