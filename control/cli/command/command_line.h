#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "control/cli/command/verb.h"

namespace cli {

/// What every verb understands.
struct GlobalOptions {
  std::optional<std::string> endpoint;
  std::optional<std::string> profile;
  std::optional<std::string> region;
  std::string output = "table";  ///< table, json or yaml
};

/// A verb to run with what stood behind it.
struct Command {
  const Verb* verb = nullptr;
  Arguments arguments;
  GlobalOptions options;
};

/// Nothing to run: text to print (help, or what was wrong) and how to end.
struct Farewell {
  std::string text;
  Exit exit = Exit::done;
};

/// Reads the command line against the table of verbs.
std::variant<Command, Farewell> parse_command_line(std::span<const Verb> verbs, int argc,
                                                   const char* const* argv);

}  // namespace cli
