#pragma once

#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace fargate_pool {

/// The platform version that a request's `platformVersion` means: absent or "LATEST" and "1.4.0"
/// are 1.4.0, the only one this pool runs (1.3.0 is refused: its network and storage differ and
/// are not imitated). PlatformUnknownException for anything else.
schemas::Result<std::string> effective_platform_version(std::string_view asked);

/// What DescribeTasks shows as `platformFamily`.
inline constexpr std::string_view platform_family = "Linux";

}  // namespace fargate_pool
