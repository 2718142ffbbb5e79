#pragma once

// Service deployments and revisions as callers see them.

#include "api/services.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

api::DeploymentConfiguration show_configuration(
    const schemas::DeploymentConfiguration& configuration);

api::ServiceDeploymentStatus show_status(schemas::ServiceDeploymentStatus status);

api::ServiceDeploymentBrief show_brief(const World& world,
                                       const schemas::ServiceDeployment& record);
api::ServiceDeployment show_service_deployment(const World& world,
                                               const schemas::ServiceDeployment& record);
api::ServiceRevision show_revision(const World& world, const schemas::ServiceDeployment& record);

}  // namespace control
