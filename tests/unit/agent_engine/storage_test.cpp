#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "agent/edge/engine/oci/storage_rules.h"
#include "agent/edge/engine/oci/storage_use.h"
#include "schemas/base/random.h"

using agent::DiskState;
using agent::judge_storage;
using agent::StorageLimits;
using agent::TaskStorage;
using Life = agent::TaskStorage::Life;

namespace {

constexpr std::int64_t gib = 1'073'741'824;

schemas::TaskId task(std::uint8_t number) {
  schemas::IdBytes bytes{};
  bytes[15] = number;
  return schemas::TaskId(bytes);
}

std::vector<schemas::TaskId> ended(const std::vector<TaskStorage>& tasks, const DiskState& disk,
                                   const StorageLimits& limits) {
  std::vector<schemas::TaskId> ids;
  for (const agent::StorageVerdict& verdict : judge_storage(tasks, disk, limits)) {
    CHECK(verdict.reason.starts_with("OutOfDiskError: "));
    ids.push_back(verdict.task);
  }
  return ids;
}

constexpr DiskState roomy{.bytes = 1'000 * gib, .free_bytes = 500 * gib};
constexpr DiskState full{.bytes = 1'000 * gib, .free_bytes = 0};
constexpr StorageLimits pool{.task_bytes_max = 20 * gib, .disk_bytes_kept = gib};
constexpr StorageLimits own_host{.task_bytes_max = 0, .disk_bytes_kept = gib};

}  // namespace

TEST_CASE("who has more than its share must end, however much is free") {
  CHECK(ended({{task(1), 20 * gib}, {task(2), 20 * gib + 1}}, roomy, pool) == std::vector{task(2)});
  CHECK(ended({{task(1), 400 * gib}}, roomy, own_host).empty());
}

TEST_CASE("on a full disk the one that has written most must end, and no second one") {
  const std::vector<TaskStorage> tasks{{task(1), 3 * gib}, {task(2), 9 * gib}, {task(3), gib}};
  CHECK(ended(tasks, full, own_host) == std::vector{task(2)});
  CHECK(ended(tasks, full, {}).empty());
  CHECK(ended(tasks, roomy, own_host).empty());
  std::vector<TaskStorage> ending = tasks;
  ending[1].life = Life::ended;
  CHECK(ended(ending, full, own_host).empty());  // what it has is about to come back
  CHECK(ended({{task(1), 3 * gib}, {task(2), 21 * gib}}, full, pool) == std::vector{task(2)});
}

TEST_CASE("nobody ends for a disk that others have filled") {
  CHECK(ended({{task(1), gib / 2 - 1}, {task(2), 5}}, full, own_host).empty());
  CHECK(ended({}, full, own_host).empty());
}

TEST_CASE("of a small disk a twentieth stays free") {
  CHECK(agent::bytes_kept({.bytes = 2 * gib, .free_bytes = gib}, own_host) == 2 * gib / 20);
  CHECK(agent::bytes_kept(roomy, own_host) == gib);
}

TEST_CASE("what is written is counted, by name or by who has it open") {
  schemas::Random random(static_cast<std::uint64_t>(getpid()));
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("stowage-storage-" + std::to_string(random.next()));
  std::filesystem::create_directories(folder / "below");
  std::ofstream(folder / "below" / "file") << std::string(300'000, 'x') << std::flush;
  std::filesystem::create_symlink("/usr", folder / "elsewhere");
  CHECK(agent::bytes_below(folder) >= 300'000);
  CHECK(agent::bytes_below(folder) < 1'000'000);

  const std::filesystem::path path = folder / "hidden";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  const int again = dup(file);
  const std::string bytes(400'000, 'y');
  REQUIRE(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  const std::vector<pid_t> self{getpid()};
  const std::int64_t before = agent::bytes_without_name(self, folder);
  std::filesystem::remove(path);
  const std::int64_t counted = agent::bytes_without_name(self, folder) - before;
  CHECK(counted >= 400'000);
  CHECK(counted < 800'000);  // once, though it is open twice
  close(file);
  close(again);
  CHECK(agent::bytes_without_name(self, folder) == before);
  std::filesystem::remove_all(folder);
}
