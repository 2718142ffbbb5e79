#include "control/core/place/query/expression.h"

#include <algorithm>
#include <compare>

namespace control::query {
namespace {

bool ordered(Operator comparison, std::strong_ordering found) {
  switch (comparison) {
    case Operator::equals:
      return found == std::strong_ordering::equal;
    case Operator::greater:
      return found == std::strong_ordering::greater;
    case Operator::greater_equal:
      return found != std::strong_ordering::less;
    case Operator::less:
      return found == std::strong_ordering::less;
    case Operator::less_equal:
      return found != std::strong_ordering::greater;
    case Operator::exists:
    case Operator::in:
    case Operator::matches:
      break;
  }
  return false;
}

/// Numbers as numbers, everything else as text.
std::strong_ordering compare_text(std::string_view left, std::string_view right) {
  const auto left_number = parse_number(left);
  const auto right_number = parse_number(right);
  if (left_number && right_number) {
    return *left_number <=> *right_number;
  }
  return left.compare(right) <=> 0;
}

bool text_holds(const Term& term, std::string_view found) {
  switch (term.comparison) {
    case Operator::exists:
      return true;
    case Operator::matches:
      return term.pattern->matches(found);
    case Operator::equals:
    case Operator::in:
      return std::find(term.values.begin(), term.values.end(), found) != term.values.end();
    case Operator::greater:
    case Operator::greater_equal:
    case Operator::less:
    case Operator::less_equal:
      break;
  }
  return ordered(term.comparison, compare_text(found, term.values.front()));
}

bool attribute_holds(const Term& term, const Facts& facts) {
  const auto found = facts.attributes->find(term.attribute);
  return found != facts.attributes->end() && text_holds(term, found->second);
}

/// Without the number of the cluster.
std::string_view bare_group(std::string_view group) {
  const std::size_t slash = group.find('/');
  const std::string_view number = group.substr(0, slash == std::string_view::npos ? 0 : slash);
  const bool numbered = !number.empty() && std::all_of(number.begin(), number.end(), [](char sign) {
    return sign >= '0' && sign <= '9';
  });
  return numbered ? group.substr(slash + 1) : group;
}

bool group_holds(const Term& term, const Facts& facts) {
  return std::any_of(facts.groups->begin(), facts.groups->end(),
                     [&](const auto& entry) { return text_holds(term, bare_group(entry.first)); });
}

bool term_holds(const Term& term, const Facts& facts) {
  switch (term.subject) {
    case Subject::agent_connected:
      return text_holds(term, facts.agent_connected ? "true" : "false");
    case Subject::agent_version: {
      const auto found = parse_version(facts.agent_version);
      return found && ordered(term.comparison, *found <=> *term.version);
    }
    case Subject::attribute:
      return attribute_holds(term, facts);
    case Subject::ec2_instance_id:
      return false;  // hosts here are no EC2 instances
    case Subject::registered_at:
      return ordered(term.comparison, seconds_of(facts.registered_at) <=> term.number);
    case Subject::running_tasks_count:
      return ordered(term.comparison, facts.running_tasks <=> term.number);
    case Subject::task_group:
      return group_holds(term, facts);
  }
  return false;
}

}  // namespace

bool Expression::holds(const Facts& facts) const { return node_holds(nodes_.size() - 1, facts); }

bool Expression::node_holds(std::size_t index, const Facts& facts) const {
  const Node& node = nodes_[index];
  const auto part_holds = [&](std::size_t part) { return node_holds(part, facts); };
  switch (node.kind) {
    case Node::Kind::term:
      return term_holds(terms_[node.term], facts);
    case Node::Kind::all:
      return std::all_of(node.parts.begin(), node.parts.end(), part_holds);
    case Node::Kind::any:
      return std::any_of(node.parts.begin(), node.parts.end(), part_holds);
    case Node::Kind::none:
      return std::none_of(node.parts.begin(), node.parts.end(), part_holds);
  }
  return false;
}

}  // namespace control::query
