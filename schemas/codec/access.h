#pragma once

// How the tables reach into C++ values: for each kind of C++ type a `codec::Type` with ways in.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/codec/type.h"

namespace codec {

/// `TypeOf<T>::type` describes T. Structures and enumerations bring a `Described` of their own.
template <class T>
struct TypeOf {
  static constexpr const Type& type = Described<T>::type;
};

template <Kind K>
struct Plain {
  static constexpr Type type{.kind = K};
};
template <>
struct TypeOf<bool> : Plain<Kind::boolean> {};
template <>
struct TypeOf<std::int32_t> : Plain<Kind::signed_32> {};
template <>
struct TypeOf<std::uint32_t> : Plain<Kind::unsigned_32> {};
template <>
struct TypeOf<std::int64_t> : Plain<Kind::signed_64> {};
template <>
struct TypeOf<double> : Plain<Kind::floating> {};
template <>
struct TypeOf<std::string> : Plain<Kind::text> {};
template <>
struct TypeOf<schemas::Instant> : Plain<Kind::instant> {};

// Units and durations are one 64-bit count in memory, and the engine treats them as that.
template <>
struct TypeOf<schemas::CpuUnits> : Plain<Kind::signed_64> {};
template <>
struct TypeOf<schemas::MemoryMib> : Plain<Kind::signed_64> {};
template <>
struct TypeOf<schemas::Nanos> : Plain<Kind::signed_64> {};
template <>
struct TypeOf<schemas::Duration> : Plain<Kind::signed_64> {};
static_assert(sizeof(schemas::CpuUnits) == sizeof(std::int64_t));
static_assert(sizeof(schemas::MemoryMib) == sizeof(std::int64_t));
static_assert(sizeof(schemas::Nanos) == sizeof(std::int64_t));
static_assert(sizeof(schemas::Duration) == sizeof(std::int64_t));
static_assert(sizeof(schemas::Instant) == sizeof(std::int64_t));

/// A value with `parse` and `text` of its own: ids and addresses.
template <class T>
struct Named {
  static bool parse(std::string_view text, void* value) {
    const std::optional<T> parsed = T::parse(text);
    if (parsed) {
      *static_cast<T*>(value) = *parsed;
    }
    return parsed.has_value();
  }
  static std::string text(const void* value) { return static_cast<const T*>(value)->text(); }
  static bool empty(const void* value) { return *static_cast<const T*>(value) == T{}; }
  static constexpr NamedAccess access{.parse = parse, .text = text, .empty = empty};
  static constexpr Type type{.kind = Kind::named, .named = &access};
};
template <class K>
struct TypeOf<schemas::Id<K>> : Named<schemas::Id<K>> {};
template <>
struct TypeOf<schemas::DeploymentId> : Named<schemas::DeploymentId> {};
template <>
struct TypeOf<schemas::Ipv4> : Named<schemas::Ipv4> {};
template <>
struct TypeOf<schemas::Cidr> : Named<schemas::Cidr> {};
template <>
struct TypeOf<schemas::Mac> : Named<schemas::Mac> {};

template <class T>
struct TypeOf<std::optional<T>> {
  static void* fill(void* value) { return &static_cast<std::optional<T>*>(value)->emplace(); }
  static const void* content(const void* value) {
    const auto& held = *static_cast<const std::optional<T>*>(value);
    return held ? &*held : nullptr;
  }
  static constexpr OptionalAccess access{.fill = fill, .content = content};
  static constexpr Type type{
      .kind = Kind::optional, .element = &TypeOf<T>::type, .optional = &access};
};

template <>
struct TypeOf<EmptyList> {
  static void* append(void* /*list*/) { return nullptr; }
  static std::size_t size(const void* /*list*/) { return 0; }
  static const void* at(const void* /*list*/, std::size_t /*index*/) { return nullptr; }
  static constexpr ListAccess access{.append = append, .size = size, .at = at};
  static constexpr Type type{.kind = Kind::list, .element = nullptr, .list = &access};
};
template <>
struct TypeOf<EmptyObject> : Plain<Kind::structure> {};

template <class Sequence>
struct SequenceType {
  using T = typename Sequence::value_type;
  static void* append(void* list) { return &static_cast<Sequence*>(list)->emplace_back(); }
  static std::size_t size(const void* list) { return static_cast<const Sequence*>(list)->size(); }
  static const void* at(const void* list, std::size_t index) {
    return &(*static_cast<const Sequence*>(list))[index];
  }
  static constexpr ListAccess access{.append = append, .size = size, .at = at};
  static constexpr Type type{.kind = Kind::list, .element = &TypeOf<T>::type, .list = &access};
};
template <class T>
struct TypeOf<std::vector<T>> : SequenceType<std::vector<T>> {};
template <class T>
struct TypeOf<std::deque<T>> : SequenceType<std::deque<T>> {};

template <class T>
struct TypeOf<std::map<std::string, T>> {
  using Map = std::map<std::string, T>;
  static void* insert(void* map, std::string_view key) {
    const auto [at, fresh] = static_cast<Map*>(map)->try_emplace(std::string(key));
    return fresh ? &at->second : nullptr;
  }
  static void each(const void* map, void* context, MapAccess::Visit visit) {
    for (const auto& [key, value] : *static_cast<const Map*>(map)) {
      visit(context, key, &value);
    }
  }
  static bool empty(const void* map) { return static_cast<const Map*>(map)->empty(); }
  static constexpr MapAccess access{.insert = insert, .each = each, .empty = empty};
  static constexpr Type type{.kind = Kind::map, .element = &TypeOf<T>::type, .map = &access};
};

}  // namespace codec
