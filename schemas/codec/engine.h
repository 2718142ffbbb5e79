#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/result.h"
#include "schemas/codec/type.h"

namespace codec {

/// What differs between the two languages written in JSON here: the API's, for callers, and the
/// wire's, between our own programs and into our own database.
struct Dialect {
  /// API: a number of seconds with three decimals. Wire: a whole number of milliseconds. Events for
  /// others: "2026-11-23T18:20:01.123Z", which is written only.
  enum class Instants : std::uint8_t { seconds, milliseconds, text } instants = Instants::seconds;
  /// API: refused by name, for it is a slip of the pen or something that we do not do. Wire:
  /// passed over, for the other side may be newer; so are the rules, which are for callers.
  enum class Unknown : std::uint8_t { refused, ignored } unknown = Unknown::refused;
  /// API: an empty list is an answer. Wire: what is empty is left out.
  enum class Empty : std::uint8_t { written, omitted } empty = Empty::written;
  /// For readers other than who sent it: texts that are likely secrets are written as "***".
  enum class Secrets : std::uint8_t { written, hidden } secrets = Secrets::written;
  /// A longer text is refused before it is parsed.
  std::size_t bytes_max = 1U << 20U;
  /// Which exception a broken rule is, and which a member that does nothing yet.
  schemas::ErrorCode invalid = schemas::ErrorCode::invalid_parameter;
  schemas::ErrorCode unsupported = schemas::ErrorCode::unsupported_feature;
};

/// The wire's dialect: lenient about what it does not know, strict about types.
inline constexpr Dialect wire_dialect{.instants = Dialect::Instants::milliseconds,
                                      .unknown = Dialect::Unknown::ignored,
                                      .empty = Dialect::Empty::omitted,
                                      .bytes_max = 64U << 20U,
                                      .invalid = schemas::ErrorCode::serialization,
                                      .unsupported = schemas::ErrorCode::serialization};

/// Nesting deeper than this is refused: no message of ours comes near it, and a parser that
/// recurses on a caller's word is a way to end the process.
inline constexpr std::size_t depth_max = 32;

/// Reads JSON into `*value`, which must be a fresh value of the type described. Errors name the
/// member by its path (`containerDefinitions[0].cpu`), what was found and what is allowed:
/// `serialization` for text that is not JSON of this shape, the dialect's `invalid` for a broken
/// limit, a missing member or an unknown choice, its `unsupported` for what does nothing yet.
schemas::Outcome decode(std::string_view json, const Type& type, void* value,
                        const Dialect& dialect);

/// Writes the value as JSON without white space. Members keep the order of their table; absent
/// ones are left out. Bytes that are not UTF-8 become U+FFFD, so that the text can always be read.
std::string encode(const Type& type, const void* value, const Dialect& dialect);

}  // namespace codec
