#include "tests/bench/services.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "api/services.h"

namespace bench {

namespace {

using control::Input;
using schemas::Duration;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Instant;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskStatus;

constexpr Duration one_second{1'000};
/// As an agent asks to be held.
constexpr std::int64_t hold_ms = 20'000;
/// Reports that come in while a turn is decided are taken together by the next.
constexpr std::size_t syncs_a_turn = 50;
constexpr std::size_t calls_a_turn = 100;
/// Less than a service's grace for what is late; more would be a cluster that does not settle.
constexpr std::int64_t patience_s = 3'600;

enum class Programs : std::uint8_t { serve, crash };

/// A host that does at once what it is told, and says so when it asks next.
struct Host {
  std::string identity;
  std::optional<std::int64_t> version;
  std::int64_t sequence = 0;
  bool asks = true;  ///< its last question was answered
  std::map<schemas::TaskId, schemas::TaskReport> reports;
  std::set<schemas::TaskId> running;
};

schemas::TaskReport report_of(const schemas::TaskAssignment& task, TaskStatus status) {
  schemas::TaskReport report;
  report.id = task.id;
  report.status = status;
  for (const schemas::ContainerAssignment& each : task.containers) {
    schemas::ContainerReport container;
    container.name = each.definition.name;
    container.status = status == TaskStatus::running ? schemas::ContainerStatus::running
                                                     : schemas::ContainerStatus::stopped;
    if (status == TaskStatus::stopped) {
      container.exit_code = 1;
      report.stop_code = schemas::StopCode::essential_container_exited;
      report.stopped_reason = "Essential container in task exited";
    }
    report.containers.push_back(std::move(container));
  }
  return report;
}

/// Hosts around a bare control, and a clock of their own.
class Cluster {
 public:
  static Result<std::unique_ptr<Cluster>> open(const ServicesSettings& settings,
                                               const std::string& path) {
    auto made = std::make_unique<Cluster>();
    auto control = open_bare_control(path, [cluster = made.get()] { return cluster->now_; });
    if (!control.ok()) {
      return control.error();
    }
    made->control_ = std::move(control).value();
    Outcome prepared = join_hosts(*made->control_, settings.hosts);
    prepared = prepared.ok() ? register_bench_definition(*made->control_) : prepared;
    if (!prepared.ok()) {
      return prepared.error();
    }
    for (std::int64_t number = 1; number <= settings.hosts; ++number) {
      Host host;
      host.identity = bench_identity(number);
      made->hosts_.push_back(std::move(host));
    }
    return made;
  }

  void programs(Programs programs) { programs_ = programs; }

  /// All calls come in at once, as many to a turn as the loop would take.
  Outcome ask(const std::vector<Input>& calls, ServicesRun& run) {
    for (std::size_t first = 0; first < calls.size(); first += calls_a_turn) {
      const std::size_t count = std::min(calls_a_turn, calls.size() - first);
      const Result<control::Turn> done = turn({&calls[first], count}, run);
      if (!done.ok()) {
        return done.error();
      }
      for (const control::Reply& reply : done.value().replies) {
        if (!reply.result.ok()) {
          return reply.result.error();
        }
      }
    }
    return schemas::Done{};
  }

  /// A second goes by; every host whose question was answered asks again.
  Outcome pass_second(ServicesRun& run) {
    now_ += one_second;
    run.passed += one_second;
    std::vector<Input> inputs;
    for (std::size_t at = 0; at < hosts_.size(); ++at) {
      if (hosts_[at].asks) {
        inputs.emplace_back(question_of(at));
      }
    }
    inputs.emplace_back(control::Tick{});
    for (std::size_t first = 0; first < inputs.size(); first += syncs_a_turn) {
      const Result<control::Turn> done =
          turn({&inputs[first], std::min(syncs_a_turn, inputs.size() - first)}, run);
      if (!done.ok()) {
        return done.error();
      }
    }
    return schemas::Done{};
  }

  Outcome pass(Duration time, ServicesRun& run) {
    Outcome passed = schemas::Done{};
    for (Duration gone{0}; gone < time && passed.ok(); gone += one_second) {
      passed = pass_second(run);
    }
    return passed;
  }

  /// Until every deployment is completed.
  Outcome settle(ServicesRun& run) {
    for (std::int64_t second = 0; second < patience_s; ++second) {
      Outcome passed = pass_second(run);
      if (!passed.ok() || is_settled()) {
        return passed;
      }
    }
    return Error{ErrorCode::server, "The services did not come to rest within an hour."};
  }

 private:
  [[nodiscard]] bool is_settled() const {
    const auto& services = control_->world()->services;
    return std::all_of(services.begin(), services.end(), [](const auto& entry) {
      const auto& deployments = entry.second.deployments;
      return deployments.size() == 1 &&
             deployments.front().rollout_state == schemas::RolloutState::completed;
    });
  }

  Input question_of(std::size_t at) {
    Host& host = hosts_[at];
    host.asks = false;
    control::AgentSync sync;
    sync.waiter = static_cast<std::int64_t>(at);
    sync.identity_hash = host.identity;
    sync.request.boot_id = host.identity;
    sync.request.have_version = host.version;
    sync.request.hold_ms = hold_ms;
    sync.request.report_sequence = host.sequence;
    for (auto& [id, report] : host.reports) {
      sync.request.tasks.push_back(std::move(report));
    }
    host.reports.clear();
    return sync;
  }

  Result<control::Turn> turn(std::span<const Input> inputs, ServicesRun& run) {
    Result<control::Turn> done = control_->turn(inputs, &run.costs);
    if (done.ok()) {
      for (const control::AgentReply& reply : done.value().agents) {
        if (const auto* answer = std::get_if<schemas::SyncAnswer>(&reply.answer)) {
          take(hosts_[static_cast<std::size_t>(reply.waiter)], *answer, run);
        } else if (const auto* refused = std::get_if<Error>(&reply.answer)) {
          return *refused;
        }
      }
    }
    return done;
  }

  void take(Host& host, const schemas::SyncAnswer& answer, ServicesRun& run) {
    host.asks = true;
    host.version = answer.version;
    for (const schemas::TaskAssignment& task : answer.tasks_set) {
      const bool wanted = task.desired_status == TaskStatus::running;
      if (wanted && programs_ == Programs::serve) {
        if (host.running.insert(task.id).second) {
          host.reports[task.id] = report_of(task, TaskStatus::running);
          ++run.started;
        }
      } else {
        run.started += wanted ? 1 : 0;
        host.running.erase(task.id);
        host.reports[task.id] = report_of(task, TaskStatus::stopped);
        ++run.stopped;
      }
      ++host.sequence;
    }
  }

  std::unique_ptr<BareControl> control_;
  std::vector<Host> hosts_;
  Programs programs_ = Programs::serve;
  Instant now_ = wall_clock();
};

Input call_of(const std::string& operation, api::Value input) {
  return control::ApiCall{.request = 1,
                          .scope = bench_scope(),
                          .principal = std::string(bench_principal),
                          .operation = operation,
                          .input = std::move(input)};
}

std::string name_of(std::int64_t number) { return "service-" + std::to_string(number); }

std::vector<Input> creations(const ServicesSettings& settings) {
  std::vector<Input> calls;
  for (std::int64_t number = 1; number <= settings.services; ++number) {
    api::CreateServiceRequest request;
    request.cluster = "bench";
    request.service_name = name_of(number);
    request.task_definition = "bench";
    request.desired_count = settings.tasks_each;
    calls.push_back(call_of("CreateService", api::Value::of(std::move(request))));
  }
  return calls;
}

std::vector<Input> updates(const ServicesSettings& settings) {
  std::vector<Input> calls;
  for (std::int64_t number = 1; number <= settings.services; ++number) {
    api::UpdateServiceRequest request;
    request.cluster = "bench";
    request.service = name_of(number);
    request.force_new_deployment = true;
    calls.push_back(call_of("UpdateService", api::Value::of(std::move(request))));
  }
  return calls;
}

Outcome measure_rolling(const ServicesSettings& settings, const std::string& path,
                        ServicesMeasurements& measured) {
  auto cluster = Cluster::open(settings, path);
  if (!cluster.ok()) {
    return cluster.error();
  }
  Cluster& here = *cluster.value();
  Outcome done = here.ask(creations(settings), measured.created);
  done = done.ok() ? here.settle(measured.created) : done;
  done = done.ok() ? here.ask(updates(settings), measured.rolled) : done;
  done = done.ok() ? here.settle(measured.rolled) : done;
  constexpr Duration a_while{600'000};
  return done.ok() ? here.pass(a_while, measured.resting) : done;
}

Outcome measure_crashing(const ServicesSettings& settings, const std::string& path,
                         ServicesMeasurements& measured) {
  auto cluster = Cluster::open(settings, path);
  if (!cluster.ok()) {
    return cluster.error();
  }
  Cluster& here = *cluster.value();
  here.programs(Programs::crash);
  Outcome done = here.ask(creations(settings), measured.crashing);
  return done.ok() ? here.pass(one_second * settings.crashing_s, measured.crashing) : done;
}

}  // namespace

Result<ServicesMeasurements> measure_services(const ServicesSettings& settings) {
  std::string directory = settings.directory + "/stowage-bench-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) {
    return Error{ErrorCode::server, "No directory could be made in " + settings.directory};
  }
  ServicesMeasurements measured;
  Outcome done = measure_rolling(settings, directory + "/rolling.db", measured);
  done = done.ok() ? measure_crashing(settings, directory + "/crashing.db", measured) : done;
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  if (!done.ok()) {
    return done.error();
  }
  return measured;
}

}  // namespace bench
