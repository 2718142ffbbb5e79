// ecs-control: the control service. Wiring only; what it does is in control/core, how it speaks and
// keeps is in control/edge.

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/edge/daemon/config_file.h"
#include "control/edge/daemon/daemon.h"
#include "control/edge/daemon/restore.h"
#include "control/edge/export/price_file.h"
#include "schemas/base/instant_text.h"
#include "spdlog/spdlog.h"

namespace {

using control::edge::DaemonOptions;

/// Exit codes beside 0 (stopped as asked).
constexpr int could_not_start = 1;
constexpr int usage_wrong = 2;
constexpr int commit_failed = 3;
/// How long the last answers of a process whose commit failed have to leave. Shorter: callers see a
/// connection that breaks; longer: hosts and callers wait for the next process.
constexpr schemas::Duration answers_leave{500};

/// Whether a commit has failed: set by the loop's thread, read by the one that waits for signals.
std::atomic<bool>& has_failed() {
  static std::atomic<bool> failed = false;
  return failed;
}

constexpr std::string_view sqlite_scheme = "sqlite:";

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
  std::int64_t audit_days = 90;
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
  app.add_option("--audit-days", line.audit_days,
                 "Days for which the audit trail is kept, a million calls at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 3650));
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
  app.footer(
      "ecs-control restore FILE --data DIR puts a backup in place: ecs-control restore --help.\n"
      "Backups are taken while control runs, by ecsctl backup FILE.\n\n"
      "Exit status: 0 stopped as asked (SIGTERM, SIGINT), 1 could not start, 2 wrong usage,\n"
      "3 a commit failed: nothing of it was acknowledged, and the next start goes on before it.");
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
  CommandLine both;
  code = parse(all, both);
  line = std::move(both);
  return code;
}

/// What is refused of the place where the state is kept, and of whose it is.
std::string refusal_of_place(const std::string& data, const std::string& store,
                             const std::string& account) {
  if (data.empty()) {
    return "--data is required: name a directory that is this control's own.";
  }
  if (store.starts_with("postgresql:")) {
    return "--store postgresql:// is not built yet: use --store sqlite:PATH.";
  }
  if (!store.empty() && !store.starts_with(sqlite_scheme)) {
    return "--store " + store + ": give sqlite:PATH.";
  }
  if (account.size() != 12 || account.find_first_not_of("0123456789") != std::string::npos) {
    return "--account-id " + account + ": an account id has 12 digits.";
  }
  return {};
}

/// What is refused, and why; empty if nothing is.
std::string refusal(const CommandLine& line) {
  std::string place = refusal_of_place(line.options.data, line.store, line.options.account);
  if (!place.empty()) {
    return place;
  }
  if (line.auth == "sigv4" && line.allow_remote) {
    return "--allow-remote belongs to --auth off: with --auth sigv4 any address may be listened "
           "on.";
  }
  if (!line.tls_certificate.empty() || !line.tls_key.empty()) {
    return "--tls-cert and --tls-key are not built yet: serve on loopback, or behind a proxy.";
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

std::string database_file(const std::string& store) {
  return store.empty() ? std::string() : store.substr(sqlite_scheme.size());
}

void settle(CommandLine& line) {
  DaemonOptions& options = line.options;
  options.store = database_file(line.store);
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
  options.retention.audit.age_max = std::chrono::hours{24 * line.audit_days};
  options.fail = [](const schemas::Error& error) {
    spdlog::critical(
        "A commit failed, so nothing of it was acknowledged and this process ends; started again "
        "it goes on from the last commit. {}",
        error.message);
    has_failed() = true;
    ::kill(::getpid(), SIGTERM);  // who waits for signals lets the last answers leave
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
    if (has_failed()) {
      daemon.value()->send_last_answers(answers_leave);
      spdlog::shutdown();
      std::_Exit(commit_failed);
    }
    if (signal > 0) {
      spdlog::info("stopping: no new connections; requests under way are answered");
      daemon.value()->stop(schemas::Duration{10'000});
      if (has_failed()) {  // meanwhile
        return commit_failed;
      }
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

// --- ecs-control restore -----------------------------------------------------------------------

constexpr const char* restore_text =
    "ecs-control restore: puts a backup in the place of control's database\n\n"
    "FILE is what `ecsctl backup` wrote, or a database of a control that was stopped. It is read\n"
    "whole and checked before anything changes, and is not changed itself. What DIR held moves to\n"
    "DIR/control.db.replaced-TIME, with its log: nothing is overwritten. Refused is a DIR whose\n"
    "control runs, a FILE that is damaged, another program's or a newer version's, and a clock\n"
    "that is behind the backup. An older version's FILE is brought up to date.\n\n"
    "The key file. The access keys in FILE are sealed with the file `key` of the data directory\n"
    "that it was taken of. A DIR that never had it needs it first:\n"
    "  install -D -m 600 KEY DIR/key";
constexpr const char* restore_footer =
    "What a restored control does not know any more is what happened after the backup: tasks\n"
    "started since are stopped by their hosts, hosts that joined since join anew, what was "
    "metered\n"
    "since is not billed; access keys, sessions and join tokens that were taken away since are\n"
    "back: take them away again. Readers of /v1/events that have seen more get 410, and read the\n"
    "present state anew.\n\n"
    "Exit status: 0 restored, 1 not restored and nothing changed, 2 wrong usage.\n\n"
    "Example:\n"
    "  ecs-control restore /var/backups/stowage-2026-11-27.db --data /var/lib/stowage";

void report(const control::edge::Restored& restored, const std::string& backup) {
  std::printf("%s is restored from %s", restored.path.c_str(), backup.c_str());
  if (restored.taken_at != schemas::Instant{}) {
    std::printf(", taken at %s", schemas::iso_text(restored.taken_at).c_str());
  }
  std::printf(": %lld clusters, %lld services, %lld tasks, %lld hosts.\n",
              static_cast<long long>(restored.clusters), static_cast<long long>(restored.services),
              static_cast<long long>(restored.tasks), static_cast<long long>(restored.hosts));
  if (!restored.aside.empty()) {
    std::printf("What was there is %s now.\n", restored.aside.c_str());
  }
  std::printf(
      "Start ecs-control as before. Access keys, sessions and join tokens that were taken away\n"
      "since the backup are back: `ecsctl key list`, `ecsctl session end`.\n");
}

int restore(std::vector<std::string> arguments) {
  control::edge::RestoreOptions options;
  DaemonOptions usual;
  options.region = usual.region;
  options.account = usual.account;
  std::string store;
  CLI::App app(restore_text);
  app.footer(restore_footer);
  app.add_option("FILE", options.backup, "The backup")->required();
  app.add_option("--data", options.data, "Control's directory; required");
  app.add_option("--store", store, "sqlite:PATH; default sqlite:DATA/control.db");
  app.add_option("--region", options.region, "Where the event log tells of it, with --account-id")
      ->capture_default_str();
  app.add_option("--account-id", options.account, "The operator's account, 12 digits")
      ->capture_default_str();
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_wrong;
  }
  const std::string refused = refusal_of_place(options.data, store, options.account);
  if (!refused.empty()) {
    return wrong_usage(refused);
  }
  options.store = database_file(store);
  const auto restored = control::edge::restore(
      options, std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now()));
  if (!restored.ok()) {
    std::fprintf(stderr, "ecs-control restore: %s\n", restored.error().message.c_str());
    return could_not_start;
  }
  report(restored.value(), options.backup);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    return !words.empty() && words.front() == "restore" ? restore({words.begin() + 1, words.end()})
                                                        : serve(words);
  } catch (const std::exception& failure) {  // a library's: ours does not throw
    std::fprintf(stderr, "ecs-control: %s\n", failure.what());
    return could_not_start;
  }
}
