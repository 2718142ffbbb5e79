#include "api/access.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

std::string status_word(const api::AccessKey& key) {
  return key.status == api::AccessKeyStatus::active ? "active" : "inactive";
}

/// As a file of AWS's clients has it, so that it can be appended to one.
Exit create(Session& session, const Arguments& arguments) {
  api::CreateAccessKeyRequest request;
  request.user_name = arguments.get("user");
  request.account = arguments.get("account");
  const auto answer = session.rest<api::CreateAccessKeyResponse>("POST", "/v1/keys", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::CreateAccessKeyResponse& made = answer.value().value;
    session.say("[" + made.access_key.user_name + "]");
    session.say("aws_access_key_id = " + made.access_key.access_key_id);
    session.say("aws_secret_access_key = " + made.secret_access_key.value_or(""));
    session.progress("the secret is shown this once: keep it in a credentials file, mode 0600");
  });
}

Exit list(Session& session, const Arguments& arguments) {
  std::string query;
  for (const auto& [option, member] :
       {std::pair("user", "userName"), std::pair("account", "account")}) {
    if (const std::optional<std::string> value = arguments.get(option)) {
      query += (query.empty() ? "" : "&") + std::string(member) + "=" + url_encoded(*value);
    }
  }
  const auto answer = session.get<api::ListAccessKeysResponse>("/v1/keys", query);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    Table table({{.title = "KEY"}, {.title = "USER"}, {.title = "STATUS"}, {.title = "ACCOUNT"}});
    for (const api::AccessKey& key : answer.value().value.access_keys) {
      table.add({key.access_key_id, key.user_name, status_word(key), key.account});
    }
    session.print(table);
  });
}

Exit change(Session& session, const Arguments& arguments, const std::string& status) {
  const auto answer = session.rest_with<api::UpdateAccessKeyResponse>(
      "PUT", "/v1/keys/" + url_encoded(arguments.get_or("KEY", "")),
      R"({"status":")" + status + "\"}");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::AccessKey& key = answer.value().value.access_key;
    session.say("key " + key.access_key_id + " of " + key.user_name + " is " + status_word(key));
  });
}

Exit enable(Session& session, const Arguments& arguments) {
  return change(session, arguments, "Active");
}

Exit disable(Session& session, const Arguments& arguments) {
  return change(session, arguments, "Inactive");
}

Exit remove(Session& session, const Arguments& arguments) {
  const auto answer = session.remove<api::DeleteAccessKeyResponse>(
      "/v1/keys/" + url_encoded(arguments.get_or("KEY", "")), "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::AccessKey& key = answer.value().value.access_key;
    session.say("key " + key.access_key_id + " of " + key.user_name + " is deleted");
  });
}

}  // namespace

std::vector<Verb> key_verbs() {
  const Option id{.name = "KEY",
                  .value = "",
                  .help = "The key's id, AKIA and 16 letters or digits",
                  .arity = Arity::positional};
  const Option account{.name = "account",
                       .value = "ID",
                       .help = "Another account, 12 digits; for the operator's account only"};
  return {
      {.path = "key create",
       .summary = "Make an access key; its secret is shown this once",
       .description = "A user has two at most: one to use and one to change over to.\n\n"
                      "Example: ecsctl key create --user build >> ~/.aws/credentials",
       .options = {{.name = "user", .value = "NAME", .help = "Whose key; your own by default"},
                   account},
       .run = create},
      {.path = "key list",
       .summary = "List access keys",
       .description = "Example: ecsctl key list --user build",
       .options = {{.name = "user", .value = "NAME", .help = "Only this user's"}, account},
       .run = list},
      {.path = "key disable",
       .summary = "Switch an access key off",
       .description = "Nothing is signed with it any more from now on, and the sessions of its\n"
                      "user end. ecsctl key enable switches it on again.",
       .options = {id},
       .run = disable},
      {.path = "key enable",
       .summary = "Switch an access key on again",
       .description = "Example: ecsctl key enable AKIAEXAMPLE",
       .options = {id},
       .run = enable},
      {.path = "key delete",
       .summary = "Delete an access key for good",
       .description = "The sessions of its user end with it.",
       .options = {id},
       .run = remove},
  };
}

}  // namespace cli
