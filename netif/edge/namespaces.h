#pragma once

#include <functional>
#include <string>
#include <vector>

#include "netif/edge/file_handle.h"
#include "schemas/base/result.h"

namespace netif {

/// What runs in a new namespace before anybody can find it at its path.
using Preparation = std::function<schemas::Outcome()>;

/// Makes a network namespace that lives at `path`, a file made for it, until `remove_namespace`.
/// Inside, `prepare` runs first: a namespace that is at its path is ready. One that is there
/// already is kept as it is. This is the one place where namespaces are made.
schemas::Outcome make_namespace(const std::string& path, const Preparation& prepare);

/// Takes the namespace off its path; the kernel ends it when its last process and socket are gone.
/// One that is not there counts as removed.
schemas::Outcome remove_namespace(const std::string& path);

/// True when `path` is a network namespace, not merely the file for one.
bool is_namespace(const std::string& path);

schemas::Result<FileHandle> open_namespace(const std::string& path);

/// Runs `act` on a thread of its own inside the namespace, so that no caller ever finds itself
/// in the wrong one.
schemas::Outcome in_namespace(const FileHandle& name_space,
                              const std::function<schemas::Outcome()>& act);

/// The names of the files in `folder`; none when there is no folder.
std::vector<std::string> list_folder(const std::string& folder);

/// What a setting under /proc/sys/net must be, in the namespace of the calling thread.
struct KernelSetting {
  std::string name;  ///< "ipv4/ip_forward"
  std::string value;
};
/// A setting that the kernel does not have is passed over when it is `optional`.
enum class Presence : unsigned char { required, optional };
schemas::Outcome write_setting(const KernelSetting& setting, Presence presence);
/// Keeps IPv6 and its announcements off a link of the calling thread's namespace.
schemas::Outcome quiet_link(const std::string& link);

}  // namespace netif
