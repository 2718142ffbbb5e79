// Commands that run in a container beside its program.

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <utility>

#include "agent/edge/engine/oci/containers.h"
#include "agent/edge/images/oci_documents.h"

namespace agent {

schemas::Result<ExecResult> Containers::exec(schemas::ContainerId id, const ExecRequest& request) {
  std::string name;
  std::string task;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end() || found->second.phase != ContainerPhase::running ||
        found->second.end == Held::End::removed) {
      return schemas::Error{.code = schemas::ErrorCode::conflict,
                            .message = "container " + id.text() + " does not run on this host"};
    }
    found->second.execs += 1;
    task = found->second.record.task.text();
    name = "exec-" + std::to_string(++execs_made_);
  }
  auto result = exec_in(ContainerHome(home_, id), task, name, request);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = held_.find(id); found != held_.end()) {
      found->second.execs -= 1;
    }
  }
  exec_over_.notify_all();
  return result;
}

schemas::Result<ExecResult> Containers::exec_in(const ContainerHome& home, const std::string& task,
                                                const std::string& name,
                                                const ExecRequest& request) {
  const auto head = read_text(home.process().string());
  const std::filesystem::path process = home.bundle() / (name + ".json");
  int error = head.ok() ? 0 : EIO;
  error = error != 0 ? error : write_file(process, process_json(head.value(), request.arguments));
  if (error != 0) {
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = "cannot write " + process.string() + ": " +
                                     std::system_category().message(error)};
  }
  // A cgroup of its own below the container's: so it is limited and metered with the container, and
  // everything it started, in whatever session, is found when its time is over.
  auto made = cgroups_.create_exec(task, home.id(), name);
  Program program;
  program.arguments = {runtime_.program};
  for (std::string& option : runtime_.options(home_)) {
    program.arguments.push_back(std::move(option));
  }
  program.arguments.emplace_back("exec");
  if (runtime_.cgroups == CgroupDuty::ours) {
    for (std::string& group : cgroups_.entrances(task, home.id() + "/" + name)) {
      program.groups.push_back(std::move(group));
    }
  } else {
    program.arguments.push_back("--cgroup=" + name);
  }
  program.arguments.insert(program.arguments.end(), {"--process=" + process.string(), home.id()});
  program.environment = program_environment();
  program.private_mounts = hidden_mounts(cgroups_.hierarchy());
  auto ended = made.ok() ? run_within(std::move(program), request.timeout)
                         : schemas::Result<Ended>(made.error());
  if (auto removed = cgroups_.remove_exec(task, home.id(), name); !removed.ok()) {
    spdlog::warn("after a command in container {}: {}", home.id(), removed.error().message);
  }
  unlink(process.c_str());
  if (!ended.ok()) {
    return ended.error();
  }
  ExecResult result{.exit_code = ended.value().status,
                    .output = std::move(ended.value().output),
                    .timed_out = ended.value().timed_out};
  result.output.resize(std::min(result.output.size(), exec_output_max));
  return result;
}

}  // namespace agent
