#include "fargate-pool/core/task_size.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

using fargate_pool::check_size;
using fargate_pool::parse_cpu;
using fargate_pool::parse_memory;

TEST_CASE("task cpu is read as units or as vCPUs, however they are written") {
  for (const auto& [text, units] : {std::pair{"256", 256},
                                    {"1024", 1024},
                                    {"1 vCPU", 1024},
                                    {"1 vcpu", 1024},
                                    {"1vCPU", 1024},
                                    {".5 vCPU", 512},
                                    {"0.25 vCPU", 256},
                                    {"16 VCPU", 16384},
                                    {"1.5 vCPU", 1536}}) {
    const auto cpu = parse_cpu(text);
    REQUIRE(cpu.ok());
    CHECK(cpu.value().count == units);
  }
}

TEST_CASE("task memory is read as MiB or as GB, however they are written") {
  for (const auto& [text, mib] : {std::pair{"512", 512},
                                  {"2 GB", 2048},
                                  {"2GB", 2048},
                                  {"0.5 gb", 512},
                                  {".5GB", 512},
                                  {"120 GB", 122880}}) {
    const auto memory = parse_memory(text);
    REQUIRE(memory.ok());
    CHECK(memory.value().count == mib);
  }
}

TEST_CASE("a size that means nothing is refused in ECS's words") {
  for (const char* text : {"",
                           " ",
                           ".",
                           "-1",
                           "+1",
                           "abc",
                           "1 GB",
                           "0",
                           "0 vCPU",
                           "1.5",
                           "256 ",
                           " 256",
                           "1. vCPU",
                           ". vCPU",
                           "0.0001 vCPU",
                           "1 vCPUs",
                           "1e3",
                           "0x100",
                           "9999999999999999999999",
                           "1.9999999999999 vCPU"}) {
    const auto cpu = parse_cpu(text);
    REQUIRE_MESSAGE(!cpu.ok(), text);
    CHECK(cpu.error().code == schemas::ErrorCode::client);
    CHECK(cpu.error().message.rfind("Invalid 'cpu' setting for task.", 0) == 0);
  }
  CHECK(!parse_memory("1 vCPU").ok());
  CHECK(parse_memory("").error().message.rfind("Invalid 'memory' setting for task.", 0) == 0);
}

TEST_CASE("the pool has Fargate's sizes for Linux and no other") {
  std::set<std::pair<int, int>> sizes = {{256, 512}, {256, 1024}, {256, 2048}};
  const auto add = [&](int cpu, int from, int to, int step) {
    for (int memory = from; memory <= to; memory += step) {
      sizes.emplace(cpu, memory);
    }
  };
  add(512, 1024, 4096, 1024);
  add(1024, 2048, 8192, 1024);
  add(2048, 4096, 16384, 1024);
  add(4096, 8192, 30720, 1024);
  add(8192, 16384, 61440, 4096);
  add(16384, 32768, 122880, 8192);
  for (int cpu = 128; cpu <= 32768; cpu += 128) {
    for (int memory = 0; memory <= 131072; memory += 512) {
      REQUIRE(check_size({cpu}, {memory}).ok() == (sizes.count({cpu, memory}) == 1));
    }
  }
}

TEST_CASE("a size that the pool has not says which there are") {
  const auto wrong_memory = check_size({256}, {4096});
  REQUIRE(!wrong_memory.ok());
  CHECK(wrong_memory.error().message ==
        "No Fargate configuration exists for given values: 256 CPU, 4096 memory. With 256 CPU "
        "units memory is 512 to 2048 MiB, doubling.");
  const auto wrong_cpu = check_size({300}, {512});
  REQUIRE(!wrong_cpu.ok());
  CHECK(wrong_cpu.error().message ==
        "No Fargate configuration exists for given values: 300 CPU, 512 memory. CPU sizes are 256, "
        "512, 1024, 2048, 4096, 8192, 16384.");
}
