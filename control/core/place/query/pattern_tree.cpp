#include "control/core/place/query/pattern_tree.h"

#include <optional>
#include <string>
#include <utility>

namespace control::query {
namespace {

using schemas::Error;
using schemas::ErrorCode;
using Kind = PatternNode::Kind;

constexpr int depth_max = 32;
constexpr std::int64_t repeats_max = positions_max;

void put_byte(ByteSet& set, unsigned byte) { set[byte / 64] |= std::uint64_t{1} << (byte % 64); }

void put_range(ByteSet& set, char from, char to) {
  for (unsigned byte = static_cast<unsigned char>(from); byte <= static_cast<unsigned char>(to);
       ++byte) {
    put_byte(set, byte);
  }
}

void flip(ByteSet& set) {
  for (std::uint64_t& word : set) {
    word = ~word;
  }
}

void add_bytes(ByteSet& set, const ByteSet& more) {
  for (std::size_t word = 0; word < set.size(); ++word) {
    set[word] |= more[word];
  }
}

/// What `\d` and its like stand for; nothing for another letter.
std::optional<ByteSet> named_class(char letter) {
  ByteSet set{};
  switch (letter) {
    case 'd':
    case 'D':
      put_range(set, '0', '9');
      break;
    case 'w':
    case 'W':
      put_range(set, '0', '9');
      put_range(set, 'A', 'Z');
      put_range(set, 'a', 'z');
      put_byte(set, '_');
      break;
    case 's':
    case 'S':
      for (const char space : {' ', '\t', '\n', '\v', '\f', '\r'}) {
        put_byte(set, static_cast<unsigned char>(space));
      }
      break;
    default:
      return std::nullopt;
  }
  if (letter < 'a') {
    flip(set);
  }
  return set;
}

bool is_letter_or_digit(char sign) {
  return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
         (sign >= '0' && sign <= '9');
}

/// Reads by descent. The first failure is kept and ends it.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  schemas::Result<std::vector<PatternNode>> run() {
    accept('^');
    choice(0);
    if (!failure_ && at_ < text_.size()) {
      fail(text_[at_] == ')' ? "a ')' that closes nothing" : "a sign that does not belong there");
    }
    if (failure_) {
      return *failure_;
    }
    return std::move(nodes_);
  }

 private:
  [[nodiscard]] bool more() const { return !failure_ && at_ < text_.size(); }
  [[nodiscard]] char next() const { return text_[at_]; }

  bool accept(char sign) {
    if (at_ < text_.size() && text_[at_] == sign) {
      ++at_;
      return true;
    }
    return false;
  }

  void fail(const std::string& what) {
    if (!failure_) {
      failure_ = Error{ErrorCode::invalid_parameter,
                       "the pattern has " + what + " at its character " + std::to_string(at_ + 1)};
    }
  }

  std::size_t keep(PatternNode node) {
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
  }

  std::size_t choice(int depth) {
    if (depth > depth_max) {
      fail("more groups within groups than " + std::to_string(depth_max));
    }
    std::vector<std::size_t> parts;
    do {
      if (failure_) {
        return 0;
      }
      parts.push_back(sequence(depth));
    } while (accept('|'));
    return keep({.kind = Kind::choice, .bytes = {}, .parts = std::move(parts)});
  }

  std::size_t sequence(int depth) {
    std::vector<std::size_t> parts;
    while (more() && next() != '|' && next() != ')') {
      if (next() == '$' && at_ + 1 == text_.size()) {
        ++at_;
        break;
      }
      parts.push_back(repeated(atom(depth)));
    }
    return keep({.kind = Kind::sequence, .bytes = {}, .parts = std::move(parts)});
  }

  std::size_t atom(int depth) {
    const char sign = text_[at_++];
    ByteSet set{};
    switch (sign) {
      case '(':
        return group(depth);
      case '[':
        set = bracket();
        break;
      case '.':
        flip(set);
        break;
      case '\\':
        set = escaped();
        break;
      case '*':
      case '+':
      case '?':
      case '{':
        --at_;
        fail(std::string("'") + sign + "' after nothing that it could repeat");
        break;
      case '^':
      case '$':
        --at_;
        fail(std::string("'") + sign + "' in its middle: the whole value is matched anyway");
        break;
      default:
        put_byte(set, static_cast<unsigned char>(sign));
    }
    return keep({.kind = Kind::bytes, .bytes = set, .parts = {}});
  }

