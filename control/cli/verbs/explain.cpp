#include "api/placement.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// What a host fails at, with its numbers; "fits" when it fails at nothing.
std::string shortcomings(const api::ExplainedHost& host) {
  std::string text;
  for (const api::PlacementVerdict& verdict : host.verdicts) {
    if (verdict.passed) {
      continue;
    }
    text += (text.empty() ? "" : "; ") + verdict.question;
    if (verdict.subject) {
      text += " " + *verdict.subject;
    }
    if (verdict.wanted && verdict.found) {
      text += ": wants " + std::to_string(*verdict.wanted) + ", has " +
              std::to_string(*verdict.found) + " of " +
              std::to_string(verdict.registered.value_or(0));
    }
    if (verdict.reserved) {
      text += ", keeps " + std::to_string(*verdict.reserved) + " for " +
              host.reserved_for.value_or("daemons");
    }
  }
  return text.empty() ? "fits" : text;
}

void print_explanation(Session& session, const api::PlacementExplanation& explanation) {
  session.say(explanation.summary);
  for (const api::PlacementChange& change : explanation.changes) {
    session.say("  " + change.description);
  }
  if (explanation.hosts.empty()) {
    return;
  }
  Table table({{.title = "HOST"}, {.title = "ZONE"}, {.title = "WHAT IT SAYS"}});
  for (const api::ExplainedHost& host : explanation.hosts) {
    table.add(
        {short_name(host.container_instance_arn), host.availability_zone, shortcomings(host)});
  }
  session.print(table);
}

template <class Output>
Exit shown(Session& session, const schemas::Result<Answer<Output>>& answer) {
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json,
                      [&] { print_explanation(session, answer.value().value.explanation); });
}

bool is_task(const std::string& name) {
  return name.find(":task/") != std::string::npos ||
         (name.size() == 32 && name.find_first_not_of("0123456789abcdef") == std::string::npos);
}

Exit explain(Session& session, const Arguments& arguments) {
  const std::string cluster =
      "/v1/clusters/" + url_encoded(short_name(arguments.get_or("cluster", "default")));
  const std::string name = arguments.get_or("NAME", "");
  if (is_task(name)) {
    return shown(session,
                 session.get<api::ExplainTaskResponse>(
                     cluster + "/tasks/" + url_encoded(short_name(name)) + "/explanation", ""));
  }
  return shown(session,
               session.get<api::ExplainServiceResponse>(
                   cluster + "/services/" + url_encoded(short_name(name)) + "/explanation", ""));
}

}  // namespace

std::vector<Verb> explain_verbs() {
  return {{.path = "explain",
           .summary = "Say why a task or a service's tasks go where they go, or nowhere",
           .description =
               "Every host with what it lacks, and the smallest changes after which one\n"
               "could take another such task.\n\n"
               "Example: ecsctl explain web",
           .options = {cluster_option(),
                       {.name = "NAME",
                        .value = "",
                        .help = "A service, or the id or ARN of a task",
                        .arity = Arity::positional}},
           .run = explain}};
}

}  // namespace cli
