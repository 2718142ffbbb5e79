#include "control/core/place/query/scanner.h"

namespace control::query {
namespace {

constexpr std::size_t shown_bytes_max = 20;

bool is_space(char sign) { return sign == ' ' || sign == '\t' || sign == '\n' || sign == '\r'; }

bool is_alphanumeric(char sign) {
  return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
         (sign >= '0' && sign <= '9');
}

bool continues_subject(char sign) {
  return is_alphanumeric(sign) || std::string_view("_-./:").find(sign) != std::string_view::npos;
}

bool ends_literal(char sign) {
  return is_space(sign) || std::string_view("()[],'=!<>&|").find(sign) != std::string_view::npos;
}

}  // namespace

std::size_t Scanner::position() {
  while (at_ < text_.size() && is_space(text_[at_])) {
    ++at_;
  }
  return at_;
}

bool Scanner::accept(std::string_view symbol) {
  if (text_.compare(position(), symbol.size(), symbol) != 0) {
    return false;
  }
  at_ += symbol.size();
  return true;
}

bool Scanner::accept_word(std::string_view word) {
  const std::size_t begin = position();
  const std::size_t end = begin + word.size();
  if (text_.compare(begin, word.size(), word) != 0 ||
      (end < text_.size() && (is_alphanumeric(text_[end]) || text_[end] == '_'))) {
    return false;
  }
  at_ = end;
  return true;
}

std::string_view Scanner::subject() {
  const std::size_t begin = position();
  while (at_ < text_.size() && continues_subject(text_[at_])) {
    ++at_;
  }
  return text_.substr(begin, at_ - begin);
}

std::optional<std::string> Scanner::quoted() {
  const std::size_t end = text_.find('\'', at_ + 1);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  std::string text(text_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  return text;
}

std::optional<std::string> Scanner::literal() {
  const std::size_t begin = position();
  if (begin < text_.size() && text_[begin] == '\'') {
    return quoted();
  }
  while (at_ < text_.size() && !ends_literal(text_[at_])) {
    ++at_;
  }
  return at_ == begin ? std::nullopt : std::optional(std::string(text_.substr(begin, at_ - begin)));
}

std::optional<std::string> Scanner::pattern() {
  const std::size_t begin = position();
  if (begin < text_.size() && text_[begin] == '\'') {
    return quoted();
  }
  while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '(' && text_[at_] != ')') {
    const std::string_view two = text_.substr(at_, 2);
    if (two == "&&" || two == "||") {
      break;
    }
    ++at_;
  }
  return at_ == begin ? std::nullopt : std::optional(std::string(text_.substr(begin, at_ - begin)));
}

std::string Scanner::next() {
  if (at_end()) {
    return "the end";
  }
  const std::string_view rest = text_.substr(at_);
  return "'" + std::string(rest.substr(0, shown_bytes_max)) +
         (rest.size() > shown_bytes_max ? "...'" : "'");
}

}  // namespace control::query
