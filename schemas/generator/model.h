#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace generator {

/// What a member holds, as written in the data.
enum class Holds : std::uint8_t { one, list, map };

/// acts: does something. refused: refused by name. only: some inert values are let through.
enum class Support : std::uint8_t { unstated, acts, refused, only };

struct Member {
  std::string name;
  Holds holds = Holds::one;
  std::string
      type;  ///< string, boolean, integer, long, double, timestamp, or a shape or enumeration
  bool required = false;
  bool token = false;   ///< clients fill it with a fresh UUID
  bool secret = false;  ///< people put secrets there: hidden from the audit trail
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most;
  std::string characters;
  Support support = Support::unstated;
  std::vector<std::string> only;  ///< JSON texts without white space
  std::string doc;

  /// Only `[]`, or only `{}` and the like: a place without content.
  [[nodiscard]] bool always_empty_list() const {
    return support == Support::only && holds == Holds::list;
  }
};

struct Shape {
  std::string name;
  std::string family;
  std::vector<Member> members;
  bool of_input = false;   ///< reached by callers' requests, through members that are read
  bool of_output = false;  ///< reached by our answers, through members that are written
};

struct Enumeration {
  std::string name;
  std::string family;
  std::vector<std::string> values;
  std::vector<std::string> refused;
};

struct Page {
  std::string result;  ///< the member of the output that holds the entries
  std::int64_t size = 0;
};

struct Operation {
  std::string name;
  std::string family;
  bool ours = false;  ///< REST only
  std::string input;
  std::string output;
  std::vector<std::string> errors;  ///< beyond the standard four, without "Exception"
  std::string invalid;              ///< the error of a broken rule, without "Exception"
  std::optional<Page> page;
  std::string method;
  std::string path;
  std::string doc;
};

/// All of schemas/api, in the order of the files' names.
struct Api {
  std::vector<std::string> families;
  std::vector<Operation> operations;
  std::vector<std::string> later;          ///< names of ECS operations that are not built
  std::vector<Operation> later_described;  ///< those of them that a client's model must hold
  std::map<std::string, Shape> shapes;
  std::map<std::string, Enumeration> enumerations;
};

/// Adds one file. Errors name the file and the entry.
schemas::Outcome read_family(const std::string& path, Api& api);

/// Checks that names resolve and that each member read from callers says what it does; marks
/// which shapes are of inputs and outputs.
schemas::Outcome check(Api& api);

}  // namespace generator
