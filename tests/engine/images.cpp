// Getting images, and what is said when they cannot be had or run.

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
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

std::int64_t images_kept(const Host& host) {
  std::int64_t images = 0;
  for (const auto& entry : std::filesystem::directory_iterator(host.data() / "images")) {
    images += entry.path().filename().string().starts_with("sha256-") ? 1 : 0;
  }
  return images;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  REQUIRE(file);
}

/// Every digest that a document names, in its order.
std::vector<std::string> digests_in(const std::string& document) {
  constexpr std::size_t length = 71;
  std::vector<std::string> found;
  for (std::size_t at = document.find("\"sha256:"); at != std::string::npos;
       at = document.find("\"sha256:", at + 1)) {
    found.push_back(document.substr(at + 1, length));
  }
  return found;
}

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

TEST_CASE("A digest that is none is refused before anybody is asked") {
  Host host;
  const std::string digits(64, 'a');
  for (const std::string& digest :
       {std::string("sha256:"), "sha256:" + digits.substr(1), "sha256:" + digits + "a",
        "sha256:" + digits.substr(1) + "A", "sha256:" + digits.substr(1) + "/", "md5:" + digits,
        "sha512:" + digits, "SHA256:" + digits, "sha256-" + digits, digits}) {
    CAPTURE(digest);
    for (const agent::PullRequest& request :
         {agent::PullRequest{.reference = registry() + "/probe@" + digest, .digest = {}},
          agent::PullRequest{.reference = registry() + "/probe", .digest = digest}}) {
      const auto refused = host.engine().pull(request);
      REQUIRE_FALSE(refused.ok());
      CHECK_MESSAGE(refused.error().message.starts_with("CannotPullContainerError: "),
                    refused.error().message);
    }
  }
  CHECK(nothing_in(host.data() / "images" / "pulling"));
}

TEST_CASE("What a registry altered of an image is refused, and nothing of it is kept") {
  if (engine_tests::on_docker()) {
    return;  // its images are its own affair
  }
  const engine_tests::Registry own;
  agent::OciSettings settings;
  settings.insecure_registries = {own.address()};
  const std::string name = own.address() + "/probe:latest";
  std::string manifest;
  {
    Host honest(settings);
    const auto pulled = honest.pull(name);
    REQUIRE_MESSAGE(pulled.ok(), pulled.error().message);
    manifest = pulled.value().digest;
  }
  const std::vector<std::string> named = digests_in(text_of(own.blob(manifest)));
  REQUIRE(named.size() >= 2);
  const std::string& configuration = named[0];
  const std::string& layer = named[1];
  struct Alteration {
    const char* what;
    std::string blob;
    std::string text;
  };
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string layer_bytes = text_of(own.blob(layer));
  std::string flipped = layer_bytes;
  flipped[flipped.size() / 2] = static_cast<char>(~flipped[flipped.size() / 2]);
  const Alteration alterations[] = {
      {"another manifest that is one, too", manifest, text_of(own.blob(manifest)) + "\n"},
      {"a manifest that names another layer", manifest,
       with(text_of(own.blob(manifest)), layer, configuration)},
      {"a manifest that is none", manifest, "{"},
      {"a configuration that says to run something else", configuration,
       with(text_of(own.blob(configuration)), "/probe", "/other")},
      {"a configuration that is none", configuration, ""},
      {"a layer with one byte changed", layer, flipped},
      {"a layer that is cut short", layer, layer_bytes.substr(0, layer_bytes.size() / 2)},
      {"a layer that is another file", layer, text_of(own.blob(configuration))},
  };
  Host host(settings);
  for (const Alteration& alteration : alterations) {
    CAPTURE(alteration.what);
    const std::string whole = text_of(own.blob(alteration.blob));
    write(own.blob(alteration.blob), alteration.text);
    for (const agent::PullRequest& request :
         {agent::PullRequest{.reference = name, .digest = {}},
          agent::PullRequest{.reference = own.address() + "/probe@" + manifest, .digest = {}},
          agent::PullRequest{.reference = name, .digest = manifest}}) {
      const auto refused = host.engine().pull(request);
      REQUIRE_FALSE(refused.ok());
      CHECK_MESSAGE(refused.error().message.starts_with("CannotPullContainerError: "),
                    refused.error().message);
      CHECK(images_kept(host) == 0);
      CHECK(nothing_in(host.data() / "images" / "pulling"));
    }
    write(own.blob(alteration.blob), whole);
  }
  const auto pulled = host.pull(name);
  REQUIRE_MESSAGE(pulled.ok(), pulled.error().message);
  CHECK(pulled.value().digest == manifest);
  CHECK(images_kept(host) == 1);
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
  const engine_tests::SmallDisk disk("size=2m");
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
  const auto count = [&] { return images_kept(host); };
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
