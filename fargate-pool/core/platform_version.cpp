#include "fargate-pool/core/platform_version.h"

namespace fargate_pool {

schemas::Result<std::string> effective_platform_version(std::string_view asked) {
  if (asked.empty() || asked == "LATEST" || asked == "1.4.0") {
    return std::string("1.4.0");
  }
  return schemas::Error{schemas::ErrorCode::platform_unknown,
                        "The specified platform version '" + std::string(asked) +
                            "' is not one that this pool runs. Use LATEST or 1.4.0."};
}

}  // namespace fargate_pool
