#pragma once

// Root's powers, one by one, as linux/capability.h numbers them.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace agent {

/// Bit n is capability n.
using CapabilitySet = std::uint64_t;

/// The bit of "NET_ADMIN"; nothing for a name that Linux does not have.
std::optional<CapabilitySet> capability_named(std::string_view name);

/// What root in a container may do beyond any other user, as Docker has it.
CapabilitySet default_capabilities();

/// What this process has, and so can hand on.
CapabilitySet host_capabilities();

/// Docker's rules: "ALL" added is all of the host's but those dropped; "ALL" dropped is none but
/// those added; else the default, less those dropped, and those added, which win.
/// CannotCreateContainerError for a name that is none, or that this host itself has not got.
schemas::Result<CapabilitySet> capabilities_of(std::span<const std::string> add,
                                               std::span<const std::string> drop,
                                               CapabilitySet host);

/// A JSON array of "CAP_…" names.
std::string capabilities_json(CapabilitySet set);

}  // namespace agent
