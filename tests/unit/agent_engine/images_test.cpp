// References, digests, and what an image and a definition say together.

#include <doctest/doctest.h>

#include "agent/edge/engine/engine.h"
#include "agent/edge/engine/oci/signals.h"
#include "agent/edge/images/oci_documents.h"
#include "agent/edge/images/reference.h"

using agent::ImageReference;

TEST_CASE("a file that cannot be read to its end is an error, and no end of the agent") {
  const auto directory = agent::read_text("/proc");
  REQUIRE_FALSE(directory.ok());
  CHECK(directory.error().message == "cannot read /proc");
  CHECK_FALSE(agent::read_text("/nowhere").ok());
  CHECK(agent::read_text("/proc/self/cmdline").ok());
  CHECK(agent::read_text("/dev/null").value().empty());
}

TEST_CASE("A reference without a registry or a tag is Docker Hub's latest") {
  CHECK(
      agent::parse_image_reference("nginx").value() ==
      ImageReference{.host = "docker.io", .path = "library/nginx", .tag = "latest", .digest = ""});
  CHECK(agent::parse_image_reference("bitnami/redis:7").value() ==
        ImageReference{.host = "docker.io", .path = "bitnami/redis", .tag = "7", .digest = ""});
}

TEST_CASE("A reference names a registry when its first part looks like a host") {
  CHECK(agent::parse_image_reference("127.0.0.1:5000/a/b").value() ==
        ImageReference{.host = "127.0.0.1:5000", .path = "a/b", .tag = "latest", .digest = ""});
  CHECK(agent::parse_image_reference("localhost/x:V1.0").value() ==
        ImageReference{.host = "localhost", .path = "x", .tag = "V1.0", .digest = ""});
}

TEST_CASE("A digest stands for itself, with or without a tag") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  CHECK(agent::parse_image_reference("r.example/x@" + digest).value() ==
        ImageReference{.host = "r.example", .path = "x", .tag = "", .digest = digest});
  CHECK(agent::parse_image_reference("r.example/x:1@" + digest).value().tag == "1");
}

TEST_CASE("What is not a reference is refused with the part that is wrong") {
  for (const char* text : {"", "UPPER", "a//b", "a:", "a b", "x@sha256:12", "-x", "x/", "h:1/a:b:c",
                           "http://host/image"}) {
    const std::string shown = text;
    CAPTURE(shown);
    const auto parsed = agent::parse_image_reference(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().message.starts_with("CannotPullContainerError: "));
  }
}

TEST_CASE("A definition's entry point drops the image's command, its command only replaces it") {
  const agent::ImageConfig image{.entry_point = {"/app"},
                                 .command = {"serve"},
                                 .environment = {"A=1", "PATH=/opt/bin"},
                                 .user = "app",
                                 .working_directory = "/srv",
                                 .stop_signal = "SIGQUIT"};
  schemas::ContainerDefinition definition;
  using Words = std::vector<std::string>;
  const auto plain = agent::process_of(image, definition, {}).value();
  CHECK(plain.arguments == Words{"/app", "serve"});
  CHECK(plain.user == "app");
  CHECK(plain.working_directory == "/srv");
  CHECK(plain.stop_signal == "SIGQUIT");
  definition.command = Words{"test", "-v"};
  CHECK(agent::process_of(image, definition, {}).value().arguments == Words{"/app", "test", "-v"});
  definition.entry_point = Words{"/sh"};
  CHECK(agent::process_of(image, definition, {}).value().arguments == Words{"/sh", "test", "-v"});
  definition.command.reset();
  CHECK(agent::process_of(image, definition, {}).value().arguments == Words{"/sh"});
}

TEST_CASE("A variable is the image's, then the agent's, then the definition's, once") {
  const agent::ImageConfig image{.entry_point = {"/app"},
                                 .command = {},
                                 .environment = {"A=image", "B=image", "PATH=/opt/bin"},
                                 .user = {},
                                 .working_directory = {},
                                 .stop_signal = {}};
  schemas::ContainerDefinition definition;
  definition.environment = {{"A", "definition"}};
  const std::vector<schemas::KeyValue> added{{"A", "agent"}, {"C", "agent"}};
  CHECK(agent::process_of(image, definition, added).value().environment ==
        std::vector<std::string>{"PATH=/opt/bin", "A=definition", "B=image", "C=agent"});
}

TEST_CASE("A container without a command anywhere is refused") {
  const auto refused = agent::process_of({}, {}, {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with("CannotCreateContainerError: "));
}

TEST_CASE("An image's configuration survives being written beside it") {
  const agent::ImageConfig config{.entry_point = {"/a b", "\"q\""},
                                  .command = {},
                                  .environment = {"X=ä"},
                                  .user = "1:2",
                                  .working_directory = "/w",
                                  .stop_signal = "3"};
  CHECK(agent::image_config_of(agent::image_config_text(config)).value() == config);
}

TEST_CASE("conmon's answer is a process or what the runtime said") {
  CHECK(agent::conmon_answer_of("{\"data\": 17}\n").value().data == 17);
  const auto failed = agent::conmon_answer_of("{\"data\": -1, \"message\": \"no \\\"x\\\"\\n\"}");
  CHECK(failed.value().data == -1);
  CHECK(failed.value().message == "no \"x\"\n");
  CHECK_FALSE(agent::conmon_answer_of("").ok());
}

TEST_CASE("Signals are known by name, short name and number") {
  CHECK(agent::signal_number("SIGTERM") == 15);
  CHECK(agent::signal_number("KILL") == 9);
  CHECK(agent::signal_number("3") == 3);
  CHECK(agent::signal_number("SIGRTMIN+3") == 37);
  CHECK_FALSE(agent::signal_number("SIGNOTHING"));
  CHECK_FALSE(agent::signal_number("0"));
  CHECK_FALSE(agent::signal_number("99"));
}
