#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace codec {

/// What a value is in memory. How it is written (for example an instant: seconds for callers of the
/// API, milliseconds between our own programs) is the dialect's affair, see engine.h.
enum class Kind : std::uint8_t {
  boolean,
  signed_32,
  unsigned_32,
  signed_64,
  floating,
  text,
  instant,
  named,     ///< a value with a textual form of its own: an id, an address
  choice,    ///< an enumeration, one byte, counted from 0 without gaps
  optional,  ///< std::optional
  list,      ///< std::vector or std::deque
  map,       ///< std::map from text
  structure,
};

struct Type;

/// The rules one member of the API keeps beyond its type. Absent for our own programs' messages.
struct Rules {
  std::int64_t least = 0;  ///< of a number its value, of text its bytes, of a list its length
  std::int64_t most = -1;  ///< the same; below `least` = no limit
  std::string_view characters{};  ///< ranges as in a bracket expression, "a-zA-Z0-9_-"; empty = any
  /// JSON texts that are let through because they ask for what happens anyway. Empty = any value.
  std::span<const std::string_view> only{};
};

/// Whether a member does anything yet.
enum class Support : std::uint8_t { acts, refused };

/// Whether a text is what people put passwords into, whatever we advise. Not what we know to be a
/// secret: that is never written at all.
enum class Secrecy : std::uint8_t { open, likely };

/// One member of a structure: where it lies, what it is, and which rules it keeps.
struct Member {
  std::string_view name{};
  std::size_t offset = 0;
  const Type* type = nullptr;  ///< null when refused: there is nowhere to put it
  enum class Presence : std::uint8_t { may, must } presence = Presence::may;
  Support support = Support::acts;
  const Rules* rules = nullptr;
  Secrecy secrecy = Secrecy::open;
};

/// Ways into a value whose C++ type is known only to the table that describes it.
struct OptionalAccess {
  void* (*fill)(void* optional);                 ///< engages it with a fresh value
  const void* (*content)(const void* optional);  ///< null when empty
};
struct ListAccess {
  void* (*append)(void* list);
  std::size_t (*size)(const void* list);
  const void* (*at)(const void* list, std::size_t index);
};
struct MapAccess {
  using Visit = void (*)(void* context, std::string_view key, const void* value);
  void* (*insert)(void* map, std::string_view key);  ///< null when the key is there already
  void (*each)(const void* map, void* context, Visit visit);
  bool (*empty)(const void* map);
};
struct NamedAccess {
  bool (*parse)(std::string_view text, void* value);
  std::string (*text)(const void* value);
  bool (*empty)(const void* value);  ///< nothing was named: left out of structures
};

/// A list that is always empty: its member is let through because an empty list asks for nothing.
struct EmptyList {
  bool operator==(const EmptyList&) const = default;
};
/// An object of which only inert forms are let through; it is written as {}.
struct EmptyObject {
  bool operator==(const EmptyObject&) const = default;
};

/// A C++ type as the engine sees it: one table instead of code for each structure.
struct Type {
  Kind kind = Kind::structure;
  std::string_view name{};                    ///< of structures and choices, for messages
  std::span<const Member> members{};          ///< of a structure
  std::span<const std::string_view> names{};  ///< of a choice: the wire name of each value
  std::uint64_t refused = 0;                  ///< of a choice: bit N set = value N does nothing yet
  const Type* element = nullptr;              ///< what an optional, list or map holds
  const OptionalAccess* optional = nullptr;
  const ListAccess* list = nullptr;
  const MapAccess* map = nullptr;
  const NamedAccess* named = nullptr;
};

/// The table of a structure or enumeration. Whoever owns the tables (schemas/wire, the generated
/// code) declares one specialisation for each and defines it in one translation unit.
template <class T>
struct Described {
  static const Type type;
};

/// The wire name of an enumerator, for example "FARGATE".
template <class Enum>
std::string_view name_of(Enum value) {
  return Described<Enum>::type.names[static_cast<std::size_t>(value)];
}

/// The enumerator with this wire name, if there is one.
template <class Enum>
std::optional<Enum> named(std::string_view name) {
  const std::span<const std::string_view> names = Described<Enum>::type.names;
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (names[at] == name) {
      return static_cast<Enum>(at);
    }
  }
  return std::nullopt;
}

}  // namespace codec
