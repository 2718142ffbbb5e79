#pragma once

#include <map>
#include <string>

#include "api/attributes.h"
#include "control/core/loop/context.h"

namespace control {

/// What the hosts that a request names will have, checked in ECS's words and changed together.
using HostAttributes = std::map<schemas::InstanceId, std::map<std::string, std::string>>;

/// The host that an attribute of a request is about. TargetNotFoundException for one that is not of
/// the cluster, or was deregistered.
schemas::Result<const schemas::ContainerInstance*> target_of(const World& world,
                                                             const schemas::Cluster& cluster,
                                                             const api::Attribute& attribute);

/// Its name, if callers may give it; InvalidParameterException for one that the service keeps for
/// itself, or that has other signs than names have.
schemas::Outcome check_attribute_name(const std::string& name);

/// Makes it so: World and the event log of each host that changes.
void put_on_hosts(Context& context, const HostAttributes& wanted);

/// As answers show it.
api::Attribute show_attribute(const World& world, const schemas::ContainerInstance& host,
                              const std::string& name, const std::string& value);

}  // namespace control
