// A container's output: kept, rotated, read and followed.

#include <doctest/doctest.h>

#include "agent/edge/logs/log_files.h"
#include "agent/edge/logs/log_reader.h"
#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::Running;
using engine_tests::wait_for;
using engine_tests::Wish;

TEST_CASE("A long line comes back as one line") {
  Host host;
  const auto ended = host.probe({"lines", "2", "20000"});
  REQUIRE(ended.lines.size() == 2);
  CHECK(ended.lines[0].text.size() == 20'000);
  CHECK(ended.lines[1].text.starts_with("line 2."));
}

TEST_CASE("Logs are kept within their limit and the newest lines are there") {
  agent::OciSettings settings;
  settings.log_bytes_max = 100'000;
  settings.log_files_max = 3;
  Host host(settings);
  Wish wish;
  wish.image = "busybox";
  // Slow enough to be rotated between: rotation looks four times a second.
  wish.command = {"sh", "-c",
                  "for i in 1 2 3 4 5 6; do seq -f %0100g ${i}0000 ${i}1000; sleep 0.6; done; "
                  "for i in 1 2 3 4 5 6; do seq ${i}00000 ${i}02000; sleep 0.6; done; echo last"};
  const Running running = host.started(wish);
  REQUIRE(host.await_exit(running));
  const auto files = agent::log_files(host.engine().log_path(running.task, running.name));
  CHECK(files.size() <= 3);
  CHECK(files.size() >= 2);
  const auto lines = host.log(running);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().text == "last");
}

TEST_CASE("A log is followed across rotations without a line lost or doubled") {
  agent::OciSettings settings;
  settings.log_bytes_max = 20'000;
  settings.log_files_max = 50;
  Host host(settings);
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c",
                  "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); "
                  "[ $((i % 200)) -ne 0 ] || sleep 0.2; done"};
  const Running running = host.started(wish);
  agent::LogReader reader(host.engine().log_path(running.task, running.name), "main", -1);
  std::vector<schemas::LogLine> lines;
  CHECK(wait_for([&] {
    const auto more = reader.read();
    lines.insert(lines.end(), more.begin(), more.end());
    return lines.size() >= 2000;
  }));
  REQUIRE(lines.size() == 2000);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    REQUIRE(lines[at].text == "line " + std::to_string(at));
  }
  CHECK(agent::log_files(host.engine().log_path(running.task, running.name)).size() > 1);
}

TEST_CASE("The last lines of a log can be read alone") {
  Host host;
  Wish wish;
  wish.command = {"lines", "5000", "30"};
  const Running running = host.started(wish);
  REQUIRE(host.await_exit(running));
  agent::LogReader reader(host.engine().log_path(running.task, running.name), "main", 3);
  const auto lines = reader.read();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text.starts_with("line 4998"));
  CHECK(lines[2].text.starts_with("line 5000"));
}
