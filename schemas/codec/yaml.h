#pragma once

#include <string>
#include <string_view>

#include "schemas/base/result.h"
#include "schemas/codec/type.h"

namespace codec {

/// One YAML document as JSON (JSON is YAML, so either may be given). `guide`, if there is one, is
/// what the document is meant to be: where it wants text, `256`, `true` and `1.10` stay the text
/// they are. Without it they are read as YAML 1.2 reads them. Errors (`invalid_parameter`) say line
/// and column. Nesting and size are limited as in `decode`, aliases counted as often as they are
/// used.
schemas::Result<std::string> yaml_to_json(std::string_view yaml, const Type* guide);

}  // namespace codec
