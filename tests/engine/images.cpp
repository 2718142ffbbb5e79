// Getting images, and what is said when they cannot be had or run.

#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/mount.h>

#include <array>
#include <filesystem>
#include <thread>

#include "tests/engine/host.h"

using engine_tests::Host;
using engine_tests::registry;
using engine_tests::Wish;

namespace {

/// On Docker there are no such directories at all.
bool nothing_in(const std::filesystem::path& directory) {
  return engine_tests::on_docker() || std::filesystem::is_empty(directory);
}

/// A file system of its own, gone with the test.
class SmallDisk {
 public:
  explicit SmallDisk(const char* size) {
    REQUIRE(mkdtemp(path_.data()) != nullptr);
    REQUIRE(mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    umount2(path_.c_str(), MNT_DETACH);
    std::error_code gone;
    std::filesystem::remove(path_, gone);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  void resize(const char* size) const {
    REQUIRE(mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, size) == 0);
  }

 private:
  std::string path_ = "/tmp/stowage-disk-XXXXXX";
};

}  // namespace

TEST_CASE("An image is known by its digest, pulled by its tag or its digest") {
  Host host;
  const auto by_tag = host.pull("probe:latest");
  REQUIRE(by_tag.ok());
  CHECK(by_tag.value().digest.size() == 71);
  CHECK(by_tag.value().config.entry_point == std::vector<std::string>{"/probe"});
  const auto by_digest = host.pull("probe@" + by_tag.value().digest);
  REQUIRE(by_digest.ok());
  CHECK(by_digest.value() == by_tag.value());
  const auto pinned = host.engine().pull(
      {.reference = registry() + "/probe:gone", .digest = by_tag.value().digest});
  CHECK(pinned.ok());
}

TEST_CASE("An image that is here is used when its registry cannot be asked") {
  Host host;
  const auto pulled = host.pull("probe");
  REQUIRE(pulled.ok());
  const std::string reference = "127.0.0.1:1/probe";
  CHECK_FALSE(host.pull(reference).ok());
}

TEST_CASE("A bad image is refused in words a user can act on") {
  Host host;
  const auto unknown = host.pull("no-such-image:1");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message.starts_with("CannotPullContainerError: "));
  CHECK(unknown.error().message.find("manifest unknown") != std::string::npos);
  const auto unreachable = host.pull("127.0.0.1:1/probe");
  REQUIRE_FALSE(unreachable.ok());
  CHECK(unreachable.error().message.starts_with("CannotPullContainerError: "));
  const auto shapeless = host.pull("127.0.0.1:1/Probe Image");
  REQUIRE_FALSE(shapeless.ok());
  CHECK(shapeless.error().message.find("is not an image reference") != std::string::npos);
  const std::string digest = "sha256:" + std::string(64, '0');
  const auto missing = host.engine().pull({.reference = registry() + "/probe", .digest = digest});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message.starts_with("CannotPullContainerError: "));
  CHECK(nothing_in(host.data() / "images" / "pulling"));
}

TEST_CASE("A command that does not exist is refused in ECS's words and leaves nothing") {
  Host host;
  for (const char* command : {"/no/such/program", "no-such-program", "/etc/passwd"}) {
    CAPTURE(command);
    Wish wish;
    wish.image = "dressed";
    wish.definition.user = "0";
    wish.definition.entry_point = std::vector<std::string>{command};
    const auto started = host.start(wish);
    REQUIRE_FALSE(started.ok());
    CHECK_MESSAGE(started.error().message.starts_with("CannotStartContainerError: "),
                  started.error().message);
    CHECK(host.engine().recover().value().empty());
    CHECK(nothing_in(host.data() / "containers"));
  }
}

TEST_CASE("A container with nothing to run is refused") {
  Host host;
  Wish wish;
  wish.definition.entry_point = std::vector<std::string>{};
  wish.definition.command = std::vector<std::string>{};
  const auto refused = host.create(wish);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with("CannotCreateContainerError: "));
}

TEST_CASE("Several pulls of one image at once are one pull") {
  Host host;
  std::array<schemas::Result<agent::Image>, 4> results{schemas::Error{}, schemas::Error{},
                                                       schemas::Error{}, schemas::Error{}};
  std::vector<std::thread> pullers;
  for (auto& result : results) {
    pullers.emplace_back([&] { result = host.pull("busybox"); });
  }
  for (std::thread& puller : pullers) {
    puller.join();
  }
  for (const auto& result : results) {
    REQUIRE(result.ok());
    CHECK(result.value() == results.front().value());
  }
}

TEST_CASE("A pull that takes too long is ended, says so and leaves nothing") {
  agent::OciSettings settings;
  settings.pull_time_limit = std::chrono::seconds(0);
  Host host(settings);
  const auto pulled = host.pull("probe");
  REQUIRE_FALSE(pulled.ok());
  CHECK(pulled.error().message.find("took longer") != std::string::npos);
  CHECK(nothing_in(host.data() / "images" / "pulling"));
}

TEST_CASE("A disk that fills during a pull is an error, and the next pull finds room again") {
  if (engine_tests::on_docker()) {
    return;  // its images are its own affair, and on its own disk
  }
  const SmallDisk disk("size=2m");
  agent::OciSettings settings;
  settings.data_directory = disk.path();
  Host host(settings);
  const auto pulled = host.pull("probe");
  REQUIRE_FALSE(pulled.ok());
  INFO(pulled.error().message);
  CHECK(pulled.error().message.starts_with("CannotPullContainerError: "));
  CHECK(pulled.error().message.find("no space left on device") != std::string::npos);
  CHECK(nothing_in(host.data() / "images" / "pulling"));
  disk.resize("size=64m");
  CHECK(host.probe({"exit", "4"}).exit.exit_code == 4);
}

TEST_CASE("Images that are not used go when they take more than their share") {
  if (engine_tests::on_docker()) {
    return;  // its images are its own affair, and on its own disk
  }
  Host host;
  REQUIRE(host.pull("busybox").ok());
  const auto count = [&] {
    std::int64_t images = 0;
    for (const auto& entry : std::filesystem::directory_iterator(host.data() / "images")) {
      images += entry.path().filename().string().starts_with("sha256-") ? 1 : 0;
    }
    return images;
  };
  CHECK(count() == 1);
  // As if it had last been used an hour ago.
  for (const auto& entry : std::filesystem::directory_iterator(host.data() / "images")) {
    std::filesystem::last_write_time(
        entry.path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  }
  REQUIRE(host.pull("probe").ok());
  CHECK(count() == 2);
  host.lose_agent();
  host.set_image_bytes_max(1);
  host.start_agent();
  REQUIRE(host.pull("dressed").ok());
  CHECK(count() == 2);
}
