// ecs-pause NAMESPACE: joins the network namespace kept at that file, gives up every right, and
// waits to be ended. Docker lets a container share the network of another container only, not a
// namespace by its path: this is the other container. It needs CAP_SYS_ADMIN for its first step.

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

int fail(const char* what) {
  std::fprintf(stderr, "ecs-pause: %s: %s\n", what, std::strerror(errno));
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: ecs-pause NAMESPACE\n");
    return 2;
  }
  const int file = open(arguments[1], O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return fail(arguments[1]);
  }
  if (setns(file, CLONE_NEWNET) != 0) {
    return fail("cannot join the network namespace");
  }
  close(file);
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &header, none) != 0) {
    return fail("cannot give up its rights");
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
