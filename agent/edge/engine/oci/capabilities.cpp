#include "agent/edge/engine/oci/capabilities.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

namespace agent {

namespace {

/// In the order of their numbers.
constexpr std::array<std::string_view, 41> names{"CHOWN",
                                                 "DAC_OVERRIDE",
                                                 "DAC_READ_SEARCH",
                                                 "FOWNER",
                                                 "FSETID",
                                                 "KILL",
                                                 "SETGID",
                                                 "SETUID",
                                                 "SETPCAP",
                                                 "LINUX_IMMUTABLE",
                                                 "NET_BIND_SERVICE",
                                                 "NET_BROADCAST",
                                                 "NET_ADMIN",
                                                 "NET_RAW",
                                                 "IPC_LOCK",
                                                 "IPC_OWNER",
                                                 "SYS_MODULE",
                                                 "SYS_RAWIO",
                                                 "SYS_CHROOT",
                                                 "SYS_PTRACE",
                                                 "SYS_PACCT",
                                                 "SYS_ADMIN",
                                                 "SYS_BOOT",
                                                 "SYS_NICE",
                                                 "SYS_RESOURCE",
                                                 "SYS_TIME",
                                                 "SYS_TTY_CONFIG",
                                                 "MKNOD",
                                                 "LEASE",
                                                 "AUDIT_WRITE",
                                                 "AUDIT_CONTROL",
                                                 "SETFCAP",
                                                 "MAC_OVERRIDE",
                                                 "MAC_ADMIN",
                                                 "SYSLOG",
                                                 "WAKE_ALARM",
                                                 "BLOCK_SUSPEND",
                                                 "AUDIT_READ",
                                                 "PERFMON",
                                                 "BPF",
                                                 "CHECKPOINT_RESTORE"};

constexpr std::array<std::string_view, 14> of_root_in_a_container{
    "CHOWN",   "DAC_OVERRIDE", "FSETID",           "FOWNER",
    "MKNOD",   "NET_RAW",      "SETGID",           "SETUID",
    "SETFCAP", "SETPCAP",      "NET_BIND_SERVICE", "SYS_CHROOT",
    "KILL",    "AUDIT_WRITE"};

constexpr CapabilitySet bit(std::size_t number) { return CapabilitySet{1} << number; }

/// The bits of the names, and whether "ALL" is among them.
struct Named {
  CapabilitySet set = 0;
  bool all = false;
};

schemas::Result<Named> named(std::span<const std::string> wanted) {
  Named found;
  for (const std::string& name : wanted) {
    if (name == "ALL") {
      found.all = true;
    } else if (const auto one = capability_named(name)) {
      found.set |= *one;
    } else {
      return schemas::Error{.code = schemas::ErrorCode::client,
                            .message = "CannotCreateContainerError: Linux has no capability '" +
                                       name + "'; use a name like NET_ADMIN, or ALL"};
    }
  }
  return found;
}

CapabilitySet status_line(std::string_view key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) {
      CapabilitySet set = 0;
      const std::size_t digits = line.find_first_not_of(" \t", key.size());
      if (digits != std::string::npos) {
        std::from_chars(line.data() + digits, line.data() + line.size(), set, 16);
      }
      return set;
    }
  }
  return 0;
}

}  // namespace

std::optional<CapabilitySet> capability_named(std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt
                              : std::optional(bit(static_cast<std::size_t>(found - names.begin())));
}

CapabilitySet default_capabilities() {
  CapabilitySet set = 0;
  for (const std::string_view name : of_root_in_a_container) {
    set |= capability_named(name).value_or(0);
  }
  return set;
}

CapabilitySet host_capabilities() { return status_line("CapPrm:") & status_line("CapBnd:"); }

schemas::Result<CapabilitySet> capabilities_of(std::span<const std::string> add,
                                               std::span<const std::string> drop,
                                               CapabilitySet host) {
  const auto added = named(add);
  const auto dropped = named(drop);
  if (!added.ok() || !dropped.ok()) {
    return added.ok() ? dropped.error() : added.error();
  }
  if (const CapabilitySet missing = added.value().set & ~host; missing != 0) {
    return schemas::Error{.code = schemas::ErrorCode::client,
                          .message =
                              "CannotCreateContainerError: this host has not got the "
                              "capabilities " +
                              capabilities_json(missing) +
                              " itself, so a container cannot be given them"};
  }
  if (added.value().all) {
    return (host & ~dropped.value().set) | added.value().set;
  }
  const CapabilitySet kept = dropped.value().all ? 0 : default_capabilities() & host;
  return (kept & ~dropped.value().set) | added.value().set;
}

std::string capabilities_json(CapabilitySet set) {
  std::string json = "[";
  for (std::size_t number = 0; number < names.size(); ++number) {
    if ((set & bit(number)) != 0) {
      json += json.back() == '[' ? "\"CAP_" : ",\"CAP_";
      json += names.at(number);
      json += '"';
    }
  }
  return json + "]";
}

}  // namespace agent
