// What a container must not do, tried from inside.

#include <doctest/doctest.h>

#include "tests/engine/host.h"

using engine_tests::Ended;
using engine_tests::Host;
using engine_tests::Wish;

namespace {

/// The line of /proc/self/status that begins with `name`, without it.
std::string status_line(const Ended& ended, const std::string& name) {
  for (const schemas::LogLine& line : ended.lines) {
    if (line.text.starts_with(name + ":\t")) {
      return line.text.substr(name.size() + 2);
    }
  }
  return "not found";
}

bool is_refused(Host& host, const std::string& attempt, const std::string& how) {
  const Ended ended = host.probe({"attempt", attempt});
  INFO(ended.output());
  return ended.exit.exit_code == 1 && ended.output().find(how) != std::string::npos;
}

}  // namespace

TEST_CASE("System calls that reach the kernel's insides are refused by the filter") {
  Host host;
  const std::string denied = "Operation not permitted";
  for (const std::string attempt :
       {"mount", "unmount", "keyctl", "add_key", "bpf", "unshare_user", "unshare_network",
        "clone_user", "reboot", "kexec", "init_module", "open_by_handle", "perf", "userfaultfd",
        "settime", "hostname", "personality"}) {
    CAPTURE(attempt);
    CHECK(is_refused(host, attempt, denied));
  }
  CHECK(is_refused(host, "clone3", "Function not implemented"));
}

TEST_CASE("Root in a container has Docker's capabilities, another user none; nobody gains any") {
  Host host;
  const Ended root = host.probe({"cat", "/proc/self/status"});
  // Bits of linux/capability.h: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
  // net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
  CHECK(status_line(root, "CapEff") == "00000000a80425fb");
  CHECK(status_line(root, "CapBnd") == "00000000a80425fb");
  CHECK(status_line(root, "CapInh") == "0000000000000000");
  CHECK(status_line(root, "NoNewPrivs") == "1");
  CHECK(status_line(root, "Seccomp") == "2");
  Wish wish;
  wish.command = {"cat", "/proc/self/status"};
  wish.definition.user = "1000";
  const Ended other = host.run(wish);
  CHECK(status_line(other, "CapEff") == "0000000000000000");
  CHECK(status_line(other, "CapPrm") == "0000000000000000");
}

TEST_CASE("A device node in an image opens nothing") {
  Host host;
  for (const std::string node : {"/devices/disk", "/devices/memory", "/devices/null"}) {
    CAPTURE(node);
    if (engine_tests::on_docker() && node == "/devices/null") {
      continue;  // its root file system is not `nodev`; its list of devices has this one
    }
    Wish wish;
    wish.image = "dressed";
    wish.definition.user = "0";
    wish.command = {"open", "r", node};
    const Ended ended = host.run(wish);
    CHECK(ended.exit.exit_code == 1);
    CHECK(ended.output().find(engine_tests::on_docker()
                                  ? "Operation not permitted"
                                  : "Permission denied") != std::string::npos);
  }
}

TEST_CASE("The root file system forbids device nodes, read-only or not") {
  if (engine_tests::on_docker()) {
    return;  // there the list of devices alone must do
  }
  Host host;
  Wish wish;
  wish.command = {"cat", "/proc/self/mountinfo"};
  for (const bool read_only : {false, true}) {
    if (read_only && engine_tests::runtime() == "runc") {
      continue;  // it forgets the flag while it makes the root read-only; the device list remains
    }
    wish.definition.readonly_root_filesystem = read_only;
    const Ended ended = host.run(wish);
    REQUIRE_FALSE(ended.lines.empty());
    const std::string& root = ended.lines.front().text;
    CAPTURE(root);
    CHECK(root.find(read_only ? " / / ro,nodev" : " / / rw,nodev") != std::string::npos);
  }
}

TEST_CASE("A device node that a container makes opens nothing") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", "mknod /dev/disk b 254 0 && head -c 1 /dev/disk; echo $?"};
  const Ended ended = host.run(wish);
  INFO(ended.output());
  CHECK(ended.said("1"));
  CHECK(ended.output().find("Operation not permitted") != std::string::npos);
}

TEST_CASE("The harmless devices work") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.command = {
      "sh", "-c",
      "echo x > /dev/null && head -c 4 /dev/zero | wc -c && head -c 4 /dev/urandom | "
      "wc -c && test -c /dev/full && test -d /dev/shm && test -e /dev/ptmx && echo all"};
  CHECK(host.run(wish).output() == "4\n4\nall\n");
}

TEST_CASE("Kernel files that tell of the host are masked, those that change it are read-only") {
  Host host;
  for (const std::string path : {"/proc/kcore", "/proc/keys", "/proc/timer_list"}) {
    CAPTURE(path);
    const Ended ended = host.probe({"open", "r", path});
    // Empty where the kernel has it; this machine's may be built without.
    const bool empty = ended.output().find("moved 0") != std::string::npos;
    CHECK((empty || ended.output().find("No such file") != std::string::npos));
  }
  for (const std::string path :
       {"/proc/sysrq-trigger", "/proc/sys/kernel/hostname", "/sys/kernel/mm/ksm/run",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    CAPTURE(path);
    const Ended ended = host.probe({"open", "w", path});
    CHECK(ended.exit.exit_code == 1);
  }
}

TEST_CASE("A read-only root file system refuses writing, except where a file is mounted") {
  Host host;
  Wish wish;
  wish.definition.readonly_root_filesystem = true;
  wish.command = {"open", "w", "/new"};
  CHECK(host.run(wish).output().find("Read-only file system") != std::string::npos);
  wish.command = {"open", "w", "/dev/shm/new"};
  CHECK(host.run(wish).exit.exit_code == 0);
}

TEST_CASE("A container sees no process and no mount of the host") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c",
                  "ls -d /proc/[0-9]* | wc -l; grep -c stowage /proc/self/mountinfo; "
                  "cat /proc/self/cgroup | grep -c stowage"};
  const Ended ended = host.run(wish);
  REQUIRE(ended.lines.size() == 3);
  CHECK(std::stoi(ended.lines[0].text) <= 6);
  // The overlay's options name the host's directories, and Docker's three files in /etc; nothing
  // else may.
  CHECK(std::stoi(ended.lines[1].text) <= (engine_tests::on_docker() ? 4 : 1));
  CHECK(ended.lines[2].text == "0");
}

TEST_CASE("A container's limits can be seen where programs look for them") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.limits.memory = schemas::MemoryMib{64};
  wish.command = {"sh", "-c",
                  "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max "
                  "2>/dev/null"};
  CHECK(host.run(wish).output() == "67108864\n");
}
