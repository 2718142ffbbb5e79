#include "agent/edge/engine/oci/seccomp_profile.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>
#include <vector>

#include "schemas/codec/json_text.h"

namespace agent {

namespace {

// clang-format off
constexpr std::array<std::string_view, 359> allowed{
    "_llseek", "_newselect", "accept", "accept4", "access", "adjtimex", "alarm", "arch_prctl",
    "bind", "brk", "cachestat", "capget", "capset", "chdir", "chmod", "chown", "chown32", "chroot",
    "clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64", "clock_gettime",
    "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "close", "close_range",
    "connect", "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
    "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait", "epoll_wait_old",
    "eventfd", "eventfd2", "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2",
    "fadvise64", "fadvise64_64", "fallocate", "fanotify_mark", "fchdir", "fchmod", "fchmodat",
    "fchmodat2", "fchown", "fchown32", "fchownat", "fcntl", "fcntl64", "fdatasync", "fgetxattr",
    "flistxattr", "flock", "fork", "fremovexattr", "fsetxattr", "fstat", "fstat64", "fstatat64",
    "fstatfs", "fstatfs64", "fsync", "ftruncate", "ftruncate64", "futex", "futex_requeue",
    "futex_time64", "futex_wait", "futex_waitv", "futex_wake", "futimesat", "get_robust_list",
    "get_thread_area", "getcpu", "getcwd", "getdents", "getdents64", "getegid", "getegid32",
    "geteuid", "geteuid32", "getgid", "getgid32", "getgroups", "getgroups32", "getitimer",
    "getpeername", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getrandom",
    "getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit", "getrusage", "getsid",
    "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "getuid32", "getxattr",
    "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel",
    "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit",
    "ioctl", "ioprio_get", "ioprio_set", "ipc", "kill", "landlock_add_rule",
    "landlock_create_ruleset", "landlock_restrict_self", "lchown", "lchown32", "lgetxattr", "link",
    "linkat", "listen", "listxattr", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat",
    "lstat64", "madvise", "map_shadow_stack", "membarrier", "memfd_create", "memfd_secret",
    "mincore", "mkdir", "mkdirat", "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap",
    "mmap2", "modify_ldt", "mprotect", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive",
    "mq_timedreceive_time64", "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "mremap",
    "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall", "munmap",
    "name_to_handle_at", "nanosleep", "newfstatat", "open", "openat", "openat2", "pause",
    "pidfd_getfd", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free",
    "pkey_mprotect", "poll", "ppoll", "ppoll_time64", "prctl", "pread64", "preadv", "preadv2",
    "prlimit64", "process_mrelease", "process_vm_readv", "process_vm_writev", "pselect6",
    "pselect6_time64", "ptrace", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readlink",
    "readlinkat", "readv", "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg",
    "remap_file_pages", "removexattr", "rename", "renameat", "renameat2", "restart_syscall",
    "rmdir", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64",
    "rt_tgsigqueueinfo", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
    "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval",
    "sched_rr_get_interval_time64", "sched_setaffinity", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "sched_yield", "seccomp", "select", "semctl", "semget", "semop",
    "semtimedop", "semtimedop_time64", "send", "sendfile", "sendfile64", "sendmmsg", "sendmsg",
    "sendto", "set_robust_list", "set_thread_area", "set_tid_address", "setfsgid", "setfsgid32",
    "setfsuid", "setfsuid32", "setgid", "setgid32", "setgroups", "setgroups32", "setitimer",
    "setpgid", "setpriority", "setregid", "setregid32", "setresgid", "setresgid32", "setresuid",
    "setresuid32", "setreuid", "setreuid32", "setrlimit", "setsid", "setsockopt", "setuid",
    "setuid32", "setxattr", "shmat", "shmctl", "shmdt", "shmget", "shutdown", "sigaltstack",
    "signalfd", "signalfd4", "sigprocmask", "sigreturn", "socketcall", "socketpair", "splice",
    "stat", "stat64", "statfs", "statfs64", "statx", "symlink", "symlinkat", "sync",
    "sync_file_range", "syncfs", "sysinfo", "tee", "tgkill", "time", "timer_create", "timer_delete",
    "timer_getoverrun", "timer_gettime", "timer_gettime64", "timer_settime", "timer_settime64",
    "timerfd_create", "timerfd_gettime", "timerfd_gettime64", "timerfd_settime",
    "timerfd_settime64", "times", "tkill", "truncate", "truncate64", "ugetrlimit", "umask", "uname",
    "unlink", "unlinkat", "utime", "utimensat", "utimensat_time64", "utimes", "vfork", "vmsplice",
    "wait4", "waitid", "waitpid", "write", "writev",
};
// clang-format on

/// CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWNS: the namespace flags of
/// clone.
constexpr std::uint64_t namespace_flags = 0x7e020000;
/// AF_VSOCK reaches the hypervisor, which is outside of every network rule.
constexpr std::uint64_t vsock_family = 40;

constexpr std::array<ConditionalSyscall, 8> conditional{{
    {"clone", SyscallRule::allowed_if_masked_zero, namespace_flags},
    // Its flags lie in memory, where a filter cannot look; the C library falls back to clone.
    {"clone3", SyscallRule::absent, 0},
    {"socket", SyscallRule::allowed_unless_equal, vsock_family},
    // Linux, 32-bit Linux with and without the uname26 flag, and the question itself.
    {"personality", SyscallRule::allowed_if_equal, 0x0},
    {"personality", SyscallRule::allowed_if_equal, 0x8},
    {"personality", SyscallRule::allowed_if_equal, 0x20000},
    {"personality", SyscallRule::allowed_if_equal, 0x20008},
    {"personality", SyscallRule::allowed_if_equal, 0xffffffff},
}};

constexpr std::array<std::string_view, 22> of_sys_admin{
    "bpf",      "clone",           "clone3",      "fanotify_init", "fsconfig",    "fsmount",
    "fsopen",   "fspick",          "mount",       "mount_setattr", "move_mount",  "open_tree",
    "quotactl", "perf_event_open", "quotactl_fd", "setdomainname", "sethostname", "setns",
    "syslog",   "umount",          "umount2",     "unshare"};
constexpr std::array<std::string_view, 1> of_dac_read_search{"open_by_handle_at"};
constexpr std::array<std::string_view, 1> of_sys_boot{"reboot"};
constexpr std::array<std::string_view, 3> of_sys_module{"delete_module", "init_module",
                                                        "finit_module"};
constexpr std::array<std::string_view, 1> of_sys_pacct{"acct"};
constexpr std::array<std::string_view, 2> of_sys_ptrace{"kcmp", "process_madvise"};
constexpr std::array<std::string_view, 2> of_sys_rawio{"iopl", "ioperm"};
constexpr std::array<std::string_view, 4> of_sys_time{"settimeofday", "stime", "clock_settime",
                                                      "clock_settime64"};
constexpr std::array<std::string_view, 1> of_sys_tty_config{"vhangup"};
constexpr std::array<std::string_view, 4> of_sys_nice{"get_mempolicy", "mbind", "set_mempolicy",
                                                      "set_mempolicy_home_node"};
constexpr std::array<std::string_view, 1> of_syslog{"syslog"};

constexpr std::array<CapabilitySyscalls, 11> by_capability{{
    {"SYS_ADMIN", of_sys_admin},
    {"DAC_READ_SEARCH", of_dac_read_search},
    {"SYS_BOOT", of_sys_boot},
    {"SYS_MODULE", of_sys_module},
    {"SYS_PACCT", of_sys_pacct},
    {"SYS_PTRACE", of_sys_ptrace},
    {"SYS_RAWIO", of_sys_rawio},
    {"SYS_TIME", of_sys_time},
    {"SYS_TTY_CONFIG", of_sys_tty_config},
    {"SYS_NICE", of_sys_nice},
    {"SYSLOG", of_syslog},
}};

/// What these capabilities open, each call once.
std::set<std::string_view> opened_by(CapabilitySet capabilities) {
  std::set<std::string_view> opened;
  for (const CapabilitySyscalls& group : by_capability) {
    if ((capabilities & capability_named(group.capability).value_or(0)) != 0) {
      opened.insert(group.names.begin(), group.names.end());
    }
  }
  return opened;
}

void append_rule(std::string& json, const ConditionalSyscall& call) {
  json += ",{\"names\":[\"" + std::string(call.name) + "\"],\"action\":";
  if (call.rule == SyscallRule::absent) {
    json += "\"SCMP_ACT_ERRNO\",\"errnoRet\":" + std::to_string(ENOSYS) + "}";
    return;
  }
  json += "\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":" + std::to_string(call.value);
  switch (call.rule) {
    case SyscallRule::allowed_if_masked_zero:
      json += ",\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"";
      break;
    case SyscallRule::allowed_if_equal:
      json += ",\"op\":\"SCMP_CMP_EQ\"";
      break;
    case SyscallRule::allowed_unless_equal:
    case SyscallRule::absent:
      json += ",\"op\":\"SCMP_CMP_NE\"";
      break;
  }
  json += "}]}";
}

struct FilterRelease {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterRelease>;

scmp_arg_cmp condition(const ConditionalSyscall& call) {
  switch (call.rule) {
    case SyscallRule::allowed_if_masked_zero:
      return {.arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = call.value, .datum_b = 0};
    case SyscallRule::allowed_if_equal:
      return {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = call.value, .datum_b = 0};
    case SyscallRule::allowed_unless_equal:
    case SyscallRule::absent:
      break;
  }
  return {.arg = 0, .op = SCMP_CMP_NE, .datum_a = call.value, .datum_b = 0};
}

/// 0, or the negative error of the first rule that libseccomp refused. A call that this machine's
/// architecture does not have is passed over: nobody can make it.
int add_rules(scmp_filter_ctx filter, CapabilitySet capabilities) {
  const std::set<std::string_view> opened = opened_by(capabilities);
  std::vector<std::string_view> unconditional(allowed.begin(), allowed.end());
  unconditional.insert(unconditional.end(), opened.begin(), opened.end());
  for (const std::string_view name : unconditional) {
    const int number = seccomp_syscall_resolve_name(std::string(name).c_str());
    if (number == __NR_SCMP_ERROR) {
      continue;
    }
    const int failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
    if (failure != 0 && failure != -EDOM) {
      return failure;
    }
  }
  for (const ConditionalSyscall& call : conditional) {
    const int number = seccomp_syscall_resolve_name(std::string(call.name).c_str());
    if (number == __NR_SCMP_ERROR || opened.contains(call.name)) {
      continue;
    }
    const scmp_arg_cmp compared = condition(call);
    const int failure = call.rule == SyscallRule::absent
                            ? seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0)
                            : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &compared);
    if (failure != 0 && failure != -EDOM) {
      return failure;
    }
  }
  return 0;
}

schemas::Error filter_error(int negative_error) {
  return {.code = schemas::ErrorCode::server,
          .message = "the system call filter could not be compiled: " +
                     std::system_category().message(-negative_error)};
}

}  // namespace

