// Log files as conmon writes them, read as lines.

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/edge/logs/log_files.h"
#include "agent/edge/logs/log_reader.h"

namespace {

class Log {
 public:
  Log() {
    std::string name = "/tmp/stowage-logs-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    directory_ = name;
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log() { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::filesystem::path path() const { return directory_ / "web.log"; }
  void add(const std::string& text, const std::string& stream = "stdout", char part = 'F') const {
    std::ofstream(path(), std::ios::app)
        << "2026-11-23T18:30:41.584737507+00:00 " << stream << ' ' << part << ' ' << text << '\n';
  }

 private:
  std::filesystem::path directory_;
};

std::vector<std::string> texts(const std::vector<schemas::LogLine>& lines) {
  std::vector<std::string> texts;
  for (const schemas::LogLine& line : lines) {
    texts.push_back(line.text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("A record is its instant to the millisecond, its stream and its text") {
  const auto record =
      agent::parse_log_record("2026-11-23T18:30:41.584737507+00:00 stderr F two  words ");
  REQUIRE(record);
  CHECK(record->stream == "stderr");
  CHECK(record->text == "two  words ");
  CHECK(record->at.time_since_epoch().count() == 1'795'458'641'584);
  const auto east = agent::parse_log_record("2026-11-23T20:30:41.584737507+02:00 stdout P x");
  REQUIRE(east);
  CHECK(east->at == record->at);
  CHECK(east->part == agent::LogRecord::Part::begun);
}

TEST_CASE("What is not a record is passed over") {
  for (const char* line : {"", "x", "2026-11-23T18:30:41.584737507+00:00", "yesterday stdout F x",
                           "2026-11-23T18:30:41.584737507+00:00 stdin F x"}) {
    const std::string shown = line;
    CAPTURE(shown);
    CHECK_FALSE(agent::parse_log_record(line));
  }
}

TEST_CASE("Partial lines are joined, each stream its own") {
  const Log log;
  log.add("one ", "stdout", 'P');
  log.add("error", "stderr");
  log.add("two", "stdout");
  log.add("begun", "stdout", 'P');
  agent::LogReader reader(log.path(), "web", -1);
  CHECK(texts(reader.read()) == Texts{"error", "one two"});
  CHECK(texts(reader.finish()) == Texts{"begun"});
  CHECK(reader.finish().empty());
}

TEST_CASE("A reader follows what is added, and what a rotation moved") {
  const Log log;
  agent::LogReader reader(log.path(), "web", -1);
  CHECK(reader.read().empty());
  log.add("1");
  CHECK(texts(reader.read()) == Texts{"1"});
  log.add("2");
  CHECK(agent::rotate_log(log.path(), 1, 3) == agent::Rotated::yes);
  CHECK(texts(reader.read()) == Texts{"2"});
  log.add("3");
  CHECK(agent::rotate_log(log.path(), 1, 3) == agent::Rotated::yes);
  log.add("4");
  CHECK(texts(reader.read()) == Texts{"3", "4"});
  CHECK(agent::rotate_log(log.path(), 1'000'000, 3) == agent::Rotated::no);
}

TEST_CASE("A log keeps so many files and no more") {
  const Log log;
  for (int turn = 0; turn < 6; ++turn) {
    log.add(std::to_string(turn));
    agent::rotate_log(log.path(), 1, 3);
  }
  log.add("last");
  CHECK(agent::log_files(log.path()).size() == 3);
  agent::LogReader reader(log.path(), "web", -1);
  CHECK(texts(reader.read()) == Texts{"4", "5", "last"});
}

TEST_CASE("The tail counts whole lines, over files and partial records") {
  const Log log;
  log.add("1");
  log.add("2");
  agent::rotate_log(log.path(), 1, 3);
  log.add("3a ", "stdout", 'P');
  log.add("3b");
  log.add("4");
  const auto tail = [&](std::int64_t lines) {
    agent::LogReader reader(log.path(), "web", lines);
    return texts(reader.read());
  };
  CHECK(tail(0).empty());
  CHECK(tail(1) == Texts{"4"});
  CHECK(tail(2) == Texts{"3a 3b", "4"});
  CHECK(tail(3) == Texts{"2", "3a 3b", "4"});
  CHECK(tail(100) == Texts{"1", "2", "3a 3b", "4"});
  CHECK(tail(-1) == Texts{"1", "2", "3a 3b", "4"});
}

TEST_CASE("A tail of many long lines begins at the right one") {
  const Log log;
  for (int line = 0; line < 3'000; ++line) {
    log.add(std::to_string(line) + std::string(100, '.'));
  }
  agent::LogReader reader(log.path(), "web", 1'000);
  std::vector<schemas::LogLine> lines;
  for (auto more = reader.read(); !more.empty(); more = reader.read()) {
    lines.insert(lines.end(), more.begin(), more.end());
  }
  REQUIRE(lines.size() == 1'000);
  CHECK(lines.front().text.starts_with("2000."));
  CHECK(lines.back().text.starts_with("2999."));
}
