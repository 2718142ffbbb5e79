#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace netif {

// Small files in which this host's networking writes down what it is about to make, where names and
// the kernel alone would not tell it after a crash. Lines of text, replaced as a whole.

schemas::Outcome write_record(const std::string& folder, const std::string& name,
                              const std::vector<std::string>& lines);
std::optional<std::vector<std::string>> read_record(const std::string& folder,
                                                    const std::string& name);
schemas::Outcome remove_record(const std::string& folder, const std::string& name);
std::vector<std::string> list_records(const std::string& folder);

/// A decimal number of at most 65535, as records hold them.
std::optional<std::int64_t> parse_number(const std::string& text);

}  // namespace netif
