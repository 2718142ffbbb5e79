#include "tests/bench/start.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "api/stowage.h"
#include "api/tasks.h"
#include "tests/bench/client.h"
#include "tests/bench/machine.h"
#include "tests/bench/phases.h"

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(30);
/// Asking more often would take the time away from those who do the work.
constexpr auto look_again = std::chrono::milliseconds(1);

std::int64_t microseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
}

std::string definition_json(const std::string& registry) {
  return R"({"family":"bench","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],)"
         R"("cpu":"256","memory":"512","containerDefinitions":[{"name":"main","image":")" +
         registry + R"(/probe:latest","command":["hold"],"stopTimeout":2}]})";
}

Result<api::RunTaskRequest> request_for(Client& client, const std::string& cluster) {
  const auto subnets = Client::read<api::ListSubnetsResponse>(client.get("/v1/subnets"));
  if (!subnets.ok()) {
    return subnets.error();
  }
  api::AwsVpcConfiguration vpc;
  for (const api::Subnet& subnet : subnets.value().subnets) {
    vpc.subnets.push_back(subnet.subnet_id);
  }
  api::NetworkConfiguration network;
  network.awsvpc_configuration = vpc;
  api::RunTaskRequest request;
  request.cluster = cluster;
  request.task_definition = "bench";
  request.launch_type = api::LaunchType::fargate;
  request.network_configuration = network;
  return request;
}

/// Waits until the task has that status and returns it.
Result<api::Task> await_status(Client& client, const std::string& cluster, const std::string& arn,
                               const std::string& status) {
  api::DescribeTasksRequest request;
  request.cluster = cluster;
  request.tasks = {arn};
  const Clock::time_point end = Clock::now() + patience;
  std::string last = "nothing";
  while (Clock::now() < end) {
    const auto answer = client.call<api::DescribeTasksResponse>("DescribeTasks", request);
    if (!answer.ok()) {
      return answer.error();
    }
    const auto& tasks = answer.value().tasks;
    if (tasks && !tasks->empty()) {
      const api::Task& task = tasks->front();
      last = task.last_status.value_or("") + " " + task.stopped_reason.value_or("");
      if (task.last_status == status) {
        return task;
      }
      if (task.last_status == "STOPPED") {
        break;
      }
    }
    std::this_thread::sleep_for(look_again);
  }
  return Error{ErrorCode::server, arn + " did not become " + status + "; it is " + last};
}

struct Start {
  std::string arn;
  std::int64_t run_task_us = 0;
  std::int64_t to_running_us = 0;
};

Result<Start> start_one(Client& client, const api::RunTaskRequest& request) {
  const std::string cluster = request.cluster.value_or("");
  const Clock::time_point begin = Clock::now();
  const auto answer = client.call<api::RunTaskResponse>("RunTask", request);
  Start start{.arn = "", .run_task_us = microseconds_since(begin), .to_running_us = 0};
  if (!answer.ok()) {
    return answer.error();
  }
  const auto tasks = answer.value().tasks.value_or(std::vector<api::Task>{});
  if (tasks.empty()) {
    const auto failures = answer.value().failures.value_or(std::vector<api::Failure>{});
    return Error{ErrorCode::server,
                 "RunTask placed nothing: " + (failures.empty() ? std::string("no reason given")
                                                                : failures[0].reason.value_or(""))};
  }
  start.arn = tasks.front().task_arn.value_or("");
  const auto running = await_status(client, cluster, start.arn, "RUNNING");
  start.to_running_us = microseconds_since(begin);
  if (!running.ok()) {
    return running.error();
  }
  api::StopTaskRequest stop;
  stop.cluster = cluster;
  stop.task = start.arn;
  const auto stopping = client.call<api::StopTaskResponse>("StopTask", stop);
  if (!stopping.ok()) {
    return stopping.error();
  }
  const auto stopped = await_status(client, cluster, start.arn, "STOPPED");
  if (!stopped.ok()) {
    return stopped.error();
  }
  return start;
}

std::string contents(const std::string& path) {
  const std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A value of Prometheus text, or 0. Only unlabelled series are asked for.
double metric(const std::string& text, const std::string& name) {
  const std::string begin = "\n" + name + " ";
  const std::size_t at = text.find(begin);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + begin.size(), nullptr);
}

/// Means of control's own histograms between two readings of /metrics.
std::map<std::string, std::int64_t> means_between(const std::string& before,
                                                  const std::string& after) {
  std::map<std::string, std::int64_t> means;
  for (const std::string name : {"turn", "commit"}) {
    const std::string series = "stowage_" + name + "_seconds";
    const double count = metric(after, series + "_count") - metric(before, series + "_count");
    const double sum = metric(after, series + "_sum") - metric(before, series + "_sum");
    if (count > 0) {
      means[name] = static_cast<std::int64_t>(sum / count * 1e6);
    }
  }
  return means;
}

}  // namespace

Result<StartMeasurements> measure_starts(const StartSettings& settings) {
  MachineSettings wanted;
  wanted.agent_options = {"--runtime", settings.runtime};
  auto machine = Machine::start(wanted);
  if (!machine.ok()) {
    return machine.error();
  }
  Client client(machine.value().endpoint());
  const auto registered =
      client.post("RegisterTaskDefinition", definition_json(machine.value().registry()));
  if (!registered.ok()) {
    return registered.error();
  }
  // A pool host belongs to no cluster, so nobody has made one yet.
  const auto created =
      client.post("CreateCluster", R"({"clusterName":")" + wanted.cluster + R"("})");
  if (!created.ok()) {
    return created.error();
  }
  const auto request = request_for(client, wanted.cluster);
  if (!request.ok()) {
    return request.error();
  }
  StartMeasurements measured;
  std::vector<std::string> ids;
  std::string metrics_before;
  for (std::int64_t index = 0; index < settings.warm_up + settings.starts; ++index) {
    if (index == settings.warm_up) {
      metrics_before = client.get("/metrics").ok() ? client.get("/metrics").value() : "";
    }
    const auto start = start_one(client, request.value());
    if (!start.ok()) {
      return start.error();
    }
    if (index >= settings.warm_up) {
      measured.to_running_us.push_back(start.value().to_running_us);
      measured.run_task_us.push_back(start.value().run_task_us);
      ids.push_back(start.value().arn.substr(start.value().arn.rfind('/') + 1));
    }
  }
  const auto metrics_after = client.get("/metrics");
  if (metrics_after.ok()) {
    measured.control_mean_us = means_between(metrics_before, metrics_after.value());
  }
  measured.phases_us = phases_in(contents(machine.value().log_path("p1.agent")), ids);
  return measured;
}

}  // namespace bench
