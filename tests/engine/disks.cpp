// Containers that fill the disk: what one task may have of it, and what stays free for all.

#include <doctest/doctest.h>
#include <sys/statvfs.h>

#include <filesystem>

#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::Running;
using engine_tests::SmallDisk;
using engine_tests::Wish;

namespace {

constexpr std::int64_t mib = 1'048'576;

/// Runs a shell of busybox's.
Wish shell(const std::string& script) {
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", script};
  return wish;
}

/// Writes file after file, 160 MiB a second at most.
const char* const writes_files =
    "i=0; while :; do dd if=/dev/zero of=/f$i bs=1M count=8 2>/dev/null; i=$((i+1)); "
    "usleep 50000; done";

std::int64_t free_bytes(const std::string& path) {
  struct statvfs disk {};
  REQUIRE(statvfs(path.c_str(), &disk) == 0);
  return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

agent::OciSettings with_share(std::int64_t bytes) {
  agent::OciSettings settings;
  settings.storage.task_bytes_max = bytes;
  return settings;
}

/// It ends for what it wrote, and says so; the one beside it does not.
void ends_for_its_storage(Host& host, const Wish& wish) {
  const Running neighbour = host.started(shell("echo here; sleep 1000"));
  REQUIRE(host.await_line(neighbour, "here"));
  const Running writer = host.started(wish);
  const auto exit = host.await_exit(writer);
  REQUIRE_MESSAGE(exit.has_value(), "it writes on and on");
  CHECK(exit->exit_code == 137);
  CHECK_FALSE(exit->out_of_memory);
  CHECK_MESSAGE(exit->reason.starts_with("OutOfDiskError: "), exit->reason);
  CHECK(host.engine().state(neighbour.id).value().phase == agent::ContainerPhase::running);
  CHECK(host.engine().remove_task(writer.task).ok());
}

}  // namespace

// Docker bounds what its containers write by itself, where its storage can.

TEST_CASE("A container that writes more than its task's share is ended, and says so") {
  if (engine_tests::on_docker()) {
    return;
  }
  Host host(with_share(64 * mib));
  ends_for_its_storage(host, shell(writes_files));
}

TEST_CASE("A file that has no name any more is counted as long as it is open") {
  if (engine_tests::on_docker()) {
    return;
  }
  Host host(with_share(64 * mib));
  ends_for_its_storage(host,
                       shell("exec 3>/hidden; rm /hidden; while :; do "
                             "dd if=/dev/zero bs=1M count=8 >&3 2>/dev/null; usleep 50000; done"));
}

TEST_CASE("What a task writes to its own volume is a part of its share") {
  if (engine_tests::on_docker()) {
    return;
  }
  Host host(with_share(64 * mib));
  Wish wish = shell(
      "cd /volume; i=0; while :; do dd if=/dev/zero of=f$i bs=1M count=8 2>/dev/null; "
      "i=$((i+1)); usleep 50000; done");
  wish.adjust = [&host](agent::ContainerSpec& spec) {
    spec.mounts.push_back(
        {.source = (host.data() / "tasks" / spec.task.text() / "volumes" / "scratch").string(),
         .target = "/volume"});
  };
  ends_for_its_storage(host, wish);
  std::filesystem::remove_all(host.data() / "tasks");
}

TEST_CASE("What is written within the share stays, and so does a restarted container's") {
  if (engine_tests::on_docker()) {
    return;
  }
  Host host(with_share(64 * mib));
  const Running running =
      host.started(shell("dd if=/dev/zero of=/f bs=1M count=30 2>/dev/null; sleep 2; ls -l /f"));
  const auto exit = host.await_exit(running);
  REQUIRE(exit.has_value());
  CHECK(exit->exit_code == 0);
  CHECK(exit->reason.empty());
}

TEST_CASE("A full disk: whoever has filled it is ended, the space comes back, and others start") {
  if (engine_tests::on_docker()) {
    return;
  }
  const SmallDisk disk("size=96m");
  agent::OciSettings settings;
  settings.data_directory = disk.path();
  settings.storage.disk_bytes_kept = 1024 * mib;  // a twentieth of this disk is less
  Host host(settings);
  REQUIRE(host.pull("busybox").ok());
  REQUIRE(host.pull("probe").ok());
  const std::int64_t before = free_bytes(disk.path());
  ends_for_its_storage(host, shell("dd if=/dev/zero of=/all bs=1M; dd if=/dev/zero of=/rest bs=4k; "
                                   "sleep 1000"));
  CHECK(free_bytes(disk.path()) > before - 5 * mib);
  CHECK(host.probe({"exit", "4"}).exit.exit_code == 4);
}

TEST_CASE("A full disk without a limit: containers read that it is full, and the engine goes on") {
  if (engine_tests::on_docker()) {
    return;
  }
  const SmallDisk disk("size=96m");
  agent::OciSettings settings;
  settings.data_directory = disk.path();
  Host host(settings);
  const Running full = host.started(shell("dd if=/dev/zero of=/all bs=1M; echo done; sleep 1000"));
  REQUIRE(host.engine().state(full.id).ok());
  REQUIRE(engine_tests::wait_for([&] { return free_bytes(disk.path()) == 0; }));
  const auto refused = host.start(shell("true"));
  REQUIRE_FALSE(refused.ok());
  CHECK_MESSAGE(refused.error().message.find("No space left on device") != std::string::npos,
                refused.error().message);
  CHECK(host.engine().remove_task(full.task).ok());
  CHECK(host.probe({"exit", "4"}).exit.exit_code == 4);
}
