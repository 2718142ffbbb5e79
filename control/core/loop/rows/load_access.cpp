#include "control/core/loop/rows/loader.h"

namespace control {

void Loader::user(RowReader& row) {
  schemas::User user;
  user.key = row.key();
  user.account = row.text();
  user.name = row.text();
  user.created_at = row.instant();
  if (row.ok() && world_.index().user_by_name.contains({user.account, user.name})) {
    row.fail("has the name of another user");
  }
  if (row.ok()) {
    apply(world_, UserCreated{std::move(user)});
  }
}

void Loader::access_key(RowReader& row) {
  schemas::AccessKey access_key;
  access_key.key = row.key();
  access_key.id = row.text();
  access_key.user = row.integer();
  access_key.sealed_secret = row.text();
  access_key.status = row.choice<schemas::AccessKeyStatus>(2);
  access_key.created_at = row.instant();
  if (row.ok() && !world_->users.contains(access_key.user)) {
    row.fail("belongs to a user that is not there");
  }
  if (row.ok() && world_.index().access_key_by_id.contains(access_key.id)) {
    row.fail("has the id of another key");
  }
  if (row.ok()) {
    apply(world_, AccessKeyCreated{std::move(access_key)});
  }
}

void Loader::role(RowReader& row) {
  const std::string account = row.text();
  const std::string name = row.text();
  const schemas::Instant created_at = row.instant();
  auto role = row.json<schemas::Role>();
  role.key = row.key();
  role.account = account;
  role.name = name;
  role.created_at = created_at;
  if (row.ok() && world_.index().role_by_name.contains({account, name})) {
    row.fail("has the name of another role");
  }
  if (row.ok()) {
    apply(world_, RoleCreated{std::move(role)});
  }
}

void Loader::join_token(RowReader& row) {
  schemas::JoinToken token;
  token.key = row.key();
  token.hash = row.text();
  token.account = row.text();
  token.region = row.text();
  token.cluster = row.text();
  token.pool = row.flag();
  token.created_by = row.text();
  token.created_at = row.instant();
  token.expires_at = row.instant();
  if (row.ok() && world_.index().join_token_by_hash.contains(token.hash)) {
    row.fail("is the same as another token");
  }
  if (row.ok()) {
    apply(world_, JoinTokenCreated{std::move(token)});
  }
}

void Loader::session(RowReader& row) {
  schemas::Session session;
  session.key = row.key();
  session.hash = row.text();
  session.account = row.text();
  session.region = row.text();
  session.principal = row.text();
  session.created_at = row.instant();
  session.expires_at = row.instant();
  if (row.ok() && world_.index().session_by_hash.contains(session.hash)) {
    row.fail("is the same as another session");
  }
  if (row.ok()) {
    apply(world_, SessionOpened{std::move(session)});
  }
}

}  // namespace control
