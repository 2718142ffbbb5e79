// What an expression says, or where it stops making sense.

#include <algorithm>
#include <array>
#include <utility>

#include "control/core/place/query/expression.h"
#include "control/core/place/query/scanner.h"

namespace control::query {

using schemas::Error;
using schemas::ErrorCode;

namespace {

constexpr std::string_view attribute_prefix = "attribute:";

constexpr auto subjects = std::to_array<std::pair<std::string_view, Subject>>({
    {"agentConnected", Subject::agent_connected},
    {"agentVersion", Subject::agent_version},
    {"ec2InstanceId", Subject::ec2_instance_id},
    {"registeredAt", Subject::registered_at},
    {"runningTasksCount", Subject::running_tasks_count},
    {"task:group", Subject::task_group},
});

enum class Sense : std::uint8_t { as_it_is, denied };

struct Spelling {
  std::string_view text;
  Operator comparison = Operator::equals;
  Sense sense = Sense::as_it_is;
};

/// Longer ones before those that they begin with.
constexpr auto symbols = std::to_array<Spelling>({
    {"==", Operator::equals},
    {"!=", Operator::equals, Sense::denied},
    {"=~", Operator::matches},
    {"!~", Operator::matches, Sense::denied},
    {">=", Operator::greater_equal},
    {"<=", Operator::less_equal},
    {">", Operator::greater},
    {"<", Operator::less},
});
constexpr auto words = std::to_array<Spelling>({
    {"equals", Operator::equals},
    {"not_equals", Operator::equals, Sense::denied},
    {"greater_than_equal", Operator::greater_equal},
    {"greater_than", Operator::greater},
    {"less_than_equal", Operator::less_equal},
    {"less_than", Operator::less},
    {"exists", Operator::exists},
    {"!exists", Operator::exists, Sense::denied},
    {"not_exists", Operator::exists, Sense::denied},
    {"in", Operator::in},
    {"!in", Operator::in, Sense::denied},
    {"not_in", Operator::in, Sense::denied},
    {"matches", Operator::matches},
    {"not_matches", Operator::matches, Sense::denied},
});

bool is_ordering(Operator comparison) {
  return comparison == Operator::greater || comparison == Operator::greater_equal ||
         comparison == Operator::less || comparison == Operator::less_equal;
}

bool allowed(Subject subject, Operator comparison) {
  switch (subject) {
    case Subject::attribute:
      return true;
    case Subject::task_group:
      return !is_ordering(comparison);
    case Subject::agent_connected:
    case Subject::ec2_instance_id:
      return !is_ordering(comparison) && comparison != Operator::exists;
    case Subject::agent_version:
    case Subject::registered_at:
    case Subject::running_tasks_count:
      return is_ordering(comparison) || comparison == Operator::equals;
  }
  return false;
}

}  // namespace

/// Reads by descent. The first failure is kept and ends it.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), scanner_(text) {}

  schemas::Result<Expression> run() {
    if (text_.size() > expression_bytes_max) {
      return Error{ErrorCode::invalid_parameter,
                   "The expression is too long: it has " + std::to_string(text_.size()) +
                       " bytes, at most " + std::to_string(expression_bytes_max) + " are read."};
    }
    alternatives(0);
    if (!failure_ && !scanner_.at_end()) {
      fail("&&, || or the end");
    }
    if (failure_) {
      return *failure_;
    }
    return std::move(made_);
  }

 private:
  void fail_because(const std::string& why) {
    if (!failure_) {
      failure_ = Error{ErrorCode::invalid_parameter, "The expression is invalid at position " +
                                                         std::to_string(scanner_.position() + 1) +
                                                         ": " + why + "."};
    }
  }

  void fail(const std::string& expected) {
    fail_because("expected " + expected + ", found " + scanner_.next());
  }

  std::size_t keep(Node node) {
    made_.nodes_.push_back(std::move(node));
    return made_.nodes_.size() - 1;
  }

  bool accept_or() { return scanner_.accept("||") || scanner_.accept_word("or"); }
  bool accept_and() { return scanner_.accept("&&") || scanner_.accept_word("and"); }

  std::size_t alternatives(int depth) {
    if (depth > depth_max) {
      fail_because("it is nested deeper than " + std::to_string(depth_max) + " levels");
      return 0;
    }
    std::vector<std::size_t> parts;
    do {
      parts.push_back(conjunction(depth));
    } while (!failure_ && accept_or());
    return parts.size() == 1
               ? parts.front()
               : keep({.kind = Node::Kind::any, .term = 0, .parts = std::move(parts)});
  }

  std::size_t conjunction(int depth) {
    std::vector<std::size_t> parts;
    do {
      parts.push_back(unary(depth));
    } while (!failure_ && accept_and());
    return parts.size() == 1
               ? parts.front()
               : keep({.kind = Node::Kind::all, .term = 0, .parts = std::move(parts)});
  }

  std::size_t unary(int depth) {
    if (depth > depth_max) {
      fail_because("it is nested deeper than " + std::to_string(depth_max) + " levels");
      return 0;
    }
    if (scanner_.accept("!") || scanner_.accept_word("not")) {
      return denied(unary(depth + 1));
    }
    if (!scanner_.accept("(")) {
      return term();
    }
    const std::size_t inner = alternatives(depth + 1);
    if (!failure_ && !scanner_.accept(")")) {
      fail("&&, || or )");
    }
    return inner;
  }

  std::size_t denied(std::size_t part) {
    return failure_ ? 0 : keep({.kind = Node::Kind::none, .term = 0, .parts = {part}});
  }

