#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "schemas/base/require.h"

namespace schemas {

/// The exceptions a caller of the API can see, in ECS's own words. `error_name` gives the wire
/// name, `http_status` the status.
enum class ErrorCode : std::uint8_t {
  access_denied,
  attribute_limit_exceeded,
  blocked,
  client,
  cluster_contains_capacity_provider,
  cluster_contains_container_instances,
  cluster_contains_services,
  cluster_contains_tasks,
  cluster_not_found,
  conflict,
  invalid_parameter,
  limit_exceeded,
  missing_version,
  namespace_not_found,
  no_update_available,
  platform_task_definition_incompatibility,
  platform_unknown,
  resource_in_use,
  resource_not_found,
  server,
  service_deployment_not_found,
  service_not_active,
  service_not_found,
  target_not_connected,
  target_not_found,
  task_set_not_found,
  unsupported_feature,
  update_in_progress,
  // Errors of the wire itself, which every AWS JSON service answers alike.
  serialization,
  unknown_operation,
  unrecognized_client,
  signature_does_not_match,
  throttling,
};

/// The wire name, for example "ClusterNotFoundException".
std::string_view error_name(ErrorCode code);

/// The HTTP status of AWS JSON 1.1: 400 for everything a caller can mend, 500 for `server`.
int http_status(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::server;
  std::string message;
  bool operator==(const Error&) const = default;
};

/// Either the value asked for or the reason there is none. Expected failures travel as Result;
/// exceptions are left to third-party libraries and stop at the edge; broken invariants abort.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)  // NOLINT(google-explicit-constructor): `return value;` reads as what it means
      : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }

  [[nodiscard]] const T& value() const& {
    require(ok(), "the value of a failed Result was asked for");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T& value() & {
    require(ok(), "the value of a failed Result was asked for");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& value() && {
    require(ok(), "the value of a failed Result was asked for");
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] const Error& error() const {
    require(!ok(), "the error of a successful Result was asked for");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value.
struct Done {
  bool operator==(const Done&) const = default;
};
using Outcome = Result<Done>;

}  // namespace schemas
