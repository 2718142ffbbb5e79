#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "control/cli/client/settings.h"
#include "control/cli/command/command_line.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"

namespace {

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::string> file_text(const std::string& path) {
  const std::ifstream file(path);
  if (!file) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// 0 (no limit) when the output goes into a file or a pipe.
std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

cli::Format format_named(const std::string& name) {
  if (name == "json") {
    return cli::Format::json;
  }
  return name == "yaml" ? cli::Format::yaml : cli::Format::table;
}

}  // namespace

#ifdef __SANITIZE_ADDRESS__
/// What the threads of cpprest still have in hand when the process ends is no leak of ours: it has
/// no call that waits for them.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libcpprest";
}
#endif

int main(int argc, char** argv) {
  const auto parsed = cli::parse_command_line(cli::verbs(), argc, argv);
  if (const auto* farewell = std::get_if<cli::Farewell>(&parsed)) {
    (farewell->exit == cli::Exit::done ? std::cout : std::cerr) << farewell->text;
    return static_cast<int>(farewell->exit);
  }
  const auto& command = std::get<cli::Command>(parsed);
  const auto settings =
      cli::find_settings(command.options.endpoint, command.options.profile, command.options.region,
                         {.variable = environment_variable, .file = file_text});
  if (!settings.ok()) {
    std::cerr << "ecsctl: " << settings.error().message << "\n";
    return static_cast<int>(cli::Exit::usage);
  }
  cli::Session session(settings.value(), format_named(command.options.output), terminal_width(),
                       std::cout, std::cerr);
  return static_cast<int>(command.verb->run(session, command.arguments));
}
