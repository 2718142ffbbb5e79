#pragma once

// The record that is kept of each change of what a service runs: how it begins, goes on and ends.
// Each function answers the record as it is afterwards.

#include <optional>
#include <string>

#include "schemas/base/time.h"
#include "schemas/model/service.h"

namespace control {

/// The record of the service's newest deployment, which has just begun. Its key is the caller's to
/// give.
schemas::ServiceDeployment begin_record(const schemas::Service& service, schemas::Instant now);

/// The record of a deployment that began before records were kept.
schemas::ServiceDeployment record_from(const schemas::Service& service,
                                       const schemas::Deployment& deployment);

/// Whether it still moves its service.
bool is_open(const schemas::ServiceDeployment& record);

/// What it led to runs, and nothing else; or what it went back to does.
schemas::ServiceDeployment complete(schemas::ServiceDeployment record, schemas::Instant now);

/// The circuit breaker has opened; `deployment` is the one whose tasks failed. The service goes
/// back to `rollback_to`, if there is one.
schemas::ServiceDeployment give_up(schemas::ServiceDeployment record,
                                   const schemas::Service& service,
                                   const schemas::Deployment& deployment,
                                   std::optional<schemas::DeploymentId> rollback_to,
                                   schemas::Instant now);

/// Nobody continued it before its hooks ran out of time; the service goes back to `rollback_to`, if
/// there is one.
schemas::ServiceDeployment time_out(schemas::ServiceDeployment record,
                                    std::optional<schemas::DeploymentId> rollback_to,
                                    schemas::Instant now);

/// The service goes back to `revision`.
schemas::ServiceDeployment roll_back(schemas::ServiceDeployment record,
                                     schemas::DeploymentId revision, std::string reason,
                                     schemas::Instant now);

/// It ends before it came to rest.
schemas::ServiceDeployment stop_record(schemas::ServiceDeployment record, std::string reason,
                                       schemas::Instant now);

}  // namespace control
