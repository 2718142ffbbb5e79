#pragma once

#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace agent {

/// An image reference, taken apart as Docker does: "nginx" is docker.io/library/nginx:latest.
struct ImageReference {
  std::string host;    ///< "docker.io", "127.0.0.1:5000"
  std::string path;    ///< "library/nginx"
  std::string tag;     ///< "latest"; empty when only a digest is stated
  std::string digest;  ///< "sha256:…", or empty
  bool operator==(const ImageReference&) const = default;
};

/// Refused (CannotPullContainerError) when it is not a reference; says what is wrong with it.
schemas::Result<ImageReference> parse_image_reference(std::string_view text);

/// "sha256:" and 64 lower-case hex digits.
bool is_image_digest(std::string_view text);

}  // namespace agent
