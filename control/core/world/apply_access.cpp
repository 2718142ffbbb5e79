#include "control/core/world/parts.h"

namespace control {

using schemas::require;

namespace {

/// The row that a change is about; that it is there is the loop's to see to.
template <class Map>
typename Map::iterator existing(Map& map, std::int64_t key) {
  const auto at = map.find(key);
  require(at != map.end(), "something that does not exist, or no longer, is changed");
  return at;
}

void note(WorldParts& parts, Table table, std::int64_t key) {
  ++parts.index.access_version;
  touch(parts, table, key, {});
}

}  // namespace

void carry_out(WorldParts& parts, const UserCreated& change) {
  const schemas::User& user = change.user;
  keep_key(parts, Table::user, user.key);
  require(parts.index.user_by_name.try_emplace({user.account, user.name}, user.key).second,
          "two users of an account have one name");
  parts.tables.users[user.key] = user;
  note(parts, Table::user, user.key);
}

void carry_out(WorldParts& parts, const UserDeleted& change) {
  const auto at = existing(parts.tables.users, change.user);
  require(parts.index.access_keys_of_user[change.user].empty(), "a user with keys is deleted");
  parts.index.access_keys_of_user.erase(change.user);
  parts.index.user_by_name.erase({at->second.account, at->second.name});
  parts.tables.users.erase(at);
  note(parts, Table::user, change.user);
}

void carry_out(WorldParts& parts, const AccessKeyCreated& change) {
  const schemas::AccessKey& access_key = change.access_key;
  keep_key(parts, Table::access_key, access_key.key);
  require(parts.tables.users.contains(access_key.user), "a key of a user that does not exist");
  require(parts.index.access_key_by_id.try_emplace(access_key.id, access_key.key).second,
          "two keys have one id");
  parts.index.access_keys_of_user[access_key.user].insert(access_key.key);
  parts.tables.access_keys[access_key.key] = access_key;
  note(parts, Table::access_key, access_key.key);
}

void carry_out(WorldParts& parts, const AccessKeyChanged& change) {
  existing(parts.tables.access_keys, change.access_key)->second.status = change.status;
  note(parts, Table::access_key, change.access_key);
}

void carry_out(WorldParts& parts, const AccessKeyDeleted& change) {
  const auto at = existing(parts.tables.access_keys, change.access_key);
  parts.index.access_key_by_id.erase(at->second.id);
  parts.index.access_keys_of_user[at->second.user].erase(change.access_key);
  parts.tables.access_keys.erase(at);
  note(parts, Table::access_key, change.access_key);
}

void carry_out(WorldParts& parts, const RoleCreated& change) {
  const schemas::Role& role = change.role;
  keep_key(parts, Table::role, role.key);
  const auto [name, fresh] =
      parts.index.role_by_name.try_emplace({role.account, role.name}, role.key);
  require(fresh || name->second == role.key, "two roles of an account have one name");
  parts.tables.roles[role.key] = role;
  note(parts, Table::role, role.key);
}

void carry_out(WorldParts& parts, const RoleDeleted& change) {
  const auto at = existing(parts.tables.roles, change.role);
  parts.index.role_by_name.erase({at->second.account, at->second.name});
  parts.tables.roles.erase(at);
  note(parts, Table::role, change.role);
}

void carry_out(WorldParts& parts, const JoinTokenCreated& change) {
  const schemas::JoinToken& token = change.token;
  keep_key(parts, Table::join_token, token.key);
  require(parts.index.join_token_by_hash.try_emplace(token.hash, token.key).second,
          "two join tokens are one");
  parts.index.join_tokens_by_end.insert({token.expires_at, token.key});
  parts.tables.join_tokens[token.key] = token;
  note(parts, Table::join_token, token.key);
}

void carry_out(WorldParts& parts, const JoinTokenSpent& change) {
  const auto at = existing(parts.tables.join_tokens, change.token);
  parts.index.join_token_by_hash.erase(at->second.hash);
  parts.index.join_tokens_by_end.erase({at->second.expires_at, change.token});
  parts.tables.join_tokens.erase(at);
  note(parts, Table::join_token, change.token);
}

void carry_out(WorldParts& parts, const SessionOpened& change) {
  const schemas::Session& session = change.session;
  keep_key(parts, Table::session, session.key);
  require(parts.index.session_by_hash.try_emplace(session.hash, session.key).second,
          "two sessions are one");
  parts.index.sessions_by_end.insert({session.expires_at, session.key});
  parts.tables.sessions[session.key] = session;
  note(parts, Table::session, session.key);
}

void carry_out(WorldParts& parts, const SessionEnded& change) {
  const auto at = existing(parts.tables.sessions, change.session);
  parts.index.session_by_hash.erase(at->second.hash);
  parts.index.sessions_by_end.erase({at->second.expires_at, change.session});
  parts.tables.sessions.erase(at);
  note(parts, Table::session, change.session);
}

}  // namespace control
