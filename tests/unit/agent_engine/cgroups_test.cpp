// Both cgroup versions, on trees that are plain directories.

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "agent/edge/cgroups/hierarchy.h"
#include "agent/edge/cgroups/task_cgroups.h"

namespace {

/// A directory that is gone when the test is.
class Tree {
 public:
  Tree() {
    std::string name = "/tmp/stowage-cgroups-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { std::filesystem::remove_all(root_); }

  [[nodiscard]] std::string path(const std::string& below = "") const {
    return below.empty() ? root_.string() : (root_ / below).string();
  }
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  [[nodiscard]] std::string read(const std::string& file) const {
    std::ifstream stream(root_ / file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path root_;
};

/// What the kernel of a v2 host shows where all controllers are handed down already.
agent::TaskCgroups v2_cgroups(const Tree& tree) {
  for (const char* folder : {"", "stowage-x/", "stowage-x/task/"}) {
    tree.write(std::string(folder) + "cgroup.controllers", "cpuset cpu io memory pids\n");
    tree.write(std::string(folder) + "cgroup.subtree_control", "cpu memory pids\n");
  }
  return {{.version = agent::CgroupVersion::v2,
           .mounts = {{.path = tree.path(), .controllers = {}}},
           .unified = {}},
          "stowage-x"};
}

agent::TaskCgroups v1_cgroups(const Tree& tree) {
  agent::CgroupHierarchy hierarchy{
      .version = agent::CgroupVersion::v1, .mounts = {}, .unified = {}};
  for (const char* controller : {"cpu", "cpuacct", "memory", "pids", "devices"}) {
    std::filesystem::create_directories(tree.path(controller));
    hierarchy.mounts.push_back({.path = tree.path(controller), .controllers = {controller}});
  }
  std::filesystem::create_directories(tree.path("freezer"));
  hierarchy.mounts.push_back({.path = tree.path("freezer"), .controllers = {}});
  return {std::move(hierarchy), "stowage-x"};
}

constexpr const char* hybrid_mounts =
    "30 20 0:25 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755\n"
    "31 30 0:26 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw,nsdelegate\n"
    "32 30 0:27 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,name=systemd\n"
    "33 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 30 0:29 / /sys/fs/cgroup/memory rw shared:13 - cgroup cgroup rw,memory\n"
    "35 30 0:30 / /sys/fs/cgroup/pids rw shared:14 - cgroup cgroup rw,pids\n"
    "36 30 0:31 / /sys/fs/cgroup/freezer rw shared:15 - cgroup cgroup rw,freezer\n";

}  // namespace

TEST_CASE("A hybrid host is v1 with a v2 tree beside it") {
  const auto found = agent::find_hierarchy(hybrid_mounts);
  REQUIRE(found.ok());
  CHECK(found.value().version == agent::CgroupVersion::v1);
  CHECK(found.value().unified == "/sys/fs/cgroup/unified");
  REQUIRE(found.value().with("cpuacct") != nullptr);
  CHECK(found.value().with("cpuacct")->path == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(found.value().with("cpu") == found.value().with("cpuacct"));
  CHECK(found.value().with("freezer") == nullptr);
  CHECK(found.value().mounts.size() == 5);
}

TEST_CASE("A host with the v2 tree alone is v2") {
  const auto found = agent::find_hierarchy(
      "25 20 0:22 / /sys/fs/cgroup rw,nosuid,nodev - cgroup2 cgroup2 rw,nsdelegate\n");
  REQUIRE(found.ok());
  CHECK(found.value().version == agent::CgroupVersion::v2);
  CHECK(found.value().unified.empty());
  REQUIRE(found.value().with("memory") != nullptr);
  CHECK(found.value().with("memory")->path == "/sys/fs/cgroup");
}

TEST_CASE("A host whose cgroups cannot be seen is refused with what to do") {
  const auto found = agent::find_hierarchy("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  REQUIRE_FALSE(found.ok());
  CHECK(found.error().message.find("nsenter --net") != std::string::npos);
}

TEST_CASE("On v2 a task's limits are its quota, weight, memory without swap, and processes") {
  const Tree tree;
  agent::TaskCgroups cgroups = v2_cgroups(tree);
  REQUIRE(
      cgroups
          .create_task("task", {.cpu = schemas::CpuUnits{512}, .memory = schemas::MemoryMib{128}})
          .ok());
  CHECK(tree.read("stowage-x/task/cpu.max") == "50000 100000");
  CHECK(tree.read("stowage-x/task/cpu.weight") == "20");
  CHECK(tree.read("stowage-x/task/memory.max") == "134217728");
  CHECK(tree.read("stowage-x/task/memory.swap.max") == "0");
  agent::ContainerLimits limits;
  limits.cpu = schemas::CpuUnits{1024};
  limits.memory_reservation = schemas::MemoryMib{32};
  limits.pids = 100;
  REQUIRE(cgroups.create_container("task", "container", limits).ok());
  CHECK(tree.read("stowage-x/task/container/cpu.weight") == "39");
  CHECK(tree.read("stowage-x/task/container/memory.low") == "33554432");
  CHECK(tree.read("stowage-x/task/container/pids.max") == "100");
  CHECK(cgroups.entrances("task", "container") ==
        std::vector<std::string>{tree.path("stowage-x/task/container/cgroup.procs")});
  CHECK(cgroups.tasks() == std::vector<std::string>{"task"});
}

TEST_CASE("On v2 a controller that the host does not give is named") {
  const Tree tree;
  tree.write("cgroup.controllers", "cpu pids\n");
  tree.write("cgroup.subtree_control", "");
  agent::TaskCgroups cgroups({.version = agent::CgroupVersion::v2,
                              .mounts = {{.path = tree.path(), .controllers = {}}},
                              .unified = {}},
                             "stowage-x");
  const auto prepared = cgroups.prepare();
  REQUIRE_FALSE(prepared.ok());
  CHECK(prepared.error().message.find("memory") != std::string::npos);
}

TEST_CASE("On v2 the meter reads CPU time in microseconds and leaves out droppable page cache") {
  const Tree tree;
  const agent::TaskCgroups cgroups = v2_cgroups(tree);
  tree.write("stowage-x/task/cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n");
  tree.write("stowage-x/task/memory.current", "1000000\n");
  tree.write("stowage-x/task/memory.stat", "anon 5\ninactive_file 300000\nactive_file 7\n");
  const auto before_peak = cgroups.use("task");
  REQUIRE(before_peak.ok());
  CHECK(before_peak.value().memory_peak_bytes == 1'000'000);
  tree.write("stowage-x/task/memory.peak", "2000000\n");
  const auto use = cgroups.use("task");
  REQUIRE(use.ok());
  CHECK(use.value().cpu_time_ns == 1'500'000);
  CHECK(use.value().memory_bytes == 700'000);
  CHECK(use.value().memory_peak_bytes == 2'000'000);
  CHECK_FALSE(cgroups.use("other").ok());
}

TEST_CASE("On v2 kills for memory are counted from the container's events") {
  const Tree tree;
  const agent::TaskCgroups cgroups = v2_cgroups(tree);
  tree.write("stowage-x/task/c/memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 2\n");
  CHECK(cgroups.memory_kills("task", "c") == 2);
  CHECK(cgroups.memory_kills("task", "other") == 0);
}

TEST_CASE("On v1 each controller has its own directory, and only those that are used") {
  const Tree tree;
  agent::TaskCgroups cgroups = v1_cgroups(tree);
  REQUIRE(
      cgroups
          .create_task("task", {.cpu = schemas::CpuUnits{2048}, .memory = schemas::MemoryMib{64}})
          .ok());
  CHECK(tree.read("cpu/stowage-x/task/cpu.cfs_quota_us") == "200000");
  CHECK(tree.read("cpu/stowage-x/task/cpu.shares") == "2048");
  CHECK(tree.read("memory/stowage-x/task/memory.limit_in_bytes") == "67108864");
  CHECK(tree.read("memory/stowage-x/task/memory.memsw.limit_in_bytes") == "67108864");
  CHECK_FALSE(std::filesystem::exists(tree.path("freezer/stowage-x")));
  REQUIRE(cgroups.create_container("task", "c", {}).ok());
  CHECK(tree.read("cpu/stowage-x/task/c/cpu.shares") == "2");
  CHECK(tree.read("pids/stowage-x/task/c/pids.max") == "4096");
  CHECK(tree.read("devices/stowage-x/task/c/devices.deny") == "a");
  CHECK(cgroups.entrances("task", "c").size() == 5);
  CHECK(cgroups.entrances("task", "c").front() == tree.path("cpu/stowage-x/task/c/tasks"));
}

TEST_CASE("A container swaps as far beyond its memory as is stated, and as readily") {
  const Tree tree;
  agent::TaskCgroups cgroups = v1_cgroups(tree);
  REQUIRE(cgroups.create_task("task", {}).ok());
  agent::ContainerLimits limits;
  limits.memory = schemas::MemoryMib{64};
  limits.swap = schemas::MemoryMib{32};
  limits.swappiness = 30;
  REQUIRE(cgroups.create_container("task", "c", limits).ok());
  CHECK(tree.read("memory/stowage-x/task/c/memory.memsw.limit_in_bytes") == "100663296");
  CHECK(tree.read("memory/stowage-x/task/c/memory.swappiness") == "30");
}

TEST_CASE("The smallest CPU limit is the smallest quota that the kernel takes") {
  const Tree tree;
  agent::TaskCgroups cgroups = v1_cgroups(tree);
  REQUIRE(cgroups.create_task("task", {.cpu = schemas::CpuUnits{1}, .memory = {}}).ok());
  CHECK(tree.read("cpu/stowage-x/task/cpu.cfs_quota_us") == "1000");
}
