#include <algorithm>

#include "agent/edge/engine/engine.h"

namespace agent {

namespace {

constexpr std::string_view default_path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Sets "NAME=value", in the place of an earlier value of that name.
void set_variable(std::vector<std::string>& environment, std::string entry) {
  const std::string name = entry.substr(0, entry.find('=')) + "=";
  const auto earlier =
      std::find_if(environment.begin(), environment.end(),
                   [&](const std::string& candidate) { return candidate.starts_with(name); });
  if (earlier == environment.end()) {
    environment.push_back(std::move(entry));
  } else {
    *earlier = std::move(entry);
  }
}

}  // namespace

schemas::Result<ContainerProcess> process_of(const ImageConfig& image,
                                             const schemas::ContainerDefinition& definition,
                                             std::span<const schemas::KeyValue> added) {
  ContainerProcess process;
  process.arguments = definition.entry_point.value_or(image.entry_point);
  const bool image_command = !definition.entry_point || definition.entry_point->empty();
  const std::vector<std::string> command =
      definition.command.value_or(image_command ? image.command : std::vector<std::string>{});
  process.arguments.insert(process.arguments.end(), command.begin(), command.end());
  if (process.arguments.empty()) {
    return schemas::Error{
        .code = schemas::ErrorCode::client,
        .message = "CannotCreateContainerError: container '" + definition.name +
                   "' has nothing to run: neither the task definition nor the image " +
                   definition.image + " states a command or an entry point; add a command"};
  }
  set_variable(process.environment, std::string(default_path));
  for (const std::string& entry : image.environment) {
    set_variable(process.environment, entry);
  }
  for (const schemas::KeyValue& variable : added) {
    set_variable(process.environment, variable.name + "=" + variable.value);
  }
  for (const schemas::KeyValue& variable : definition.environment) {
    set_variable(process.environment, variable.name + "=" + variable.value);
  }
  process.user = definition.user.empty() ? image.user : definition.user;
  process.working_directory =
      definition.working_directory.empty() ? image.working_directory : definition.working_directory;
  process.stop_signal = image.stop_signal.empty() ? "SIGTERM" : image.stop_signal;
  return process;
}

}  // namespace agent
