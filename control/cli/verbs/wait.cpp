#include "control/cli/verbs/wait.h"

#include <map>
#include <thread>

#include "api/services.h"
#include "api/tasks.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

constexpr auto patience = std::chrono::minutes(10);
constexpr auto pause_min = std::chrono::milliseconds(50);
constexpr auto pause_max = std::chrono::milliseconds(1000);

schemas::Result<std::vector<api::Task>> described(Session& session, const std::string& cluster,
                                                  const std::vector<std::string>& tasks) {
  api::DescribeTasksRequest request;
  request.cluster = cluster;
  request.tasks = tasks;
  auto answer = session.call<api::DescribeTasksResponse>("DescribeTasks", request);
  if (!answer.ok()) {
    return answer.error();
  }
  return std::move(answer.value().value.tasks).value_or(std::vector<api::Task>{});
}

std::string why_stopped(const api::Task& task) {
  std::string why = task.stopped_reason.value_or("no reason given");
  for (const api::Container& container : task.containers.value_or(std::vector<api::Container>{})) {
    if (container.reason) {
      why += "; " + container.name.value_or("") + ": " + *container.reason;
    }
  }
  return why;
}

schemas::Result<api::Service> described_service(Session& session, const std::string& cluster,
                                                const std::string& name) {
  api::DescribeServicesRequest request;
  request.cluster = cluster;
  request.services = {name};
  auto answer = session.call<api::DescribeServicesResponse>("DescribeServices", request);
  if (!answer.ok()) {
    return answer.error();
  }
  const auto& services = answer.value().value.services;
  if (!services || services->empty()) {
    return schemas::Error{schemas::ErrorCode::service_not_found,
                          "there is no service \"" + name + "\" in cluster \"" + cluster + "\""};
  }
  return services->front();
}

std::string last_event(const api::Service& service) {
  const auto events = service.events.value_or(std::vector<api::ServiceEvent>{});
  return events.empty() ? "" : " — " + events.front().message.value_or("");
}

}  // namespace

Exit wait_until(Session& session, const std::function<schemas::Result<Look>()>& look) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  auto pause = pause_min;
  std::string shown;
  while (std::chrono::steady_clock::now() < deadline) {
    const schemas::Result<Look> seen = look();
    if (!seen.ok()) {
      return session.failed(seen.error());
    }
    if (seen.value().line != shown) {
      shown = seen.value().line;
      session.progress(shown);
    }
    if (seen.value().state != Look::State::not_yet) {
      return seen.value().state == Look::State::there ? Exit::done : Exit::failed;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, pause_max);
  }
  return session.failed(
      {schemas::ErrorCode::client, "not done after ten minutes; it goes on without this command"});
}

Exit wait_running(Session& session, const std::string& cluster,
                  const std::vector<std::string>& tasks) {
  return wait_until(session, [&]() -> schemas::Result<Look> {
    Look look{.state = Look::State::there, .line = ""};
    for (const std::vector<std::string>& batch : batches(tasks, 100)) {
      const auto seen = described(session, cluster, batch);
      if (!seen.ok()) {
        return seen.error();
      }
      for (const api::Task& task : seen.value()) {
        const std::string status = task.last_status.value_or("");
        look.line += (look.line.empty() ? "" : "  ") +
                     short_name(task.task_arn.value_or("")).substr(0, 8) + " " + status;
        if (status == "STOPPED") {
          look.state = Look::State::never;
          look.line += " (" + why_stopped(task) + ")";
        } else if (status != "RUNNING" && look.state == Look::State::there) {
          look.state = Look::State::not_yet;
        }
      }
    }
    return look;
  });
}

Exit wait_stopped(Session& session, const std::string& cluster, const std::string& task) {
  return wait_until(session, [&]() -> schemas::Result<Look> {
    const auto seen = described(session, cluster, {task});
    if (!seen.ok()) {
      return seen.error();
    }
    if (seen.value().empty()) {
      return Look{.state = Look::State::there, .line = "gone"};
    }
    const std::string status = seen.value().front().last_status.value_or("");
    const bool stopped = status == "STOPPED";
    return Look{.state = stopped ? Look::State::there : Look::State::not_yet,
                .line = status + (stopped ? ": " + why_stopped(seen.value().front()) : "")};
  });
}

Exit wait_stable(Session& session, const std::string& cluster, const std::string& service) {
  return wait_until(session, [&]() -> schemas::Result<Look> {
    const auto seen = described_service(session, cluster, service);
    if (!seen.ok()) {
      return seen.error();
    }
    const api::Service& now = seen.value();
    const std::int64_t desired = now.desired_count.value_or(0);
    const std::int64_t running = now.running_count.value_or(0);
    const auto deployments = now.deployments.value_or(std::vector<api::Deployment>{}).size();
    Look look{.state = Look::State::not_yet,
              .line = service + ": " + std::to_string(running) + " of " + std::to_string(desired) +
                      " running, " + std::to_string(now.pending_count.value_or(0)) + " pending" +
                      (deployments > 1 ? ", the revision before is still there" : "") +
                      last_event(now)};
    if (now.status != "ACTIVE") {
      look.state = Look::State::never;
    } else if (deployments == 1 && running == desired) {
      look.state = Look::State::there;
    }
    return look;
  });
}

Exit wait_inactive(Session& session, const std::string& cluster, const std::string& service) {
  return wait_until(session, [&]() -> schemas::Result<Look> {
    const auto seen = described_service(session, cluster, service);
    if (!seen.ok()) {
      return seen.error();
    }
    const std::string status = seen.value().status.value_or("");
    return Look{.state = status == "INACTIVE" ? Look::State::there : Look::State::not_yet,
                .line = service + ": " + status + ", " +
                        std::to_string(seen.value().running_count.value_or(0)) + " still running"};
  });
}

}  // namespace cli
