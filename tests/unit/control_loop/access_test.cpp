#include <doctest/doctest.h>

#include "api/access.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using stage::Stage;

namespace {

const schemas::Scope other_account{"222222222222", "us-east-1"};

control::ApiCall call(std::string operation, api::Value input, const std::string& kept,
                      const schemas::Scope& scope = stage::scope) {
  return {.request = 1,
          .scope = scope,
          .principal = "arn:aws:iam::" + scope.account + ":user/admin",
          .operation = std::move(operation),
          .input = std::move(input),
          .drawn = {.id = "AKIA" + kept, .kept = kept}};
}

schemas::Result<api::Value> ask(Stage& stage, const control::ApiCall& call) {
  control::Turn turn = stage.turn({call});
  REQUIRE(turn.replies.size() == 1);
  return turn.replies.front().result;
}

void make_token(Stage& stage, const std::string& hash, std::optional<std::string> cluster,
                std::int64_t seconds = 3'600) {
  api::CreateJoinTokenRequest request;
  request.cluster = std::move(cluster);
  if (!request.cluster) {
    request.pool = true;
  }
  request.expires_in_seconds = seconds;
  REQUIRE(ask(stage, call("CreateJoinToken", api::Value::of(request), hash)).ok());
}

/// What a host that joins is answered: its instance's id, or the message of the refusal.
std::string join(Stage& stage, const std::string& identity, const std::string& token,
                 const std::string& cluster = "c") {
  schemas::JoinRequest request;
  request.cluster = cluster;
  request.pool = cluster.empty();
  request.inventory.cpu = {1024};
  request.inventory.memory = {1024};
  request.inventory.availability_zone = "us-east-1a";
  const control::Turn turn = stage.turn({control::AgentJoin{.waiter = 1,
                                                            .scope = stage::scope,
                                                            .identity_hash = identity,
                                                            .token_hash = token,
                                                            .request = request}});
  REQUIRE(turn.agents.size() == 1);
  const auto& answer = turn.agents.front().answer;
  if (const auto* error = std::get_if<schemas::Error>(&answer)) {
    CHECK(error->code == schemas::ErrorCode::access_denied);
    return error->message;
  }
  return std::get<schemas::JoinAnswer>(answer).instance.text();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Stage signed_stage() {
  Stage stage;
  stage.settings.joining = control::Settings::Joining::with_token;
  return stage;
}

}  // namespace

TEST_CASE("a join token lets one host in; the same host may ask again, no other may") {
  Stage stage = signed_stage();
  make_token(stage, "t1", "c");
  CHECK(has(join(stage, "h1", ""), "joins with a token"));
  const std::string host = join(stage, "h1", "t1");
  CHECK(host.size() == 32);
  CHECK(join(stage, "h1", "t1") == host);  // its first answer was lost
  CHECK(has(join(stage, "h2", "t1"), "was used before"));
  CHECK(stage.world->instances.size() == 1);
  CHECK(stage.world->join_tokens.empty());
  stage.restart();
  CHECK(join(stage, "h1", "t1") == host);
  CHECK(has(join(stage, "h2", "t1"), "was used before"));
}

TEST_CASE("of two hosts that show one token in one turn, one joins") {
  Stage stage = signed_stage();
  make_token(stage, "t1", "c");
  schemas::JoinRequest request;
  request.cluster = "c";
  request.inventory.cpu = {1024};
  request.inventory.memory = {1024};
  request.inventory.availability_zone = "us-east-1a";
  std::vector<control::Input> both;
  for (const char* identity : {"h1", "h2"}) {
    both.push_back(control::AgentJoin{.waiter = 1,
                                      .scope = stage::scope,
                                      .identity_hash = identity,
                                      .token_hash = "t1",
                                      .request = request});
  }
  const control::Turn turn = stage.turn(both);
  REQUIRE(turn.agents.size() == 2);
  CHECK(std::holds_alternative<schemas::JoinAnswer>(turn.agents[0].answer));
  CHECK(std::holds_alternative<schemas::Error>(turn.agents[1].answer));
}

TEST_CASE("a join token is good where it says and for as long as it says") {
  Stage stage = signed_stage();
  make_token(stage, "t1", "c", 600);
  make_token(stage, "t2", std::nullopt);
  CHECK(has(join(stage, "h1", "t1", "other"), "for cluster c, but the host asks for"));
  CHECK(has(join(stage, "h1", "t1", ""), "for cluster c, but the host asks for the pool"));
  CHECK(has(join(stage, "h1", "t2"), "for the pool, but the host asks for cluster c"));
  CHECK(join(stage, "h2", "t2", "").size() == 32);
  stage.now += 10min;
  CHECK(has(join(stage, "h1", "t1"), "has expired"));
  CHECK(stage.world->join_tokens.empty());  // and is forgotten
}

TEST_CASE("tokens of the pool are the operator's to make; a token is for one or the other") {
  Stage stage = signed_stage();
  api::CreateJoinTokenRequest pool;
  pool.pool = true;
  const auto refused =
      ask(stage, call("CreateJoinToken", api::Value::of(pool), "t", other_account));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == schemas::ErrorCode::access_denied);
  pool.cluster = "c";
  CHECK(ask(stage, call("CreateJoinToken", api::Value::of(pool), "t")).error().code ==
        schemas::ErrorCode::invalid_parameter);
  CHECK(ask(stage, call("CreateJoinToken", api::Value::of(api::CreateJoinTokenRequest{}), "t"))
            .error()
            .code == schemas::ErrorCode::invalid_parameter);
}

