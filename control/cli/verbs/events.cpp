#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>

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

/// The same of one that is shaped as EventBridge has it.
void print_bridge_event(Session& session, const std::string& data) {
  std::string words;
  for (const char* name : {"eventName", "lastStatus", "status", "stoppedReason", "reason"}) {
    const std::string text = member_below(data, "detail", name);
    words += text.empty() ? "" : "  " + text;
  }
  session.say(text_member(data, "time") + "  " + text_member(data, "detail-type") + words);
}

/// The number behind `name` at the start of a line of a stream of events.
std::optional<std::int64_t> sequence_of(std::string_view line) {
  constexpr std::string_view name = "id: ";
  if (!line.starts_with(name)) {
    return std::nullopt;
  }
  line.remove_prefix(name.size());
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), number);
  return failure == std::errc() && end != line.data() ? std::optional(number) : std::nullopt;
}

/// A reader of the event log who can be interrupted: it knows behind which event to go on.
class Follower {
 public:
  enum class Form : std::uint8_t { own, event_bridge };
  Follower(Session& session, std::int64_t after, Form form)
      : session_(session), after_(after), form_(form) {}

  /// Reads to the end of the stream. What control refuses is an error of another code than what
  /// did not reach it.
  schemas::Outcome read(const std::string& more) {
    // Server-sent events: the lines of interest are `id: N` and `data: {…}`.
    return session_.follow("/v1/events",
                           "after=" + std::to_string(after_) + more +
                               (form_ == Form::event_bridge ? "&format=eventbridge" : ""),
                           [this](std::string_view line) { return take(line); });
  }

  /// Reads on and on: when control goes away, waits for it and goes on where the stream broke off.
  Exit read_for_ever() {
    schemas::Outcome outcome = read("");
    while (!enough_) {
      if (!outcome.ok() && (outcome.error().code != schemas::ErrorCode::server || !connected_)) {
        return session_.failed(outcome.error());
      }
      report_loss(outcome);
      std::this_thread::sleep_for(pause_);
      pause_ = std::min(pause_ * 2, pause_max);
      outcome = read("");
    }
    return Exit::done;
  }

 private:
  static constexpr std::chrono::milliseconds pause_min{250};
  static constexpr std::chrono::milliseconds pause_max{5'000};

  More take(std::string_view line) {
    connected_ = true;
    if (lost_) {
      session_.progress("ecsctl: connected again");
      lost_ = false;
      pause_ = pause_min;
    }
    while (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (const std::optional<std::int64_t> sequence = sequence_of(line)) {
      next_ = *sequence;
    }
    constexpr std::string_view data_prefix = "data: ";
    if (!line.starts_with(data_prefix)) {
      return More::wanted;
    }
    const std::string data(line.substr(data_prefix.size()));
    if (session_.format() != Format::table) {
      session_.say(data);
    } else if (form_ == Form::event_bridge) {
      print_bridge_event(session_, data);
    } else {
      print_event(session_, data);
    }
    after_ = next_;
    session_.out().flush();
    enough_ = !session_.out().good();
    return enough_ ? More::enough : More::wanted;
  }

  void report_loss(const schemas::Outcome& outcome) {
    const std::string why = outcome.ok() ? "control has ended the stream" : outcome.error().message;
    session_.progress("ecsctl: " + why);
    session_.progress("ecsctl: trying again, behind event " + std::to_string(after_));
    lost_ = true;
  }

  Session& session_;
  std::int64_t after_;
  Form form_;
  std::int64_t next_ = 0;  ///< of the event whose data comes next
  std::chrono::milliseconds pause_ = pause_min;
  bool connected_ = false;
  bool lost_ = false;
  bool enough_ = false;
};

Exit events(Session& session, const Arguments& arguments) {
  const auto after = number_of(arguments, "after", 0, 0, INT64_MAX);
  if (!after.ok()) {
    return session.misused(after.error().message);
  }
  Follower follower(
      session, after.value(),
      arguments.has("eventbridge") ? Follower::Form::event_bridge : Follower::Form::own);
  if (arguments.has("f")) {
    return follower.read_for_ever();
  }
  const schemas::Outcome outcome = follower.read("&follow=false");
  return outcome.ok() ? Exit::done : session.failed(outcome.error());
}

}  // namespace

std::vector<Verb> events_verbs() {
  return {{.path = "events",
           .summary = "Show what happened, from the event log",
           .description =
               "Every change of a task, service or host is an event with a sequence number.\n"
               "--after resumes behind one; a number that is older than the log is refused.\n"
               "With -f a stream that breaks off is taken up again where it broke off, as often\n"
               "as it takes; standard error says so.\n"
               "With --output json each line is one event; with --eventbridge in the shape in\n"
               "which Amazon EventBridge delivers those of ECS, and only those that it has.\n\n"
               "Example: ecsctl events -f",
           .options = {{.name = "after", .value = "N", .help = "Only events behind this number"},
                       {.name = "eventbridge",
                        .value = "",
                        .help = "In the shape of Amazon EventBridge",
                        .arity = Arity::flag},
                       {.name = "f",
                        .value = "",
                        .help = "Stay and print events as they happen",
                        .arity = Arity::flag}},
           .run = events}};
}

}  // namespace cli