  std::size_t group(int depth) {
    if (accept('?') && !accept(':')) {
      fail("a group that looks around, has a name or sets flags, which is not supported,");
    }
    const std::size_t inner = choice(depth + 1);
    if (!failure_ && !accept(')')) {
      fail("a '(' without its ')'");
    }
    return inner;
  }

  ByteSet escaped() {
    ByteSet set{};
    if (!more()) {
      fail("a '\\' with nothing after it");
      return set;
    }
    const char sign = text_[at_++];
    if (const std::optional<ByteSet> named = named_class(sign)) {
      return *named;
    }
    if (is_letter_or_digit(sign)) {
      --at_;
      fail(std::string("'\\") + sign + "', which is not supported,");
    }
    put_byte(set, static_cast<unsigned char>(sign));
    return set;
  }

  /// One sign of a bracket, with its escape read.
  char bracket_sign() {
    const char sign = text_[at_++];
    if (sign != '\\' || !more()) {
      return sign;
    }
    if (is_letter_or_digit(next())) {
      fail(std::string("'\\") + next() + "' within brackets, which is not supported,");
    }
    return text_[at_++];
  }

  ByteSet bracket() {
    ByteSet set{};
    const bool others = accept('^');
    for (bool first = true; more() && (first || next() != ']'); first = false) {
      if (next() == '[' || text_.substr(at_, 2) == "&&") {
        fail("brackets within brackets, which are not supported,");
        return set;
      }
      if (next() == '\\' && at_ + 1 < text_.size()) {
        if (const std::optional<ByteSet> named = named_class(text_[at_ + 1])) {
          at_ += 2;
          add_bytes(set, *named);
          continue;
        }
      }
      const char from = bracket_sign();
      if (at_ + 1 < text_.size() && next() == '-' && text_[at_ + 1] != ']') {
        ++at_;
        const char to = bracket_sign();
        if (static_cast<unsigned char>(to) < static_cast<unsigned char>(from)) {
          fail("a range that ends before it begins");
        }
        put_range(set, from, to);
      } else {
        put_byte(set, static_cast<unsigned char>(from));
      }
    }
    if (!accept(']')) {
      fail("a '[' without its ']'");
    }
    if (others) {
      flip(set);
    }
    return set;
  }

  std::optional<std::int64_t> count() {
    std::int64_t number = 0;
    const std::size_t begin = at_;
    while (more() && next() >= '0' && next() <= '9' && number <= repeats_max) {
      number = 10 * number + (text_[at_++] - '0');
    }
    return at_ == begin ? std::nullopt : std::optional(number);
  }

  void counted(PatternNode& node) {
    const std::optional<std::int64_t> least = count();
    node.least = least.value_or(0);
    node.most = node.least;
    if (accept(',')) {
      node.most = count().value_or(unbounded);
    }
    const bool ordered = node.most == unbounded || node.most >= node.least;
    if (!least || !accept('}') || !ordered) {
      fail("a repetition that is not {n}, {n,} or {n,m}");
    } else if (node.least > repeats_max || node.most > repeats_max) {
      fail("a repetition of more than " + std::to_string(repeats_max));
    }
  }

  std::size_t repeated(std::size_t part) {
    while (more()) {
      PatternNode node{.kind = Kind::repeat, .bytes = {}, .parts = {part}};
      if (accept('*')) {
        node.least = 0;
      } else if (accept('+')) {
        node.least = 1;
      } else if (accept('?')) {
        node.most = 1;
      } else if (accept('{')) {
        counted(node);
      } else {
        break;
      }
      if (accept('+')) {
        fail("a possessive repetition, which is not supported,");
      }
      accept('?');  // lazy: the same texts match
      return keep(std::move(node));
    }
    return part;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<PatternNode> nodes_;
  std::optional<Error> failure_;
};

}  // namespace

schemas::Result<std::vector<PatternNode>> parse_pattern(std::string_view text) {
  return PatternParser(text).run();
}

}  // namespace control::query
