// ecs-control: the control service. Wiring only; what it does is in control/core, how it speaks and
// keeps is in control/edge.

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "control/edge/daemon/config_file.h"
#include "control/edge/daemon/daemon.h"
#include "control/edge/export/price_file.h"
#include "spdlog/spdlog.h"

namespace {

using control::edge::DaemonOptions;

/// Exit codes beside 0 (stopped as asked).
constexpr int could_not_start = 1;
constexpr int usage_wrong = 2;
constexpr int commit_failed = 3;

struct CommandLine {
  DaemonOptions options;
  std::string auth = "sigv4";
  std::string store;
  std::string config;
  std::string prices;
  std::string tls_certificate;
  std::string tls_key;
  std::string log_level = "info";
  std::int64_t listens = 0;  ///< how many --listen were given
  bool allow_remote = false;
  double healthy_after_s = 40;
  double poll_hold_s = 20;
  double lease_s = 30;
  double loss_grace_s = 300;
  double task_credentials_life_s = 21600;
};

void describe(CLI::App& app, CommandLine& line) {
  DaemonOptions& options = line.options;
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--listen", options.listen,
                 "ADDRESS:PORT to serve on; repeatable; port 0 = a free one")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->capture_default_str();
  app.add_option("--data", options.data,
                 "Directory for the database, its key, `credentials` and `address`; required");
  app.add_option("--region", options.region, "Region where a request names none")
      ->capture_default_str();
  app.add_option("--account-id", options.account, "The operator's account, 12 digits")
      ->capture_default_str();
  app.add_option("--auth", line.auth, "sigv4 | off (local development only)")
      ->check(CLI::IsMember({"sigv4", "off"}))
      ->capture_default_str();
  app.add_flag("--allow-remote", line.allow_remote,
               "With --auth off: listen on other addresses than loopback, too");
  app.add_option("--store", line.store,
                 "sqlite:PATH | postgresql://...; default sqlite:DATA/control.db");
  app.add_option("--config", line.config,
                 "Options from a YAML file (`region: eu-west-1`); the command line overrides them");
  app.add_option("--prices", line.prices, "Price book (YAML) in place of the default one");
  app.add_option("--tls-cert", line.tls_certificate, "Certificate for TLS");
  app.add_option("--tls-key", line.tls_key, "Private key for TLS");
  app.add_option("--healthy-after", line.healthy_after_s,
                 "Seconds after which a running task without health checks counts as healthy")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--poll-hold", line.poll_hold_s,
                 "Seconds for which an agent's sync waits for news")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 60.0));
  app.add_option("--lease", line.lease_s,
                 "Seconds after its last sync a host counts as disconnected")
      ->capture_default_str()
      ->check(CLI::Range(0.2, 3600.0));
  app.add_option("--loss-grace", line.loss_grace_s,
                 "Seconds after its lease a disconnected host's tasks count as lost")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 86400.0));
  app.add_option("--task-credentials-life", line.task_credentials_life_s,
                 "Seconds for which the credentials of a task's role are good; renewed at half")
      ->capture_default_str()
      ->check(CLI::Range(2.0, 129600.0));
  app.add_option("--log-level", line.log_level, "debug | info | warn | error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
}

int wrong_usage(const std::string& message) {
  std::fprintf(stderr, "ecs-control: %s\n", message.c_str());
  return usage_wrong;
}

/// Nothing when `line` can be used, else the exit code: of --help or of wrong usage.
std::optional<int> parse(std::vector<std::string> arguments, CommandLine& line) {
  CLI::App app("ecs-control: the control service of a Stowage cluster");
  describe(app, line);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes a list
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_wrong;
  }
  line.listens = static_cast<std::int64_t>(app.count("--listen"));
  return std::nullopt;
}

/// The command line, or with --config the file's options first and the command line over them.
std::optional<int> read_options(const std::vector<std::string>& arguments, CommandLine& line) {
  std::optional<int> code = parse(arguments, line);
  if (code || line.config.empty()) {
    return code;
  }
  auto stated = control::edge::read_config_file(line.config);
  if (!stated.ok()) {
    return wrong_usage("--config " + stated.error().message);
  }
  std::vector<std::string> all;
  for (std::size_t at = 0; at < stated.value().size(); ++at) {
    if (stated.value()[at] == "--listen" && line.listens > 0) {
      ++at;  // the command line's addresses replace the file's
    } else {
      all.push_back(stated.value()[at]);
    }
  }
  all.insert(all.end(), arguments.begin(), arguments.end());
  line = CommandLine{};
  return parse(all, line);
}

