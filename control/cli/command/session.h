#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

#include "control/cli/client/http.h"
#include "control/cli/client/settings.h"
#include "control/cli/command/verb.h"
#include "control/cli/output/table.h"
#include "schemas/base/result.h"
#include "schemas/codec/engine.h"

namespace cli {

enum class Format : std::uint8_t { table, json, yaml };

/// An answer of the API: what it says, and its text for people who want it as it came.
template <class T>
struct Answer {
  T value;
  std::string json;
};

/// How a client reads: like a caller of the API, but lenient about members that a newer control
/// service may add.
inline constexpr codec::Dialect client_dialect{.instants = codec::Dialect::Instants::seconds,
                                               .unknown = codec::Dialect::Unknown::ignored,
                                               .empty = codec::Dialect::Empty::written,
                                               .bytes_max = 64U << 20U,
                                               .invalid = schemas::ErrorCode::serialization,
                                               .unsupported = schemas::ErrorCode::serialization};

/// What a verb works with: the API, and the person in front of it.
class Session {
 public:
  Session(Settings settings, Format format, std::size_t width, std::ostream& out,
          std::ostream& progress)
      : settings_(std::move(settings)),
        format_(format),
        width_(width),
        out_(out),
        progress_(progress) {}

  /// Calls an operation of the ECS API as every AWS client does.
  template <class Output, class Input>
  schemas::Result<Answer<Output>> call(const std::string& operation, const Input& input) {
    return read<Output>(
        post(operation, codec::encode(codec::Described<Input>::type, &input, client_dialect)));
  }
  /// The same with a request that is JSON already (a file that somebody wrote).
  template <class Output>
  schemas::Result<Answer<Output>> call_with(const std::string& operation, const std::string& json) {
    return read<Output>(post(operation, json));
  }
  /// Asks the REST side for what ECS has no operation for. `path` and `query` percent-encoded.
  template <class Output>
  schemas::Result<Answer<Output>> get(const std::string& path, const std::string& query) {
    return read<Output>(request("GET", path, query, ""));
  }
  /// The same with another method, and the request as the body.
  template <class Output, class Input>
  schemas::Result<Answer<Output>> rest(const std::string& method, const std::string& path,
                                       const Input& input) {
    return read<Output>(request(
        method, path, "", codec::encode(codec::Described<Input>::type, &input, client_dialect)));
  }
  /// The same with a body that leaves out what the path says.
  template <class Output>
  schemas::Result<Answer<Output>> rest_with(const std::string& method, const std::string& path,
                                            const std::string& json) {
    return read<Output>(request(method, path, "", json));
  }
  /// With everything in path and query: what the path names must not stand in a body too.
  template <class Output>
  schemas::Result<Answer<Output>> submit(const std::string& path, const std::string& query) {
    return read<Output>(request("POST", path, query, ""));
  }
  template <class Output>
  schemas::Result<Answer<Output>> remove(const std::string& path, const std::string& query) {
    return read<Output>(request("DELETE", path, query, ""));
  }
  /// Follows a REST answer line by line.
  schemas::Outcome follow(const std::string& path, const std::string& query,
                          const std::function<More(std::string_view)>& on_line);

  /// Posts to the REST side and hands over the bytes of the answer; its headers afterwards.
  schemas::Result<std::map<std::string, std::string>> download(
      const std::string& path, const std::function<More(std::string_view)>& on_bytes);

  [[nodiscard]] const std::string& endpoint() const { return settings_.endpoint; }
  [[nodiscard]] Format format() const { return format_; }
  std::ostream& out() { return out_; }

  /// Prints the answer's own text as JSON or YAML, or calls `table` to print it for people.
  Exit show(const std::string& json, const std::function<void()>& table);
  void print(const Table& table);
  void say(const std::string& line);
  /// A line of progress for a person who waits: on standard error, so that pipes stay clean.
  void progress(const std::string& line);
  /// Says why a verb failed.
  Exit failed(const schemas::Error& error);
  /// Says what was wrong with the words it was given.
  Exit misused(const std::string& why);

 private:
  template <class Output>
  static schemas::Result<Answer<Output>> read(schemas::Result<std::string> json) {
    if (!json.ok()) {
      return json.error();
    }
    // Not in one expression: g++ 12 then sees members of `value` destroyed that never were made.
    Answer<Output> answer;
    answer.json = std::move(json).value();
    const schemas::Outcome outcome =
        codec::decode(answer.json, codec::Described<Output>::type, &answer.value, client_dialect);
    if (!outcome.ok()) {
      return outcome.error();
    }
    return answer;
  }

  schemas::Result<std::string> post(const std::string& operation, const std::string& json);
  schemas::Result<std::string> request(const std::string& method, const std::string& path,
                                       const std::string& query, const std::string& json);
  void sign_if_known(HttpRequest& request) const;

  Settings settings_;
  Format format_;
  std::size_t width_;
  std::ostream& out_;
  std::ostream& progress_;
};

}  // namespace cli
