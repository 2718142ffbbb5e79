#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "schemas/base/instant_text.h"
#include "schemas/base/require.h"
#include "schemas/base/time.h"
#include "schemas/codec/engine.h"
#include "schemas/codec/json_text.h"

namespace codec {

namespace {

void append_whole(std::string& out, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

void append_fraction(std::string& out, double number) {
  schemas::require(std::isfinite(number), "a number that JSON cannot write");
  std::array<char, 32> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

/// Seconds with three decimals, by integers: clients must read back the millisecond we hold.
void append_seconds(std::string& out, std::int64_t milliseconds) {
  if (milliseconds < 0) {
    out.push_back('-');
  }
  // Part by part, because the least number has no positive counterpart.
  append_whole(out, std::abs(milliseconds / 1000));
  const std::int64_t rest = std::abs(milliseconds % 1000);
  out.push_back('.');
  out.push_back(static_cast<char>('0' + rest / 100));
  out.push_back(static_cast<char>('0' + rest / 10 % 10));
  out.push_back(static_cast<char>('0' + rest % 10));
}

/// One encoding: the dialect, and the functions that call each other down the value.
class Writer {
 public:
  Writer(const Dialect& dialect, std::string& out) : dialect_(dialect), out_(out) {}

  void value(const Type& type, const void* from) {
    switch (type.kind) {
      case Kind::boolean:
        out_.append(*static_cast<const bool*>(from) ? "true" : "false");
        return;
      case Kind::signed_32:
        append_whole(out_, *static_cast<const std::int32_t*>(from));
        return;
      case Kind::unsigned_32:
        append_whole(out_, *static_cast<const std::uint32_t*>(from));
        return;
      case Kind::signed_64:
        append_whole(out_, *static_cast<const std::int64_t*>(from));
        return;
      case Kind::floating:
        append_fraction(out_, *static_cast<const double*>(from));
        return;
      case Kind::text:
        append_json_text(out_, *static_cast<const std::string*>(from));
        return;
      case Kind::instant:
        instant(*static_cast<const schemas::Instant*>(from));
        return;
      case Kind::named:
        append_json_text(out_, type.named->text(from));
        return;
      case Kind::choice:
        choice(type, *static_cast<const std::uint8_t*>(from));
        return;
      case Kind::optional:
        optional(type, from);
        return;
      case Kind::list:
        list(type, from);
        return;
      case Kind::map:
        map(type, from);
        return;
      case Kind::structure:
        structure(type, from);
        return;
    }
    schemas::require(false, "a kind that the writer does not know");
  }

 private:
  void instant(schemas::Instant at) {
    const std::int64_t milliseconds = at.time_since_epoch().count();
    switch (dialect_.instants) {
      case Dialect::Instants::milliseconds:
        append_whole(out_, milliseconds);
        return;
      case Dialect::Instants::seconds:
        append_seconds(out_, milliseconds);
        return;
      case Dialect::Instants::text:
        append_json_text(out_, schemas::iso_text(at));
        return;
    }
  }

  void choice(const Type& type, std::uint8_t index) {
    schemas::require(index < type.names.size(), "an enumerator beyond its table");
    out_.push_back('"');
    out_.append(type.names[index]);
    out_.push_back('"');
  }

  void optional(const Type& type, const void* from) {
    const void* content = type.optional->content(from);
    if (content == nullptr) {
      out_.append("null");
    } else {
      value(*type.element, content);
    }
  }

  void list(const Type& type, const void* from) {
    out_.push_back('[');
    const std::size_t size = type.list->size(from);
    for (std::size_t at = 0; at < size; ++at) {
      if (at > 0) {
        out_.push_back(',');
      }
      value(*type.element, type.list->at(from, at));
    }
    out_.push_back(']');
  }

  void map(const Type& type, const void* from) {
    struct Context {
      Writer* writer;
      const Type* element;
      char before;
    } context{.writer = this, .element = type.element, .before = '{'};
    type.map->each(from, &context, [](void* raw, std::string_view key, const void* content) {
      auto* at = static_cast<Context*>(raw);
      at->writer->out_.push_back(at->before);
      at->before = ',';
      append_json_text(at->writer->out_, key);
      at->writer->out_.push_back(':');
      at->writer->value(*at->element, content);
    });
    out_.append(context.before == '{' ? "{}" : "}");
  }

  void structure(const Type& type, const void* from) {
    char before = '{';
    for (const Member& member : type.members) {
      if (member.type == nullptr) {
        continue;
      }
      const void* at = static_cast<const std::byte*>(from) + member.offset;
      const Type* held = member.type;
      if (held->kind == Kind::optional) {
        at = held->optional->content(at);
        held = held->element;
      } else if (dialect_.empty == Dialect::Empty::omitted && empty(*held, at)) {
        at = nullptr;
      }
      if (at == nullptr) {
        continue;
      }
      out_.push_back(before);
      before = ',';
      out_.push_back('"');
      out_.append(member.name);
      out_.append("\":");
      if (member.secrecy == Secrecy::likely && dialect_.secrets == Dialect::Secrets::hidden) {
        out_.append(R"("***")");
      } else {
        value(*held, at);
      }
    }
    out_.append(before == '{' ? "{}" : "}");
  }

  static bool empty(const Type& type, const void* from) {
    switch (type.kind) {
      case Kind::text:
        return from == nullptr || static_cast<const std::string*>(from)->empty();
      case Kind::named:
        return type.named->empty(from);
      case Kind::list:
        return type.list->size(from) == 0;
      case Kind::map:
        return type.map->empty(from);
      default:
        return false;
    }
  }

  const Dialect& dialect_;
  std::string& out_;
};

}  // namespace

std::string encode(const Type& type, const void* value, const Dialect& dialect) {
  std::string out;
  constexpr std::size_t usual = 512;
  out.reserve(usual);
  Writer(dialect, out).value(type, value);
  return out;
}

}  // namespace codec
