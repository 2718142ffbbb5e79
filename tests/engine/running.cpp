// How a container runs, what it sees of itself, and how it ends.

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "tests/engine/host.h"

using engine_tests::Ended;
using engine_tests::Host;
using engine_tests::Running;
using engine_tests::Wish;

TEST_CASE("A container runs and its exit code is reported") {
  Host host;
  CHECK(host.probe({"exit", "0"}).exit.exit_code == 0);
  CHECK(host.probe({"exit", "42"}).exit.exit_code == 42);
}

TEST_CASE("A container runs until its stop signal, and ends with its own code") {
  Host host;
  Wish wish;
  wish.command = {"hold"};
  const Running running = host.started(wish);
  REQUIRE(host.await_line(running, "holding"));
  CHECK(host.engine().state(running.id).value().phase == agent::ContainerPhase::running);
  REQUIRE(host.engine().signal(running.id, "SIGTERM").ok());
  const auto exit = host.await_exit(running);
  REQUIRE(exit);
  CHECK(exit->exit_code == 0);
  CHECK(exit->reason.empty());
  CHECK(host.await_line(running, "stopped by signal 15"));
}

TEST_CASE("A container that ignores its stop signal is killed by the second step of a stop") {
  Host host;
  Wish wish;
  wish.command = {"ignore"};
  const Running running = host.started(wish);
  REQUIRE(host.await_line(running, "ignoring SIGTERM"));
  REQUIRE(host.engine().signal(running.id, "15").ok());
  CHECK(host.engine().state(running.id).value().phase == agent::ContainerPhase::running);
  REQUIRE(host.engine().kill(running.id).ok());
  const auto exit = host.await_exit(running);
  REQUIRE(exit);
  CHECK(exit->exit_code == 137);
  CHECK_FALSE(exit->out_of_memory);
}

TEST_CASE("An image's entry point, command, environment, user, directory and signal are used") {
  Host host;
  const auto image = host.pull("dressed");
  REQUIRE(image.ok());
  CHECK(image.value().config.stop_signal == "SIGQUIT");
  Wish wish;
  wish.image = "dressed";
  const Ended ended = host.run(wish);
  CHECK(ended.said("uid 1234"));
  CHECK(ended.said("gid 1235"));
  // Docker counts a user's own group among the others.
  CHECK(ended.said(engine_tests::on_docker() ? "groups 1235 1300 1301" : "groups 1300 1301"));
  CHECK(ended.said("directory /srv/app"));
  CHECK(ended.said("COLOUR=green"));
  CHECK(ended.said("HOME=/srv/app"));
}

TEST_CASE("A definition's command replaces the image's, its entry point replaces both") {
  Host host;
  Wish command;
  command.command = {"arguments", "a b", "c"};
  const Ended with_command = host.run(command);
  CHECK(with_command.output() == "argument a b\nargument c\n");
  Wish entry;
  entry.definition.entry_point = std::vector<std::string>{"/probe", "arguments"};
  CHECK(host.run(entry).output().empty());
  entry.command = {"x"};
  CHECK(host.run(entry).output() == "argument x\n");
}

TEST_CASE("A definition's environment wins over the image's") {
  Host host;
  Wish wish;
  wish.image = "dressed";
  wish.definition.environment = {{"COLOUR", "red"}, {"EMPTY", ""}};
  const Ended ended = host.run(wish);
  CHECK(ended.said("COLOUR=red"));
  CHECK_FALSE(ended.said("COLOUR=green"));
  CHECK(ended.said("SHAPE=round"));
  CHECK(ended.said("EMPTY="));
}

TEST_CASE("A user is a name or number with or without a group, as the image knows them") {
  Host host;
  Wish wish;
  wish.image = "dressed";
  wish.definition.user = "app:video";
  const Ended named = host.run(wish);
  CHECK(named.said("uid 1234"));
  CHECK(named.said("gid 1301"));
  wish.definition.user = "77:88";
  const Ended numbered = host.run(wish);
  CHECK(numbered.said("uid 77"));
  CHECK(numbered.said("gid 88"));
  wish.definition.user = "nobody-knows";
  // Docker looks for the user when it starts the container, we when we create it.
  const auto refused = host.start(wish);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with(
      engine_tests::on_docker() ? "CannotStartContainerError: " : "CannotCreateContainerError: "));
  CHECK(refused.error().message.find("unable to find user") != std::string::npos);
}

TEST_CASE("A working directory that the image lacks is made for the user") {
  Host host;
  Wish wish;
  wish.image = "dressed";
  wish.definition.working_directory = "/srv/app/deep/er";
  const Ended ended = host.run(wish);
  CHECK(ended.said("directory /srv/app/deep/er"));
  wish.definition.working_directory = "/probe/below/a/file";
  const auto refused = host.start(wish);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find(engine_tests::on_docker()
                                         ? "not a directory"
                                         : "is not a directory in the image") != std::string::npos);
}

