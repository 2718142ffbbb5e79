#include "schemas/codec/api.h"

#include <algorithm>

#include "schemas/codec/json_text.h"

namespace api {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

namespace {

codec::Dialect dialect_of(const Operation& operation) {
  codec::Dialect dialect;
  dialect.invalid = operation.invalid;
  dialect.unsupported = operation.unsupported;
  return dialect;
}

}  // namespace

const Operation& operation(OperationId id) {
  const auto at = static_cast<std::size_t>(id);
  schemas::require(at < operations().size(), "an operation beyond the table");
  return operations()[at];
}

Result<const Operation*> find_operation(std::string_view name) {
  for (const Operation& operation : operations()) {
    if (operation.name == name) {
      return &operation;
    }
  }
  const auto later = later_operations();
  if (std::find(later.begin(), later.end(), name) != later.end()) {
    return Error{.code = ErrorCode::unsupported_feature,
                 .message = "The operation " + std::string(name) + " is not supported yet."};
  }
  return Error{.code = ErrorCode::unknown_operation, .message = "There is no such operation."};
}

codec::Dialect dialect_of(const codec::Type& type) {
  for (const Operation& operation : operations()) {
    if (operation.input == &type) {
      return dialect_of(operation);
    }
  }
  codec::Dialect answer;
  answer.unknown = codec::Dialect::Unknown::ignored;
  answer.bytes_max = 64U << 20U;
  return answer;
}

Result<Value> decode_input(const Operation& operation, std::string_view json) {
  const std::shared_ptr<void> content = operation.make_input();
  const schemas::Outcome outcome = codec::decode(json.empty() ? "{}" : json, *operation.input,
                                                 content.get(), dialect_of(operation));
  if (!outcome.ok()) {
    return outcome.error();
  }
  return Value(*operation.input, content);
}

std::string encode(const Value& value) {
  schemas::require(!value.empty(), "an empty API value was to be written");
  return codec::encode(value.type(), value.content(), codec::Dialect{});
}

std::string encode_without_secrets(const Value& value) {
  schemas::require(!value.empty(), "an empty API value was to be written");
  return codec::encode(value.type(), value.content(),
                       codec::Dialect{.secrets = codec::Dialect::Secrets::hidden});
}

std::string encode_error(const Error& error) {
  std::string json = R"({"__type":)";
  codec::append_json_text(json, schemas::error_name(error.code));
  json += R"(,"message":)";
  codec::append_json_text(json, error.message);
  return json + "}";
}

int rest_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::access_denied:
    case ErrorCode::signature_does_not_match:
    case ErrorCode::unrecognized_client:
      return 403;
    case ErrorCode::cluster_not_found:
    case ErrorCode::namespace_not_found:
    case ErrorCode::resource_not_found:
    case ErrorCode::service_deployment_not_found:
    case ErrorCode::service_not_found:
    case ErrorCode::target_not_found:
    case ErrorCode::task_set_not_found:
    case ErrorCode::unknown_operation:
      return 404;
    case ErrorCode::cluster_contains_capacity_provider:
    case ErrorCode::cluster_contains_container_instances:
    case ErrorCode::cluster_contains_services:
    case ErrorCode::cluster_contains_tasks:
    case ErrorCode::conflict:
    case ErrorCode::resource_in_use:
    case ErrorCode::service_not_active:
    case ErrorCode::target_not_connected:
    case ErrorCode::update_in_progress:
      return 409;
    case ErrorCode::limit_exceeded:
    case ErrorCode::throttling:
      return 429;
    case ErrorCode::server:
      return 500;
    default:
      return 400;
  }
}

}  // namespace api
