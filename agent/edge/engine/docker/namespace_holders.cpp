#include "agent/edge/engine/docker/namespace_holders.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

#include "agent/edge/engine/docker/container_wish.h"
#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/engine/oci/program.h"
#include "agent/edge/images/digest.h"
#include "agent/edge/images/oci_documents.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr std::chrono::seconds joining_limit{20};
constexpr std::chrono::milliseconds joining_pause{2};
constexpr long conflict = 409;
constexpr long not_found = 404;
constexpr long already = 304;

std::string program_path() {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::string beside = (self.parent_path() / "ecs-pause").string();
  return access(beside.c_str(), X_OK) == 0 ? beside : find_program("ecs-pause").value_or("");
}

/// A tar archive of one program, "pause".
std::string archive_of(const std::string& program) {
  constexpr std::size_t block = 512;
  std::array<char, block> header{};
  const auto put = [&](std::size_t at, const std::string& text) {
    text.copy(header.data() + at, text.size());
  };
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%011zo", program.size());
  put(0, "pause");
  put(100, "0000755");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size.data());
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char letter : header) {
    sum += static_cast<unsigned char>(letter);
  }
  std::array<char, 16> check{};
  std::snprintf(check.data(), check.size(), "%06o", sum);
  put(148, std::string(check.data()) + '\0' + ' ');
  std::string archive(header.data(), header.size());
  archive += program;
  archive.append((block - program.size() % block) % block, '\0');
  archive.append(2 * block, '\0');
  return archive;
}

/// Which namespace a path leads to: device and inode.
std::pair<dev_t, ino_t> identity_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? std::pair(status.st_dev, status.st_ino)
                                            : std::pair<dev_t, ino_t>(0, 0);
}

Error cannot_hold(const std::string& why) {
  return {ErrorCode::server, "CannotCreateContainerError: the network namespace: " + why};
}

std::string name_of(const HeldNamespace& held) {
  return "ecs-namespace-" + sha256_hex(held.path + " " + held.task.text()).substr(0, 24);
}

}  // namespace

schemas::Outcome NamespaceHolders::prepare() {
  const std::string path = program_path();
  const auto bytes = path.empty() ? schemas::Result<std::string>(Error{}) : read_text(path);
  if (!bytes.ok()) {
    return Error{ErrorCode::server,
                 "the program ecs-pause is not on this host; put it beside ecs-agent, where the "
                 "build puts it"};
  }
  program_ = bytes.value();
  image_ = "stowage/pause:" + sha256_hex(program_).substr(0, 16);
  return schemas::Done{};
}

schemas::Outcome NamespaceHolders::make_image() {
  const std::size_t colon = image_.find(':');
  const auto made =
      daemon_.call({.method = "POST",
                    .path = "/images/create?fromSrc=-&repo=" + url_text(image_.substr(0, colon)) +
                            "&tag=" + image_.substr(colon + 1),
                    .body = archive_of(program_),
                    .content_type = "application/x-tar"});
  if (!made.ok()) {
    return made.error();
  }
  const auto said = docker::read<docker::Progress>(made.value().body);
  if (!made.value().ok() || (said.ok() && !said.value().error.empty())) {
    return Error{ErrorCode::server, made.value().message()};
  }
  return schemas::Done{};
}

schemas::Result<long> NamespaceHolders::create(const std::string& name, const HeldNamespace& held) {
  docker::ContainerWish wish;
  wish.image = image_;
  wish.hostname = held.hostname;
  wish.entry_point = {"/pause", "/namespace"};
  wish.labels = {{owner_label, owner_}, {task_label, held.task.text()}, {holder_label, held.path}};
  wish.health_check.test = {"NONE"};
  docker::HostWish& host = wish.host;
  host.mounts = {{.type = "bind",
                  .source = held.path,
                  .target = "/namespace",
                  .read_only = true,
                  .bind = docker::BindOptions{.propagation = "rprivate"},
                  .volume = {}}};
  host.network_mode = "none";
  host.cgroup_parent = held.cgroup_parent;
  host.cgroup_namespace = "private";
  host.ipc_mode = "private";
  host.cpu_shares = 2;
  host.pids = 8;
  host.read_only_root = true;
  host.capabilities_drop = {"ALL"};
  host.capabilities_add = {"SYS_ADMIN"};
  host.security_options = {"no-new-privileges"};
  host.log = {.type = "none", .config = {}};
  const DaemonCall call{
      .method = "POST", .path = "/containers/create?name=" + name, .body = docker::write(wish)};
  auto answer = daemon_.call(call);
  if (answer.ok() && answer.value().status == not_found) {
    if (auto made = make_image(); !made.ok()) {
      return made.error();
    }
    answer = daemon_.call(call);
  }
  if (!answer.ok()) {
    return answer.error();
  }
  if (!answer.value().ok() && answer.value().status != conflict) {
    return Error{ErrorCode::server, answer.value().message()};
  }
  return answer.value().status;
}

bool NamespaceHolders::lives_in(const std::string& name, const std::string& path) {
  const auto answer = daemon_.call({.path = "/containers/" + name + "/json"});
  if (!answer.ok() || !answer.value().ok()) {
    return false;
  }
  const auto seen = docker::read<docker::Inspection>(answer.value().body);
  if (!seen.ok() || !seen.value().state.running || seen.value().state.pid <= 0) {
    return false;
  }
  const auto there = identity_of("/proc/" + std::to_string(seen.value().state.pid) + "/ns/net");
  return there != std::pair<dev_t, ino_t>(0, 0) && there == identity_of(path);
}

schemas::Outcome NamespaceHolders::start(const std::string& name, const HeldNamespace& held) {
  const auto started = daemon_.call({.method = "POST", .path = "/containers/" + name + "/start"});
  if (!started.ok()) {
    return started.error();
  }
  if (!started.value().ok() && started.value().status != already) {
    return Error{ErrorCode::server, started.value().message()};
  }
  // It joins a moment after it was started.
  const auto deadline = std::chrono::steady_clock::now() + joining_limit;
  while (!lives_in(name, held.path)) {
    if (std::chrono::steady_clock::now() > deadline) {
      return Error{ErrorCode::server,
                   "ecs-pause could not join " + held.path +
                       "; Docker must run in the host's own user namespace, without userns-remap"};
    }
    std::this_thread::sleep_for(joining_pause);
  }
  return schemas::Done{};
}

schemas::Result<std::string> NamespaceHolders::hold(const HeldNamespace& held) {
  const std::string name = name_of(held);
  if (lives_in(name, held.path)) {
    return name;
  }
  for (bool again = true;; again = false) {
    const auto created = create(name, held);
    if (!created.ok()) {
      return cannot_hold(created.error().message);
    }
    const schemas::Outcome started = start(name, held);
    if (started.ok()) {
      return name;
    }
    // One of an earlier life, with a namespace that is no more, is made anew, once.
    const auto removed =
        daemon_.call({.method = "DELETE", .path = "/containers/" + name + "?force=true&v=true"});
    if (!again || created.value() != conflict || !removed.ok()) {
      return cannot_hold(started.error().message);
    }
  }
}

}  // namespace agent
