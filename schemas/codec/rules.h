#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "schemas/codec/type.h"

namespace codec {

/// What a caller sent, for an error message: cut after 64 bytes, control characters and everything
/// beyond ASCII replaced.
std::string printable(std::string_view text);
/// The same in double quotes.
std::string quoted(std::string_view text);

/// "A, B or C".
std::string listed(std::span<const std::string_view> names);

/// The position of the member with this name, or `members.size()`. Looks at `expected` first.
std::size_t find_member(std::span<const Member> members, std::string_view name,
                        std::size_t expected);

/// The member whose name is at most two slips of the pen away; empty when none is.
std::string_view nearest_member(std::span<const Member> members, std::string_view name);

/// Both below word what is wrong with a member, to follow its path; empty = nothing.
///
/// `json`, the value without white space, must be one of `rules.only`.
std::string broken_only(std::string_view json, const Rules& rules);

/// Length, range and characters of a decoded value.
std::string broken_rule(const Rules& rules, const Type& type, const void* value);

}  // namespace codec
