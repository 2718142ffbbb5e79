#include "schemas/codec/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <exception>
#include <sstream>

#include "schemas/codec/engine.h"
#include "schemas/codec/json_text.h"
#include "schemas/codec/rules.h"

namespace codec {

namespace {

using schemas::Done;
using schemas::Error;
using schemas::Outcome;
using schemas::Result;

constexpr std::size_t bytes_max = 1U << 20U;

Error refused(const YAML::Mark& mark, const std::string& what) {
  // yaml-cpp counts from 0, and says -1 where it does not know.
  const std::string where = mark.line < 0 ? ""
                                          : "line " + std::to_string(mark.line + 1) + ", column " +
                                                std::to_string(mark.column + 1) + ": ";
  return {.code = schemas::ErrorCode::invalid_parameter, .message = where + what};
}

/// Takes the digits off the front of `text`; whether there were any.
bool take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(end);
  return end > 0;
}

bool take(std::string_view& text, std::string_view letters) {
  const bool there = !text.empty() && letters.find(text.front()) != std::string_view::npos;
  text.remove_prefix(there ? 1 : 0);
  return there;
}

template <class Number>
bool holds(const std::string& scalar) {
  Number number{};
  const auto [end, failure] = std::from_chars(scalar.data(), scalar.data() + scalar.size(), number);
  return failure == std::errc() && end == scalar.data() + scalar.size();
}

/// A number as JSON writes it, and not too large to be read as one. "+5", "1.", "-.5" and "007" are
/// text in JSON's eyes.
bool is_number(const std::string& scalar) {
  std::string_view rest = scalar;
  take(rest, "-");
  const bool zero = rest.starts_with('0');
  const std::size_t length = rest.size();
  if (!take_digits(rest) || (zero && length - rest.size() > 1)) {
    return false;
  }
  if (rest.empty()) {
    return holds<std::int64_t>(scalar) || holds<std::uint64_t>(scalar);
  }
  if (take(rest, ".") && !take_digits(rest)) {
    return false;
  }
  if (take(rest, "eE")) {
    take(rest, "+-");
    if (!take_digits(rest)) {
      return false;
    }
  }
  return rest.empty() && holds<double>(scalar);
}

/// A plain scalar under YAML 1.2's core schema, as JSON; empty when it is text.
std::string literal(const std::string& scalar) {
  if (scalar.empty() || scalar == "~" || scalar == "null" || scalar == "Null" || scalar == "NULL") {
    return "null";
  }
  if (scalar == "true" || scalar == "True" || scalar == "TRUE") {
    return "true";
  }
  if (scalar == "false" || scalar == "False" || scalar == "FALSE") {
    return "false";
  }
  return is_number(scalar) ? scalar : "";
}

class Converter {
 public:
  [[nodiscard]] std::string& out() { return out_; }

  Outcome node(const YAML::Node& from, const Type* guide, std::size_t depth) {
    if (depth > depth_max) {
      return refused(from.Mark(), "nested deeper than " + std::to_string(depth_max) + " levels");
    }
    if (out_.size() > bytes_max) {
      return refused(from.Mark(), "more than " + std::to_string(bytes_max) + " bytes as JSON");
    }
    if (guide != nullptr && guide->kind == Kind::optional) {
      guide = guide->element;
    }
    switch (from.Type()) {
      case YAML::NodeType::Map:
        return map(from, guide, depth);
      case YAML::NodeType::Sequence:
        return sequence(from, guide, depth);
      case YAML::NodeType::Scalar:
        scalar(from, guide);
        return Done{};
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        break;
    }
    out_.append("null");
    return Done{};
  }

 private:
  Outcome map(const YAML::Node& from, const Type* guide, std::size_t depth) {
    char before = '{';
    for (const auto& pair : from) {
      if (!pair.first.IsScalar()) {
        return refused(pair.first.Mark(), "a key must be text");
      }
      const std::string& key = pair.first.Scalar();
      out_.push_back(before);
      before = ',';
      append_json_text(out_, key);
      out_.push_back(':');
      Outcome outcome = node(pair.second, below(guide, key), depth + 1);
      if (!outcome.ok()) {
        return outcome;
      }
    }
    out_.append(before == '{' ? "{}" : "}");
    return Done{};
  }

  Outcome sequence(const YAML::Node& from, const Type* guide, std::size_t depth) {
    const Type* element = guide != nullptr && guide->kind == Kind::list ? guide->element : nullptr;
    char before = '[';
    for (const YAML::Node& item : from) {
      out_.push_back(before);
      before = ',';
      Outcome outcome = node(item, element, depth + 1);
      if (!outcome.ok()) {
        return outcome;
      }
    }
    out_.append(before == '[' ? "[]" : "]");
    return Done{};
  }

  void scalar(const YAML::Node& from, const Type* guide) {
    const std::string& text = from.Scalar();
    const bool is_quoted = from.Tag() == "!";
    const bool wants_text =
        guide != nullptr &&
        (guide->kind == Kind::text || guide->kind == Kind::choice || guide->kind == Kind::named);
    const std::string plain = is_quoted || wants_text ? "" : literal(text);
    if (plain.empty()) {
      append_json_text(out_, text);
    } else {
      out_.append(plain);
    }
  }

  /// What the value under this key is meant to be, if the guide knows.
  static const Type* below(const Type* guide, const std::string& key) {
    if (guide == nullptr) {
      return nullptr;
    }
    if (guide->kind == Kind::map) {
      return guide->element;
    }
    const std::size_t at = find_member(guide->members, key, 0);
    return at == guide->members.size() ? nullptr : guide->members[at].type;
  }

  std::string out_;
};

/// Hears a document and remembers nothing of it.
class Listener final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
};

/// How many documents there are, as far as it matters. Not by LoadAll: of a stray comma between two
/// of them it makes documents without end.
std::size_t count_documents(const std::string& yaml) {
  constexpr std::size_t enough = 3;
  std::istringstream stream(yaml);
  YAML::Parser parser(stream);
  Listener listener;
  std::size_t count = 0;
  while (count < enough && parser.HandleNextDocument(listener)) {
    ++count;
  }
  return count;
}

}  // namespace

Result<std::string> yaml_to_json(std::string_view yaml, const Type* guide) {
  if (yaml.size() > bytes_max) {
    return refused(YAML::Mark::null_mark(),
                   "the file has more than " + std::to_string(bytes_max) + " bytes");
  }
  try {
    const std::string text(yaml);
    if (const std::size_t count = count_documents(text); count != 1) {
      return refused(YAML::Mark::null_mark(), "the file must hold one document, found " +
                                                  (count > 2 ? "more" : std::to_string(count)));
    }
    Converter converter;
    Outcome outcome = converter.node(YAML::Load(text), guide, 1);
    return outcome.ok() ? Result<std::string>(std::move(converter.out())) : outcome.error();
  } catch (const YAML::Exception& exception) {
    return refused(exception.mark, exception.msg);
  } catch (const std::exception& exception) {
    return refused(YAML::Mark::null_mark(), exception.what());
  }
}

}  // namespace codec
