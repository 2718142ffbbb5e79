// ecs-init PROGRAM ARGUMENT...: process 1 of a container whose definition asks for an init. It runs
// the program, hands every signal on to it, collects the processes that lose their parent, and ends
// as the program ends.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

/// The shells' codes for a program that is not there, or that cannot be executed.
int not_run(const char* program) {
  const int error = errno;
  std::fprintf(stderr, "cannot run %s: %s\n", program, std::strerror(error));
  return error == ENOENT ? 127 : 126;
}

/// Collects all that has ended; the program's own end as an exit code, or -1.
int collect(pid_t program) {
  int code = -1;
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == program) {
      code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
  }
  return code;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: ecs-init PROGRAM ARGUMENT...\n");
    return 2;
  }
  // Blocked and waited for one by one: process 1 gets no signal that it has not asked for.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t program = fork();
  if (program == 0) {
    // A group of its own, which gets what a terminal would send to it alone.
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    execvp(arguments[1], arguments + 1);
    _exit(not_run(arguments[1]));
  }
  if (program < 0) {
    return not_run(arguments[1]);
  }
  while (true) {
    int signal = 0;
    if (sigwait(&all, &signal) != 0) {
      continue;
    }
    if (signal != SIGCHLD) {
      kill(program, signal);
      continue;
    }
    if (const int code = collect(program); code >= 0) {
      return code;
    }
  }
}
