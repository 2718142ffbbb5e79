#include "tests/bench/api_load.h"

#include <utility>

#include "tests/bench/client.h"
#include "tests/bench/control_process.h"
#include "tests/bench/http_load.h"
#include "tests/bench/pool.h"

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

constexpr std::int64_t tasks_listed = 1'000;
constexpr std::int64_t tasks_a_call = 10;

/// A host with room for everything, which joins and is never heard of again: control's lease is
/// longer than the benchmark.
std::string join_body(const std::string& cluster, char digit) {
  // It names itself by a secret that need not be one here.
  return R"({"secret":")" + std::string(64, digit) + R"(","cluster":")" + cluster +
         R"(","pool":false,"boot_id":"bench","inventory":{)"
         R"("cpu":1000000000,"memory":1000000000,"eni_capacity":1000,)"
         R"("availability_zone":"us-east-1a","address":"198.18.0.1"}})";
}

std::string request_text(const ControlProcess& control, const std::string& operation,
                         const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: " + control.host() + ":" + std::to_string(control.port()) +
         "\r\nX-Amz-Target: AmazonEC2ContainerServiceV20141113." + operation +
         "\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// What the load asks about: two clusters with a host each, so that the tasks that RunTask makes
/// are not those that ListTasks counts.
Result<std::string> prepare(Client& client) {
  const auto registered = client.post(
      "RegisterTaskDefinition",
      R"({"family":"bench","containerDefinitions":[{"name":"main","image":"probe","cpu":1,)"
      R"("memory":6}]})");
  if (!registered.ok()) {
    return registered.error();
  }
  for (const auto& [cluster, digit] : {std::pair("listed", '1'), std::pair("run", '2')}) {
    const auto joined = client.post_to("/agent/v1/join", join_body(cluster, digit));
    if (!joined.ok()) {
      return joined.error();
    }
  }
  api::RunTaskRequest request;
  request.cluster = "listed";
  request.task_definition = "bench";
  request.count = tasks_a_call;
  std::string arn;
  for (std::int64_t made = 0; made < tasks_listed; made += tasks_a_call) {
    const auto arns = run_tasks(client, request);
    if (!arns.ok()) {
      return arns.error();
    }
    arn = arns.value().front();
  }
  return arn;
}

Result<ApiStep> measure_step(const ControlProcess& control, const ApiSettings& settings,
                             const std::string& operation, const std::string& body,
                             std::int64_t connections) {
  const std::int64_t cpu_before = control.cpu_us();
  const auto measured = load({.host = control.host(),
                              .port = control.port(),
                              .request = request_text(control, operation, body),
                              .connections = connections,
                              .duration_ms = settings.duration_ms});
  if (!measured.ok()) {
    return measured.error();
  }
  const LoadMeasurements& found = measured.value();
  if (found.refused > 0) {
    return Error{ErrorCode::server, operation + " was refused: " + found.first_refusal};
  }
  ApiStep step;
  step.operation = operation;
  step.connections = connections;
  step.answered = figures_of(found.answered_us);
  constexpr std::int64_t million = 1'000'000;
  step.a_second = step.answered.count * million / found.wall_us;
  step.control_cpu_us = (control.cpu_us() - cpu_before) / step.answered.count;
  return step;
}

}  // namespace

Result<std::vector<ApiStep>> measure_api(const ApiSettings& settings) {
  const auto control = ControlProcess::start({"--auth", "off", "--lease", "3600"});
  if (!control.ok()) {
    return control.error();
  }
  Client client(control.value().endpoint());
  const auto arn = prepare(client);
  if (!arn.ok()) {
    return arn.error();
  }
  const std::vector<std::pair<std::string, std::string>> operations{
      {"DescribeTasks", R"({"cluster":"listed","tasks":[")" + arn.value() + R"("]})"},
      {"ListTasks", R"({"cluster":"listed"})"},
      {"RunTask", R"({"cluster":"run","taskDefinition":"bench"})"}};
  std::vector<ApiStep> steps;
  for (const auto& [operation, body] : operations) {
    for (const std::int64_t connections : settings.connections) {
      auto step = measure_step(control.value(), settings, operation, body, connections);
      if (!step.ok()) {
        return step.error();
      }
      steps.push_back(std::move(step).value());
    }
  }
  return steps;
}

}  // namespace bench
