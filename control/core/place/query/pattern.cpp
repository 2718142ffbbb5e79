#include "control/core/place/query/pattern.h"

#include <bit>
#include <optional>
#include <utility>

#include "control/core/place/query/pattern_tree.h"

namespace control::query {
namespace {

using schemas::Error;
using schemas::ErrorCode;

/// Counting repetitions out must end, also where what is repeated takes no character.
constexpr int steps_max = 20'000;

void put_position(PositionSet& set, std::size_t position) {
  set[position / 64] |= std::uint64_t{1} << (position % 64);
}

void add_positions(PositionSet& set, const PositionSet& more) {
  for (std::size_t word = 0; word < set.size(); ++word) {
    set[word] |= more[word];
  }
}

/// Calls for every member. Returns whether there was one.
template <class Visit>
bool each_position(const PositionSet& set, Visit visit) {
  bool any = false;
  for (std::size_t word = 0; word < set.size(); ++word) {
    for (std::uint64_t left = set[word]; left != 0; left &= left - 1) {
      visit(word * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      any = true;
    }
  }
  return any;
}

}  // namespace

/// Makes positions of a tree: of every part, where it can begin, where it can end, and whether it
/// can be passed by.
class PatternBuilder {
 public:
  explicit PatternBuilder(const std::vector<PatternNode>& nodes) : nodes_(nodes) {}

  schemas::Result<Pattern> run() {
    const Part whole = part(nodes_.size() - 1);
    if (too_large_) {
      return Error{ErrorCode::invalid_parameter,
                   "the pattern is too large: with its repetitions counted out it may have " +
                       std::to_string(positions_max) + " characters"};
    }
    made_.first_ = whole.first;
    made_.last_ = whole.last;
    made_.takes_nothing_ = whole.may_be_empty;
    return std::move(made_);
  }

 private:
  struct Part {
    PositionSet first{};
    PositionSet last{};
    bool may_be_empty = true;
  };

  Part part(std::size_t index) {
    if (++steps_ > steps_max) {
      too_large_ = true;
    }
    if (too_large_) {
      return {};
    }
    const PatternNode& node = nodes_[index];
    switch (node.kind) {
      case PatternNode::Kind::bytes:
        return position(node.bytes);
      case PatternNode::Kind::sequence:
        return sequence(node);
      case PatternNode::Kind::choice:
        return choice(node);
      case PatternNode::Kind::repeat:
        return repeat(node);
    }
    return {};
  }

  Part position(const ByteSet& bytes) {
    Part made;
    const std::size_t number = made_.follow_.size();
    if (number == positions_max) {
      too_large_ = true;
      return made;
    }
    made_.follow_.emplace_back();
    for (std::size_t byte = 0; byte < made_.taking_.size(); ++byte) {
      if ((bytes[byte / 64] >> (byte % 64) & 1U) != 0) {
        put_position(made_.taking_[byte], number);
      }
    }
    put_position(made.first, number);
    put_position(made.last, number);
    made.may_be_empty = false;
    return made;
  }

  void link(const PositionSet& ends, const PositionSet& begins) {
    each_position(ends, [&](std::size_t end) { add_positions(made_.follow_[end], begins); });
  }

  void append(Part& made, const Part& next) {
    link(made.last, next.first);
    if (made.may_be_empty) {
      add_positions(made.first, next.first);
    }
    if (!next.may_be_empty) {
      made.last = {};
    }
    add_positions(made.last, next.last);
    made.may_be_empty = made.may_be_empty && next.may_be_empty;
  }

  Part sequence(const PatternNode& node) {
    Part made;
    for (const std::size_t inner : node.parts) {
      append(made, part(inner));
    }
    return made;
  }

  Part choice(const PatternNode& node) {
    Part made;
    made.may_be_empty = false;
    for (const std::size_t inner : node.parts) {
      const Part one = part(inner);
      add_positions(made.first, one.first);
      add_positions(made.last, one.last);
      made.may_be_empty = made.may_be_empty || one.may_be_empty;
    }
    return made;
  }

  /// As often as it must come, then either once more for ever, or one after the other at will.
  Part repeat(const PatternNode& node) {
    const std::size_t inner = node.parts.front();
    Part made;
    for (std::int64_t count = 0; count < node.least && !too_large_; ++count) {
      Part once = part(inner);
      if (node.most == unbounded && count + 1 == node.least) {
        link(once.last, once.first);
      }
      append(made, once);
    }
    if (node.most == unbounded && node.least == 0) {
      Part any = part(inner);
      link(any.last, any.first);
      any.may_be_empty = true;
      append(made, any);
    }
    for (std::int64_t count = node.least; count < node.most && !too_large_; ++count) {
      Part once = part(inner);
      once.may_be_empty = true;
      append(made, once);
    }
    return made;
  }

  const std::vector<PatternNode>& nodes_;
  Pattern made_;
  int steps_ = 0;
  bool too_large_ = false;
};

schemas::Result<Pattern> Pattern::parse(std::string_view text) {
  const auto nodes = parse_pattern(text);
  if (!nodes.ok()) {
    return nodes.error();
  }
  return PatternBuilder(nodes.value()).run();
}

bool Pattern::matches(std::string_view text) const {
  if (text.empty()) {
    return takes_nothing_;
  }
  PositionSet reachable = first_;
  PositionSet now{};
  for (const char letter : text) {
    const PositionSet& taking = taking_[static_cast<unsigned char>(letter)];
    for (std::size_t word = 0; word < now.size(); ++word) {
      now[word] = reachable[word] & taking[word];
    }
    reachable = {};
    if (!each_position(
            now, [&](std::size_t position) { add_positions(reachable, follow_[position]); })) {
      return false;
    }
  }
  for (std::size_t word = 0; word < now.size(); ++word) {
    if ((now[word] & last_[word]) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace control::query
