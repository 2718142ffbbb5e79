// Directories and files of the host that a container sees.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/engine/host.h"

using agent::Access;
using agent::BindMount;
using engine_tests::Ended;
using engine_tests::Host;
using engine_tests::Wish;

namespace {

Wish shell(const std::string& line, std::vector<BindMount> mounts) {
  Wish wish;
  wish.image = "busybox";
  wish.command = {"sh", "-c", line};
  wish.mounts = std::move(mounts);
  return wish;
}

}  // namespace

TEST_CASE("What one container runs and writes into a volume, the next reads there") {
  Host host;
  const std::string shared = host.data() / "shared";
  CHECK(host.run(shell("echo kept > /a/note", {{shared, "/a"}})).exit.exit_code == 0);
  CHECK(host.run(shell("cat /b/note", {{shared, "/b"}})).output() == "kept\n");
}

TEST_CASE("The engine refuses writing to a volume that is read-only there") {
  Host host;
  const std::string shared = host.data() / "shared";
  const Ended ended = host.run(shell("echo no > /a/note", {{shared, "/a", Access::read_only}}));
  CHECK(ended.exit.exit_code != 0);
  CHECK(ended.output().find("Read-only file system") != std::string::npos);
}

TEST_CASE("A source that is not there runs as a new directory") {
  Host host;
  const std::filesystem::path made = host.data() / "not" / "there" / "yet";
  CHECK(host.run(shell("test -d /a && echo made", {{made.string(), "/a"}})).output() == "made\n");
  CHECK(std::filesystem::is_directory(made));
}

TEST_CASE("A volume of the task's own runs with the image's files, owner and mode in it, once") {
  Host host;
  const std::filesystem::path scratch = host.data() / "scratch";
  const BindMount own{scratch.string(), "/etc", Access::read_write, BindMount::Begin::as_the_image};
  CHECK(host.run(shell("rm /etc/group; cat /etc/passwd", {own})).output() ==
        "root:x:0:0:root:/root:/bin/sh\n");
  // It is not empty any more, so what was removed stays removed.
  CHECK(host.run(shell("test -e /etc/group || echo gone", {own})).output() == "gone\n");
  Wish app;
  app.image = "dressed";
  app.command = {"open", "w", "/srv/app/file"};
  app.mounts = {{(host.data() / "app").string(), "/srv/app", Access::read_write,
                 BindMount::Begin::as_the_image}};
  CHECK(host.run(app).exit.exit_code == 0);
  struct stat status {};
  REQUIRE(stat((host.data() / "app").c_str(), &status) == 0);
  CHECK(status.st_uid == 1234);
}

TEST_CASE("A volume below another runs on top of it, in whatever order they are stated") {
  Host host;
  const std::filesystem::path outer = host.data() / "outer";
  const std::filesystem::path inner = host.data() / "inner";
  std::filesystem::create_directories(inner);
  std::ofstream(inner / "note") << "deep\n";
  CHECK(host.run(shell("cat /a/b/note", {{inner.string(), "/a/b"}, {outer.string(), "/a"}}))
            .output() == "deep\n");
}

TEST_CASE("A device node and a setuid program in a volume run as nothing special") {
  if (engine_tests::on_docker()) {
    return;  // its mounts are neither; no new privileges and the list of devices must do
  }
  Host host;
  const std::string shared = host.data() / "shared";
  const Ended ended =
      host.run(shell("mknod /a/null c 1 3 && (: < /a/null) || echo inert; "
                     "grep ' /a ' /proc/self/mountinfo | grep -c nosuid.*nodev",
                     {{shared, "/a"}}));
  CHECK(ended.said("inert"));
  CHECK(ended.said("1"));
}
