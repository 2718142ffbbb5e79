#include "agent/edge/engine/oci/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "agent/edge/images/oci_documents.h"

#if defined(__clang__) || defined(__GNUC__)
// The child runs on its parent's stack and memory; the sanitizers must not account for it.
#define STOWAGE_UNCHECKED __attribute__((no_sanitize("address", "undefined", "thread")))
#endif

namespace agent {

namespace {

constexpr std::size_t output_max = 65'536;
/// What the kernel keeps for a reader: more cannot have been written before the program's end.
constexpr std::int64_t pipe_bytes = 65'536;
constexpr int passed_number = 3;

/// Everything the child needs, laid out before it exists: between vfork and exec it must not
/// allocate, for it does so in the memory of a process whose other threads run on.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::vector<Descriptor> groups;
  const Program* program = nullptr;
  pid_t parent = 0;
  sigset_t no_signals{};
};

/// Written by the child, read by the parent: they share memory until the exec.
struct Failure {
  volatile int error = 0;
  const char* volatile step = nullptr;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));  // exec's signature is older than const
  }
  pointers.push_back(nullptr);
  return pointers;
}

STOWAGE_UNCHECKED bool made_private(const Program& program) {
  if (program.private_mounts.empty()) {
    return true;
  }
  // Slave, not private: what the host unmounts must not live on in here.
  if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return false;
  }
  for (const PrivateMount& wanted : program.private_mounts) {
    if (mount(wanted.type.c_str(), wanted.target.c_str(), wanted.type.c_str(), wanted.flags,
              wanted.options.c_str()) != 0) {
      return false;
    }
  }
  return true;
}

STOWAGE_UNCHECKED const char* become(const Prepared& prepared) {
  const Program& program = *prepared.program;
  setsid();
  if (program.life == Program::Life::ours) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != prepared.parent) {
      return "outlive its parent";  // which was killed before the line above
    }
  }
  for (const Descriptor& group : prepared.groups) {
    if (write(group.number(), "0", 1) != 1) {
      return "enter its cgroup";
    }
  }
  if (!made_private(program)) {
    return "mount its root file system";
  }
  if (chdir(program.directory.c_str()) != 0) {
    return "enter its directory";
  }
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  const int output = program.output < 0 ? nowhere : program.output;
  if (dup2(nowhere, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup2(output, STDERR_FILENO) < 0) {
    return "set up its files";
  }
  if (program.passed == passed_number) {
    fcntl(passed_number, F_SETFD, 0);
  } else if (program.passed >= 0 && dup2(program.passed, passed_number) < 0) {
    return "set up its files";
  }
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &prepared.no_signals, nullptr);
  execve(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
  return "be executed";
}

STOWAGE_UNCHECKED pid_t launch(const Prepared* prepared, Failure* failure) {
  // vfork, because the pages of the parent need not be copied for a child that replaces itself at
  // once; `become` does nothing that a vforked child may not.
  const pid_t child = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (child == 0) {
    failure->step = become(*prepared);  // NOLINT(clang-analyzer-unix.Vfork)
    failure->error = errno;
    _exit(127);
  }
  return child;
}

schemas::Error program_error(const Program& program, const std::string& what, int error) {
  return {.code = schemas::ErrorCode::server,
          .message = program.arguments.front() + " could not " + what + ": " +
                     std::system_category().message(error)};
}

std::int64_t wait_for(const Child& child) {
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(child.id), &ended, WEXITED) != 0 && errno == EINTR) {
  }
  return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Descriptor::close() {
  if (number_ >= 0) {
    ::close(std::exchange(number_, -1));
  }
}

schemas::Result<Child> start_program(const Program& program) {
  Prepared prepared;
  prepared.arguments = pointers(program.arguments);
  prepared.environment = pointers(program.environment);
  prepared.program = &program;
  prepared.parent = getpid();
  sigemptyset(&prepared.no_signals);
  for (const std::string& group : program.groups) {
    prepared.groups.emplace_back(open(group.c_str(), O_WRONLY | O_CLOEXEC));
    if (!prepared.groups.back().open()) {
      return program_error(program, "enter the cgroup " + group, errno);
    }
  }
  Failure failure;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Child child{.id = launch(&prepared, &failure), .handle = {}};
  const int launch_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child.id < 0) {
    return program_error(program, "be started", launch_error);
  }
  if (failure.step != nullptr) {
    wait_for(child);
    return program_error(program, failure.step, failure.error);
  }
  child.handle = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, child.id, 0)));
  if (!child.handle.open()) {
    const int error = errno;
    ::kill(child.id, SIGKILL);
    wait_for(child);
    return program_error(program, "be watched", error);
  }
  return child;
}

