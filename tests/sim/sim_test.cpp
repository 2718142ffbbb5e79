#include <doctest/doctest.h>

#include <algorithm>

#include "tests/sim/command_line.h"
#include "tests/sim/run.h"
#include "tests/sim/scenario.h"
#include "tests/sim/story.h"

TEST_CASE("the same seed is the same life, step by step, and another seed another") {
  std::uint64_t before = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const sim::Outcome first = sim::run_seed(seed, sim::Trace::Print::no);
    CHECK_MESSAGE(!first.failure, first.failure.value_or(""));
    CHECK(first.turns > 0);
    CHECK(sim::run_seed(seed, sim::Trace::Print::no).hash == first.hash);
    CHECK(first.hash != before);
    before = first.hash;
  }
}

TEST_CASE("a scenario begins with the sentence that it proves") {
  const sim::Scenario good = sim::read_scenario("# It holds,\n# all of it.\nhosts 2\nwait 1m30s\n");
  CHECK(good.errors.empty());
  CHECK(good.sentence == "It holds, all of it.");
  REQUIRE(good.lines.size() == 2);
  CHECK(good.lines[0].verb == "hosts");
  CHECK(good.lines[0].number_of("N") == 2);
  CHECK(good.lines[1].span_of("SPAN") == schemas::Duration(90'000));
  CHECK_FALSE(sim::read_scenario("hosts 2\n").errors.empty());
}

TEST_CASE("a scenario with a mistake is refused, with the line and what is due there") {
  const auto error = [](const std::string& line) {
    const sim::Scenario read = sim::read_scenario("# It holds.\n\n" + line + "\n");
    return read.errors.size() == 1 ? read.errors.front() : std::string();
  };
  CHECK(error("parttion host-1") == "3: there is no command 'parttion'");
  CHECK(error("hosts two") == "3: N is to be a number, not 'two'");
  CHECK(error("hosts") == "3: the line ends where N is due");
  CHECK(error("hosts 2 disks 4") == "3: 'disks' does not belong here");
  CHECK(error("hosts 2 cpu 4 cpu 5") == "3: 'cpu' stands there twice");
  CHECK(error("hosts 2 cpu") == "3: 'cpu' wants N after it");
  CHECK(error("wait 5 minutes") == "3: SPAN is to be a time such as 90s, 1m30s or 500ms, not '5'");
  CHECK(error("partition control") == "3: HOST is to be a host such as host-1, not 'control'");
  CHECK(error("expect event web placed") == "3: TEXT is to be a text in quotes, not 'placed'");
  CHECK(error("expect refused \"no") == "3: a quote is not closed");
}

TEST_CASE("a story whose expectation is wrong fails, with the line") {
  const sim::Outcome outcome = sim::tell(
      sim::read_scenario("# It holds.\nhosts 1\ndefine web bridge\nrun web\nwait running web 1\n"
                         "expect running web 2\n"),
      sim::Trace::Print::no);
  CHECK(outcome.failure == "line 6: 2 expected, 1 found");
}

TEST_CASE("the command line says what it does not understand") {
  CHECK(sim::read_command_line({"--seed", "7", "--trace"}).options.seed == 7);
  CHECK(sim::read_command_line({"--sed", "7"}).error == "There is no option --sed.");
  CHECK_FALSE(sim::read_command_line({"--seed", "x"}).error.empty());
  CHECK_FALSE(sim::read_command_line({"--seeds"}).error.empty());
  CHECK(sim::read_command_line({"a.scenario"}).options.scenarios.size() == 1);
}
