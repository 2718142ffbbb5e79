// Commands that run in a container beside its program.

#include <signal.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <sstream>
#include <thread>
#include <utility>

#include "agent/edge/engine/docker/docker_containers.h"
#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/images/oci_documents.h"

namespace agent {

namespace {

using schemas::Error;
using schemas::ErrorCode;

constexpr std::chrono::seconds ending_limit{20};
constexpr std::chrono::milliseconds look{5};

/// The daemon sends output in frames: one byte that says which stream, three of nothing, four of
/// length, then the bytes. What they carry is put together here, its beginning kept.
struct Frames {
  std::string waiting;   ///< the beginning of a header
  std::size_t left = 0;  ///< of the frame that is being read
  std::string output;

  void take(std::string_view bytes) {
    constexpr std::size_t header = 8;
    while (!bytes.empty()) {
      if (left > 0) {
        const std::size_t count = std::min(left, bytes.size());
        const std::size_t room = exec_output_max - std::min(exec_output_max, output.size());
        output.append(bytes.substr(0, std::min(count, room)));
        bytes.remove_prefix(count);
        left -= count;
        continue;
      }
      const std::size_t count = std::min(header - waiting.size(), bytes.size());
      waiting.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (waiting.size() == header) {
        for (std::size_t at = 4; at < header; ++at) {
          left = left * 256 + static_cast<unsigned char>(waiting[at]);
        }
        waiting.clear();
      }
    }
  }
};

bool is_marked(std::int64_t process, const std::string& mark) {
  const auto environment = read_text("/proc/" + std::to_string(process) + "/environ");
  return environment.ok() &&
         ('\0' + environment.value()).find('\0' + mark + '\0') != std::string::npos;
}

}  // namespace

schemas::Result<ExecResult> DockerContainers::exec(schemas::ContainerId id,
                                                   const ExecRequest& request) {
  Held copy;
  std::string mark;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end() || found->second.phase != Phase::running) {
      return Error{ErrorCode::conflict, "container " + id.text() + " does not run on this host"};
    }
    copy = found->second;
    // Docker has no name for all that a command has started; this is in the environment of each.
    mark = "STOWAGE_EXEC=" + owner_ + "-" + std::to_string(++execs_made_) + "-" +
           std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  }
  const auto exec = make_exec(copy, request, mark);
  if (!exec.ok()) {
    return exec.error();
  }
  Frames frames;
  const auto begun = std::chrono::steady_clock::now();
  const auto run = daemon_.call({.method = "POST",
                                 .path = "/exec/" + exec.value() + "/start",
                                 .body = docker::write(docker::ExecStart{}),
                                 .time_limit = request.timeout},
                                [&](std::string_view bytes) {
                                  frames.take(bytes);
                                  return true;
                                });
  const bool late = !run.ok() && std::chrono::steady_clock::now() - begun >= request.timeout;
  const auto code = end_exec(copy, exec.value(), mark);
  if (!run.ok() && !late) {
    return run.error();
  }
  if (!code.ok()) {
    return code.error();
  }
  if (run.ok() && !run.value().ok()) {
    frames.output = run.value().message().substr(0, exec_output_max);
  }
  return ExecResult{.exit_code = late ? killed_exit_code : code.value(),
                    .output = std::move(frames.output),
                    .timed_out = late};
}

schemas::Result<std::string> DockerContainers::make_exec(const Held& held,
                                                         const ExecRequest& request,
                                                         const std::string& mark) const {
  docker::ExecWish wish;
  wish.command = request.arguments;
  wish.environment = {mark};
  const auto made = daemon_.call({.method = "POST",
                                  .path = "/containers/" + held.docker + "/exec",
                                  .body = docker::write(wish)});
  if (!made.ok()) {
    return made.error();
  }
  if (!made.value().ok()) {
    return Error{ErrorCode::conflict,
                 "no command can run in container " + held.name + ": " + made.value().message()};
  }
  const auto created = docker::read<docker::Created>(made.value().body);
  return created.ok() ? schemas::Result<std::string>(created.value().id) : created.error();
}

/// Kills what the command has started; false when there was nothing.
bool DockerContainers::kill_marked(const Held& held, const std::string& mark) const {
  bool any = false;
  for (const std::string& file : cgroups_.entrances(held.task.text(), held.docker)) {
    const auto text = read_text(file);
    std::istringstream members(text.ok() ? text.value() : "");
    for (std::int64_t process = 0; members >> process;) {
      if (process > 1 && is_marked(process, mark)) {
        ::kill(static_cast<pid_t>(process), SIGKILL);
        any = true;
      }
    }
    if (text.ok()) {
      break;  // every hierarchy has the same members
    }
  }
  return any;
}

/// Its exit code, when it and all that it has started are gone.
schemas::Result<std::int64_t> DockerContainers::end_exec(const Held& held, const std::string& exec,
                                                         const std::string& mark) const {
  const auto deadline = std::chrono::steady_clock::now() + ending_limit;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto answer = daemon_.call({.path = "/exec/" + exec + "/json"});
    if (!answer.ok()) {
      return answer.error();
    }
    const auto seen = docker::read<docker::ExecInspection>(answer.value().body);
    const bool over = !answer.value().ok() || (seen.ok() && !seen.value().running);
    if (!kill_marked(held, mark) && over) {
      return seen.ok() ? seen.value().exit_code.value_or(killed_exit_code) : killed_exit_code;
    }
    std::this_thread::sleep_for(look);
  }
  return Error{ErrorCode::server, "a command in container " + held.name + " does not end"};
}

}  // namespace agent