TEST_CASE("A container has the host name it was given and is process 1 of its own") {
  Host host;
  Wish wish;
  wish.command = {"show"};
  wish.hostname = "ip-10-0-0-7";
  const Ended ended = host.run(wish);
  CHECK(ended.said("hostname ip-10-0-0-7"));
  CHECK(ended.said("pid 1"));
}

TEST_CASE("Files of the task are seen where they are mounted") {
  Host host;
  const std::filesystem::path hosts = host.data() / "hosts";
  std::ofstream(hosts) << "10.0.0.7 web\n";
  Wish wish;
  wish.command = {"cat", "/etc/hosts"};
  wish.mounts = {{hosts.string(), "/etc/hosts", agent::Access::read_only}};
  CHECK(host.run(wish).output() == "10.0.0.7 web\n");
  wish.command = {"open", "w", "/etc/hosts"};
  CHECK(host.run(wish).output().find("Read-only file system") != std::string::npos);
}

TEST_CASE("A process that a container leaves behind ends with it") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", "sleep 1000 & echo started; exit 5"};
  const Ended ended = host.run(wish);
  CHECK(ended.exit.exit_code == 5);
  CHECK(ended.said("started"));
}

TEST_CASE("What a container wrote is gone with it, and the image is as it was") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", "echo mine > /bin/note && cat /bin/note"};
  CHECK(host.run(wish).output() == "mine\n");
  wish.command = {"sh", "-c", "test -e /bin/note || echo fresh"};
  CHECK(host.run(wish).output() == "fresh\n");
}

TEST_CASE("A container is started once") {
  Host host;
  Wish wish;
  wish.command = {"hold"};
  const Running running = host.started(wish);
  const auto again = host.engine().start(running.id);
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().message.starts_with("CannotStartContainerError"));
}

TEST_CASE("A created container waits until it is started") {
  Host host;
  Wish wish;
  wish.command = {"exit", "3"};
  const auto created = host.create(wish);
  REQUIRE(created.ok());
  CHECK(host.engine().state(created.value().id).value().phase == agent::ContainerPhase::created);
  CHECK(host.log(created.value()).empty());
  REQUIRE(host.engine().start(created.value().id).ok());
  const auto exit = host.await_exit(created.value());
  REQUIRE(exit);
  CHECK(exit->exit_code == 3);
  CHECK(exit->finished_at > schemas::Instant{});
}

TEST_CASE("Standard output and error are told apart, line by line") {
  Host host;
  const Ended ended = host.probe({"both"});
  REQUIRE(ended.lines.size() == 2);
  const auto of = [&](const std::string& stream) {
    return std::find_if(ended.lines.begin(), ended.lines.end(),
                        [&](const schemas::LogLine& line) { return line.stream == stream; });
  };
  REQUIRE(of("stdout") != ended.lines.end());
  REQUIRE(of("stderr") != ended.lines.end());
  CHECK(of("stdout")->text == "to stdout");
  CHECK(of("stderr")->text == "to stderr");
  CHECK(of("stderr")->container == "main");
}

TEST_CASE("A container's network is its own and has loopback") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", "ls /sys/class/net; ip -o addr show lo | grep -c 127.0.0.1"};
  CHECK(host.run(wish).output() == "lo\n1\n");
}

TEST_CASE("A container that joins a namespace has what is in it, another one beside it the same") {
  Host host;
  const engine_tests::NetworkNamespace place;
  Wish wish;
  wish.image = "busybox";
  wish.network = agent::NetworkKind::joined;
  wish.network_namespace = place.path();
  wish.command = {"sh", "-c", "readlink /proc/self/ns/net; hostname"};
  wish.hostname = "ip-10-0-0-7";
  for (int round = 0; round < 2; ++round) {
    const Ended ended = host.run(wish);
    CHECK(ended.said(place.identity()));
    CHECK(ended.said("ip-10-0-0-7"));
  }
}

TEST_CASE("A container in host mode has the network and the name of its host") {
  Host host;
  Wish wish;
  wish.image = "busybox";
  wish.network = agent::NetworkKind::host;
  wish.command = {"sh", "-c", "readlink /proc/self/ns/net; hostname"};
  const Ended ended = host.run(wish);
  CHECK(ended.said(engine_tests::own_network()));
  std::array<char, 256> name{};
  REQUIRE(gethostname(name.data(), name.size()) == 0);
  CHECK(ended.said(name.data()));
}
