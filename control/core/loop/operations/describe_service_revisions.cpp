#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_deployment.h"

namespace control {

Answer describe_service_revisions(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeServiceRevisionsRequest>();
  api::DescribeServiceRevisionsResponse output;
  output.service_revisions.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.service_revision_arns) {
    const auto found =
        service_deployment_named(context.world, call.scope, "service-revision", sent);
    if (!found.ok()) {
      return found.error();
    }
    if (found.value() == nullptr) {
      output.failures->push_back(missing(sent));
    } else {
      output.service_revisions->push_back(show_revision(context.world, *found.value()));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control
