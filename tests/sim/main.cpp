#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/command_line.h"
#include "tests/sim/run.h"
#include "tests/sim/scenario.h"
#include "tests/sim/story.h"

namespace {

using sim::Options;
using sim::Outcome;

/// The commit that this program's tree stands at, "unknown" where there is no git.
std::string commit() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    return "unknown";
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    std::freopen("/dev/null", "w", stderr);
    ::execlp("git", "git", "describe", "--always", "--dirty", "--abbrev=12", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 64> bytes{};
  for (ssize_t got = 0; (got = ::read(ends[0], bytes.data(), bytes.size())) > 0;) {
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  text.erase(text.find_last_not_of('\n') + 1);
  return text.empty() ? "unknown" : text;
}

/// What to print should the process be ended by a broken invariant, prepared beforehand.
std::array<char, 512> last_words{};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void say_last_words(int signal) {
  static_cast<void>(::write(STDOUT_FILENO, last_words.data(), std::strlen(last_words.data())));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void prepare_last_words(const std::string& what, const std::string& how) {
  std::fflush(stdout);
  std::snprintf(last_words.data(), last_words.size(),
                "FAILED %s: a broken invariant\n  again: %s\n", what.c_str(), how.c_str());
}

struct Total {
  std::int64_t runs = 0;
  std::int64_t failures = 0;
  std::int64_t turns = 0;
  sim::Duration simulated{};
  std::map<std::string, std::int64_t> probes = sim::rare_things();

  void add(const Outcome& outcome) {
    ++runs;
    failures += outcome.failure ? 1 : 0;
    turns += outcome.turns;
    simulated += outcome.simulated;
    for (const auto& [name, count] : outcome.probes) {
      probes[name] += count;
    }
  }
};

class Runs {
 public:
  Runs(std::string program, Options options)
      : program_(std::move(program)), options_(std::move(options)), commit_(commit()) {}

  void one_seed(std::uint64_t seed) {
    const std::string what = "seed=" + std::to_string(seed) + " commit=" + commit_;
    const std::string how = program_ + " --seed " + std::to_string(seed) + " --trace";
    prepare_last_words(what, how);
    const auto print = options_.trace ? sim::Trace::Print::yes : sim::Trace::Print::no;
    Outcome outcome = sim::run_seed(seed, print);
    if (options_.twice && !outcome.failure &&
        sim::run_seed(seed, sim::Trace::Print::no).hash != outcome.hash) {
      outcome.failure = "The same seed led to another life the second time.";
    }
    tell(outcome, what, how);
  }

  void one_scenario(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
      std::printf("FAILED %s: it cannot be read\n", path.c_str());
      ++total_.failures;
      return;
    }
    std::ostringstream text;
    text << file.rdbuf();
    const sim::Scenario scenario = sim::read_scenario(text.str());
    for (const std::string& error : scenario.errors) {
      std::printf("FAILED %s:%s\n", path.c_str(), error.c_str());
    }
    if (!scenario.errors.empty()) {
      ++total_.failures;
      return;
    }
    const std::string what = path + " commit=" + commit_;
    const std::string how = program_ + " --trace " + path;
    prepare_last_words(what, how);
    const auto print = options_.trace ? sim::Trace::Print::yes : sim::Trace::Print::no;
    const Outcome outcome = sim::tell(scenario, print);
    tell(outcome, what, how);
    if (!outcome.failure) {
      std::printf("ok     %s: %s\n", path.c_str(), scenario.sentence.c_str());
    }
  }

  [[nodiscard]] Total& total() { return total_; }

 private:
  void tell(const Outcome& outcome, const std::string& what, const std::string& how) {
    total_.add(outcome);
    if (outcome.failure) {
      std::printf("FAILED %s, after %s: %s\n  again: %s\n", what.c_str(),
                  sim::in_words(outcome.failed_at).c_str(), outcome.failure->c_str(), how.c_str());
    } else if (options_.trace) {
      std::printf("hash %016llx\n", static_cast<unsigned long long>(outcome.hash));
    }
    std::fflush(stdout);
  }

  std::string program_;
  Options options_;
  std::string commit_;
  Total total_;
};

/// Every n-th seed, and what came of them. Whether all held is the exit code.
int run_job(const std::string& program, const Options& options, std::uint64_t first,
            std::int64_t job) {
  Runs runs(program, options);
  const auto begun = std::chrono::steady_clock::now();
  const auto over = [&] {
    const bool late = options.seconds > 0 && std::chrono::steady_clock::now() - begun >=
                                                 std::chrono::seconds(options.seconds);
    return late || (options.first && runs.total().failures > 0);
  };
  for (std::int64_t at = job; (options.seconds > 0 || at < options.seeds) && !over();
       at += options.jobs) {
    runs.one_seed(first + static_cast<std::uint64_t>(at));
  }
  const Total& total = runs.total();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  std::printf("%lld seeds from %llu, %lld failed; %s simulated, %lld durable turns checked, %s\n",
              static_cast<long long>(total.runs), static_cast<unsigned long long>(first),
              static_cast<long long>(total.failures), sim::in_words(total.simulated).c_str(),
              static_cast<long long>(total.turns), sim::in_words(took).c_str());
  int code = total.failures == 0 ? 0 : 1;
  if (options.probes) {
    for (const auto& [name, count] : total.probes) {
      std::printf("%10lld  %s\n", static_cast<long long>(count), name.c_str());
      code = count == 0 ? 1 : code;
    }
  }
  return code;
}

/// Each job in a process of its own.
int run_jobs(const std::string& program, const Options& options, std::uint64_t first) {
  if (options.jobs == 1) {
    return run_job(program, options, first, 0);
  }
  int code = 0;
  std::vector<pid_t> children;
  std::fflush(stdout);
  for (std::int64_t job = 0; job < options.jobs; ++job) {
    const pid_t child = ::fork();
    if (child == 0) {
      const int ended = run_job(program, options, first, job);
      std::fflush(stdout);
      ::_exit(ended);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    code = status == 0 ? code : 1;
  }
  return code;
}

}  // namespace

int main(int count, char** words) {
  const sim::CommandLine line =
      sim::read_command_line(std::vector<std::string>(words + 1, words + count));
  if (!line.error.empty()) {
    std::fprintf(stderr, "%s\n%s", line.error.c_str(), sim::usage().c_str());
    return 2;
  }
  if (line.options.help) {
    std::fputs(sim::usage().c_str(), stdout);
    return 0;
  }
  std::signal(SIGABRT, say_last_words);
  std::signal(SIGSEGV, say_last_words);
  const Options& options = line.options;
  if (!options.scenarios.empty()) {
    Runs runs(words[0], options);
    for (const std::string& path : options.scenarios) {
      runs.one_scenario(path);
    }
    std::printf("%zu scenarios, %lld failed\n", options.scenarios.size(),
                static_cast<long long>(runs.total().failures));
    return runs.total().failures == 0 ? 0 : 1;
  }
  const auto from_clock =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  return run_jobs(words[0], options, options.seed.value_or(from_clock * 1000));
}
