#include <simdjson.h>

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "schemas/base/time.h"
#include "schemas/codec/engine.h"
#include "schemas/codec/rules.h"

namespace codec {

namespace {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using simdjson::dom::element;
using simdjson::dom::element_type;

/// Where in the document we are: one frame a level, on the stack, read only to word an error.
struct Place {
  const Place* above = nullptr;
  std::string_view member;
  std::size_t index = 0;

  [[nodiscard]] std::string text() const {
    if (above == nullptr) {
      return "";
    }
    std::string path = above->text();
    if (member.empty()) {
      return path + "[" + std::to_string(index) + "]";
    }
    // A caller's own key may be anything; what we show of it is short and printable.
    const std::string name = printable(member);
    return path.empty() ? name : path + "." + name;
  }
  /// As `text`, with words for the document itself.
  [[nodiscard]] std::string subject() const {
    const std::string path = text();
    return path.empty() ? "the request" : path;
  }
};

std::string_view kind_found(const element& found) {
  switch (found.type()) {
    case element_type::ARRAY:
      return "a list";
    case element_type::OBJECT:
      return "an object";
    case element_type::INT64:
    case element_type::UINT64:
      return "a whole number";
    case element_type::DOUBLE:
      return "a number with a fraction";
    case element_type::STRING:
      return "text";
    case element_type::BOOL:
      return "true or false";
    case element_type::NULL_VALUE:
      return "null";
  }
  return "something else";
}

Error wrong_type(const Place& place, std::string_view wanted, const element& found) {
  return {.code = ErrorCode::serialization,
          .message = place.subject() + " must be " + std::string(wanted) + ", found " +
                     std::string(kind_found(found)) + "."};
}

/// One decoding: the dialect, and the functions that call each other down the document.
class Reader {
 public:
  explicit Reader(const Dialect& dialect) : dialect_(dialect) {}

  Outcome value(const element& from, const Type& type, void* into, const Place& place) const;

 private:
  Outcome whole(const element& from, const Type& type, void* into, const Place& place) const;
  Outcome fraction(const element& from, void* into, const Place& place) const;
  Outcome text(const element& from, void* into, const Place& place) const;
  [[nodiscard]] Outcome without_nul(std::string_view text, const Place& place) const;
  Outcome instant(const element& from, void* into, const Place& place) const;
  Outcome named(const element& from, const Type& type, void* into, const Place& place) const;
  Outcome choice(const element& from, const Type& type, void* into, const Place& place) const;
  Outcome list(const element& from, const Type& type, void* into, const Place& place) const;
  Outcome map(const element& from, const Type& type, void* into, const Place& place) const;
  Outcome structure(const element& from, const Type& type, void* into, const Place& place) const;
  Outcome member(const element& from, const Member& member, void* structure,
                 const Place& place) const;
  Outcome only(const element& from, const Rules& rules, const Place& place) const;
  [[nodiscard]] Error unknown(const Type& type, std::string_view name, const Place& place) const;

