#include "control/cli/command/command_line.h"

#include <doctest/doctest.h>

using cli::Arguments;
using cli::Arity;
using cli::Command;
using cli::Exit;
using cli::Farewell;
using cli::parse_command_line;
using cli::Verb;

namespace {

Exit nothing(cli::Session&, const Arguments&) { return Exit::done; }

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> table{
      {.path = "ps",
       .summary = "List tasks",
       .description = "Lists.",
       .options =
           {{.name = "cluster", .value = "NAME", .help = "Which cluster", .arity = Arity::one},
            {.name = "all", .value = "", .help = "Stopped ones too", .arity = Arity::flag}},
       .run = nothing},
      {.path = "service scale",
       .summary = "Change the count",
       .description = "Scales.",
       .options = {{.name = "SERVICE", .value = "", .help = "Its name", .arity = Arity::positional},
                   {.name = "COUNT", .value = "", .help = "How many", .arity = Arity::positional}},
       .run = nothing},
      {.path = "hosts",
       .summary = "List hosts",
       .description = "Lists.",
       .options =
           {{.name = "cluster", .value = "NAME", .help = "Which cluster", .arity = Arity::one}},
       .run = nothing},
      {.path = "hosts drain",
       .summary = "Drain hosts",
       .description = "Drains.",
       .options =
           {{.name = "HOST", .value = "", .help = "Which", .arity = Arity::positionals},
            {.name = "cluster", .value = "NAME", .help = "Which cluster", .arity = Arity::one}},
       .run = nothing},
  };
  return table;
}

template <class... Words>
std::variant<Command, Farewell> parsed(Words... words) {
  const std::vector<const char*> argv{"ecsctl", words...};
  return parse_command_line(verbs(), static_cast<int>(argv.size()), argv.data());
}

}  // namespace

TEST_CASE("a verb gets its options, and the global ones may stand before or behind it") {
  const Command command = std::get<Command>(
      parsed("--output", "json", "ps", "--cluster", "web", "--all", "--region", "eu-west-1"));
  CHECK(command.verb->path == "ps");
  CHECK(command.arguments.get("cluster") == "web");
  CHECK(command.arguments.has("all"));
  CHECK(command.options.output == "json");
  CHECK(command.options.region == "eu-west-1");
}

TEST_CASE("a verb of two words takes arguments without names") {
  const Command command = std::get<Command>(parsed("service", "scale", "web", "5"));
  CHECK(command.verb->path == "service scale");
  CHECK(command.arguments.get("SERVICE") == "web");
  CHECK(command.arguments.get("COUNT") == "5");
}

TEST_CASE("a verb may have others below it, and options may stand before or behind their name") {
  CHECK(std::get<Command>(parsed("hosts", "--cluster", "web")).verb->path == "hosts");
  for (const Command& command :
       {std::get<Command>(parsed("hosts", "drain", "a", "b", "--cluster", "web")),
        std::get<Command>(parsed("hosts", "--cluster", "web", "drain", "a", "b"))}) {
    CHECK(command.verb->path == "hosts drain");
    CHECK(command.arguments.all("HOST") == std::vector<std::string>{"a", "b"});
    CHECK(command.arguments.get("cluster") == "web");
  }
  CHECK(std::get<Farewell>(parsed("hosts", "drain")).exit == Exit::usage);
}

TEST_CASE("wrong usage ends with status 2, help with status 0") {
  CHECK(std::get<Farewell>(parsed()).exit == Exit::usage);
  CHECK(std::get<Farewell>(parsed("dance")).exit == Exit::usage);
  CHECK(std::get<Farewell>(parsed("service", "scale", "web")).exit == Exit::usage);
  CHECK(std::get<Farewell>(parsed("ps", "--output", "xml")).exit == Exit::usage);
  const Farewell help = std::get<Farewell>(parsed("service", "scale", "--help"));
  CHECK(help.exit == Exit::done);
  CHECK(help.text.find("Scales.") != std::string::npos);
}
