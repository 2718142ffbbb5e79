#include "tests/bench/burst.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>

#include "api/services.h"
#include "tests/bench/phases.h"
#include "tests/bench/pool.h"

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

constexpr auto patience = std::chrono::seconds(60);
/// Each look costs control and us a millisecond that the host could use.
constexpr auto look_again = std::chrono::milliseconds(4);
/// As many as one RunTask takes.
constexpr std::int64_t tasks_a_call = 10;

/// A burst under way.
class Burst {
 public:
  Burst(const Pool& pool, const BurstSettings& settings) : pool_(pool), settings_(settings) {}

  Result<BurstMeasurements> run() {
    const Clock::time_point begin = Clock::now();
    Clock::time_point last_news = begin;
    while (static_cast<std::int64_t>(measured_.to_running_us.size()) < settings_.tasks) {
      const std::size_t before = measured_.to_running_us.size();
      for (const Outcome& done : {ask(), look(), stop_oldest()}) {
        if (!done.ok()) {
          return done.error();
        }
      }
      if (measured_.to_running_us.size() > before) {
        last_news = Clock::now();
        measured_.wall_us = microseconds_since(begin);
      } else if (Clock::now() - last_news > patience) {
        return Error{ErrorCode::server, "no task has become RUNNING for a minute"};
      }
      std::this_thread::sleep_for(look_again);
    }
    measured_.phases_us = phases_in(pool_.agent_log(), ids_);
    return measured_;
  }

 private:
  Outcome ask() {
    while (asked_ < settings_.tasks) {
      const auto waiting = static_cast<std::int64_t>(waiting_.size());
      const std::int64_t count =
          std::min({tasks_a_call, settings_.in_flight - waiting, settings_.tasks - asked_});
      // Small calls cost a commit each: a few places are left to gather.
      if (count <= 0 || (waiting > 0 && count < std::min<std::int64_t>(4, settings_.in_flight))) {
        break;
      }
      api::RunTaskRequest request = pool_.request;
      request.count = count;
      const Clock::time_point at = Clock::now();
      const auto arns = run_tasks(*pool_.client, request);
      if (!arns.ok()) {
        return arns.error();
      }
      for (const std::string& arn : arns.value()) {
        waiting_.emplace(arn, at);
        ids_.push_back(id_of(arn));
      }
      asked_ += static_cast<std::int64_t>(arns.value().size());
    }
    return schemas::Done{};
  }

  Outcome look() {
    api::DescribeTasksRequest request;
    request.cluster = pool_.cluster;
    constexpr std::size_t tasks_a_look = 100;
    for (const auto& [arn, at] : waiting_) {
      if (request.tasks.size() < tasks_a_look) {
        request.tasks.push_back(arn);
      }
    }
    if (request.tasks.empty()) {
      return schemas::Done{};
    }
    const auto answer = pool_.client->call<api::DescribeTasksResponse>("DescribeTasks", request);
    if (!answer.ok()) {
      return answer.error();
    }
    for (const api::Task& task : answer.value().tasks.value_or(std::vector<api::Task>{})) {
      const std::string arn = task.task_arn.value_or("");
      if (task.last_status == "STOPPED") {
        return Error{ErrorCode::server, arn + " stopped: " + task.stopped_reason.value_or("")};
      }
      if (task.last_status == "RUNNING") {
        measured_.to_running_us.push_back(microseconds_since(waiting_.at(arn)));
        waiting_.erase(arn);
        live_.push_back(arn);
      }
    }
    return schemas::Done{};
  }

  Outcome stop_oldest() {
    while (static_cast<std::int64_t>(live_.size()) > settings_.live) {
      const Outcome stopped = stop_task(*pool_.client, pool_.cluster, live_.front());
      if (!stopped.ok()) {
        return stopped.error();
      }
      live_.pop_front();
    }
    return schemas::Done{};
  }

  const Pool& pool_;
  const BurstSettings& settings_;
  BurstMeasurements measured_;
  std::int64_t asked_ = 0;
  std::map<std::string, Clock::time_point> waiting_;
  std::deque<std::string> live_;
  std::vector<std::string> ids_;
};

Result<api::Service> describe(const Pool& pool) {
  api::DescribeServicesRequest request;
  request.cluster = pool.cluster;
  request.services = {"burst"};
  const auto answer = pool.client->call<api::DescribeServicesResponse>("DescribeServices", request);
  if (!answer.ok()) {
    return answer.error();
  }
  const auto services = answer.value().services.value_or(std::vector<api::Service>{});
  if (services.empty()) {
    return Error{ErrorCode::server, "the service is not described"};
  }
  return services.front();
}

/// Until `reached` is true of the service; how long that took from `begin`.
template <class Reached>
Result<std::int64_t> await_service(const Pool& pool, Clock::time_point begin, Reached reached) {
  for (;;) {
    const auto service = describe(pool);
    if (!service.ok()) {
      return service.error();
    }
    if (reached(service.value())) {
      return microseconds_since(begin);
    }
    if (Clock::now() - begin > patience) {
      return Error{ErrorCode::server,
                   "after a minute " + std::to_string(service.value().running_count.value_or(0)) +
                       " tasks of the service run"};
    }
    std::this_thread::sleep_for(look_again);
  }
}

Outcome make_and_delete(const Pool& pool, const ServiceSettings& settings,
                        ServiceMeasurements& measured) {
  api::CreateServiceRequest create;
  create.cluster = pool.cluster;
  create.service_name = "burst";
  create.task_definition = "bench";
  create.desired_count = settings.replicas;
  create.launch_type = api::LaunchType::fargate;
  create.network_configuration = pool.request.network_configuration;
  Clock::time_point begin = Clock::now();
  const auto created = pool.client->call<api::CreateServiceResponse>("CreateService", create);
  if (!created.ok()) {
    return created.error();
  }
  const auto running = await_service(pool, begin, [&](const api::Service& service) {
    return service.running_count.value_or(0) >= settings.replicas;
  });
  if (!running.ok()) {
    return running.error();
  }
  measured.all_running_us.push_back(running.value());
  api::DeleteServiceRequest remove;
  remove.cluster = pool.cluster;
  remove.service = "burst";
  remove.force = true;
  begin = Clock::now();
  const auto removed = pool.client->call<api::DeleteServiceResponse>("DeleteService", remove);
  if (!removed.ok()) {
    return removed.error();
  }
  const auto gone = await_service(
      pool, begin, [](const api::Service& service) { return service.status == "INACTIVE"; });
  if (!gone.ok()) {
    return gone.error();
  }
  measured.all_gone_us.push_back(gone.value());
  return schemas::Done{};
}

}  // namespace

std::int64_t BurstMeasurements::milli_starts_a_second() const {
  constexpr std::int64_t milli_us = 1'000'000'000;
  return wall_us == 0 ? 0 : static_cast<std::int64_t>(to_running_us.size()) * milli_us / wall_us;
}

Result<BurstMeasurements> measure_burst(const BurstSettings& settings) {
  const auto pool = start_pool(settings.runtime, 3);
  if (!pool.ok()) {
    return pool.error();
  }
  return Burst(pool.value(), settings).run();
}

Result<ServiceMeasurements> measure_service(const ServiceSettings& settings) {
  const auto pool = start_pool(settings.runtime, 3);
  if (!pool.ok()) {
    return pool.error();
  }
  ServiceMeasurements measured;
  for (std::int64_t index = 0; index < settings.times; ++index) {
    const Outcome done = make_and_delete(pool.value(), settings, measured);
    if (!done.ok()) {
      return done.error();
    }
  }
  return measured;
}

}  // namespace bench
