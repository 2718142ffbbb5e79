#pragma once

// The front of the public API's codec. Its structures are generated from schemas/api/*.yaml, one
// header a family: #include "api/clusters.h", "api/task_definitions.h", "api/tasks.h",
// "api/services.h", "api/container_instances.h", "api/stowage.h", "api/shared.h"; the operations'
// ids stand in "api/operations.h".

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/base/require.h"
#include "schemas/base/result.h"
#include "schemas/codec/engine.h"
#include "schemas/codec/type.h"

namespace api {

enum class OperationId : std::uint8_t;  // enumerated in the generated "api/operations.h"

/// Who answers to an operation: ECS's own speak AWS JSON 1.1 and REST, ours REST only.
enum class Origin : std::uint8_t { ecs, stowage };

/// One operation of the API, as schemas/api says it.
struct Operation {
  std::string_view name;  ///< "RunTask"
  OperationId id{};
  Origin origin = Origin::ecs;
  const codec::Type* input = nullptr;
  const codec::Type* output = nullptr;
  std::shared_ptr<void> (*make_input)() = nullptr;
  std::string_view method;  ///< of its REST route
  std::string_view path;    ///< "/v1/clusters/{cluster}/tasks"
  schemas::ErrorCode invalid = schemas::ErrorCode::invalid_parameter;
  schemas::ErrorCode unsupported = schemas::ErrorCode::client;
  std::int64_t page_size = 0;  ///< entries a page when maxResults is absent; 0 = not paged
};

/// All operations; the position is the id.
std::span<const Operation> operations();
/// Names of ECS operations that are not built yet.
std::span<const std::string_view> later_operations();
/// The OpenAPI 3.0 document of the REST routes.
std::string_view openapi_json();

const Operation& operation(OperationId id);

/// `unsupported_feature` for an operation of ECS that is not built yet, `unknown_operation` for any
/// other name.
schemas::Result<const Operation*> find_operation(std::string_view name);

/// An input or output of some operation, owned. What the HTTP edge hands to the loop and back
/// without knowing more.
class Value {
 public:
  Value() = default;
  Value(const codec::Type& type, std::shared_ptr<const void> content)
      : type_(&type), content_(std::move(content)) {}

  template <class T>
  static Value of(T value) {
    return {codec::Described<T>::type, std::make_shared<const T>(std::move(value))};
  }

  /// The value as what it is; anything else ends the process.
  template <class T>
  [[nodiscard]] const T& as() const {
    schemas::require(type_ == &codec::Described<T>::type, "an API value read as another type");
    return *static_cast<const T*>(content_.get());
  }
  [[nodiscard]] bool empty() const { return type_ == nullptr; }
  [[nodiscard]] const codec::Type& type() const { return *type_; }
  [[nodiscard]] const void* content() const { return content_.get(); }

 private:
  const codec::Type* type_ = nullptr;
  std::shared_ptr<const void> content_;
};

/// Reads and checks an operation's input. An empty text counts as {}.
schemas::Result<Value> decode_input(const Operation& operation, std::string_view json);

std::string encode(const Value& value);

/// How a structure is read: as the input of its operation with all its rules, else as an answer,
/// passing over what is unknown.
codec::Dialect dialect_of(const codec::Type& type);

template <class T>
schemas::Result<T> decode(std::string_view json) {
  T value{};
  const codec::Type& type = codec::Described<T>::type;
  const schemas::Outcome outcome = codec::decode(json, type, &value, dialect_of(type));
  if (!outcome.ok()) {
    return outcome.error();
  }
  return value;
}

template <class T>
std::string encode(const T& value) {
  return codec::encode(codec::Described<T>::type, &value, codec::Dialect{});
}

/// The same for others than who sent it: "***" for texts that are likely secrets (the values of
/// environment variables).
std::string encode_without_secrets(const Value& value);

/// `{"__type":"ClusterNotFoundException","message":"…"}`, in AWS JSON 1.1 and REST alike.
std::string encode_error(const schemas::Error& error);

/// The status of an error in REST, where AWS JSON 1.1 knows 400 and 500 only.
int rest_status(schemas::ErrorCode code);

/// What a REST request asks for: an operation and its input as JSON, members of path and query
/// merged with those of the body.
struct RestCall {
  const Operation* operation = nullptr;
  std::string json;
};

/// Finds the route. `path` is as it came, still percent-encoded; `query` without its question
/// mark; `body` empty or a JSON object. Lists in path and query are separated by commas or
/// repeated; timestamps are seconds since 1970 or as in 2026-11-23[T10:00:00Z]. No such route is
/// `unknown_operation`, a member that cannot be read `invalid_parameter`.
schemas::Result<RestCall> rest_match(std::string_view method, std::string_view path,
                                     std::string_view query, std::string_view body);

}  // namespace api
