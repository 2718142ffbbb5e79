#include "tests/bench/pool.h"

#include <fstream>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "api/stowage.h"

namespace bench {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr auto patience = std::chrono::seconds(30);
/// Asking more often would take the time away from those who do the work.
constexpr auto look_again = std::chrono::milliseconds(1);

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

}  // namespace

std::int64_t microseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
}

std::string id_of(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

std::string contents(const std::string& path) {
  const std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Pool::agent_log() const { return contents(machine->log_path("p1.agent")); }

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

Result<std::vector<std::string>> run_tasks(Client& client, const api::RunTaskRequest& request) {
  const auto answer = client.call<api::RunTaskResponse>("RunTask", request);
  if (!answer.ok()) {
    return answer.error();
  }
  std::vector<std::string> arns;
  for (const api::Task& task : answer.value().tasks.value_or(std::vector<api::Task>{})) {
    arns.push_back(task.task_arn.value_or(""));
  }
  if (arns.empty()) {
    const auto failures = answer.value().failures.value_or(std::vector<api::Failure>{});
    return Error{ErrorCode::server,
                 "RunTask placed nothing: " + (failures.empty() ? std::string("no reason given")
                                                                : failures[0].reason.value_or(""))};
  }
  return arns;
}

Outcome stop_task(Client& client, const std::string& cluster, const std::string& arn) {
  api::StopTaskRequest stop;
  stop.cluster = cluster;
  stop.task = arn;
  const auto stopping = client.call<api::StopTaskResponse>("StopTask", stop);
  return stopping.ok() ? Outcome(schemas::Done{}) : Outcome(stopping.error());
}

Result<Start> start_one(Client& client, const api::RunTaskRequest& request) {
  const std::string cluster = request.cluster.value_or("");
  const Clock::time_point begin = Clock::now();
  const auto arns = run_tasks(client, request);
  Start start{.arn = "", .run_task_us = microseconds_since(begin), .to_running_us = 0};
  if (!arns.ok()) {
    return arns.error();
  }
  start.arn = arns.value().front();
  const auto running = await_status(client, cluster, start.arn, "RUNNING");
  start.to_running_us = microseconds_since(begin);
  if (!running.ok()) {
    return running.error();
  }
  const Outcome stopping = stop_task(client, cluster, start.arn);
  if (!stopping.ok()) {
    return stopping.error();
  }
  const auto stopped = await_status(client, cluster, start.arn, "STOPPED");
  if (!stopped.ok()) {
    return stopped.error();
  }
  return start;
}

Result<Pool> start_pool(const std::string& runtime, std::int64_t warm_up) {
  MachineSettings wanted;
  wanted.agent_options = {"--runtime", runtime};
  auto machine = Machine::start(wanted);
  if (!machine.ok()) {
    return machine.error();
  }
  Pool pool;
  pool.machine = std::make_unique<Machine>(std::move(machine).value());
  pool.client = std::make_unique<Client>(pool.machine->endpoint());
  pool.cluster = wanted.cluster;
  const auto registered =
      pool.client->post("RegisterTaskDefinition", definition_json(pool.machine->registry()));
  if (!registered.ok()) {
    return registered.error();
  }
  // A pool host belongs to no cluster, so nobody has made one yet.
  const auto created =
      pool.client->post("CreateCluster", R"({"clusterName":")" + wanted.cluster + R"("})");
  if (!created.ok()) {
    return created.error();
  }
  const auto request = request_for(*pool.client, wanted.cluster);
  if (!request.ok()) {
    return request.error();
  }
  pool.request = request.value();
  for (std::int64_t index = 0; index < warm_up; ++index) {
    const auto started = start_one(*pool.client, pool.request);
    if (!started.ok()) {
      return started.error();
    }
  }
  return pool;
}

}  // namespace bench
