#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/cli/command/verb.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace cli {

/// What stands behind the last `/` of an ARN: the id of a task, NAME:REVISION of a definition.
std::string short_name(const std::string& arn);

/// "2026-11-23 18:05:07Z", or "-" for an instant that has not come.
std::string instant_text(const std::optional<schemas::Instant>& instant);

/// How long ago, in the largest unit that says something: "12s", "5m", "3h", "2d"; "-" for never.
std::string age_text(const std::optional<schemas::Instant>& instant, schemas::Instant now);

schemas::Instant clock_now();

/// A whole number between `least` and `most`; the error names the option and the rule.
schemas::Result<std::int64_t> number_of(const Arguments& arguments, const std::string& name,
                                        std::int64_t fallback, std::int64_t least,
                                        std::int64_t most);

/// "90s", "30m", "1h", "7d"; a bare number is seconds. Nothing for other texts.
std::optional<std::int64_t> seconds_of(const std::string& text);

/// "NAME=VALUE" taken apart at the first `=`.
struct NameValue {
  std::string name;
  std::string value;
};
schemas::Result<std::vector<NameValue>> name_values(const Arguments& arguments,
                                                    const std::string& name);

/// The options that several verbs share.
Option cluster_option();
Option wait_option();

/// Names or ids in as many batches of `most` as it takes.
std::vector<std::vector<std::string>> batches(const std::vector<std::string>& all,
                                              std::size_t most);

}  // namespace cli
