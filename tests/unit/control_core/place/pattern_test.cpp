// Patterns: what they mean, against a slow matcher that tries everything; and that none is slow.

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "control/core/place/query/pattern.h"
#include "schemas/base/random.h"

using control::query::Pattern;
using schemas::Random;

namespace {

bool pattern_matches(const std::string& pattern, const std::string& text) {
  const auto parsed = Pattern::parse(pattern);
  REQUIRE_MESSAGE(parsed.ok(), pattern, ": ", parsed.ok() ? "" : parsed.error().message);
  return parsed.value().matches(text);
}

std::string pattern_refusal(const std::string& pattern) {
  const auto parsed = Pattern::parse(pattern);
  REQUIRE_FALSE_MESSAGE(parsed.ok(), pattern);
  return parsed.error().message;
}

/// A pattern as text, and which texts of at most `length_max` letters it means: those are counted
/// out set by set.
struct Known {
  std::string pattern;
  std::set<std::string> texts;
};

constexpr std::size_t length_max = 5;

std::set<std::string> joined_texts(const std::set<std::string>& left,
                                   const std::set<std::string>& right) {
  std::set<std::string> texts;
  for (const std::string& before : left) {
    for (const std::string& after : right) {
      if (before.size() + after.size() <= length_max) {
        texts.insert(before + after);
      }
    }
  }
  return texts;
}

std::set<std::string> repeated_texts(const std::set<std::string>& once, std::int64_t least,
                                     std::int64_t most) {
  std::set<std::string> now{""};
  std::set<std::string> all;
  for (std::int64_t count = 0; count <= most; ++count) {
    if (count >= least) {
      all.insert(now.begin(), now.end());
    }
    now = joined_texts(now, once);
  }
  return all;
}

Known random_pattern(Random& random, int depth) {
  switch (depth == 0 ? random.below(4) : random.below(9)) {
    case 0:
      return {"a", {"a"}};
    case 1:
      return {"b", {"b"}};
    case 2:
      return {"[ab]", {"a", "b"}};
    case 3:
      return {"[^a]", {"b"}};  // of the letters that are tried
    case 4: {
      const Known left = random_pattern(random, depth - 1);
      const Known right = random_pattern(random, depth - 1);
      Known made{"(" + left.pattern + "|" + right.pattern + ")", left.texts};
      made.texts.insert(right.texts.begin(), right.texts.end());
      return made;
    }
    case 5: {
      const Known left = random_pattern(random, depth - 1);
      const Known right = random_pattern(random, depth - 1);
      return {"(" + left.pattern + ")(?:" + right.pattern + ")",
              joined_texts(left.texts, right.texts)};
    }
    case 6: {
      const Known once = random_pattern(random, depth - 1);
      const bool may_be_empty = random.chance(500);
      return {"(" + once.pattern + (may_be_empty ? ")*" : ")+?"),
              repeated_texts(once.texts, may_be_empty ? 0 : 1, length_max + 1)};
    }
    case 7: {
      const Known once = random_pattern(random, depth - 1);
      return {"(" + once.pattern + ")?", repeated_texts(once.texts, 0, 1)};
    }
    default: {
      const Known once = random_pattern(random, depth - 1);
      const auto least = static_cast<std::int64_t>(random.below(3));
      const auto most = least + static_cast<std::int64_t>(random.below(3));
      return {"(" + once.pattern + "){" + std::to_string(least) + "," + std::to_string(most) + "}",
              repeated_texts(once.texts, least, most)};
    }
  }
}

std::vector<std::string> all_texts() {
  std::vector<std::string> texts{""};
  for (std::size_t at = 0; texts[at].size() < length_max; ++at) {
    texts.push_back(texts[at] + "a");
    texts.push_back(texts[at] + "b");
  }
  return texts;
}

}  // namespace

TEST_CASE("a pattern matches the whole value") {
  CHECK(pattern_matches("t2.*", "t2.small"));
  CHECK_FALSE(pattern_matches("t2", "t2.small"));
  CHECK_FALSE(pattern_matches("small", "t2.small"));
  CHECK(pattern_matches("^t2\\.(small|large)$", "t2.large"));
  CHECK_FALSE(pattern_matches("t2\\.small", "t2xsmall"));
  CHECK(pattern_matches("", ""));
  CHECK(pattern_matches("a|", ""));
  CHECK(pattern_matches("a|b|c", "c"));
}

