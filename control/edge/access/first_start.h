#pragma once

#include <string>

#include "control/edge/access/seal.h"
#include "control/edge/store/data_directory.h"
#include "schemas/base/result.h"
#include "schemas/model/access.h"

namespace control::access {

/// The name of the user that a first start makes.
constexpr const char* first_user = "admin";

/// Draws a key for the first user and writes it to DATA/credentials, the shared-credentials format
/// of AWS's clients, profile `default`, mode 0600. The file comes before the commit: a crash in
/// between leaves a file that the next first start replaces, never a key that nobody has.
schemas::Result<schemas::AccessKey> write_first_credentials(const store::DataDirectory& directory,
                                                            const Seal& seal,
                                                            const std::string& region);

}  // namespace control::access
