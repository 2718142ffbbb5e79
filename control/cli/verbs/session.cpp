#include "control/cli/command/session.h"

#include "api/access.h"
#include "control/cli/verbs/verbs.h"

namespace cli {

namespace {

Exit create(Session& session, const Arguments&) {
  const auto answer =
      session.rest<api::CreateSessionResponse>("POST", "/v1/sessions", api::CreateSessionRequest{});
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json,
                      [&] { session.say(answer.value().value.token.value_or("")); });
}

Exit end(Session& session, const Arguments&) {
  const auto answer = session.remove<api::EndSessionResponse>("/v1/sessions", "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say(std::to_string(answer.value().value.ended) + " sessions are ended");
  });
}

}  // namespace

std::vector<Verb> session_verbs() {
  return {
      {.path = "session create",
       .summary = "Open a session and print its bearer token",
       .description = "For what cannot sign, such as curl. It is good for 12 hours.\n\n"
                      "Example:\n"
                      "  token=$(ecsctl session create)\n"
                      "  curl -H \"Authorization: Bearer $token\" $AWS_ENDPOINT_URL/v1/clusters",
       .options = {},
       .run = create},
      {.path = "session end",
       .summary = "End all your sessions",
       .description = "Tokens that were printed before are worth nothing from now on.",
       .options = {},
       .run = end},
  };
}

}  // namespace cli
