#include "control/cli/client/settings.h"

namespace cli {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

/// The first of `names` that is set and not empty.
std::optional<std::string> first_variable(const Surroundings& surroundings,
                                          std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::optional<std::string> value = surroundings.variable(name);
    if (value && !value->empty()) {
      return value;
    }
  }
  return std::nullopt;
}

IniFile read_ini(const Surroundings& surroundings, const char* variable, const char* below_home) {
  std::string path = surroundings.variable(variable).value_or("");
  if (path.empty()) {
    path = surroundings.variable("HOME").value_or("") + below_home;
  }
  return parse_ini(surroundings.file(path).value_or(""));
}

std::optional<std::string> look_up(const IniFile& file, const std::string& section,
                                   const std::string& name) {
  const auto found = file.find(section);
  if (found == file.end() || found->second.count(name) == 0) {
    return std::nullopt;
  }
  return found->second.at(name);
}

/// A URL of the form http(s)://HOST[:PORT] without anything behind it.
schemas::Result<std::string> checked_endpoint(std::string endpoint) {
  while (endpoint.ends_with('/')) {
    endpoint.pop_back();
  }
  if (!endpoint.starts_with("http://") && !endpoint.starts_with("https://")) {
    return schemas::Error{
        schemas::ErrorCode::invalid_parameter,
        "the endpoint \"" + endpoint + "\" is not a URL; write it as http://HOST:PORT"};
  }
  return endpoint;
}

schemas::Result<std::optional<Credentials>> find_credentials(const Surroundings& surroundings,
                                                             const IniFile& shared,
                                                             const std::string& profile,
                                                             bool profile_was_asked_for) {
  if (!profile_was_asked_for) {
    const auto key = first_variable(surroundings, {"AWS_ACCESS_KEY_ID"});
    const auto secret = first_variable(surroundings, {"AWS_SECRET_ACCESS_KEY"});
    if (key && secret) {
      return std::optional<Credentials>(Credentials{
          .access_key_id = *key,
          .secret_access_key = *secret,
          .session_token =
              first_variable(surroundings, {"AWS_SESSION_TOKEN"}).value_or(std::string())});
    }
  }
  const auto key = look_up(shared, profile, "aws_access_key_id");
  const auto secret = look_up(shared, profile, "aws_secret_access_key");
  if (key && secret) {
    return std::optional<Credentials>(Credentials{
        .access_key_id = *key,
        .secret_access_key = *secret,
        .session_token = look_up(shared, profile, "aws_session_token").value_or(std::string())});
  }
  if (profile_was_asked_for) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "the profile \"" + profile +
                              "\" has no aws_access_key_id and aws_secret_access_key in the "
                              "shared credentials file"};
  }
  return std::optional<Credentials>();
}

}  // namespace

IniFile parse_ini(std::string_view text) {
  IniFile file;
  std::string section;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') {
      continue;
    }
    if (line.front() == '[' && line.back() == ']') {
      section = trimmed(std::string_view(line).substr(1, line.size() - 2));
      if (section.starts_with("profile ")) {
        section = trimmed(std::string_view(section).substr(8));
      }
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) {
      file[section][trimmed(std::string_view(line).substr(0, equals))] =
          trimmed(std::string_view(line).substr(equals + 1));
    }
  }
  return file;
}

schemas::Result<Settings> find_settings(const std::optional<std::string>& endpoint,
                                        const std::optional<std::string>& profile,
                                        const std::optional<std::string>& region,
                                        const Surroundings& surroundings) {
  const IniFile config = read_ini(surroundings, "AWS_CONFIG_FILE", "/.aws/config");
  const IniFile shared = read_ini(surroundings, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  const auto profile_variable = first_variable(surroundings, {"AWS_PROFILE"});
  const std::string chosen = profile.value_or(profile_variable.value_or("default"));

  Settings settings;
  std::optional<std::string> url = endpoint;
  if (!url) {
    url = first_variable(surroundings, {"AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL"});
  }
  if (!url) {
    url = look_up(config, chosen, "endpoint_url");
  }
  schemas::Result<std::string> checked = checked_endpoint(url.value_or("http://127.0.0.1:7070"));
  if (!checked.ok()) {
    return checked.error();
  }
  settings.endpoint = checked.value();

  std::optional<std::string> place = region;
  if (!place) {
    place = first_variable(surroundings, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  }
  if (!place) {
    place = look_up(config, chosen, "region");
  }
  settings.region = place.value_or("us-east-1");

  auto credentials = find_credentials(surroundings, shared, chosen,
                                      profile.has_value() || profile_variable.has_value());
  if (!credentials.ok()) {
    return credentials.error();
  }
  settings.credentials = std::move(credentials).value();
  return settings;
}

}  // namespace cli
