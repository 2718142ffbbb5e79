#include "control/edge/daemon/config_file.h"

#include <array>
#include <optional>

#include "control/edge/store/text_file.h"
#include "schemas/codec/access.h"
#include "schemas/codec/engine.h"
#include "schemas/codec/yaml.h"
#include "schemas/wire/table.h"

namespace control::edge {

namespace {

/// One member an option. Numbers are text here: the command line reads and checks them.
struct ConfigFile {
  std::vector<std::string> listen;
  std::optional<bool> allow_remote;
  std::optional<std::string> data;
  std::optional<std::string> region;
  std::optional<std::string> account_id;
  std::optional<std::string> auth;
  std::optional<std::string> store;
  std::optional<std::string> prices;
  std::optional<std::string> healthy_after;
  std::optional<std::string> poll_hold;
  std::optional<std::string> lease;
  std::optional<std::string> loss_grace;
  std::optional<std::string> log_level;
};

}  // namespace

}  // namespace control::edge

namespace codec {

using control::edge::ConfigFile;

template <>
const Type Described<ConfigFile>::type;

namespace {
const std::array config_members{
    STOWAGE_MEMBER(ConfigFile, listen),
    STOWAGE_MEMBER_AS(ConfigFile, allow_remote, "allow-remote"),
    STOWAGE_MEMBER(ConfigFile, data),
    STOWAGE_MEMBER(ConfigFile, region),
    STOWAGE_MEMBER_AS(ConfigFile, account_id, "account-id"),
    STOWAGE_MEMBER(ConfigFile, auth),
    STOWAGE_MEMBER(ConfigFile, store),
    STOWAGE_MEMBER(ConfigFile, prices),
    STOWAGE_MEMBER_AS(ConfigFile, healthy_after, "healthy-after"),
    STOWAGE_MEMBER_AS(ConfigFile, poll_hold, "poll-hold"),
    STOWAGE_MEMBER(ConfigFile, lease),
    STOWAGE_MEMBER_AS(ConfigFile, loss_grace, "loss-grace"),
    STOWAGE_MEMBER_AS(ConfigFile, log_level, "log-level"),
};
}  // namespace

template <>
const Type Described<ConfigFile>::type{.name = "config", .members = config_members};

}  // namespace codec

namespace control::edge {

schemas::Result<std::vector<std::string>> config_arguments(std::string_view yaml,
                                                           const std::string& where) {
  const codec::Type& type = codec::Described<ConfigFile>::type;
  const auto refused = [&where](const schemas::Error& error) {
    return schemas::Error{.code = error.code, .message = where + ": " + error.message};
  };
  const schemas::Result<std::string> json = codec::yaml_to_json(yaml, &type);
  if (!json.ok()) {
    return refused(json.error());
  }
  ConfigFile file;
  const schemas::Outcome read = codec::decode(json.value(), type, &file, codec::Dialect{});
  if (!read.ok()) {
    return refused(read.error());
  }
  std::vector<std::string> arguments;
  const auto add = [&arguments](const char* option, const std::optional<std::string>& value) {
    if (value) {
      arguments.insert(arguments.end(), {option, *value});
    }
  };
  for (const std::string& address : file.listen) {
    add("--listen", address);
  }
  if (file.allow_remote.value_or(false)) {
    arguments.emplace_back("--allow-remote");
  }
  add("--data", file.data);
  add("--region", file.region);
  add("--account-id", file.account_id);
  add("--auth", file.auth);
  add("--store", file.store);
  add("--prices", file.prices);
  add("--healthy-after", file.healthy_after);
  add("--poll-hold", file.poll_hold);
  add("--lease", file.lease);
  add("--loss-grace", file.loss_grace);
  add("--log-level", file.log_level);
  return arguments;
}

schemas::Result<std::vector<std::string>> read_config_file(const std::string& path) {
  const schemas::Result<std::string> text = store::read_text_file(path);
  if (!text.ok()) {
    return text.error();
  }
  return config_arguments(text.value(), path);
}

}  // namespace control::edge
