#include "control/core/loop/operations/registrar.h"

#include "control/core/access/role.h"

namespace control {

std::string registrar_of(std::string_view principal) {
  if (!assumed_role_of(principal)) {
    return std::string(principal);
  }
  return std::string(principal.substr(0, principal.rfind('/')));
}

schemas::Outcome may_speak_for(const ApiCall& call, const schemas::ContainerInstance& instance) {
  const auto registrar = instance.attributes.find(registrar_attribute);
  if (registrar == instance.attributes.end()) {
    return schemas::Error{schemas::ErrorCode::access_denied,
                          "Container instance " + instance.id.text() +
                              " joined with a token and reports with its own secret, at "
                              "/agent/v1/sync: nobody else speaks for it."};
  }
  if (registrar->second != registrar_of(call.principal)) {
    return schemas::Error{schemas::ErrorCode::access_denied,
                          "Only who registered container instance " + instance.id.text() +
                              " speaks for it, which is " + registrar->second + "."};
  }
  return schemas::Done{};
}

}  // namespace control
