#pragma once

#include <string>

#include "schemas/base/result.h"
#include "schemas/codec/access.h"
#include "schemas/codec/engine.h"

namespace bench {

/// A caller of the ECS API over one connection that stays open, as an SDK would be. Not for several
/// threads.
class Client {
 public:
  /// `endpoint` as in "http://127.0.0.1:7070".
  explicit Client(std::string endpoint);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;

  /// Calls an operation. The error is the API's own, or `server` when nobody answered.
  template <class Output, class Input>
  schemas::Result<Output> call(const std::string& operation, const Input& input) {
    return read<Output>(
        post(operation, codec::encode(codec::Described<Input>::type, &input, dialect)));
  }
  /// Calls an operation with JSON as it stands; the body of the answer.
  schemas::Result<std::string> post(const std::string& operation, const std::string& body);
  /// A POST of JSON to another path than the API's.
  schemas::Result<std::string> post_to(const std::string& path, const std::string& body);
  /// The body of a GET that was answered with 200.
  schemas::Result<std::string> get(const std::string& path);

  template <class Output>
  static schemas::Result<Output> read(const schemas::Result<std::string>& answer) {
    if (!answer.ok()) {
      return answer.error();
    }
    Output output;
    const schemas::Outcome decoded =
        codec::decode(answer.value(), codec::Described<Output>::type, &output, dialect);
    if (!decoded.ok()) {
      return decoded.error();
    }
    return output;
  }

 private:
  static constexpr codec::Dialect dialect{.instants = codec::Dialect::Instants::seconds,
                                          .unknown = codec::Dialect::Unknown::ignored,
                                          .empty = codec::Dialect::Empty::written,
                                          .bytes_max = 64U << 20U,
                                          .invalid = schemas::ErrorCode::serialization,
                                          .unsupported = schemas::ErrorCode::serialization};

  schemas::Result<std::string> perform(const std::string& what);

  std::string endpoint_;
  void* curl_ = nullptr;  ///< CURL*, which is a void* by another name
};

}  // namespace bench