  const Dialect& dialect_;
};

Outcome Reader::value(const element& from, const Type& type, void* into, const Place& place) const {
  switch (type.kind) {
    case Kind::boolean:
      if (from.type() != element_type::BOOL) {
        return wrong_type(place, "true or false", from);
      }
      *static_cast<bool*>(into) = from.get_bool().value_unsafe();
      return Done{};
    case Kind::signed_32:
    case Kind::unsigned_32:
    case Kind::signed_64:
      return whole(from, type, into, place);
    case Kind::floating:
      return fraction(from, into, place);
    case Kind::text:
      return text(from, into, place);
    case Kind::instant:
      return instant(from, into, place);
    case Kind::named:
      return named(from, type, into, place);
    case Kind::choice:
      return choice(from, type, into, place);
    case Kind::optional:
      return value(from, *type.element, type.optional->fill(into), place);
    case Kind::list:
      return list(from, type, into, place);
    case Kind::map:
      return map(from, type, into, place);
    case Kind::structure:
      return structure(from, type, into, place);
  }
  schemas::require(false, "a kind that the reader does not know");
  return Done{};
}

Outcome Reader::whole(const element& from, const Type& type, void* into, const Place& place) const {
  if (from.type() != element_type::INT64) {
    return wrong_type(place, "a whole number", from);
  }
  const std::int64_t number = from.get_int64().value_unsafe();
  std::int64_t least = std::numeric_limits<std::int32_t>::min();
  std::int64_t most = std::numeric_limits<std::int32_t>::max();
  if (type.kind == Kind::signed_64) {
    *static_cast<std::int64_t*>(into) = number;
    return Done{};
  }
  if (type.kind == Kind::unsigned_32) {
    least = 0;
    most = std::numeric_limits<std::uint32_t>::max();
  }
  if (number < least || number > most) {
    return Error{.code = ErrorCode::serialization,
                 .message = place.subject() + " must be between " + std::to_string(least) +
                            " and " + std::to_string(most) + ", found " + std::to_string(number) +
                            "."};
  }
  if (type.kind == Kind::unsigned_32) {
    *static_cast<std::uint32_t*>(into) = static_cast<std::uint32_t>(number);
  } else {
    *static_cast<std::int32_t*>(into) = static_cast<std::int32_t>(number);
  }
  return Done{};
}

Outcome Reader::fraction(const element& from, void* into, const Place& place) const {
  double number = 0;
  if (from.get_double().get(number) != simdjson::SUCCESS) {
    return wrong_type(place, "a number", from);
  }
  *static_cast<double*>(into) = number;
  return Done{};
}

Outcome Reader::text(const element& from, void* into, const Place& place) const {
  if (from.type() != element_type::STRING) {
    return wrong_type(place, "text", from);
  }
  const std::string_view found = from.get_string().value_unsafe();
  if (Outcome whole = without_nul(found, place); !whole.ok()) {
    return whole;
  }
  static_cast<std::string*>(into)->assign(found);
  return Done{};
}

Outcome Reader::without_nul(std::string_view text, const Place& place) const {
  // A NUL would end the text early for every C interface below us: the kernel, the runtime.
  if (dialect_.unknown == Dialect::Unknown::refused && text.find('\0') != text.npos) {
    return Error{.code = dialect_.invalid,
                 .message = place.subject() + " contains a NUL character. Remove it."};
  }
  return Done{};
}

Outcome Reader::instant(const element& from, void* into, const Place& place) const {
  schemas::Duration since_epoch{};
  if (dialect_.instants == Dialect::Instants::milliseconds) {
    if (from.type() != element_type::INT64) {
      return wrong_type(place, "a whole number of milliseconds", from);
    }
    since_epoch = schemas::Duration(from.get_int64().value_unsafe());
  } else {
    double seconds = 0;
    if (from.get_double().get(seconds) != simdjson::SUCCESS) {
      return wrong_type(place, "a number of seconds since 1970", from);
    }
    constexpr double seconds_max = 253'402'300'799.0;  // the end of the year 9999
    if (!(seconds >= 0 && seconds <= seconds_max)) {
      return Error{.code = dialect_.invalid,
                   .message = place.subject() +
                              " must be seconds since 1970, at most the year "
                              "9999."};
    }
    since_epoch = schemas::Duration(std::llround(seconds * 1000.0));
  }
  *static_cast<schemas::Instant*>(into) = schemas::Instant(since_epoch);
  return Done{};
}

Outcome Reader::named(const element& from, const Type& type, void* into, const Place& place) const {
  if (from.type() != element_type::STRING) {
    return wrong_type(place, "text", from);
  }
  const std::string_view found = from.get_string().value_unsafe();
  if (!type.named->parse(found, into)) {
    return Error{.code = dialect_.invalid,
                 .message = place.subject() + " is malformed: found " + quoted(found) + "."};
  }
  return Done{};
}

Outcome Reader::choice(const element& from, const Type& type, void* into,
                       const Place& place) const {
  if (from.type() != element_type::STRING) {
    return wrong_type(place, "text", from);
  }
  const std::string_view found = from.get_string().value_unsafe();
  for (std::size_t at = 0; at < type.names.size(); ++at) {
    if (type.names[at] == found) {
      const bool refused = (type.refused >> at & 1U) != 0;
      if (refused && dialect_.unknown == Dialect::Unknown::refused) {
        return Error{
            .code = dialect_.unsupported,
            .message = place.subject() + " " + std::string(found) + " is not supported yet."};
      }
      *static_cast<std::uint8_t*>(into) = static_cast<std::uint8_t>(at);
      return Done{};
    }
  }
  return Error{.code = dialect_.invalid,
               .message = place.subject() + " must be one of " + listed(type.names) + ", found " +
                          quoted(found) + "."};
}

Outcome Reader::list(const element& from, const Type& type, void* into, const Place& place) const {
  simdjson::dom::array items;
  if (from.get_array().get(items) != simdjson::SUCCESS) {
    return wrong_type(place, "a list", from);
  }
  std::size_t index = 0;
  for (const element item : items) {
    const Place below{.above = &place, .member = {}, .index = index++};
    Outcome outcome = value(item, *type.element, type.list->append(into), below);
    if (!outcome.ok()) {
      return outcome;
    }
  }
  return Done{};
}

Outcome Reader::map(const element& from, const Type& type, void* into, const Place& place) const {
  simdjson::dom::object pairs;
  if (from.get_object().get(pairs) != simdjson::SUCCESS) {
    return wrong_type(place, "an object", from);
  }
  for (const auto& [key, item] : pairs) {
    const Place below{.above = &place, .member = key, .index = 0};
    if (Outcome whole = without_nul(key, below); !whole.ok()) {
      return whole;
    }
    void* fresh = type.map->insert(into, key);
    if (fresh == nullptr) {
      return Error{.code = ErrorCode::serialization,
                   .message = below.subject() + " is given twice."};
    }
    Outcome outcome = value(item, *type.element, fresh, below);
    if (!outcome.ok()) {
      return outcome;
    }
  }
  return Done{};
}

Error Reader::unknown(const Type& type, std::string_view name, const Place& place) const {
  const Place below{.above = &place, .member = name, .index = 0};
  std::string message = below.subject() + " is not a member of " + std::string(type.name) + ".";
  const std::string_view near = nearest_member(type.members, name);
  if (!near.empty()) {
    message += " Did you mean " + std::string(near) + "?";
  }
  return {.code = dialect_.unsupported, .message = std::move(message)};
}

Outcome Reader::member(const element& from, const Member& member, void* structure,
                       const Place& place) const {
  const bool lenient = dialect_.unknown == Dialect::Unknown::ignored;
  if (member.support == Support::refused) {
    return lenient ? Outcome(Done{})
                   : Error{.code = dialect_.unsupported,
                           .message = place.subject() + " is not supported yet. Leave it out."};
  }
  void* into = static_cast<std::byte*>(structure) + member.offset;
  const Rules* rules = lenient ? nullptr : member.rules;
  const Type& inner = member.type->kind == Kind::optional ? *member.type->element : *member.type;
  // Values of which only some forms are let through have no place for any content.
  const bool hollow = (inner.kind == Kind::list && inner.element == nullptr) ||
                      (inner.kind == Kind::structure && inner.name.empty());
  if (hollow) {
    if (member.type->kind == Kind::optional) {
      member.type->optional->fill(into);
    }
    return rules == nullptr ? Outcome(Done{}) : only(from, *rules, place);
  }
  Outcome outcome = value(from, *member.type, into, place);
  if (!outcome.ok() || rules == nullptr) {
    return outcome;
  }
  const std::string broken = broken_rule(*rules, *member.type, into);
  if (!broken.empty()) {
    return Error{.code = dialect_.invalid, .message = place.subject() + " " + broken + "."};
  }
  return only(from, *rules, place);
}

Outcome Reader::only(const element& from, const Rules& rules, const Place& place) const {
  if (rules.only.empty()) {
    return Done{};
  }
  const std::string broken = broken_only(simdjson::to_string(from), rules);
  if (broken.empty()) {
    return Done{};
  }
  return Error{.code = dialect_.unsupported, .message = place.subject() + " " + broken + "."};
}

Outcome Reader::structure(const element& from, const Type& type, void* into,
                          const Place& place) const {
  simdjson::dom::object members;
  if (from.get_object().get(members) != simdjson::SUCCESS) {
    return wrong_type(place, "an object", from);
  }
  constexpr std::size_t members_max = 128;
  schemas::require(type.members.size() <= members_max, "a structure with too many members");
  std::array<bool, members_max> given{};
  std::array<bool, members_max> seen{};
  std::size_t expected = 0;  // clients keep the model's order, so the next member is the likely one
  for (const auto& [key, item] : members) {
    const std::size_t at = find_member(type.members, key, expected);
    if (at == type.members.size()) {
      if (dialect_.unknown == Dialect::Unknown::ignored) {
        continue;
      }
      return unknown(type, key, place);
    }
    expected = at + 1;
    const Place below{.above = &place, .member = type.members[at].name, .index = 0};
    if (std::exchange(given[at], true)) {
      return Error{.code = ErrorCode::serialization,
                   .message = below.subject() + " is given twice."};
    }
    if (item.is_null()) {
      continue;  // as AWS reads it: a member that is null is a member that is absent
    }
    seen[at] = true;
    Outcome outcome = member(item, type.members[at], into, below);
    if (!outcome.ok()) {
      return outcome;
    }
  }
  for (std::size_t at = 0; at < type.members.size(); ++at) {
    if (!seen[at] && type.members[at].presence == Member::Presence::must) {
      const Place below{.above = &place, .member = type.members[at].name, .index = 0};
      return Error{.code = dialect_.invalid, .message = below.subject() + " is required."};
    }
  }
  return Done{};
}

/// One parser a thread: its buffers are the expensive part, and it may not be shared. The length
/// limit is ours: simdjson 3.0's set_max_capacity sets something else.
class Parser {
 public:
  simdjson::simdjson_result<element> parse(std::string_view json) {
    if (parser_ == nullptr) {
      parser_ = std::make_unique<simdjson::dom::parser>();
      const simdjson::error_code failure = parser_->allocate(bytes_kept / 4, depth_max);
      if (failure != simdjson::SUCCESS) {
        parser_ = nullptr;
        return failure;
      }
    }
    return parser_->parse(json.data(), json.size());
  }
  /// Buffers are some twenty times the longest text; a rare long one must not keep them.
  void trim() {
    if (parser_ != nullptr && parser_->capacity() > bytes_kept) {
      parser_ = nullptr;
    }
  }

