#include "agent/edge/metadata/task_credentials.h"

#include <doctest/doctest.h>

#include "agent/edge/metadata/documents.h"
#include "tests/unit/agent_core/builders.h"

using agent::TaskCredentials;
using agent_test::task_id;
using schemas::RoleCredentials;
using schemas::RoleUse;

namespace {

RoleCredentials credentials(std::uint64_t task, std::int64_t expires_s,
                            RoleUse use = RoleUse::task) {
  RoleCredentials made;
  made.task = task_id(task);
  made.use = use;
  made.role_arn = "arn:aws:iam::123456789012:role/reader";
  made.access_key_id = "ASIA" + std::to_string(expires_s);
  made.secret_access_key = "secret";
  made.session_token = "token";
  made.expires_at = schemas::Instant(std::chrono::seconds(expires_s));
  return made;
}

}  // namespace

TEST_CASE("a task's credentials are served in the shape that SDKs read") {
  TaskCredentials held("host secret");
  held.take({credentials(1, 1'790'000'000)});
  const agent::MetadataReply reply = held.answer(task_id(1), held.path_of(task_id(1)));
  CHECK(reply.status == 200);
  CHECK(reply.body ==
        R"({"RoleArn":"arn:aws:iam::123456789012:role/reader","AccessKeyId":"ASIA1790000000",)"
        R"("SecretAccessKey":"secret","Token":"token","Expiration":"2026-09-21T14:13:20.000Z"})");
}

TEST_CASE("a task finds its own credentials under its own path only, however it guesses") {
  TaskCredentials held("host secret");
  held.take({credentials(1, 100), credentials(2, 100)});
  const std::string mine = held.path_of(task_id(1));
  CHECK(held.answer(task_id(1), mine).status == 200);
  for (const std::string& path :
       {held.path_of(task_id(2)), mine + "0", mine.substr(0, mine.size() - 1), mine + "/",
        std::string("/v2/credentials/00000000-0000-0000-0000-000000000000"),
        "/v2/credentials/" + task_id(1).text()}) {
    CAPTURE(path);
    const agent::MetadataReply reply = held.answer(task_id(1), path);
    CHECK(reply.status == 404);
    CHECK(reply.body ==
          R"({"code":"InvalidIdInRequest","message":"CredentialsRequest: Credentials not found",)"
          R"("HTTPErrorCode":404})");
  }
  CHECK(held.answer(task_id(2), mine).status == 404);  // the right path on the wrong socket
  for (const char* path : {"/v2/credentials/", "/v2/credentials", "/v2/", "/v2/other"}) {
    CHECK(held.answer(task_id(1), path).status == 400);
  }
}

TEST_CASE("the path is the same in the next agent of the host, and of no use on another host") {
  CHECK(TaskCredentials("a").path_of(task_id(1)) == TaskCredentials("a").path_of(task_id(1)));
  CHECK(TaskCredentials("a").path_of(task_id(1)) != TaskCredentials("b").path_of(task_id(1)));
  CHECK(TaskCredentials("a").path_of(task_id(1)) != TaskCredentials("a").path_of(task_id(2)));
}

TEST_CASE("newer credentials replace older ones, in whichever order they come") {
  TaskCredentials held("host secret");
  held.take({credentials(1, 200)});
  held.take({credentials(1, 100)});
  CHECK(held.of(task_id(1), RoleUse::task)->access_key_id == "ASIA200");
  held.take({credentials(1, 300)});
  CHECK(held.of(task_id(1), RoleUse::task)->access_key_id == "ASIA300");
  held.forget(task_id(1));
  CHECK_FALSE(held.of(task_id(1), RoleUse::task));
  CHECK(held.answer(task_id(1), held.path_of(task_id(1))).status == 404);
}

TEST_CASE("credentials of the execution role are never served to the task") {
  TaskCredentials held("host secret");
  held.take({credentials(1, 100, RoleUse::execution)});
  CHECK(held.of(task_id(1), RoleUse::execution).has_value());
  CHECK(held.answer(task_id(1), held.path_of(task_id(1))).status == 404);
}

TEST_CASE("a container with a task role is told where its credentials are, others are not") {
  auto task = agent_test::task(1, {agent_test::container("web")}, schemas::NetworkMode::awsvpc);
  const auto told = [&task] {
    for (const schemas::KeyValue& variable : agent::metadata_environment(task, 0, "/v2/x")) {
      if (variable.name == "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        return variable.value;
      }
    }
    return std::string();
  };
  CHECK(told().empty());
  task.execution_role_arn = "arn";
  CHECK(told().empty());
  task.task_role_arn = "arn";
  CHECK(told() == "/v2/x");
  task.network_mode = schemas::NetworkMode::host;
  CHECK(told().empty());
}