TEST_CASE("a first user is made once") {
  Stage stage;
  const control::FirstUserWanted wanted{.scope = stage::scope,
                                        .name = "admin",
                                        .access_key = {.key = 0,
                                                       .id = "AKIA1",
                                                       .user = 0,
                                                       .sealed_secret = "s",
                                                       .status = schemas::AccessKeyStatus::active,
                                                       .created_at = {}}};
  stage.turn({wanted});
  REQUIRE(control::find_access_key(stage.world, "AKIA1") != nullptr);
  control::FirstUserWanted again = wanted;
  again.access_key.id = "AKIA2";
  stage.turn({again});
  CHECK(control::find_access_key(stage.world, "AKIA2") == nullptr);
  stage.check_invariants();
  stage.restart();
}

TEST_CASE("a session lasts twelve hours, and ends with the keys of its user") {
  Stage stage;
  const std::int64_t before = stage.world.index().access_version;
  REQUIRE(
      ask(stage, call("CreateSession", api::Value::of(api::CreateSessionRequest{}), "s1")).ok());
  CHECK(stage.world.index().access_version > before);
  REQUIRE(control::find_session(stage.world, "s1") != nullptr);
  CHECK(control::find_session(stage.world, "s1")->expires_at == stage.now + 12h);
  stage.advance(12h - 1min);
  CHECK(control::find_session(stage.world, "s1") != nullptr);
  stage.advance(2min);
  CHECK(control::find_session(stage.world, "s1") == nullptr);

  api::CreateUserRequest user;
  user.user_name = "admin";
  REQUIRE(ask(stage, call("CreateUser", api::Value::of(user), "")).ok());
  REQUIRE(ask(stage, call("CreateAccessKey", api::Value::of(api::CreateAccessKeyRequest{}), "K1"))
              .ok());
  REQUIRE(
      ask(stage, call("CreateSession", api::Value::of(api::CreateSessionRequest{}), "s2")).ok());
  api::DeleteAccessKeyRequest gone;
  gone.access_key_id = "AKIAK1";
  REQUIRE(ask(stage, call("DeleteAccessKey", api::Value::of(gone), "")).ok());
  CHECK(control::find_session(stage.world, "s2") == nullptr);
  stage.check_invariants();
}

TEST_CASE("an account looks after its own users; the operator after everybody's") {
  Stage stage;
  api::CreateUserRequest user;
  user.user_name = "u";
  user.account = other_account.account;
  REQUIRE(ask(stage, call("CreateUser", api::Value::of(user), "")).ok());
  api::CreateAccessKeyRequest key;
  key.user_name = "u";
  REQUIRE(ask(stage, call("CreateAccessKey", api::Value::of(key), "K1", other_account)).ok());
  user.account = stage::scope.account;
  CHECK(ask(stage, call("CreateUser", api::Value::of(user), "", other_account)).error().code ==
        schemas::ErrorCode::access_denied);
  api::DeleteAccessKeyRequest gone;
  gone.access_key_id = "AKIAK1";
  const schemas::Scope third{"333333333333", "us-east-1"};
  CHECK(ask(stage, call("DeleteAccessKey", api::Value::of(gone), "", third)).error().code ==
        schemas::ErrorCode::resource_not_found);
  CHECK(ask(stage, call("DeleteAccessKey", api::Value::of(gone), "")).ok());
}
