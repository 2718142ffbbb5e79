#include "control/core/loop/operations/cluster_request.h"

#include "control/core/loop/operations/refusals.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::ContainerInsights;
using schemas::Done;
using schemas::ExecuteCommandConfiguration;
using schemas::ExecuteCommandLogConfiguration;
using schemas::ExecuteCommandLogging;
using schemas::Outcome;

namespace {

Outcome check_log(const ExecuteCommandConfiguration& read) {
  const bool overridden = read.logging == ExecuteCommandLogging::overridden;
  if (read.log && !overridden) {
    return invalid("logConfiguration is for the logging OVERRIDE only; it was given with " +
                   std::string(read.logging == ExecuteCommandLogging::none ? "NONE." : "DEFAULT."));
  }
  if (overridden && (!read.log || (read.log->cloud_watch_log_group_name.value_or("").empty() &&
                                   read.log->s3_bucket_name.value_or("").empty()))) {
    return invalid(
        "The logging OVERRIDE needs a logConfiguration with a cloudWatchLogGroupName or an "
        "s3BucketName.");
  }
  return Done{};
}

}  // namespace

std::optional<ContainerInsights> read_insights(const std::string& value) {
  for (const ContainerInsights each :
       {ContainerInsights::disabled, ContainerInsights::enabled, ContainerInsights::enhanced}) {
    if (wire::name_of(each) == value) {
      return each;
    }
  }
  return std::nullopt;
}

Outcome read_settings(const std::optional<std::vector<api::ClusterSetting>>& settings,
                      schemas::ClusterConfiguration& configuration) {
  std::optional<ContainerInsights> read;
  for (const api::ClusterSetting& setting : settings.value_or(std::vector<api::ClusterSetting>{})) {
    if (!setting.name) {
      return invalid("A cluster setting has no name; there is containerInsights.");
    }
    if (read) {
      return invalid("The cluster setting containerInsights is given twice.");
    }
    read = read_insights(setting.value.value_or(""));
    if (!read) {
      return invalid("containerInsights is disabled, enabled or enhanced, not '" +
                     setting.value.value_or("") + "'.");
    }
  }
  configuration.container_insights = read.value_or(configuration.container_insights);
  return Done{};
}

Outcome read_execute_command(const std::optional<api::ClusterConfiguration>& wanted,
                             schemas::ClusterConfiguration& configuration) {
  if (!wanted || !wanted->execute_command_configuration) {
    return Done{};
  }
  const api::ExecuteCommandConfiguration& stated = *wanted->execute_command_configuration;
  ExecuteCommandConfiguration read;
  read.kms_key_id = stated.kms_key_id;
  if (stated.logging) {
    read.logging = static_cast<ExecuteCommandLogging>(*stated.logging);
    static_assert(static_cast<int>(ExecuteCommandLogging::overridden) ==
                  static_cast<int>(api::ExecuteCommandLogging::override));
  }
  if (stated.log_configuration) {
    const api::ExecuteCommandLogConfiguration& log = *stated.log_configuration;
    read.log = ExecuteCommandLogConfiguration{
        .cloud_watch_log_group_name = log.cloud_watch_log_group_name,
        .cloud_watch_encryption_enabled = log.cloud_watch_encryption_enabled,
        .s3_bucket_name = log.s3_bucket_name,
        .s3_encryption_enabled = log.s3_encryption_enabled,
        .s3_key_prefix = log.s3_key_prefix};
  }
  Outcome log = check_log(read);
  if (!log.ok()) {
    return log;
  }
  configuration.execute_command = std::move(read);
  return Done{};
}

}  // namespace control
