#pragma once

// An expression of the cluster query language, ready to be asked of hosts.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/place/query/pattern.h"
#include "control/core/place/query/values.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::query {

constexpr std::size_t expression_bytes_max = 2000;
constexpr std::size_t terms_max = 100;
constexpr std::size_t list_max = 100;  ///< values between brackets
constexpr int depth_max = 32;

/// What a host answers with. Refers to what the host has: good as long as the host is.
struct Facts {
  bool agent_connected = false;
  std::string_view agent_version;
  const std::map<std::string, std::string>* attributes = nullptr;
  schemas::Instant registered_at{};
  std::int64_t running_tasks = 0;
  /// Tasks that are on the host, by group; a group may stand behind the number of its cluster.
  const std::map<std::string, std::int64_t, std::less<>>* groups = nullptr;
};

enum class Subject : std::uint8_t {
  agent_connected,
  agent_version,
  attribute,
  ec2_instance_id,
  registered_at,
  running_tasks_count,
  task_group,
};

/// The opposites `!=`, `!exists`, `!in` and `!~` are these denied.
enum class Operator : std::uint8_t {
  equals,
  greater,
  greater_equal,
  less,
  less_equal,
  exists,
  in,
  matches,
};

struct Term {
  Subject subject = Subject::attribute;
  std::string attribute;  ///< its name, without "attribute:"
  Operator comparison = Operator::equals;
  std::vector<std::string> values;  ///< one, or those of the list; none for exists and matches
  std::optional<Version> version;   ///< agentVersion
  std::int64_t number = 0;          ///< registeredAt in seconds, runningTasksCount
  std::optional<Pattern> pattern;
};

struct Node {
  enum class Kind : std::uint8_t { term, all, any, none };
  Kind kind = Kind::term;
  std::size_t term = 0;
  std::vector<std::size_t> parts;  ///< nodes that stand before this one
};

class Expression {
 public:
  /// InvalidParameterException that names the position where it stops making sense.
  static schemas::Result<Expression> parse(std::string_view text);

  [[nodiscard]] bool holds(const Facts& facts) const;

  /// Whether the answer of a host may change with the tasks that it runs.
  [[nodiscard]] bool asks_about_tasks() const { return asks_about_tasks_; }

 private:
  friend class Parser;
  [[nodiscard]] bool node_holds(std::size_t node, const Facts& facts) const;

  std::vector<Term> terms_;
  std::vector<Node> nodes_;  ///< the last is the whole
  bool asks_about_tasks_ = false;
};

}  // namespace control::query
