#include "api/services.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/refusals.h"

namespace control {

namespace {

constexpr std::int64_t services_of_namespace_a_page = 10;

/// Whether an ARN names a namespace that could be the caller's, or the error that says why not.
schemas::Outcome check_namespace_arn(const schemas::Scope& scope, const std::string& arn) {
  const std::string kind = ":servicediscovery:";
  if (arn.find(kind) == std::string::npos || arn.find(":namespace/") == std::string::npos) {
    return invalid("'" + arn + "' is no ARN of a namespace.");
  }
  if (!arn.starts_with("arn:aws" + kind + scope.region + ":" + scope.account + ":namespace/")) {
    return schemas::Error{schemas::ErrorCode::namespace_not_found,
                          "The specified namespace was not found."};
  }
  return schemas::Done{};
}

}  // namespace

/// A service gets into a namespace by Service Connect, which is refused by name: so none is in one.
Answer list_services_by_namespace(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListServicesByNamespaceRequest>();
  if (input.namespace_.starts_with("arn:")) {
    schemas::Outcome mine = check_namespace_arn(call.scope, input.namespace_);
    if (!mine.ok()) {
      return mine.error();
    }
  }
  auto page = open_page(context, call, input, input.namespace_, services_of_namespace_a_page);
  if (!page.ok()) {
    return page.error();
  }
  api::ListServicesByNamespaceResponse output;
  output.service_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control
