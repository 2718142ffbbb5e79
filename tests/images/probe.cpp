// The one program in the test images: each verb shows one thing about where it runs. Linked
// statically, so that an image is this file and nothing else.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;
volatile std::sig_atomic_t stop_signal = 0;

void note_signal(int number) { stop_signal = number; }

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigaction(number, &action, nullptr);
}

/// The argument at `index` as a number, or `otherwise`.
long number(const Arguments& arguments, std::size_t index, long otherwise) {
  return index < arguments.size() ? std::strtol(arguments[index].c_str(), nullptr, 10) : otherwise;
}

std::string text(const Arguments& arguments, std::size_t index, const std::string& otherwise) {
  return index < arguments.size() ? arguments[index] : otherwise;
}

int failed(const std::string& what) {
  std::cout << what << ": " << std::strerror(errno) << std::endl;
  return 1;
}

std::string environment_text() {
  std::string lines;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    lines += std::string(*entry) + "\n";
  }
  return lines;
}

std::string hostname() {
  std::string name(256, '\0');
  gethostname(name.data(), name.size() - 1);
  return name.c_str();
}

/// Waits for SIGTERM, SIGINT, SIGQUIT or SIGUSR1; says which and ends with 0.
int hold(const Arguments& /*arguments*/) {
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT, SIGUSR1}) {
    handle(signal, note_signal);
  }
  std::cout << "holding" << std::endl;
  sigset_t none;
  sigemptyset(&none);
  while (stop_signal == 0) {
    poll(nullptr, 0, 100);
  }
  std::cout << "stopped by signal " << stop_signal << std::endl;
  return 0;
}

int ignore(const Arguments& /*arguments*/) {
  handle(SIGTERM, SIG_IGN);
  std::cout << "ignoring SIGTERM" << std::endl;
  while (true) {
    pause();
  }
}

int leave(const Arguments& arguments) { return static_cast<int>(number(arguments, 0, 0)); }

/// Says that it was born, lives for so many milliseconds and ends with a code; with 0 on SIGTERM.
int live(const Arguments& arguments) {
  handle(SIGTERM, note_signal);
  std::cout << "born" << std::endl;
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(number(arguments, 0, 1000));
  while (stop_signal == 0 && std::chrono::steady_clock::now() < end) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    poll(nullptr, 0, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 100)));
  }
  return stop_signal != 0 ? 0 : static_cast<int>(number(arguments, 1, 0));
}

/// Uses one CPU for so many milliseconds.
int burn(const Arguments& arguments) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(number(arguments, 0, 1000));
  volatile std::uint64_t turns = 0;
  while (std::chrono::steady_clock::now() < end) {
    turns = turns + 1;
  }
  std::cout << "burnt" << std::endl;
  return 0;
}

/// Touches so many MiB, a MiB at a time, then holds.
int eat(const Arguments& arguments) {
  constexpr std::size_t mib = 1U << 20U;
  const long wanted = number(arguments, 0, 64);
  for (long eaten = 0; eaten < wanted; ++eaten) {
    void* piece = mmap(nullptr, mib, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED) {
      return failed("mmap");
    }
    std::memset(piece, 1, mib);
  }
  std::cout << "ate " << wanted << " MiB" << std::endl;
  return text(arguments, 1, "") == "leave" ? 0 : hold({});
}

