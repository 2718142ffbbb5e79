#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"

namespace control::edge {

/// The options that a YAML file states, as the command line would: `region: eu-west-1` becomes
/// "--region eu-west-1". Names are those of the options without their dashes; `listen` is a list,
/// `allow-remote` true or false. What is no option is refused by name.
schemas::Result<std::vector<std::string>> config_arguments(std::string_view yaml,
                                                           const std::string& where);

/// The same from a file.
schemas::Result<std::vector<std::string>> read_config_file(const std::string& path);

}  // namespace control::edge
