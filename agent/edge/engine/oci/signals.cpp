#include "agent/edge/engine/oci/signals.h"

#include <signal.h>

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace agent {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 31> names{{
    {"HUP", SIGHUP},       {"INT", SIGINT},   {"QUIT", SIGQUIT},   {"ILL", SIGILL},
    {"TRAP", SIGTRAP},     {"ABRT", SIGABRT}, {"BUS", SIGBUS},     {"FPE", SIGFPE},
    {"KILL", SIGKILL},     {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},   {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE},     {"ALRM", SIGALRM}, {"TERM", SIGTERM},   {"STKFLT", SIGSTKFLT},
    {"CHLD", SIGCHLD},     {"CONT", SIGCONT}, {"STOP", SIGSTOP},   {"TSTP", SIGTSTP},
    {"TTIN", SIGTTIN},     {"TTOU", SIGTTOU}, {"URG", SIGURG},     {"XCPU", SIGXCPU},
    {"XFSZ", SIGXFSZ},     {"PROF", SIGPROF}, {"WINCH", SIGWINCH}, {"IO", SIGIO},
    {"VTALRM", SIGVTALRM}, {"PWR", SIGPWR},   {"SYS", SIGSYS},
}};

constexpr std::string_view real_time = "RTMIN+";  // systemd in a container stops on SIGRTMIN+3

}  // namespace

std::optional<int> signal_number(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc() && end == text.data() + text.size()) {
    return number > 0 && number <= SIGRTMAX ? std::optional(number) : std::nullopt;
  }
  if (text.starts_with("SIG")) {
    text.remove_prefix(3);
  }
  for (const auto& [name, value] : names) {
    if (name == text) {
      return value;
    }
  }
  if (text.starts_with(real_time)) {
    const auto above = signal_number(text.substr(real_time.size()));
    return above && SIGRTMIN + *above <= SIGRTMAX ? std::optional(SIGRTMIN + *above) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace agent