/// A child eats too much while its parent stays small; ends with 7 when the child was killed.
int eat_in_child(const Arguments& arguments) {
  const pid_t child = fork();
  if (child == 0) {
    std::_Exit(eat(arguments));
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::cout << (WIFSIGNALED(status) ? "child killed" : "child ended") << std::endl;
  return WIFSIGNALED(status) ? 7 : 0;
}

/// Forks until it is refused or has made so many; says how many.
int forks(const Arguments& arguments) {
  long made = 0;
  std::vector<pid_t> children;
  for (; made < number(arguments, 0, 100); ++made) {
    const pid_t child = fork();
    if (child < 0) {
      break;
    }
    if (child == 0) {
      pause();
      std::_Exit(0);
    }
    children.push_back(child);
  }
  std::cout << "forked " << made << std::endl;
  for (const pid_t child : children) {
    ::kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  return 0;
}

int show(const Arguments& /*arguments*/) {
  std::string directory(4096, '\0');
  if (getcwd(directory.data(), directory.size()) == nullptr) {
    return failed("getcwd");
  }
  std::cout << "uid " << getuid() << "\ngid " << getgid() << "\ngroups";
  std::vector<gid_t> groups(64);
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  for (int at = 0; at < count; ++at) {
    std::cout << ' ' << groups[static_cast<std::size_t>(at)];
  }
  std::cout << "\ndirectory " << directory.c_str() << "\nhostname " << hostname() << "\npid "
            << getpid() << "\nno_new_privileges " << prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) << "\n"
            << environment_text() << std::flush;
  return 0;
}

int arguments_back(const Arguments& arguments) {
  for (const std::string& argument : arguments) {
    std::cout << "argument " << argument << "\n";
  }
  std::cout << std::flush;
  return 0;
}

int cat(const Arguments& arguments) {
  for (const std::string& path : arguments) {
    std::ifstream file(path);
    if (!file) {
      return failed(path);
    }
    std::cout << file.rdbuf() << std::flush;
  }
  return 0;
}

/// Opens a path for reading ("r") or writing ("w") and says how that went.
int open_path(const Arguments& arguments) {
  const bool writing = text(arguments, 0, "r") == "w";
  const std::string path = text(arguments, 1, "/");
  const int file =
      open(path.c_str(), writing ? O_WRONLY | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
  if (file < 0) {
    return failed("open " + path);
  }
  char byte = 'x';
  const ssize_t moved = writing ? write(file, &byte, 1) : read(file, &byte, 1);
  if (moved < 0) {
    return failed("use " + path);
  }
  std::cout << "opened " << path << " and moved " << moved << std::endl;
  return 0;
}

/// Tries something that a container must not do; ends with 0 when it was let.
int attempt(const Arguments& arguments) {
  const std::string what = text(arguments, 0, "");
  errno = 0;
  const std::map<std::string, std::function<long()>> attempts = {
      {"mount", [] { return mount("none", "/tmp", "tmpfs", 0, nullptr); }},
      {"unmount", [] { return umount2("/proc", MNT_DETACH); }},
      {"keyctl", [] { return syscall(SYS_keyctl, 0, -3, 1); }},
      {"add_key", [] { return syscall(SYS_add_key, "user", "probe", "x", 1, -3); }},
      {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
      {"unshare_user", [] { return syscall(SYS_unshare, 0x10000000); }},
      {"unshare_network", [] { return syscall(SYS_unshare, 0x40000000); }},
      {"clone_user", [] { return syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0); }},
      {"reboot", [] { return syscall(SYS_reboot, 0xfee1dead, 672274793, 0, nullptr); }},
      {"kexec", [] { return syscall(SYS_kexec_load, 0, 0, nullptr, 0); }},
      {"init_module", [] { return syscall(SYS_init_module, nullptr, 0, ""); }},
      {"open_by_handle", [] { return syscall(SYS_open_by_handle_at, -1, nullptr, 0); }},
      {"perf", [] { return syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
      {"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
      {"ptrace_init", [] { return syscall(SYS_ptrace, 16, 1, 0, 0); }},
      {"settime", [] { return syscall(SYS_settimeofday, nullptr, nullptr); }},
      {"hostname", [] { return static_cast<long>(sethostname("x", 1)); }},
      {"mknod_disk", [] { return static_cast<long>(mknod("/disk", S_IFBLK | 0600, 254U << 8U)); }},
      {"raw_socket", [] { return static_cast<long>(socket(AF_INET, SOCK_RAW, 1)); }},
      {"packet_socket", [] { return static_cast<long>(socket(AF_PACKET, SOCK_RAW, 0)); }},
      {"clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
      {"personality", [] { return syscall(SYS_personality, 0x0400000); }},
  };
  const auto found = attempts.find(what);
  if (found == attempts.end()) {
    std::cout << "no such attempt: " << what << std::endl;
    return 2;
  }
  if (found->second() < 0) {
    return failed(what);
  }
  std::cout << what << ": let" << std::endl;
  return 0;
}

/// Writes so many numbered lines, each padded to so many bytes, to standard output.
int lines(const Arguments& arguments) {
  const long count = number(arguments, 0, 10);
  const auto width = static_cast<std::size_t>(number(arguments, 1, 20));
  for (long line = 1; line <= count; ++line) {
    std::string written = "line " + std::to_string(line);
    written.resize(std::max(width, written.size()), '.');
    std::cout << written << "\n";
  }
  std::cout << std::flush;
  return text(arguments, 2, "") == "hold" ? hold({}) : 0;
}

int both(const Arguments& /*arguments*/) {
  std::cout << "to stdout" << std::endl;
  std::cerr << "to stderr" << std::endl;
  return 0;
}

bool send_all(int peer, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t moved = send(peer, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (moved <= 0) {
      return false;
    }
    sent += static_cast<std::size_t>(moved);
  }
  return true;
}

/// The answer to GET http://ADDRESS[:PORT]/PATH, head and body; "" with a reason in `why`.
std::string fetch(std::string url, std::string& why) {
  const std::string scheme = "http://";
  if (url.rfind(scheme, 0) == 0) {
    url.erase(0, scheme.size());
  }
  const std::size_t slash = url.find('/');
  const std::string path = slash == std::string::npos ? "/" : url.substr(slash);
  std::string host = url.substr(0, slash);
  const std::string host_header = host;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  if (const std::size_t colon = host.find(':'); colon != std::string::npos) {
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(host.substr(colon + 1))));
    host.resize(colon);
  }
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    why = host + " is not an IPv4 address";
    return {};
  }
  const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  std::string answer;
  if (connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      !send_all(peer, "GET " + path + " HTTP/1.1\r\nHost: " + host_header +
                          "\r\nConnection: close\r\n\r\n")) {
    why = std::strerror(errno);
  } else {
    std::string piece(65536, '\0');
    for (ssize_t moved = 1; moved > 0;) {
      moved = recv(peer, piece.data(), piece.size(), 0);
      answer.append(piece, 0, static_cast<std::size_t>(std::max<ssize_t>(moved, 0)));
    }
    why = answer.empty() ? "no answer" : "";
  }
  close(peer);
  return answer;
}

/// Prints the body of an HTTP answer; ends with 0 for a status of 200, 3 for another, 1 for none.
int get(const Arguments& arguments) {
  std::string why;
  const std::string answer = fetch(text(arguments, 0, ""), why);
  if (answer.empty()) {
    std::cout << "no answer: " << why << std::endl;
    return 1;
  }
  const std::size_t head_end = answer.find("\r\n\r\n");
  std::cout << (head_end == std::string::npos ? answer : answer.substr(head_end + 4)) << std::endl;
  return answer.find(" 200 ") < 15 ? 0 : 3;
}

std::string page(const std::string& path) {
  if (path == "/healthz") {
    return "ok\n";
  }
  if (path == "/env") {
    return environment_text();
  }
  const std::string fetching = "/fetch?";
  if (path.rfind(fetching, 0) == 0) {
    std::string why;
    const std::string answer = fetch(path.substr(fetching.size()), why);
    return answer.empty() ? "no answer: " + why + "\n" : answer;
  }
  const char* greeting = std::getenv("GREETING");
  return std::string(greeting == nullptr ? "hello" : greeting) + " from " + hostname() + "\n";
}

void answer_one(int peer, const std::string& peer_text) {
  const timeval limit{.tv_sec = 2, .tv_usec = 0};
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string request;
  std::string piece(4096, '\0');
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < 65536) {
    const ssize_t moved = recv(peer, piece.data(), piece.size(), 0);
    if (moved < 0 && errno == EINTR) {
      continue;  // told to stop: whoever is being answered is answered
    }
    if (moved <= 0) {
      return;
    }
    request.append(piece, 0, static_cast<std::size_t>(moved));
  }
  const std::size_t first = request.find(' ');
  const std::size_t second = request.find(' ', first + 1);
  if (first == std::string::npos || second == std::string::npos) {
    return;
  }
  const std::string path = request.substr(first + 1, second - first - 1);
  const std::string body = page(path);
  send_all(peer,
           "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body);
  std::cout << peer_text << " GET " << path << std::endl;
}

/// An HTTP server: / greets with $GREETING and the host name, /env, /healthz, /fetch?URL. Ends
/// with 0 on SIGTERM; `serve PORT SECONDS` goes on for so long after it, as a server does whose
/// callers may hold its address for a moment more.
int serve(const Arguments& arguments) {
  handle(SIGTERM, note_signal);
  handle(SIGINT, note_signal);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(number(arguments, 0, 80)));
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 128) != 0) {
    return failed("listen");
  }
  std::cout << "serving on port " << ntohs(address.sin_port) << std::endl;
  const std::chrono::seconds after_signal(number(arguments, 1, 0));
  std::optional<std::chrono::steady_clock::time_point> end;
  for (;;) {
    if (stop_signal != 0 && !end) {
      end = std::chrono::steady_clock::now() + after_signal;
    }
    if (end && std::chrono::steady_clock::now() >= *end) {
      break;
    }
    pollfd wait{.fd = listener, .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, 100) <= 0) {
      continue;
    }
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const int peer = accept4(listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC);
    if (peer >= 0) {
      std::string peer_text(INET_ADDRSTRLEN, '\0');
      inet_ntop(AF_INET, &from.sin_addr, peer_text.data(), INET_ADDRSTRLEN);
      answer_one(peer, peer_text.c_str());
      close(peer);
    }
  }
  std::cout << "stopped by signal " << stop_signal << std::endl;
  return 0;
}

}  // namespace

int main(int count, char** values) {
  const std::map<std::string, int (*)(const Arguments&)> verbs = {
      {"serve", serve},    {"get", get},         {"hold", hold},
      {"ignore", ignore},  {"exit", leave},      {"burn", burn},
      {"eat", eat},        {"forks", forks},     {"eat-in-child", eat_in_child},
      {"show", show},      {"cat", cat},         {"arguments", arguments_back},
      {"open", open_path}, {"attempt", attempt}, {"lines", lines},
      {"both", both},      {"live", live},
  };
  const Arguments all(values + 1, values + count);
  const auto verb = verbs.find(all.empty() ? "show" : all.front());
  if (verb == verbs.end()) {
    std::cerr << "probe knows no verb '" << all.front() << "'" << std::endl;
    return 64;
  }
  return verb->second(all.empty() ? all : Arguments(all.begin() + 1, all.end()));
}