 private:
  static constexpr std::size_t bytes_kept = 256U << 10U;
  std::unique_ptr<simdjson::dom::parser> parser_;
};

Error not_json(simdjson::error_code failure) {
  std::string message = "The request is not valid JSON: ";
  if (failure == simdjson::DEPTH_ERROR) {
    message += "it nests deeper than " + std::to_string(depth_max) + " levels.";
  } else if (failure == simdjson::EMPTY) {
    message += "it is empty. Send an object, {} at least.";
  } else if (failure == simdjson::UTF8_ERROR) {
    message += "it is not UTF-8.";
  } else {
    message += std::string(simdjson::error_message(failure));
  }
  return {.code = ErrorCode::serialization, .message = std::move(message)};
}

}  // namespace

Outcome decode(std::string_view json, const Type& type, void* value, const Dialect& dialect) {
  if (json.size() > dialect.bytes_max) {
    return Error{.code = ErrorCode::serialization,
                 .message = "The request has " + std::to_string(json.size()) + " bytes; at most " +
                            std::to_string(dialect.bytes_max) + " are read."};
  }
  thread_local Parser parser;
  element root;
  const simdjson::error_code failure = parser.parse(json).get(root);
  Outcome outcome = failure == simdjson::SUCCESS ? Reader(dialect).value(root, type, value, Place{})
                                                 : Outcome(not_json(failure));
  parser.trim();
  return outcome;
}

}  // namespace codec
