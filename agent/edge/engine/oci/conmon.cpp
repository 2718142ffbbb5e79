#include "agent/edge/engine/oci/conmon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "agent/edge/images/oci_documents.h"

namespace agent {

namespace {

schemas::Error server_error(const std::string& message) {
  return {.code = schemas::ErrorCode::server, .message = message};
}

Descriptor open_process(std::int64_t id) {
  return id > 0 ? Descriptor(static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(id), 0)))
                : Descriptor();
}

bool has_ended(const Descriptor& process) {
  pollfd wait{.fd = process.number(), .events = POLLIN, .revents = 0};
  return poll(&wait, 1, 0) != 0;
}

/// One line of the pipe, or what there was of it when it was closed.
schemas::Result<std::string> read_line(const Descriptor& pipe, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::string line;
  std::array<char, 4096> piece{};
  while (line.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd wait{.fd = pipe.number(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) == 0) {
      return server_error("the runtime did not make the container within " +
                          std::to_string(limit.count()) + " ms");
    }
    const ssize_t moved = read(pipe.number(), piece.data(), piece.size());
    if (moved <= 0) {
      break;
    }
    line.append(piece.data(), static_cast<std::size_t>(moved));
  }
  return line;
}

Program conmon_program(const EngineHome& engine, const ContainerHome& home,
                       const Supervision& supervision) {
  Program program;
  program.arguments = {supervision.conmon, "--api-version", "1", "--cid", home.id(), "--cuuid",
                       home.id(), "--name", supervision.name, "--bundle", home.bundle().string(),
                       "--container-pidfile", home.pid_file().string(), "--conmon-pidfile",
                       home.supervisor_pid_file().string(), "--exit-dir", engine.exits().string(),
                       "--socket-dir-path", engine.sockets().string(), "--log-path",
                       "k8s-file:" + supervision.log.string(), "--log-level", "error",
                       // Lines reach the file at once; flushing them to disk would delay the news
                       // that the container has ended.
                       "--no-sync-log", "--runtime", supervision.runtime};
  for (const std::string& option : supervision.options) {
    program.arguments.push_back("--runtime-arg=" + option);
  }
  program.environment = program_environment();
  program.environment.emplace_back("_OCI_SYNCPIPE=3");
  program.directory = home.bundle().string();
  program.groups = supervision.groups;
  program.private_mounts = supervision.mounts;
  return program;
}

}  // namespace

schemas::Result<Supervised> supervise(const EngineHome& engine, const ContainerHome& home,
                                      const Supervision& supervision,
                                      std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return server_error("no descriptors are left for another container: " +
                        std::system_category().message(errno));
  }
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  Program program = conmon_program(engine, home, supervision);
  program.passed = writing.number();
  const auto started = start_program(program);
  if (!started.ok()) {
    return started.error();
  }
  writing.close();
  const auto line = read_line(reading, limit);
  if (!line.ok()) {
    ::kill(-started.value().id, SIGKILL);
  }
  // conmon's first process ends as soon as it has made the one that stays.
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(started.value().id), &ended, WEXITED) != 0 &&
         errno == EINTR) {
  }
  if (!line.ok()) {
    return line.error();
  }
  auto answer = conmon_answer_of(line.value());
  if (!answer.ok()) {
    return server_error("conmon ended without saying why: status " +
                        std::to_string(ended.si_status));
  }
  if (answer.value().data <= 0) {
    return server_error(said_by(answer.value().message));
  }
  Supervised supervised{.process = static_cast<pid_t>(answer.value().data),
                        .process_handle = open_process(answer.value().data),
                        .supervisor_handle = find_supervisor(home)};
  if (!supervised.process_handle.open() || !supervised.supervisor_handle.open()) {
    return server_error("the container or its conmon ended as soon as it was made");
  }
  return supervised;
}

Descriptor find_supervisor(const ContainerHome& home) {
  const auto id = number_in_file(home.supervisor_pid_file());
  Descriptor process = open_process(id.value_or(0));
  if (!process.open() || has_ended(process)) {
    return {};
  }
  // The pidfd is open, so the number cannot change hands between this look and its use.
  const auto words = read_text("/proc/" + std::to_string(*id) + "/cmdline");
  const bool ours = words.ok() && words.value().find(home.id()) != std::string::npos &&
                    words.value().find("conmon") != std::string::npos;
  return ours ? std::move(process) : Descriptor();
}

Descriptor find_process(const ContainerHome& home, const std::string& cgroup) {
  const auto id = number_in_file(home.pid_file());
  Descriptor process = open_process(id.value_or(0));
  if (!process.open() || has_ended(process)) {
    return {};
  }
  const auto groups = read_text("/proc/" + std::to_string(*id) + "/cgroup");
  const bool ours = groups.ok() && groups.value().find(cgroup) != std::string::npos;
  return ours ? std::move(process) : Descriptor();
}

void await_end(const Descriptor& process, std::chrono::milliseconds limit) {
  pollfd wait{.fd = process.number(), .events = POLLIN, .revents = 0};
  if (process.open() && poll(&wait, 1, static_cast<int>(limit.count())) == 0) {
    send_signal(process, SIGKILL);
    poll(&wait, 1, static_cast<int>(limit.count()));
  }
}

bool send_signal(const Descriptor& process, int number) {
  return process.open() &&
         syscall(SYS_pidfd_send_signal, process.number(), number, nullptr, 0) == 0;
}

bool open_gate(const ContainerHome& home) {
  const std::filesystem::path pipe = home.runtime_state() / "exec.fifo";
  const Descriptor gate(open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  // Unlinked first: a pipe that is there means "created" to whoever looks.
  return gate.open() && unlink(pipe.c_str()) == 0 && write(gate.number(), "", 1) == 1;
}

void reopen_log(const ContainerHome& home) {
  const Descriptor control(open(home.control().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  constexpr std::string_view reopen = "2 0 0\n";
  if (control.open() && write(control.number(), reopen.data(), reopen.size()) < 0) {
    // conmon is gone; there will be no more lines.
    return;
  }
}

}  // namespace agent
