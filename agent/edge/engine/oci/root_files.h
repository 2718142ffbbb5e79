#pragma once

#include <filesystem>
#include <string>

#include "agent/edge/engine/oci/runtime_config.h"
#include "schemas/base/result.h"

namespace agent {

/// Turns "", "name", "uid", "user:group" into numbers with the image's /etc/passwd and /etc/group.
/// The image's links are followed inside the image only. A number needs no entry, a name does:
/// CannotCreateContainerError without one.
schemas::Result<ProcessIdentity> identity_of(const std::string& user,
                                             const std::filesystem::path& image_root);

/// Makes the working directory in a container's upper layer if the image has none, owned by
/// `identity`, with the image's owners and modes on the directories that lead to it.
/// CannotCreateContainerError when something on the way is not a directory.
schemas::Outcome make_working_directory(const std::string& directory,
                                        const ProcessIdentity& identity,
                                        const std::filesystem::path& image_root,
                                        const std::filesystem::path& upper);

/// Makes the source of a mount if it is not there, and lets a volume begin as the image's files
/// where it is to. CannotCreateContainerError with the path that could not be made.
schemas::Outcome begin_volume(const BindMount& mount, const std::filesystem::path& image_root);

}  // namespace agent
