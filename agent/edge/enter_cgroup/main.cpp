// ecs-enter FILE... -- PROGRAM ARGUMENT...: enters the cgroups whose `tasks` files are named, then
// becomes the program. conmon starts the container runtime through it, so that the runtime, and so
// the container, is limited and metered from its first instruction, while conmon itself is not.
// A process that moves itself, while it has one thread, needs no lock of the whole machine.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

int main(int count, char** arguments) {
  int at = 1;
  for (; at < count && std::strcmp(arguments[at], "--") != 0; ++at) {
    const int file = open(arguments[at], O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "0", 1) != 1) {
      std::fprintf(stderr, "cannot enter the cgroup %s: %s\n", arguments[at], std::strerror(errno));
      return 1;
    }
    close(file);
  }
  if (at + 1 >= count) {
    std::fprintf(stderr, "usage: ecs-enter TASKS_FILE... -- PROGRAM ARGUMENT...\n");
    return 2;
  }
  execv(arguments[at + 1], arguments + at + 1);
  std::fprintf(stderr, "cannot run %s: %s\n", arguments[at + 1], std::strerror(errno));
  return 1;
}
