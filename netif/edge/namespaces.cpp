#include "netif/edge/namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <thread>

#include "netif/edge/netlink.h"

namespace netif {

using schemas::Done;
using schemas::Outcome;
using schemas::Result;

namespace {

/// Runs `act` on a thread of its own, whose namespace may then be changed freely.
Outcome on_own_thread(const std::function<Outcome()>& act) {
  std::optional<Outcome> outcome;
  std::thread thread([&] { outcome = act(); });
  thread.join();
  return *outcome;
}

Outcome make_file(const std::string& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) {
    return kernel_error("make the file " + path, errno);
  }
  return Done{};
}

}  // namespace

bool is_namespace(const std::string& path) {
  struct statfs about {};
  return ::statfs(path.c_str(), &about) == 0 && about.f_type == NSFS_MAGIC;
}

Outcome make_namespace(const std::string& path, const Preparation& prepare) {
  if (is_namespace(path)) {
    return Done{};
  }
  if (Outcome made = make_file(path); !made.ok()) {
    return made;
  }
  return on_own_thread([&]() -> Outcome {
    if (::unshare(CLONE_NEWNET) != 0) {
      return kernel_error("make a network namespace", errno);
    }
    if (Outcome prepared = prepare(); !prepared.ok()) {
      return prepared;
    }
    if (::mount("/proc/thread-self/ns/net", path.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      return kernel_error("keep a network namespace at " + path, errno);
    }
    return Done{};
  });
}

Outcome remove_namespace(const std::string& path) {
  // EINVAL: the file is there and nothing is mounted on it.
  while (::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
  }
  if (errno != EINVAL && errno != ENOENT) {
    return kernel_error("take the network namespace off " + path, errno);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return kernel_error("remove the file " + path, errno);
  }
  return Done{};
}

Result<FileHandle> open_namespace(const std::string& path) {
  FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (handle.get() < 0) {
    return kernel_error("open the network namespace " + path, errno);
  }
  if (!is_namespace(path)) {
    return kernel_error("open " + path + " as a network namespace: none is mounted there", EINVAL);
  }
  return handle;
}

Outcome in_namespace(const FileHandle& name_space, const std::function<Outcome()>& act) {
  return on_own_thread([&]() -> Outcome {
    if (::setns(name_space.get(), CLONE_NEWNET) != 0) {
      return kernel_error("enter a network namespace", errno);
    }
    return act();
  });
}

std::vector<std::string> list_folder(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), &::closedir);
  if (entries == nullptr) {
    return names;
  }
  // One DIR of our own: readdir is only unsafe when a DIR is shared.
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Outcome write_setting(const KernelSetting& setting, Presence presence) {
  const std::string path = "/proc/sys/net/" + setting.name;
  const FileHandle file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT && presence == Presence::optional) {
    return Done{};
  }
  if (file.get() < 0 || ::write(file.get(), setting.value.data(), setting.value.size()) < 0) {
    return kernel_error("set " + setting.name + " to " + setting.value, errno);
  }
  return Done{};
}

Outcome quiet_link(const std::string& link) {
  return write_setting({"ipv6/conf/" + link + "/disable_ipv6", "1"}, Presence::optional);
}

}  // namespace netif
