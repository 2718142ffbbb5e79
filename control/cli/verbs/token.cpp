#include "api/access.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit create(Session& session, const Arguments& arguments) {
  api::CreateJoinTokenRequest request;
  request.cluster = arguments.get("cluster");
  if (arguments.has("pool")) {
    request.pool = true;
  }
  if (request.cluster.has_value() == request.pool.has_value()) {
    return session.misused("token create: give either --cluster NAME or --pool");
  }
  if (const std::optional<std::string> expires = arguments.get("expires")) {
    request.expires_in_seconds = seconds_of(*expires);
    if (!request.expires_in_seconds) {
      return session.misused("--expires " + *expires + ": write it as 90s, 30m, 1h or 7d");
    }
  }
  const auto answer =
      session.rest<api::CreateJoinTokenResponse>("POST", "/v1/join-tokens", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json,
                      [&] { session.say(answer.value().value.token.value_or("")); });
}

}  // namespace

std::vector<Verb> token_verbs() {
  return {
      {.path = "token create",
       .summary = "Make a join token for one host, and print it",
       .description = "The token is good for one host and for the time that --expires says (1h).\n"
                      "Only the operator's account makes tokens for the pool.\n\n"
                      "Example:\n"
                      "  umask 077\n"
                      "  ecsctl token create --cluster web > token\n"
                      "  ecs-agent --cluster web --token-file token --control ... --data ...",
       .options = {{.name = "cluster", .value = "NAME", .help = "The cluster it joins"},
                   {.name = "pool",
                    .value = "",
                    .help = "The shared pool instead of a cluster",
                    .arity = Arity::flag},
                   {.name = "expires", .value = "TIME", .help = "90s, 30m, 1h, 7d; 1h by default"}},
       .run = create},
  };
}

}  // namespace cli
