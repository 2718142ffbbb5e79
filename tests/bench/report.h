#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"
#include "tests/bench/figures.h"

namespace bench {

enum class Format { text, json };

/// A line of a table: "  name   p50 … p90 … p99 … most … (count)".
std::string line_of(std::string_view name, const Figures& figures);

/// A JSON object of microseconds.
std::string json_of(const Figures& figures);
/// A JSON object with one object of figures a name.
std::string json_of(const std::map<std::string, std::vector<std::int64_t>>& measurements);

/// "32.5" from 32,500 thousandths.
std::string thousandths_text(std::int64_t thousandths);

/// Says on standard error what went wrong and remembers it as the program's exit code.
void report_failure(const schemas::Error& error);
/// 0, or 1 after a failure.
int exit_code();

}  // namespace bench
