#include "tests/store/workplace.h"

#include <sqlite3.h>
#include <sys/mount.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "schemas/base/require.h"

namespace store_test {

Workplace::Workplace(Where where)
    : path_(std::string(where == Where::disk ? "/tmp" : "/dev/shm") + "/stowage-store-XXXXXX") {
  schemas::require(::mkdtemp(path_.data()) != nullptr, "a test needs a directory of its own");
}

Workplace::~Workplace() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

SmallDisk::SmallDisk(std::string path, std::int64_t bytes) : path_(std::move(path)) {
  std::filesystem::create_directories(path_);
  mounted_ = ::mount("stowage-test", path_.c_str(), "tmpfs", 0,
                     ("size=" + std::to_string(bytes)).c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  if (mounted_) {
    ::umount2(path_.c_str(), MNT_DETACH);
  }
}

void SmallDisk::grow(std::int64_t bytes) const {
  const int grown = ::mount("stowage-test", path_.c_str(), "tmpfs", MS_REMOUNT,
                            ("size=" + std::to_string(bytes)).c_str());
  schemas::require(grown == 0, "a mounted tmpfs can be grown");
}

control::Row cluster_row(std::int64_t key, const std::string& name) {
  return {.table = control::Table::cluster,
          .key = key,
          .values = {std::string("123456789012"), std::string("us-east-1"), name, std::int64_t{0},
                     std::int64_t{1'700'000'000'000}, std::monostate{}, std::string("{}")}};
}

control::Row event_row(std::int64_t key, std::int64_t at_ms) {
  return {.table = control::Table::event,
          .key = key,
          .values = {at_ms, std::string("123456789012"), std::string("us-east-1"),
                     std::string("task.state"), std::string("arn"), std::string("{}")}};
}

control::Row erased(control::Table table, std::int64_t key) {
  return {.table = table, .key = key, .values = {}, .action = control::RowAction::erase};
}

void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* connection = nullptr;
  schemas::require(sqlite3_open(path.c_str(), &connection) == SQLITE_OK, "SQLite opens a file");
  const int code = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr);
  schemas::require(code == SQLITE_OK, std::string("a test's SQL: ") + sqlite3_errmsg(connection));
  sqlite3_close(connection);
}

std::string golden_path(const std::string& name) {
  return std::string(SOURCE_ROOT) + "/tests/store/golden/" + name;
}

std::string golden(const std::string& name) {
  std::string text = read_file(golden_path(name));
  schemas::require(!text.empty(), "a golden file is there: " + name);
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

void write_file(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
}

std::string difference(const std::string& left, const std::string& right) {
  std::istringstream lefts(left);
  std::istringstream rights(right);
  std::string was;
  std::string is;
  for (std::int64_t line = 1;; ++line) {
    const bool more_left = static_cast<bool>(std::getline(lefts, was));
    const bool more_right = static_cast<bool>(std::getline(rights, is));
    if (!more_left && !more_right) {
      return "";
    }
    if (was != is || more_left != more_right) {
      return "line " + std::to_string(line) + ": '" + was + "' was, '" + is + "' is";
    }
  }
}

}  // namespace store_test