TEST_CASE("classes, escapes and repetitions mean what they mean elsewhere") {
  CHECK(pattern_matches("[a-c]+-\\d{2,3}", "abc-123"));
  CHECK_FALSE(pattern_matches("[a-c]+-\\d{2,3}", "abc-1"));
  CHECK_FALSE(pattern_matches("[a-c]+-\\d{2,3}", "abc-1234"));
  CHECK(pattern_matches("[^a-c]*", "xyz"));
  CHECK_FALSE(pattern_matches("[^a-c]*", "xaz"));
  CHECK(pattern_matches("[]a-]+", "a]-"));
  CHECK(pattern_matches("[\\w.]+", "a_1.b"));
  CHECK(pattern_matches("\\w+\\s\\S+", "blue team"));
  CHECK_FALSE(pattern_matches("\\D+", "a1"));
  CHECK(pattern_matches("\\W", "-"));
  CHECK(pattern_matches("a{3}", "aaa"));
  CHECK(pattern_matches("a{2,}", "aaaaa"));
  CHECK_FALSE(pattern_matches("a{2,}", "a"));
  CHECK(pattern_matches("(ab){2}c??", "abab"));
  CHECK(pattern_matches("a{0}b", "b"));
}

TEST_CASE("a pattern that is broken or goes beyond what is understood says where and what") {
  CHECK(pattern_refusal("(a") == "the pattern has a '(' without its ')' at its character 3");
  CHECK(pattern_refusal("a)") == "the pattern has a ')' that closes nothing at its character 2");
  CHECK(pattern_refusal("[a") == "the pattern has a '[' without its ']' at its character 3");
  CHECK(pattern_refusal("*a").find("'*' after nothing") != std::string::npos);
  CHECK(pattern_refusal("a{2").find("{n}, {n,} or {n,m}") != std::string::npos);
  CHECK(pattern_refusal("a{3,2}").find("{n}, {n,} or {n,m}") != std::string::npos);
  CHECK(pattern_refusal("a{999}").find("more than 256") != std::string::npos);
  CHECK(pattern_refusal("(?=a)").find("looks around") != std::string::npos);
  CHECK(pattern_refusal("(a)\\1").find("'\\1', which is not supported") != std::string::npos);
  CHECK(pattern_refusal("\\p{L}").find("not supported") != std::string::npos);
  CHECK(pattern_refusal("a++").find("possessive") != std::string::npos);
  CHECK(pattern_refusal("a^b").find("whole value") != std::string::npos);
  CHECK(pattern_refusal("[z-a]").find("ends before it begins") != std::string::npos);
  CHECK(pattern_refusal("a\\").find("nothing after it") != std::string::npos);
}

TEST_CASE("a pattern is bounded with its repetitions counted out, those of nothing included") {
  CHECK(Pattern::parse("a{256}").ok());
  CHECK(pattern_refusal("a{128}b{129}").find("too large") != std::string::npos);
  CHECK(pattern_refusal("((a{16}){16}){16}").find("too large") != std::string::npos);
  CHECK(pattern_refusal("((((){200}){200}){200}){200}").find("too large") != std::string::npos);
  CHECK(pattern_refusal(std::string(300, '(')).find("groups within groups") != std::string::npos);
}

TEST_CASE("patterns agree with a matcher that writes out every text they mean") {
  const std::vector<std::string> texts = all_texts();
  Random random(11);
  for (int i = 0; i < 400; ++i) {
    const Known known = random_pattern(random, 3);
    const auto parsed = Pattern::parse(known.pattern);
    if (!parsed.ok()) {
      REQUIRE_MESSAGE(parsed.error().message.find("too large") != std::string::npos, known.pattern);
      continue;
    }
    for (const std::string& text : texts) {
      REQUIRE_MESSAGE(parsed.value().matches(text) == known.texts.contains(text), known.pattern,
                      " on ", text);
    }
  }
}

TEST_CASE("what makes other matchers take for ever is read once") {
  const std::string text(2000, 'a');
  CHECK_FALSE(pattern_matches("(a+)+b", text));
  CHECK_FALSE(pattern_matches("(a|a)*b", text));
  CHECK(pattern_matches("(a?){64}a*", text));
  CHECK_FALSE(pattern_matches(".*.*.*.*.*.*.*.*b", text));
}
