#pragma once

#include <string>

namespace control {

/// A fingerprint of a text, 16 hex digits. Not a secret and not proof against an adversary.
std::string fingerprint(const std::string& text);

}  // namespace control
