#pragma once

#include <string>
#include <string_view>

namespace control::agents {

/// A secret that names one agent: 256 random bits in hex.
std::string new_secret();

/// SHA-256 in lower-case hex: what is kept of a secret, so that the database gives nobody away.
std::string hash_of(std::string_view secret);

/// Compares in a time that does not depend on where the texts differ.
bool same_hash(std::string_view left, std::string_view right);

/// The secret of `Authorization: Bearer SECRET`, or an empty text.
std::string_view bearer(std::string_view authorization);

}  // namespace control::agents
