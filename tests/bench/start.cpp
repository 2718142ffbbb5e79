#include "tests/bench/start.h"

#include <cstdlib>
#include <utility>

#include "tests/bench/docker.h"
#include "tests/bench/phases.h"
#include "tests/bench/pool.h"

namespace bench {

namespace {

using schemas::Result;

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
  const auto made = start_pool(settings.runtime, settings.warm_up);
  if (!made.ok()) {
    return made.error();
  }
  const Pool& pool = made.value();
  const auto before = pool.client->get("/metrics");
  StartMeasurements measured;
  std::vector<std::string> ids;
  for (std::int64_t index = 0; index < settings.starts; ++index) {
    const auto start = start_one(*pool.client, pool.request);
    if (!start.ok()) {
      return start.error();
    }
    measured.to_running_us.push_back(start.value().to_running_us);
    measured.run_task_us.push_back(start.value().run_task_us);
    ids.push_back(id_of(start.value().arn));
  }
  const auto after = pool.client->get("/metrics");
  if (before.ok() && after.ok()) {
    measured.control_mean_us = means_between(before.value(), after.value());
  }
  measured.phases_us = phases_in(pool.agent_log(), ids);
  if (settings.docker_runs > 0) {
    auto docker = measure_docker_runs(settings.docker_runs);
    if (docker.ok()) {
      measured.docker_run_us = std::move(docker).value();
    } else {
      measured.docker_missing = docker.error().message;
    }
  }
  return measured;
}

}  // namespace bench
