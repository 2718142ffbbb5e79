#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace netif {

/// A 64-bit digest that is the same in every build, because names on disk and in the kernel are
/// derived from it (FNV-1a, then mixed so that all bits depend on the last byte). Not secret.
std::uint64_t hash_of(std::string_view text);

/// The low `digits` * 5 bits of a hash in a lower-case alphabet that needs no quoting anywhere.
std::string hash_text(std::uint64_t hash, int digits);

}  // namespace netif
