#include "control/edge/access/first_start.h"

#include "control/edge/access/key_ring.h"
#include "control/edge/access/secrets.h"

namespace control::access {

schemas::Result<schemas::AccessKey> write_first_credentials(const store::DataDirectory& directory,
                                                            const Seal& seal,
                                                            const std::string& region) {
  const std::string secret = new_secret_key();
  schemas::AccessKey key;
  key.id = new_key_id();
  key.sealed_secret = seal.close(secret, seal_name(key.id));
  const schemas::Outcome written = directory.write_file(
      "credentials", "[default]\naws_access_key_id = " + key.id +
                         "\naws_secret_access_key = " + secret + "\nregion = " + region + "\n");
  if (!written.ok()) {
    return written.error();
  }
  return key;
}

}  // namespace control::access
