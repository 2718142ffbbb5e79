#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/tasks.h"
#include "schemas/base/result.h"
#include "tests/bench/client.h"
#include "tests/bench/machine.h"

namespace bench {

using Clock = std::chrono::steady_clock;

std::int64_t microseconds_since(Clock::time_point begin);

/// One pool host with nothing on it, a client, and a definition of a task that holds: what every
/// benchmark of starts begins with.
struct Pool {
  std::unique_ptr<Machine> machine;
  std::unique_ptr<Client> client;
  std::string cluster;
  api::RunTaskRequest request;  ///< one task in the default subnets
  [[nodiscard]] std::string agent_log() const;
};

/// Makes it, and runs and stops `warm_up` tasks: the first pulls the image and makes the subnet's
/// bridge.
schemas::Result<Pool> start_pool(const std::string& runtime, std::int64_t warm_up);

/// Waits until the task has that status and returns it. A task that stops instead is an error that
/// says why.
schemas::Result<api::Task> await_status(Client& client, const std::string& cluster,
                                        const std::string& arn, const std::string& status);

struct Start {
  std::string arn;
  std::int64_t run_task_us = 0;    ///< RunTask sent until answered
  std::int64_t to_running_us = 0;  ///< RunTask sent until DescribeTasks says RUNNING
};

/// One start from asking to RUNNING; then the task is stopped and its end awaited.
schemas::Result<Start> start_one(Client& client, const api::RunTaskRequest& request);

/// The ARNs that RunTask answered, or why there are none.
schemas::Result<std::vector<std::string>> run_tasks(Client& client,
                                                    const api::RunTaskRequest& request);

schemas::Outcome stop_task(Client& client, const std::string& cluster, const std::string& arn);

/// The id at the end of an ARN.
std::string id_of(const std::string& arn);

/// Whole file, "" when it cannot be read.
std::string contents(const std::string& path);

}  // namespace bench
