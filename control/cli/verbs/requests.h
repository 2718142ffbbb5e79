#pragma once

// What verbs ask for, and the options that say it: for the verb that does it and for the one that
// plans it.

#include <vector>

#include "api/services.h"
#include "api/tasks.h"
#include "control/cli/command/session.h"

namespace cli {

schemas::Result<api::RunTaskRequest> run_request(Session& session, const Arguments& arguments);
std::vector<Option> run_options();

schemas::Result<api::CreateServiceRequest> create_service_request(Session& session,
                                                                  const Arguments& arguments);
std::vector<Option> create_service_options();

schemas::Result<api::UpdateServiceRequest> update_service_request(const Arguments& arguments);
std::vector<Option> update_service_options();

}  // namespace cli
