#include "api/access.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

std::string account_query(const Arguments& arguments) {
  const std::optional<std::string> account = arguments.get("account");
  return account ? "account=" + url_encoded(*account) : "";
}

Exit create(Session& session, const Arguments& arguments) {
  api::CreateUserRequest request;
  request.user_name = arguments.get_or("NAME", "");
  request.account = arguments.get("account");
  const auto answer = session.rest<api::CreateUserResponse>("POST", "/v1/users", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::User& user = answer.value().value.user;
    session.say("user " + user.user_name + " of account " + user.account + " is made; " +
                "ecsctl key create --user " + user.user_name + " makes it a key");
  });
}

Exit list(Session& session, const Arguments& arguments) {
  const auto answer = session.get<api::ListUsersResponse>("/v1/users", account_query(arguments));
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    Table table({{.title = "USER"}, {.title = "ACCOUNT"}, {.title = "ARN"}});
    for (const api::User& user : answer.value().value.users) {
      table.add({user.user_name, user.account, user.arn});
    }
    session.print(table);
  });
}

Exit remove(Session& session, const Arguments& arguments) {
  const auto answer = session.remove<api::DeleteUserResponse>(
      "/v1/users/" + url_encoded(arguments.get_or("NAME", "")), account_query(arguments));
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say("user " + answer.value().value.user.user_name + " is deleted");
  });
}

}  // namespace

std::vector<Verb> user_verbs() {
  const Option name{
      .name = "NAME", .value = "", .help = "The user's name", .arity = Arity::positional};
  const Option account{.name = "account",
                       .value = "ID",
                       .help = "Another account, 12 digits; for the operator's account only"};
  return {
      {.path = "user create",
       .summary = "Make a user",
       .description = "A user is a person or a program of an account; its keys sign calls.\n"
                      "Until policies come, a user may do everything in its account.\n\n"
                      "Example: ecsctl user create build",
       .options = {name, account},
       .run = create},
      {.path = "user list",
       .summary = "List the users of the account",
       .description = "Example: ecsctl user list",
       .options = {account},
       .run = list},
      {.path = "user delete",
       .summary = "Delete a user that has no keys left",
       .description = "Its sessions end with it.\n\nExample: ecsctl user delete build",
       .options = {name, account},
       .run = remove},
  };
}

}  // namespace cli
