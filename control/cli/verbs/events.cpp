#include "control/cli/command/session.h"
#include "control/cli/output/document.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// One event as a person reads it: when, what, about what, and the event's own words.
void print_event(Session& session, const std::string& data) {
  std::string words;
  for (const char* name : {"message", "lastStatus", "status", "reason"}) {
    const std::string text = member_below(data, "detail", name);
    words += text.empty() ? "" : (words.empty() ? "" : "  ") + text;
  }
  session.say(text_member(data, "time") + "  " + text_member(data, "kind") + "  " +
              short_name(text_member(data, "subject")) + (words.empty() ? "" : "  ") + words);
}

Exit events(Session& session, const Arguments& arguments) {
  const auto after = number_of(arguments, "after", 0, 0, INT64_MAX);
  if (!after.ok()) {
    return session.misused(after.error().message);
  }
  std::string query = "after=" + std::to_string(after.value());
  query += arguments.has("f") ? "" : "&follow=false";
  // Server-sent events: the lines of interest are `data: {…}`.
  const schemas::Outcome outcome = session.follow("/v1/events", query, [&](std::string_view line) {
    constexpr std::string_view data_prefix = "data: ";
    if (!line.starts_with(data_prefix)) {
      return More::wanted;
    }
    std::string data(line.substr(data_prefix.size()));
    while (data.ends_with('\r')) {
      data.pop_back();
    }
    if (session.format() == Format::table) {
      print_event(session, data);
    } else {
      session.say(data);
    }
    session.out().flush();
    return session.out().good() ? More::wanted : More::enough;
  });
  return outcome.ok() ? Exit::done : session.failed(outcome.error());
}

}  // namespace

std::vector<Verb> events_verbs() {
  return {{.path = "events",
           .summary = "Show what happened, from the event log",
           .description =
               "Every change of a task, service or host is an event with a sequence number.\n"
               "--after resumes behind one; a number that is older than the log is refused.\n"
               "With --output json each line is one event.\n\n"
               "Example: ecsctl events -f",
           .options = {{.name = "after", .value = "N", .help = "Only events behind this number"},
                       {.name = "f",
                        .value = "",
                        .help = "Stay and print events as they happen",
                        .arity = Arity::flag}},
           .run = events}};
}

}  // namespace cli
