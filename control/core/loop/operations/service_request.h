#pragma once

#include "api/services.h"
#include "control/core/loop/operations/specification.h"

namespace control {

/// The percentages asked for over those there are. InvalidParameterException when no task could
/// ever be replaced within them.
schemas::Result<schemas::DeploymentConfiguration> read_configuration(
    const std::optional<api::DeploymentConfiguration>& wanted,
    schemas::DeploymentConfiguration current);

schemas::SchedulingStrategy read_scheduling(const std::optional<api::SchedulingStrategy>& wanted);

/// What ECS fills in where a request is silent: a DAEMON stops its tasks before it starts others.
schemas::DeploymentConfiguration default_configuration(schemas::SchedulingStrategy scheduling);

/// What does not go with a DAEMON service, InvalidParameterException: it runs on every host that it
/// belongs on, so nobody says how many tasks it has or where they go.
schemas::Outcome check_daemon(const api::CreateServiceRequest& input);
schemas::Outcome check_daemon(const api::UpdateServiceRequest& input);

/// What is asked for, or else `otherwise`; InvalidParameterException when the service asks for it
/// and cannot have it.
schemas::Result<bool> read_rebalancing(
    const std::optional<api::AvailabilityZoneRebalancing>& wanted, const schemas::Service& service,
    bool otherwise);

/// Whether task sets, which the caller makes, decide what runs.
bool wants_external(const std::optional<api::DeploymentController>& wanted);

/// What does not go with the EXTERNAL deployment controller, InvalidParameterException: what task
/// sets say, and what is about rolling out.
schemas::Outcome check_external(const api::CreateServiceRequest& input);
schemas::Outcome check_external(const api::UpdateServiceRequest& input);

/// What a service with the EXTERNAL controller keeps itself, over what it has: where tasks may go.
schemas::Outcome read_external(schemas::Service& service, const api::CreateServiceRequest& input);
schemas::Outcome read_external(schemas::Service& service, const api::UpdateServiceRequest& input);

/// What the tasks of a service are made from: the wish, and what follows from the service itself.
schemas::Result<schemas::TaskSpecificationRef> service_specification(
    Context& context, const schemas::Cluster& cluster, const schemas::Service& service,
    const LaunchWish& wish);

/// Whether tasks of the one would differ from tasks of the other in what a deployment is about.
/// Tags are not: they reach new tasks without one.
enum class Sameness : std::uint8_t { same, different };
Sameness compare(const schemas::TaskSpecification& left, const schemas::TaskSpecification& right);

}  // namespace control