/// What is refused, and why; empty if nothing is.
std::string refusal(const CommandLine& line) {
  if (line.options.data.empty()) {
    return "--data is required: name a directory that is this control's own.";
  }
  if (line.auth == "sigv4" && line.allow_remote) {
    return "--allow-remote belongs to --auth off: with --auth sigv4 any address may be listened "
           "on.";
  }
  if (line.store.starts_with("postgresql:")) {
    return "--store postgresql:// is not built yet: use --store sqlite:PATH.";
  }
  if (!line.store.empty() && !line.store.starts_with("sqlite:")) {
    return "--store " + line.store + ": give sqlite:PATH.";
  }
  if (!line.tls_certificate.empty() || !line.tls_key.empty()) {
    return "--tls-cert and --tls-key are not built yet: serve on loopback, or behind a proxy.";
  }
  if (line.options.account.size() != 12 ||
      line.options.account.find_first_not_of("0123456789") != std::string::npos) {
    return "--account-id " + line.options.account + ": an account id has 12 digits.";
  }
  if (line.lease_s <= line.poll_hold_s) {
    return "--lease must be longer than --poll-hold, or healthy hosts would seem to come and go.";
  }
  for (const std::string& text : line.options.listen) {
    const auto address = control::http::parse_listen_address(text);
    if (!address.ok()) {
      return address.error().message;
    }
    if (line.auth == "off" && !address.value().loopback && !line.allow_remote) {
      return "--listen " + text +
             ": with --auth off anyone who reaches an address rules the cluster, so only loopback "
             "is served. Add --allow-remote if that is what you want.";
    }
  }
  return {};
}

/// Whether an address that is no loopback address is listened on. All can be parsed by now.
bool serves_others(const std::vector<std::string>& listen) {
  return std::any_of(listen.begin(), listen.end(), [](const std::string& text) {
    const auto address = control::http::parse_listen_address(text);
    return address.ok() && !address.value().loopback;
  });
}

schemas::Duration seconds(double count) {
  return std::chrono::round<schemas::Duration>(std::chrono::duration<double>(count));
}

void settle(CommandLine& line) {
  DaemonOptions& options = line.options;
  constexpr std::string_view scheme = "sqlite:";
  options.store = line.store.empty() ? "" : line.store.substr(scheme.size());
  options.reach = line.allow_remote ? control::http::OpenDoor::Reach::anywhere
                                    : control::http::OpenDoor::Reach::loopback;
  options.auth = line.auth == "off" ? DaemonOptions::Auth::off : DaemonOptions::Auth::sigv4;
  options.settings.joining = line.auth == "off" ? control::Settings::Joining::anyone
                                                : control::Settings::Joining::with_token;
  options.settings.operator_account = options.account;
  options.settings.deploy.healthy_after = seconds(line.healthy_after_s);
  options.settings.poll_hold = seconds(line.poll_hold_s);
  options.settings.lease = seconds(line.lease_s);
  options.settings.loss_grace = seconds(line.loss_grace_s);
  options.settings.credentials_life = seconds(line.task_credentials_life_s);
  options.fail = [](const schemas::Error& error) {
    spdlog::critical(
        "A commit failed, so nothing of it was acknowledged and this process ends; started again "
        "it "
        "goes on from the last commit. {}",
        error.message);
    spdlog::shutdown();
    std::_Exit(commit_failed);
  };
}

/// As many descriptors as the system lets us have: a connection costs one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

/// SIGTERM and SIGINT are waited for, never handled: blocked before the first thread starts.
sigset_t block_signals() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int run(const DaemonOptions& options, const sigset_t& signals) {
  auto daemon = control::edge::open_daemon(options);
  if (!daemon.ok()) {
    spdlog::critical("{}", daemon.error().message);
    return could_not_start;
  }
  constexpr timespec second{.tv_sec = 1, .tv_nsec = 0};
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &second);
    daemon.value()->look_after();
    if (signal > 0) {
      spdlog::info("stopping: no new connections; requests under way are answered");
      daemon.value()->stop(schemas::Duration{10'000});
      spdlog::info("stopped");
      return 0;
    }
  }
}

int serve(const std::vector<std::string>& arguments) {
  CommandLine line;
  const std::optional<int> code = read_options(arguments, line);
  if (code) {
    return *code;
  }
  const std::string refused = refusal(line);
  if (!refused.empty()) {
    return wrong_usage(refused);
  }
  settle(line);
  const auto prices = line.prices.empty() ? control::edge::read_prices(
                                                control::edge::default_prices(), "of this program")
                                          : control::edge::read_price_file(line.prices);
  if (!prices.ok()) {
    return wrong_usage(prices.error().message);
  }
  line.options.settings.prices = prices.value();
  const sigset_t signals = block_signals();
  spdlog::set_level(spdlog::level::from_str(line.log_level));
  spdlog::flush_on(spdlog::level::debug);
  raise_descriptor_limit();
  if (line.options.auth == DaemonOptions::Auth::off) {
    spdlog::warn(
        "AUTHENTICATION IS OFF: whoever reaches a listening address rules every cluster here");
  }
  if (line.options.auth == DaemonOptions::Auth::sigv4 && serves_others(line.options.listen)) {
    spdlog::warn(
        "other machines are served without TLS, which is not built yet: a signature keeps calls "
        "from being changed, but nothing keeps answers and bearer tokens from being read");
  }
  return run(line.options, signals);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return serve({arguments + 1, arguments + count});
  } catch (const std::exception& failure) {  // a library's: ours does not throw
    std::fprintf(stderr, "ecs-control: %s\n", failure.what());
    return could_not_start;
  }
}
