#pragma once

// The model's structures as JSON: on the agent channel, in the agent's checkpoint and in control's
// database. Member names are the fields' own names; ids and addresses are their text, instants
// whole milliseconds since the epoch, durations `*_ms`, enumerators their names. What is empty or
// absent is left out; unknown members are passed over, so that either side may be the newer one.

#include <string>
#include <string_view>
#include <utility>

#include "schemas/base/result.h"
#include "schemas/codec/access.h"
#include "schemas/codec/engine.h"
#include "schemas/codec/type.h"
#include "schemas/model/access.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/cluster.h"
#include "schemas/model/meter.h"
#include "schemas/model/network.h"
#include "schemas/model/service.h"
#include "schemas/model/tag.h"
#include "schemas/model/task.h"
#include "schemas/model/task_definition.h"

namespace codec {

// Enumerations.
template <>
const Type Described<schemas::NetworkMode>::type;
template <>
const Type Described<schemas::LaunchType>::type;
template <>
const Type Described<schemas::TransportProtocol>::type;
template <>
const Type Described<schemas::DependencyCondition>::type;
template <>
const Type Described<schemas::VersionConsistency>::type;
template <>
const Type Described<schemas::TaskDefinitionStatus>::type;
template <>
const Type Described<schemas::PlacementConstraint::Type>::type;
template <>
const Type Described<schemas::PlacementStrategy::Type>::type;
template <>
const Type Described<schemas::TaskStatus>::type;
template <>
const Type Described<schemas::ContainerStatus>::type;
template <>
const Type Described<schemas::HealthStatus>::type;
template <>
const Type Described<schemas::StopCode>::type;
template <>
const Type Described<schemas::AskPurpose>::type;
template <>
const Type Described<schemas::ClusterStatus>::type;
template <>
const Type Described<schemas::InstanceStatus>::type;
template <>
const Type Described<schemas::ServiceStatus>::type;
template <>
const Type Described<schemas::SchedulingStrategy>::type;
template <>
const Type Described<schemas::DeploymentStatus>::type;
template <>
const Type Described<schemas::RolloutState>::type;
template <>
const Type Described<schemas::ThresholdType>::type;
template <>
const Type Described<schemas::ServiceDeploymentStatus>::type;
template <>
const Type Described<schemas::MonitorStatus>::type;
template <>
const Type Described<schemas::RuleProtocol>::type;
template <>
const Type Described<schemas::RuleDirection>::type;
template <>
const Type Described<schemas::RoleUse>::type;
template <>
const Type Described<schemas::AccessKeyStatus>::type;

// Task definitions and what a task is made from. A TaskSpecification is written without its
// `definition`, a Deployment without its `specification`: they are rows of their own, referred to.
template <>
const Type Described<schemas::Tag>::type;
template <>
const Type Described<schemas::KeyValue>::type;
template <>
const Type Described<schemas::PortMapping>::type;
template <>
const Type Described<schemas::ContainerDependency>::type;
template <>
const Type Described<schemas::HealthCheck>::type;
template <>
const Type Described<schemas::RestartPolicy>::type;
template <>
const Type Described<schemas::MountPoint>::type;
template <>
const Type Described<schemas::VolumeFrom>::type;
template <>
const Type Described<schemas::Ulimit>::type;
template <>
const Type Described<schemas::Device>::type;
template <>
const Type Described<schemas::Tmpfs>::type;
template <>
const Type Described<schemas::LinuxParameters>::type;
template <>
const Type Described<schemas::Volume>::type;
template <>
const Type Described<schemas::ContainerDefinition>::type;
template <>
const Type Described<schemas::PlacementConstraint>::type;
template <>
const Type Described<schemas::PlacementStrategy>::type;
template <>
const Type Described<schemas::TaskDefinition>::type;
template <>
const Type Described<schemas::ContainerOverride>::type;
template <>
const Type Described<schemas::TaskOverride>::type;
template <>
const Type Described<schemas::NetworkConfiguration>::type;
template <>
const Type Described<schemas::TaskSpecification>::type;
template <>
const Type Described<schemas::NetworkBinding>::type;
template <>
const Type Described<schemas::Container>::type;

// The agent channel.
template <>
const Type Described<schemas::Scope>::type;
template <>
const Type Described<schemas::Inventory>::type;
template <>
const Type Described<schemas::MeterRecord>::type;
template <>
const Type Described<schemas::JoinRequest>::type;
template <>
const Type Described<schemas::JoinAnswer>::type;
template <>
const Type Described<schemas::ContainerAssignment>::type;
template <>
const Type Described<schemas::TaskAssignment>::type;
template <>
const Type Described<schemas::EniAssignment>::type;
template <>
const Type Described<schemas::SubnetAssignment>::type;
template <>
const Type Described<schemas::Neighbour>::type;
template <>
const Type Described<schemas::SecurityRule>::type;
template <>
const Type Described<schemas::SecurityGroupAssignment>::type;
template <>
const Type Described<schemas::RoleCredentials>::type;
template <>
const Type Described<schemas::ContainerReport>::type;
template <>
const Type Described<schemas::TaskReport>::type;
template <>
const Type Described<schemas::Ask>::type;
template <>
const Type Described<schemas::LogLine>::type;
template <>
const Type Described<schemas::SyncRequest>::type;
template <>
const Type Described<schemas::SyncAnswer>::type;

// Rows of control's database.
template <>
const Type Described<schemas::User>::type;
template <>
const Type Described<schemas::AccessKey>::type;
template <>
const Type Described<schemas::Role>::type;
template <>
const Type Described<schemas::JoinToken>::type;
template <>
const Type Described<schemas::Session>::type;
template <>
const Type Described<schemas::Switch>::type;
template <>
const Type Described<schemas::CapacityProviderUpdate>::type;
template <>
const Type Described<schemas::CapacityProviderStrategyItem>::type;
template <>
const Type Described<schemas::ManagedScaling>::type;
template <>
const Type Described<schemas::CapacityProvider>::type;
template <>
const Type Described<schemas::ContainerInsights>::type;
template <>
const Type Described<schemas::ExecuteCommandLogging>::type;
template <>
const Type Described<schemas::ExecuteCommandLogConfiguration>::type;
template <>
const Type Described<schemas::ExecuteCommandConfiguration>::type;
template <>
const Type Described<schemas::ClusterConfiguration>::type;
template <>
const Type Described<schemas::Cluster>::type;
template <>
const Type Described<schemas::ContainerInstance>::type;
template <>
const Type Described<schemas::Vpc>::type;
template <>
const Type Described<schemas::Subnet>::type;
template <>
const Type Described<schemas::SecurityGroup>::type;
template <>
const Type Described<schemas::Eni>::type;
template <>
const Type Described<schemas::LifecycleStage>::type;
template <>
const Type Described<schemas::HookAction>::type;
template <>
const Type Described<schemas::HookStatus>::type;
template <>
const Type Described<schemas::LifecycleHook>::type;
template <>
const Type Described<schemas::DeploymentHook>::type;
template <>
const Type Described<schemas::CircuitBreaker>::type;
template <>
const Type Described<schemas::Rollback>::type;
template <>
const Type Described<schemas::ServiceDeployment>::type;
template <>
const Type Described<schemas::DeploymentConfiguration>::type;
template <>
const Type Described<schemas::TaskSet>::type;
template <>
const Type Described<schemas::ExternalController>::type;
template <>
const Type Described<schemas::Deployment>::type;
template <>
const Type Described<schemas::ServiceEvent>::type;
template <>
const Type Described<schemas::Service>::type;
template <>
const Type Described<schemas::Task>::type;

}  // namespace codec

namespace wire {

/// `wire::encode(sync_request)`. For every type declared above, and for lists, maps from text and
/// optionals of them; a structure without a table does not link.
template <class T>
std::string encode(const T& value) {
  return codec::encode(codec::TypeOf<T>::type, &value, codec::wire_dialect);
}

/// `wire::decode<schemas::SyncRequest>(text)`. A wrong type is a `serialization` error that names
/// the member; a missing member keeps its default.
template <class T>
schemas::Result<T> decode(std::string_view json) {
  T value{};
  const schemas::Outcome outcome =
      codec::decode(json, codec::TypeOf<T>::type, &value, codec::wire_dialect);
  if (!outcome.ok()) {
    return outcome.error();
  }
  return value;
}

/// The name of an enumerator as the wire and the database write it ("running"), and back.
using codec::name_of;
using codec::named;

}  // namespace wire
