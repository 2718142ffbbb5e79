#include "control/cli/verbs/network.h"

#include <algorithm>
#include <cctype>

#include "api/stowage.h"
#include "api/task_definitions.h"
#include "control/cli/verbs/security_group.h"

namespace cli {

std::vector<Option> network_options() {
  return {{.name = "subnet",
           .value = "SUBNET",
           .help = "Where the task's interface may be; repeatable (default: your default subnets)",
           .arity = Arity::many},
          {.name = "security-group",
           .value = "GROUP",
           .help = "Security group of the interface, by id or name; repeatable",
           .arity = Arity::many},
          {.name = "public-ip",
           .value = "",
           .help = "Give the interface an address that is reachable from outside",
           .arity = Arity::flag}};
}

schemas::Result<bool> uses_awsvpc(Session& session, const std::string& definition) {
  api::DescribeTaskDefinitionRequest request;
  request.task_definition = definition;
  const auto answer =
      session.call<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", request);
  if (!answer.ok()) {
    return answer.error();
  }
  return answer.value().value.task_definition->network_mode == api::NetworkMode::awsvpc;
}

namespace {

/// The ids of the groups that the options name. Ids go through as they are: the API says what is
/// wrong with them.
schemas::Result<std::vector<std::string>> security_groups(Session& session,
                                                          const Arguments& arguments) {
  std::vector<std::string> ids;
  for (const std::string& text : arguments.all("security-group")) {
    if (text.starts_with("sg-")) {
      ids.push_back(text);
      continue;
    }
    const auto group = security_group_named(session, text);
    if (!group.ok()) {
      return group.error();
    }
    ids.push_back(group.value().group_id);
  }
  return ids;
}

}  // namespace

schemas::Result<std::optional<api::NetworkConfiguration>> network_configuration(
    Session& session, const Arguments& arguments, const std::string& definition) {
  const bool asked =
      arguments.has("subnet") || arguments.has("security-group") || arguments.has("public-ip");
  if (!asked) {
    const schemas::Result<bool> awsvpc = uses_awsvpc(session, definition);
    if (!awsvpc.ok()) {
      return awsvpc.error();
    }
    if (!awsvpc.value()) {
      return std::optional<api::NetworkConfiguration>();
    }
  }
  api::AwsVpcConfiguration vpc;
  vpc.subnets = arguments.all("subnet");
  if (!arguments.has("subnet")) {
    const auto subnets = session.get<api::ListSubnetsResponse>("/v1/subnets", "");
    if (!subnets.ok()) {
      return subnets.error();
    }
    std::vector<std::string> ids;
    for (const api::Subnet& subnet : subnets.value().value.subnets) {
      if (subnet.default_) {
        ids.push_back(subnet.subnet_id);
      }
    }
    vpc.subnets = ids;
  }
  if (arguments.has("security-group")) {
    auto groups = security_groups(session, arguments);
    if (!groups.ok()) {
      return groups.error();
    }
    vpc.security_groups = std::move(groups).value();
  }
  vpc.assign_public_ip =
      arguments.has("public-ip") ? api::AssignPublicIp::enabled : api::AssignPublicIp::disabled;
  api::NetworkConfiguration configuration;
  configuration.awsvpc_configuration = vpc;
  return std::optional<api::NetworkConfiguration>(configuration);
}

schemas::Result<std::optional<api::LaunchType>> launch_type(const Arguments& arguments) {
  std::optional<std::string> text = arguments.get("launch-type");
  if (!text) {
    return std::optional<api::LaunchType>();
  }
  std::transform(text->begin(), text->end(), text->begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  const std::optional<api::LaunchType> type = codec::named<api::LaunchType>(*text);
  if (!type) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "--launch-type is \"" + *text + "\"; it must be EC2 or FARGATE"};
  }
  return type;
}

Option launch_type_option() {
  return {.name = "launch-type",
          .value = "TYPE",
          .help = "EC2 (registered hosts, the default) or FARGATE (the shared pool)"};
}

}  // namespace cli
