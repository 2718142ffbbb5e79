#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace control::access {

/// A secret that names somebody: 256 random bits in hex.
std::string new_secret();
/// The secret half of an access key: 40 characters, as AWS's have.
std::string new_secret_key();
/// The public half: "AKIA" and 16 letters or digits.
std::string new_key_id();
/// So many random bytes; the process ends if the system has none.
std::string random_bytes(std::size_t count);

/// SHA-256 in lower-case hex: what is kept of a secret, so that the database gives nobody away.
std::string hash_of(std::string_view secret);
/// HMAC-SHA-256, 32 bytes.
std::string hmac_of(std::string_view key, std::string_view text);
std::string hex(std::string_view bytes);
/// The bytes of a text of hex digits, or an empty text.
std::string from_hex(std::string_view text);

/// Compares in a time that does not depend on where the texts differ.
bool same(std::string_view left, std::string_view right);

/// The secret of `Authorization: Bearer SECRET`, or an empty text.
std::string_view bearer(std::string_view authorization);

}  // namespace control::access
