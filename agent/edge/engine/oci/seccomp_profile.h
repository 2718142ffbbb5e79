#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/edge/engine/oci/capabilities.h"
#include "schemas/base/result.h"

namespace agent {

/// What becomes of a call that the profile does not let through unconditionally.
enum class SyscallRule : std::uint8_t {
  allowed_if_masked_zero,  ///< allowed when (argument & mask) is 0
  allowed_if_equal,        ///< allowed when the argument is `value`
  allowed_unless_equal,    ///< allowed when the argument is not `value`
  absent,                  ///< answers ENOSYS, so that the C library uses the older call
};

struct ConditionalSyscall {
  std::string_view name;
  SyscallRule rule = SyscallRule::absent;
  std::uint64_t value = 0;  ///< the mask, or the value compared; always of argument 0
};

/// The calls that every container may make, as Docker's default profile lets a container with
/// Docker's default capabilities. What is not listed answers EPERM: mounting, keys, modules,
/// clocks, tracing other machines' kernels, new user namespaces.
std::span<const std::string_view> allowed_syscalls();
std::span<const ConditionalSyscall> conditional_syscalls();

/// Calls that a capability is of no use without: allowed to a container that has it.
struct CapabilitySyscalls {
  std::string_view capability;
  std::span<const std::string_view> names;
};
std::span<const CapabilitySyscalls> capability_syscalls();

/// The capabilities among `set` that open calls which the profile refuses otherwise. Containers
/// that are alike in these share one filter.
CapabilitySet filter_relevant(CapabilitySet set);

/// The profile as the `linux.seccomp` object of an OCI runtime configuration.
std::string seccomp_json(CapabilitySet capabilities = 0);

/// The profile compiled for this machine's kernel (x86-64 with its 32-bit calls, or arm64), as the
/// array of classic BPF instructions the kernel takes. Compiled once: a runtime that compiles it
/// for every container spends a tenth of the whole start on it.
schemas::Result<std::string> seccomp_program(CapabilitySet capabilities = 0);

}  // namespace agent
