#include <map>

#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"
#include "schemas/wire/wire.h"

namespace cli {

namespace {

Exit logs(Session& session, const Arguments& arguments) {
  const auto tail = number_of(arguments, "tail", -1, 0, 1'000'000);
  if (!tail.ok()) {
    return session.misused(tail.error().message);
  }
  std::string query = "cluster=" + url_encoded(arguments.get_or("cluster", "default"));
  if (arguments.has("container")) {
    query += "&container=" + url_encoded(arguments.get_or("container", ""));
  }
  if (arguments.has("tail")) {
    query += "&tail=" + std::to_string(tail.value());
  }
  if (arguments.has("f")) {
    query += "&follow=true";
  }
  // The id alone: an ARN's slashes would be path segments.
  const std::string path =
      "/v1/tasks/" + url_encoded(short_name(arguments.get_or("TASK", ""))) + "/logs";
  const schemas::Outcome outcome = session.follow(path, query, [&](std::string_view line) {
    const auto read = wire::decode<schemas::LogLine>(line);
    if (read.ok() && session.format() == Format::table) {
      session.out() << (arguments.has("timestamps") ? instant_text(read.value().at) + " " : "")
                    << (arguments.has("container") ? "" : read.value().container + "  ")
                    << read.value().text << "\n";
    } else {
      session.out() << line << "\n";
    }
    session.out().flush();
    return session.out().good() ? More::wanted : More::enough;
  });
  return outcome.ok() ? Exit::done : session.failed(outcome.error());
}

}  // namespace

std::vector<Verb> logs_verbs() {
  return {{.path = "logs",
           .summary = "Read what a task's containers wrote",
           .description = "Reads from the task's host, through control. With --output json each\n"
                          "line is a JSON object with its time and stream.\n\n"
                          "Example: ecsctl logs 0123456789abcdef0123456789abcdef -f --tail 20",
           .options =
               {{.name = "TASK", .value = "", .help = "Its id or ARN", .arity = Arity::positional},
                cluster_option(),
                {.name = "container", .value = "NAME", .help = "Only this container"},
                {.name = "tail", .value = "N", .help = "Only the last N lines"},
                {.name = "timestamps",
                 .value = "",
                 .help = "When each line was written",
                 .arity = Arity::flag},
                {.name = "f",
                 .value = "",
                 .help = "Stay and print new lines as they are written",
                 .arity = Arity::flag}},
           .run = logs}};
}

}  // namespace cli
