#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/edge/store/data_directory.h"
#include "schemas/base/result.h"

namespace control::access {

/// Encrypts what must be read again, with AES-256-GCM under the key of the data directory: a copy
/// of the database alone gives no secret away.
class Seal {
 public:
  /// `key` has 32 bytes.
  explicit Seal(std::string key);

  /// `name` says what the secret belongs to; opened under another name it does not open, so rows
  /// cannot be exchanged for one another.
  [[nodiscard]] std::string close(std::string_view secret, std::string_view name) const;
  /// None when it was sealed with another key, under another name, or was changed since.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed,
                                                std::string_view name) const;

  /// A seal with a key of its own, which follows from this one's and the purpose: what is done with
  /// it, however often, wears this one's out not at all.
  [[nodiscard]] Seal derive(std::string_view purpose) const;

 private:
  std::string key_;
};

/// Whether the database holds anything that was sealed: then its key must be there.
enum class Held : bool { nothing, secrets };

/// Reads DATA/key, or makes it (mode 0600) when it is not there and nothing is sealed yet. Refuses,
/// saying what to do, a key that is missing, readable for others, or no key.
schemas::Result<Seal> open_key_file(const store::DataDirectory& directory, Held held);

}  // namespace control::access