void kill_mentioning(const std::string& text) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failure)) {
    const std::string number = entry.path().filename().string();
    if (number.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    const auto words = read_text(entry.path() / "cmdline");  // it may have ended meanwhile
    const auto id = static_cast<pid_t>(std::strtol(number.c_str(), nullptr, 10));
    if (words.ok() && words.value().find(text) != std::string::npos && id != getpid()) {
      ::kill(id, SIGKILL);
    }
  }
}

schemas::Result<Ended> run_within(Program program, std::chrono::milliseconds limit) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    return program_error(program, "be given a pipe", errno);
  }
  Descriptor reading(pipe_ends[0]);
  Descriptor writing(pipe_ends[1]);
  program.output = writing.number();
  program.life = Program::Life::ours;
  auto child = start_program(program);
  if (!child.ok()) {
    return child.error();
  }
  writing.close();
  Ended ended;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::array<char, 8192> piece{};
  std::int64_t read_after_end = 0;
  // Until the program ends, not until its pipe closes: a grandchild may keep that open.
  for (bool running = true; running;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 2> waits{
        {{.fd = reading.number(), .events = POLLIN, .revents = 0},
         {.fd = child.value().handle.number(), .events = POLLIN, .revents = 0}}};
    if (left.count() <= 0 ||
        poll(waits.data(), waits.size(), static_cast<int>(left.count())) == 0) {
      ::kill(-child.value().id, SIGKILL);
      ended.status = wait_for(child.value());
      ended.timed_out = true;
      return ended;
    }
    running = waits[1].revents == 0;
    ssize_t moved = 0;
    if (waits[0].revents != 0 && (moved = read(reading.number(), piece.data(), piece.size())) > 0) {
      // There may be more than this piece; but a grandchild may go on writing for ever.
      read_after_end += running ? 0 : moved;
      running = running || read_after_end < pipe_bytes;
      const auto room = output_max - std::min(output_max, ended.output.size());
      ended.output.append(piece.data(), std::min(room, static_cast<std::size_t>(moved)));
    } else if (waits[0].revents != 0 && waits[1].revents == 0) {
      reading.close();  // closed at the other end: only the end of the program is left to wait for
    }
  }
  ended.status = wait_for(child.value());
  return ended;
}

schemas::Result<Ended> run_program(Program program, std::chrono::milliseconds limit) {
  const std::string name = program.arguments.front();
  auto ended = run_within(std::move(program), limit);
  if (ended.ok() && ended.value().timed_out) {
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = name + " was killed: it took longer than " +
                                     std::to_string(limit.count()) + " ms"};
  }
  return ended;
}

std::optional<std::string> find_program(const std::string& name) {
  const char* set = std::getenv("PATH");
  std::string path = std::string(set == nullptr ? "" : set) +
                     ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::string candidate = path.substr(at, end - at) + "/" + name;
    if (candidate.front() == '/' && candidate.size() > name.size() + 1 &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::vector<std::string> program_environment() {
  std::vector<std::string> environment;
  for (const char* name : {"PATH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
                           "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR"}) {
    if (const char* value = std::getenv(name)) {
      environment.push_back(std::string(name) + "=" + value);
    }
  }
  return environment;
}

std::string said_by(const std::string& output) {
  const std::size_t start = output.rfind("msg=\"");
  std::string text;
  if (start == std::string::npos) {
    text = output.substr(0, output.find_last_not_of(" \n") + 1);
  } else {
    for (std::size_t at = start + 5; at < output.size() && output[at] != '"'; ++at) {
      if (output[at] == '\\' && at + 1 < output.size()) {
        ++at;
      }
      text += output[at];
    }
  }
  constexpr std::size_t reason_max = 700;  // ECS cuts a reason at 1,024
  return text.size() > reason_max ? text.substr(0, reason_max) + "…" : text;
}

}  // namespace agent
