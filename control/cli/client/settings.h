#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace cli {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< only with temporary credentials
};

/// Where to call and as whom.
struct Settings {
  std::string endpoint;  ///< http://HOST:PORT, no trailing slash
  std::string region;
  std::optional<Credentials> credentials;  ///< absent: calls go out unsigned
};

using IniFile = std::map<std::string, std::map<std::string, std::string>>;

/// Reads the AWS CLI's file format: `[section]` lines and `name = value` lines; `#` and `;` start
/// comments. In the configuration file a section is "profile NAME", which reads as "NAME" here.
IniFile parse_ini(std::string_view text);

/// The world that settings come from, passed in so that tests bring their own.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<std::optional<std::string>(const std::string& path)> file;
};

/// Finds endpoint, region and credentials where the AWS CLI finds them: the option, then
/// AWS_ENDPOINT_URL_ECS, AWS_ENDPOINT_URL, then the profile's `endpoint_url`; AWS_REGION,
/// AWS_DEFAULT_REGION, then the profile's `region`; AWS_ACCESS_KEY_ID…, then the profile of the
/// shared credentials file. Without an endpoint: http://127.0.0.1:7070, where ecs-control listens.
schemas::Result<Settings> find_settings(const std::optional<std::string>& endpoint,
                                        const std::optional<std::string>& profile,
                                        const std::optional<std::string>& region,
                                        const Surroundings& surroundings);

}  // namespace cli
