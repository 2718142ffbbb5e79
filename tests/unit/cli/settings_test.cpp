#include "control/cli/client/settings.h"

#include <doctest/doctest.h>

using cli::find_settings;
using cli::Settings;
using cli::Surroundings;

namespace {

struct World {
  std::map<std::string, std::string> variables{{"HOME", "/home/ada"}};
  std::map<std::string, std::string> files;

  [[nodiscard]] Surroundings surroundings() const {
    const auto look_up = [](const std::map<std::string, std::string>& from) {
      return [&from](const std::string& name) {
        const auto found = from.find(name);
        return found == from.end() ? std::nullopt : std::optional<std::string>(found->second);
      };
    };
    return {.variable = look_up(variables), .file = look_up(files)};
  }
  [[nodiscard]] schemas::Result<Settings> found() const {
    return find_settings(std::nullopt, std::nullopt, std::nullopt, surroundings());
  }
};

}  // namespace

TEST_CASE("with nothing set, ecsctl calls the local control service unsigned") {
  const Settings settings = World().found().value();
  CHECK(settings.endpoint == "http://127.0.0.1:7070");
  CHECK(settings.region == "us-east-1");
  CHECK(!settings.credentials.has_value());
}

TEST_CASE("the endpoint is the option's, then the service's variable, then the general one") {
  World world;
  world.files["/home/ada/.aws/config"] = "[default]\nendpoint_url = http://from-file:1\n";
  CHECK(world.found().value().endpoint == "http://from-file:1");
  world.variables["AWS_ENDPOINT_URL"] = "http://general:2/";
  CHECK(world.found().value().endpoint == "http://general:2");
  world.variables["AWS_ENDPOINT_URL_ECS"] = "http://ecs:3";
  CHECK(world.found().value().endpoint == "http://ecs:3");
  CHECK(find_settings("https://option:4", std::nullopt, std::nullopt, world.surroundings())
            .value()
            .endpoint == "https://option:4");
}

TEST_CASE("an endpoint that is no URL is refused, saying how to write one") {
  World world;
  world.variables["AWS_ENDPOINT_URL"] = "localhost:7070";
  CHECK(world.found().error().message.find("http://HOST:PORT") != std::string::npos);
}

TEST_CASE("credentials come from the environment, then from the profile") {
  World world;
  world.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/keys";
  world.files["/keys"] =
      "[default]\naws_access_key_id = AK1\naws_secret_access_key=S1\n"
      "# a comment\n[team]\naws_access_key_id=AK2\naws_secret_access_key=S2\n"
      "aws_session_token = T2\n";
  world.files["/home/ada/.aws/config"] = "[profile team]\nregion = eu-west-1\n";
  CHECK(world.found().value().credentials->access_key_id == "AK1");

  world.variables["AWS_PROFILE"] = "team";
  const Settings team = world.found().value();
  CHECK(team.credentials->access_key_id == "AK2");
  CHECK(team.credentials->session_token == "T2");
  CHECK(team.region == "eu-west-1");

  world.variables.erase("AWS_PROFILE");
  world.variables["AWS_ACCESS_KEY_ID"] = "AK3";
  world.variables["AWS_SECRET_ACCESS_KEY"] = "S3";
  CHECK(world.found().value().credentials->access_key_id == "AK3");
}

TEST_CASE("a profile that was asked for and is not there is an error, not an unsigned call") {
  World world;
  world.variables["AWS_PROFILE"] = "team";
  CHECK(world.found().error().message.find("\"team\"") != std::string::npos);
}
