#include "control/cli/output/document.h"

#include <yaml-cpp/yaml.h>

#include <cctype>

namespace cli {

namespace {

/// Writes white space between the tokens of JSON; what stands inside quotes is copied.
class Indenter {
 public:
  std::string text(std::string_view json) {
    for (std::size_t at = 0; at < json.size(); ++at) {
      const char letter = json[at];
      if (quoted_) {
        out_.push_back(letter);
        if (escaped_) {
          escaped_ = false;
        } else if (letter == '\\') {
          escaped_ = true;
        } else if (letter == '"') {
          quoted_ = false;
        }
        continue;
      }
      if (std::isspace(static_cast<unsigned char>(letter)) == 0) {
        token(letter, next_token(json, at));
      }
    }
    return std::move(out_);
  }

 private:
  static char next_token(std::string_view json, std::size_t at) {
    const std::size_t next = json.find_first_not_of(" \t\r\n", at + 1);
    return next == std::string_view::npos ? '\0' : json[next];
  }

  void token(char letter, char next) {
    switch (letter) {
      case '{':
      case '[':
        out_.push_back(letter);
        ++depth_;
        if (next != '}' && next != ']') {
          new_line();
        }
        break;
      case '}':
      case ']':
        --depth_;
        if (out_.back() != '{' && out_.back() != '[') {
          new_line();
        }
        out_.push_back(letter);
        break;
      case ',':
        out_.push_back(letter);
        new_line();
        break;
      case ':':
        out_ += ": ";
        break;
      default:
        quoted_ = letter == '"';
        out_.push_back(letter);
    }
  }

  void new_line() { out_ += "\n" + std::string(2 * depth_, ' '); }

  std::string out_;
  std::size_t depth_ = 0;
  bool quoted_ = false;
  bool escaped_ = false;
};

/// Text that YAML would read as something else (a number, true, nothing) keeps its quotes.
bool needs_quotes(const std::string& text) {
  constexpr std::string_view plain_first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/_";
  if (text.empty() || plain_first.find(text.front()) == std::string_view::npos) {
    return true;
  }
  const YAML::Node value(text);
  bool truth = false;
  return YAML::convert<bool>::decode(value, truth) || text == "null" || text == "Null" ||
         text == "NULL";
}

/// JSON is read as the YAML that it is, and written in block style.
void emit(YAML::Emitter& emitter, const YAML::Node& node) {  // NOLINT(misc-no-recursion)
  if (node.IsMap()) {
    emitter << (node.size() == 0 ? YAML::Flow : YAML::Block) << YAML::BeginMap;
    for (const auto& member : node) {
      emitter << YAML::Key << member.first.Scalar() << YAML::Value;
      emit(emitter, member.second);
    }
    emitter << YAML::EndMap;
  } else if (node.IsSequence()) {
    emitter << (node.size() == 0 ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
    for (const auto& element : node) {
      emit(emitter, element);
    }
    emitter << YAML::EndSeq;
  } else if (node.IsScalar()) {
    const bool was_text = node.Tag() == "!";
    if (was_text && needs_quotes(node.Scalar())) {
      emitter << YAML::DoubleQuoted;
    }
    emitter << node.Scalar();
  } else {
    emitter << YAML::Null;
  }
}

}  // namespace

std::string indented_json(std::string_view json) { return Indenter().text(json); }

std::string yaml_of(const std::string& json) {
  try {
    YAML::Emitter emitter;
    emit(emitter, YAML::Load(json));
    return std::string(emitter.c_str()) + "\n";
  } catch (const YAML::Exception&) {
    return json + "\n";
  }
}

std::string text_member(const std::string& json, const std::string& name) {
  try {
    const YAML::Node document = YAML::Load(json);
    if (document.IsMap() && document[name] && document[name].IsScalar()) {
      return document[name].as<std::string>();
    }
  } catch (const YAML::Exception&) {
    return {};
  }
  return {};
}

std::string member_below(const std::string& json, const std::string& object,
                         const std::string& name) {
  try {
    const YAML::Node document = YAML::Load(json);
    if (document.IsMap() && document[object] && document[object].IsMap() &&
        document[object][name] && document[object][name].IsScalar()) {
      return document[object][name].as<std::string>();
    }
  } catch (const YAML::Exception&) {
    return {};
  }
  return {};
}

}  // namespace cli