  std::size_t term() {
    Term term;
    if (made_.terms_.size() == terms_max) {
      fail_because("it has more than " + std::to_string(terms_max) + " terms");
    }
    read_subject(term);
    const Sense sense = read_operator(term);
    read_argument(term);
    if (failure_) {
      return 0;
    }
    made_.asks_about_tasks_ = made_.asks_about_tasks_ || term.subject == Subject::task_group ||
                              term.subject == Subject::running_tasks_count;
    made_.terms_.push_back(std::move(term));
    const std::size_t made =
        keep({.kind = Node::Kind::term, .term = made_.terms_.size() - 1, .parts = {}});
    return sense == Sense::denied ? denied(made) : made;
  }

  void read_subject(Term& term) {
    Scanner ahead = scanner_;
    const std::string_view word = ahead.subject();
    const auto known = std::find_if(subjects.begin(), subjects.end(),
                                    [&](const auto& each) { return each.first == word; });
    if (known != subjects.end()) {
      term.subject = known->second;
    } else if (word.starts_with(attribute_prefix) && word.size() > attribute_prefix.size()) {
      term.subject = Subject::attribute;
      term.attribute = word.substr(attribute_prefix.size());
    } else {
      fail(
          "a subject (attribute:NAME, agentConnected, agentVersion, ec2InstanceId, registeredAt, "
          "runningTasksCount or task:group)");
    }
    if (!failure_) {
      subject_ = word;
      scanner_ = ahead;
    }
  }

  Sense read_operator(Term& term) {
    if (failure_) {
      return Sense::as_it_is;
    }
    const Scanner before = scanner_;
    const auto symbol = std::find_if(symbols.begin(), symbols.end(), [&](const Spelling& each) {
      return scanner_.accept(each.text);
    });
    const Spelling* found = symbol != symbols.end() ? &*symbol : nullptr;
    if (found == nullptr) {
      const auto word = std::find_if(words.begin(), words.end(), [&](const Spelling& each) {
        return scanner_.accept_word(each.text);
      });
      found = word != words.end() ? &*word : nullptr;
    }
    if (found == nullptr) {
      fail("an operator (==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~)");
      return Sense::as_it_is;
    }
    if (!allowed(term.subject, found->comparison)) {
      scanner_ = before;
      fail_because("the operator " + std::string(found->text) + " does not apply to " +
                   std::string(subject_));
    }
    term.comparison = found->comparison;
    return found->sense;
  }

  void read_argument(Term& term) {
    if (failure_ || term.comparison == Operator::exists) {
      return;
    }
    const Scanner before = scanner_;
    if (term.comparison == Operator::matches) {
      read_pattern(term);
    } else if (term.comparison == Operator::in) {
      read_list(term);
    } else if (auto value = scanner_.literal()) {
      term.values.push_back(*std::move(value));
    } else {
      fail("a value, between single quotes if it has other signs than a name");
    }
    if (!failure_ && !read_values(term)) {
      scanner_ = before;
      fail(value_wanted(term.subject));
    }
  }

  void read_pattern(Term& term) {
    const Scanner before = scanner_;
    const auto text = scanner_.pattern();
    if (!text) {
      fail("a pattern, between single quotes if it has spaces or parentheses");
      return;
    }
    auto pattern = Pattern::parse(*text);
    if (!pattern.ok()) {
      scanner_ = before;
      fail_because(pattern.error().message);
      return;
    }
    positions_ += pattern.value().positions();
    if (positions_ > positions_max) {
      scanner_ = before;
      fail_because("its patterns have more than " + std::to_string(positions_max) +
                   " characters together");
    }
    term.pattern = std::move(pattern).value();
  }

  void read_list(Term& term) {
    if (!scanner_.accept("[")) {
      fail("[ and a list of values");
      return;
    }
    do {
      auto value = scanner_.literal();
      if (!value) {
        fail("a value, between single quotes if it has other signs than a name");
        return;
      }
      term.values.push_back(*std::move(value));
      if (term.values.size() > list_max) {
        fail_because("a list has more than " + std::to_string(list_max) + " values");
        return;
      }
    } while (scanner_.accept(","));
    if (!scanner_.accept("]")) {
      fail(", or ]");
    }
  }

  /// Whether the values are such as the subject has.
  static bool read_values(Term& term) {
    if (term.comparison == Operator::matches) {
      return true;
    }
    const std::string& value = term.values.front();
    switch (term.subject) {
      case Subject::agent_connected:
        return std::all_of(term.values.begin(), term.values.end(), [](const std::string& each) {
          return each == "true" || each == "false";
        });
      case Subject::agent_version:
        term.version = parse_version(value);
        return term.version.has_value();
      case Subject::registered_at: {
        const auto at = parse_instant(value);
        term.number = at.value_or(0);
        return at.has_value();
      }
      case Subject::running_tasks_count: {
        const auto count = parse_number(value);
        term.number = count.value_or(0);
        return count.has_value();
      }
      case Subject::attribute:
      case Subject::ec2_instance_id:
      case Subject::task_group:
        break;
    }
    return true;
  }

  static std::string value_wanted(Subject subject) {
    switch (subject) {
      case Subject::agent_connected:
        return "true or false";
      case Subject::agent_version:
        return "a version like 1.68.2";
      case Subject::registered_at:
        return "an instant like 2018-06-18T22:28:28+00:00 or 2018-06-18";
      default:
        return "a whole number";
    }
  }

  std::string_view text_;
  Scanner scanner_;
  std::string_view subject_;
  Expression made_;
  std::size_t positions_ = 0;
  std::optional<Error> failure_;
};

schemas::Result<Expression> Expression::parse(std::string_view text) { return Parser(text).run(); }

}  // namespace control::query
