// What a definition may give a container beyond the default, or take from it.

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cstdio>

#include "agent/edge/engine/oci/capabilities.h"
#include "tests/engine/host.h"

using engine_tests::Ended;
using engine_tests::Host;
using engine_tests::Running;
using engine_tests::Wish;

namespace {

Wish shell(const std::string& line, std::function<void(agent::ContainerSpec&)> adjust) {
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", line};
  wish.adjust = std::move(adjust);
  return wish;
}

Wish probe(std::vector<std::string> command, std::function<void(agent::ContainerSpec&)> adjust) {
  Wish wish;
  wish.command = std::move(command);
  wish.adjust = std::move(adjust);
  return wish;
}

std::string effective(Host& host, std::function<void(agent::ContainerSpec&)> adjust) {
  const std::string output =
      host.run(probe({"cat", "/proc/self/status"}, std::move(adjust))).output();
  const std::size_t at = output.find("CapEff:\t");
  return at == std::string::npos ? output : output.substr(at + 8, 16);
}

}  // namespace

TEST_CASE("A container runs with capabilities added to Docker's and dropped from them") {
  Host host;
  CHECK(effective(host, [](auto& spec) { spec.capabilities_add = {"NET_ADMIN"}; }) ==
        "00000000a80435fb");
  CHECK(effective(host, [](auto& spec) {
          spec.capabilities_drop = {"CHOWN", "KILL"};
        }) == "00000000a80425da");
  CHECK(effective(host, [](auto& spec) {
          spec.capabilities_drop = {"ALL"};
          spec.capabilities_add = {"NET_BIND_SERVICE"};
        }) == "0000000000000400");
}

TEST_CASE("A capability opens the system calls that it is for, and no others; the limit holds") {
  Host host;
  const auto admin = [](auto& spec) { spec.capabilities_add = {"SYS_ADMIN"}; };
  CHECK(host.run(probe({"attempt", "hostname"}, admin)).exit.exit_code == 0);
  CHECK(host.run(probe({"attempt", "keyctl"}, admin)).exit.exit_code == 1);
  CHECK(host.run(probe({"attempt", "reboot"}, admin)).exit.exit_code == 1);
}

TEST_CASE("The engine refuses a capability that Linux does not have") {
  Host host;
  const auto refused =
      host.create(probe({"show"}, [](auto& spec) { spec.capabilities_add = {"WALK_ON_WATER"}; }));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("no capability 'WALK_ON_WATER'") != std::string::npos);
}

TEST_CASE("Process limits are those stated") {
  Host host;
  const Ended ended =
      host.run(shell("ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc", [](auto& spec) {
        spec.ulimits = {{"nofile", 123, 456}, {"core", 0, -1}};
      }));
  CHECK(ended.output() == "123\n456\n0\nunlimited\n");
}

TEST_CASE("Shared memory has the size stated, and 64 MiB where none is") {
  Host host;
  const std::string ask = "df -m /dev/shm | tail -1 | awk '{print $2}'";
  CHECK(host.run(shell(ask, nullptr)).output() == "64\n");
  CHECK(host.run(shell(ask, [](auto& spec) { spec.shared_memory = schemas::MemoryMib{128}; }))
            .output() == "128\n");
}

TEST_CASE("A file system in memory has its size and options, also in a read-only root") {
  Host host;
  const auto limited = [](auto& spec) {
    spec.root = agent::Access::read_only;
    spec.tmpfs = {{"/scratch", schemas::MemoryMib{2}, {"mode=0700", "exec"}}};
  };
  const Ended ended =
      host.run(shell("echo hello > /scratch/file && cat /scratch/file; echo no > /file; "
                     "head -c 4m /dev/zero > /scratch/much || echo full; stat -c %a /scratch",
                     limited));
  CHECK(ended.said("hello"));
  CHECK(ended.said("full"));
  CHECK(ended.said("700"));
  CHECK(ended.output().find("Read-only file system") != std::string::npos);
}

TEST_CASE("A device of the host runs where it is to be seen, for what it is to be used for") {
  Host host;
  const auto with = [](const schemas::Device& device) {
    return [device](agent::ContainerSpec& spec) { spec.devices = {device}; };
  };
  // Not among Docker's harmless devices, nor runc's, which has tunnels; opening it does nothing.
  const std::string other = "/dev/fuse";
  REQUIRE(std::filesystem::exists(other));
  const Ended read =
      host.run(shell("test -c /dev/other && echo there; (: < /dev/other) && echo readable; "
                     "(: >> /dev/other) || echo not writable",
                     with({other, "/dev/other", {"read"}})));
  CHECK(read.said("there"));
  CHECK(read.said("readable"));
  // Docker's runtime counts this one among the harmless, whatever is said of it.
  CHECK((read.said("not writable") || engine_tests::on_docker()));
  const Ended elsewhere =
      host.run(shell("(: < /data/device) && echo readable", with({other, "/data/device", {}})));
  CHECK(elsewhere.said("readable"));
  const Ended whole =
      host.run(shell("test -c /dev/net/tun && echo there", with({"/dev/net", "", {}})));
  CHECK(whole.said("there"));
  const auto refused = host.create(shell("true", with({"/dev/no-such-device", "", {}})));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with("CannotCreateContainerError: error gathering device"));
}

TEST_CASE("An init reaps what is orphaned, hands signals on and ends as the program ends") {
  Host host;
  const auto with_init = [](auto& spec) { spec.init = true; };
  CHECK(host.run(probe({"exit", "42"}, with_init)).exit.exit_code == 42);
  CHECK_FALSE(host.run(probe({"show"}, with_init)).said("pid 1"));
  const Running running = host.started(probe({"hold"}, with_init));
  REQUIRE(host.await_line(running, "holding"));
  REQUIRE(host.engine().signal(running.id, "SIGTERM").ok());
  const auto exit = host.await_exit(running);
  REQUIRE(exit);
  CHECK(exit->exit_code == 0);
  CHECK(host.await_line(running, "stopped by signal 15"));
  const Ended orphans = host.run(shell(
      "(sh -c 'sleep 0.1 & exit 0'); sleep 0.6; grep -l '^State:.Z' /proc/[0-9]*/status | wc -l",
      with_init));
  CHECK(orphans.output() == "0\n");
}

TEST_CASE("A privileged container may do what root of the host may, within its limits") {
  if (engine_tests::on_docker() && std::popcount(agent::host_capabilities()) < 41) {
    return;  // Docker asks for all there are, and a guest that has not got them cannot give them
  }
  Host host;
  const auto privileged = [](agent::ContainerSpec& spec) { spec.privileged = true; };
  const Ended status = host.run(probe({"cat", "/proc/self/status"}, privileged));
  CHECK(status.said("Seccomp:\t0"));
  CHECK(status.said("NoNewPrivs:\t0"));
  CHECK(effective(host, privileged).substr(8) == [] {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx",
                  static_cast<unsigned long long>(agent::host_capabilities()));
    return std::string(text.data()).substr(8);
  }());
  CHECK(host.run(probe({"attempt", "unshare_network"}, privileged)).exit.exit_code == 0);
  const Ended devices =
      host.run(shell("(: < /dev/net/tun) && echo device; "
                     "test -w /proc/sys/kernel/hostname && echo writable",
                     privileged));
  CHECK(devices.said("device"));
  CHECK(devices.said("writable"));
  Wish eating = probe({"eat", "64"}, privileged);
  eating.limits.memory = schemas::MemoryMib{32};
  CHECK(host.run(eating).exit.out_of_memory);
}