std::span<const std::string_view> allowed_syscalls() { return allowed; }

std::span<const ConditionalSyscall> conditional_syscalls() { return conditional; }

std::span<const CapabilitySyscalls> capability_syscalls() { return by_capability; }

CapabilitySet filter_relevant(CapabilitySet set) {
  CapabilitySet relevant = 0;
  for (const CapabilitySyscalls& group : by_capability) {
    relevant |= set & capability_named(group.capability).value_or(0);
  }
  return relevant;
}

std::string seccomp_json(CapabilitySet capabilities) {
  const std::set<std::string_view> opened = opened_by(capabilities);
  std::string json =
      "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,\"architectures\":";
#if defined(__x86_64__)
  json += "[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"]";
#else
  json += "[\"SCMP_ARCH_AARCH64\",\"SCMP_ARCH_ARM\"]";
#endif
  json += ",\"syscalls\":[{\"names\":[";
  for (const std::string_view name : allowed) {
    codec::append_json_text(json, name);
    json += ',';
  }
  for (const std::string_view name : opened) {
    codec::append_json_text(json, name);
    json += ',';
  }
  json.back() = ']';
  json += ",\"action\":\"SCMP_ACT_ALLOW\"}";
  for (const ConditionalSyscall& call : conditional) {
    if (!opened.contains(call.name)) {
      append_rule(json, call);
    }
  }
  return json + "]}";
}

schemas::Result<std::string> seccomp_program(CapabilitySet capabilities) {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) {
    return filter_error(-ENOMEM);
  }
#if defined(__x86_64__)
  int failure = seccomp_arch_add(filter.get(), SCMP_ARCH_X86);
#else
  int failure = seccomp_arch_add(filter.get(), SCMP_ARCH_ARM);
#endif
  // A tree instead of a list: a call costs tens of comparisons less, each time it is made.
  failure = failure != 0 ? failure : seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  failure = failure != 0 ? failure : add_rules(filter.get(), capabilities);
  if (failure != 0) {
    return filter_error(failure);
  }
  const int file = memfd_create("seccomp", MFD_CLOEXEC);
  if (file < 0) {
    return filter_error(-errno);
  }
  failure = seccomp_export_bpf(filter.get(), file);
  const off_t size = lseek(file, 0, SEEK_END);
  std::string instructions(static_cast<std::size_t>(size > 0 ? size : 0), '\0');
  const ssize_t moved = pread(file, instructions.data(), instructions.size(), 0);
  close(file);
  if (failure != 0 || moved != size) {
    return filter_error(failure != 0 ? failure : -EIO);
  }
  return instructions;
}

}  // namespace agent
