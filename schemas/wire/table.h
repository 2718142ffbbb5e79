#pragma once

// What the tables of the model's structures are written with.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "schemas/codec/access.h"
#include "schemas/codec/type.h"
#include "schemas/wire/wire.h"

namespace wire {

/// Counts the fields of an aggregate by trying how many values it takes.
struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): never called, only weighed
};
template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...> /*count*/) {
  return requires { T{((void)I, Anything{})...}; };
}
template <class T, std::size_t N = 0>
constexpr std::size_t field_count() {
  if constexpr (takes<T>(std::make_index_sequence<N + 1>{})) {
    return field_count<T, N + 1>();
  } else {
    return N;
  }
}

/// The table of T. A field that somebody adds to the model and forgets here does not compile;
/// `LeftOut` is the number of fields that are not written on purpose.
template <class T, std::size_t LeftOut = 0, std::size_t N = 0>
constexpr codec::Type structure(std::string_view name,
                                const std::array<codec::Member, N>& members) {
  static_assert(field_count<T>() == N + LeftOut, "a field of the model is not in its table");
  return {.kind = codec::Kind::structure, .name = name, .members = members};
}

template <std::size_t N>
constexpr codec::Type choice(std::string_view name, const std::array<std::string_view, N>& names) {
  return {.kind = codec::Kind::choice, .name = name, .names = names};
}

}  // namespace wire

// Maps and deques are not of standard layout, see below.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

// A member under its field's own name, or under another one. Macros, because C++20 has no other
// way from a field's name to its offset in a constant expression; `offsetof` of a class that is
// not of standard layout is conditionally supported, and both our compilers support it.
#define STOWAGE_MEMBER_AS(Struct, field, written)         \
  codec::Member {                                         \
    .name = (written), .offset = offsetof(Struct, field), \
    .type = &codec::TypeOf<decltype(Struct::field)>::type \
  }
#define STOWAGE_MEMBER(Struct, field) STOWAGE_MEMBER_AS(Struct, field, #field)
