#pragma once

#include <string>

#include "schemas/base/result.h"

namespace control::store {

/// A small text file that a person wrote, at most 64 KiB of it.
schemas::Result<std::string> read_text_file(const std::string& path);

}  // namespace control::store
