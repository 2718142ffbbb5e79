#include "control/edge/access/task_credentials.h"

#include <optional>
#include <sstream>
#include <string_view>

#include "control/core/access/role.h"
#include "control/edge/access/secrets.h"

namespace control::access {

namespace {

/// What a session token holds, as words. None of them has blanks.
struct Sealed {
  std::string account;
  std::string role;
  std::int64_t role_key = 0;
  schemas::TaskId task;
  std::int64_t expires_at_ms = 0;
  std::string secret;
};

std::string seal_name_of(const std::string& access_key_id) {
  return "task_credentials/" + access_key_id;
}

std::string text_of(const Sealed& sealed) {
  std::ostringstream text;
  text << sealed.account << ' ' << sealed.role << ' ' << sealed.role_key << ' '
       << sealed.task.text() << ' ' << sealed.expires_at_ms << ' ' << sealed.secret;
  return text.str();
}

std::optional<Sealed> read(const std::string& text) {
  std::istringstream words(text);
  Sealed sealed;
  std::string task;
  words >> sealed.account >> sealed.role >> sealed.role_key >> task >> sealed.expires_at_ms >>
      sealed.secret;
  const auto id = schemas::TaskId::parse(task);
  if (words.fail() || !id) {
    return std::nullopt;
  }
  sealed.task = *id;
  return sealed;
}

/// The account of `arn:aws:iam::ACCOUNT:role/…`.
std::string account_of(std::string_view role_arn) {
  constexpr std::string_view prefix = "arn:aws:iam::";
  constexpr std::size_t digits = 12;
  return role_arn.starts_with(prefix) ? std::string(role_arn.substr(prefix.size(), digits))
                                      : std::string();
}

}  // namespace

void fill_in(std::vector<schemas::RoleCredentials>& credentials, const Seal& seal,
             const RoleKeys& roles) {
  constexpr std::size_t prefix_bytes = 4;
  std::vector<schemas::RoleCredentials> filled;
  for (schemas::RoleCredentials& one : credentials) {
    Sealed sealed;
    sealed.account = account_of(one.role_arn);
    sealed.role = role_name(sealed.account, one.role_arn).value_or("");
    const auto role = roles.find({sealed.account, sealed.role});
    if (role == roles.end()) {
      continue;
    }
    sealed.role_key = role->second;
    sealed.task = one.task;
    sealed.expires_at_ms = one.expires_at.time_since_epoch().count();
    sealed.secret = new_secret_key();
    one.access_key_id = temporary_prefix + new_key_id().substr(prefix_bytes);
    one.secret_access_key = sealed.secret;
    one.session_token = seal.close(text_of(sealed), seal_name_of(one.access_key_id));
    filled.push_back(std::move(one));
  }
  credentials = std::move(filled);
}

Verdict<Standing> find_temporary(const std::string& access_key_id, const std::string& session_token,
                                 const Seal& seal, const RoleKeys& roles, schemas::Instant now) {
  // Far more than a token of ours has; what is longer need not be decrypted to be refused.
  constexpr std::size_t token_bytes_max = 4'096;
  if (session_token.size() > token_bytes_max) {
    return stranger();
  }
  const std::optional<std::string> text = seal.open(session_token, seal_name_of(access_key_id));
  const std::optional<Sealed> sealed = text ? read(*text) : std::nullopt;
  if (!sealed) {
    return stranger();
  }
  const auto role = roles.find({sealed->account, sealed->role});
  if (role == roles.end() || role->second != sealed->role_key) {
    return stranger();
  }
  if (schemas::Instant(schemas::Duration(sealed->expires_at_ms)) <= now) {
    return Refused{.reason = Reason::expired_token,
                   .message = "The security token included in the request is expired."};
  }
  return Standing{.account = sealed->account,
                  .principal = assumed_role_arn(
                      {.account = sealed->account, .role = sealed->role, .task = sealed->task}),
                  .secret = sealed->secret};
}

}  // namespace control::access
