// Rolling updates, scaling, drains and failures drawn from a seed, against the sentences of the
// contract: never more wanted tasks than the ceiling, no stop of ours that takes the healthy ones
// below the floor, the same plan for the same state, and in the end what was desired.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "control/core/lifecycle/lifecycle.h"
#include "schemas/base/random.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using control::HostCondition;
using control::ServicePlan;
using control::ServiceTask;
using schemas::Duration;
using schemas::Instant;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

class Story {
 public:
  explicit Story(std::uint64_t seed) : random_(seed) {
    service_ = build::service(count_up_to(8));
    configure();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += Duration{static_cast<std::int64_t>(random_.below(15'000))};
      disturb();
      progress(700);
      turn();
    }
  }

  /// Faults off: the service must come to what is desired, with nothing left to do.
  void heal() {
    draining_.clear();
    calm_ = true;
    // Small services can have percentages that round to "nothing may move": somebody mends them.
    service_.deployment_configuration.maximum_percent = 200;
    for (int i = 0; i < 400; ++i) {
      now_ += Duration{10'000};
      progress(1000);
      turn();
    }
    std::int64_t alive = 0;
    for (const Task& task : tasks_) {
      if (task.last_status != TaskStatus::stopped) {
        ++alive;
        CHECK(task.deployment == service_.deployments.front().id);
      }
    }
    CHECK(alive == service_.desired_count);
    CHECK(service_.deployments.size() == 1);
    CHECK(service_.deployments.front().rollout_state == schemas::RolloutState::completed);
    const ServicePlan rest = control::plan_service(service_, view(), settings_, now_);
    CHECK(rest.starts.empty());
    CHECK(rest.stops.empty());
    CHECK(rest.deployments.empty());
    CHECK(rest.events.empty());
  }

 private:
  std::int64_t count_up_to(std::uint64_t most) {
    return static_cast<std::int64_t>(random_.below(most + 1));
  }

  void configure() {
    service_.deployment_configuration = {10 * count_up_to(10), 100 + 50 * count_up_to(2)};
  }

  std::vector<ServiceTask> view() const {
    std::vector<ServiceTask> all;
    for (const Task& task : tasks_) {
      const bool leaving = task.instance && draining_.count(*task.instance) > 0;
      all.push_back({&task, leaving ? HostCondition::leaving : HostCondition::in_service});
    }
    return all;
  }

  void disturb() {
    const std::uint64_t what = random_.below(20);
    if (what == 0) {
      service_.desired_count = count_up_to(8);
    } else if (what == 1) {
      control::begin_deployment(service_, build::deployment_id(++deployments_),
                                build::specification(), now_);
    } else if (what == 2) {
      configure();
    } else if (what == 3) {
      draining_.insert(build::instance_id(count_up_to(3)));
    } else if (what == 4) {
      draining_.clear();
    } else if (what == 5) {
      for (Task& task : tasks_) {
        if (task.instance == build::instance_id(2)) {
          change(task, control::lose_host(task, now_));
        }
      }
    }
  }

  void change(Task& task, std::optional<Task> next) {
    if (!next) {
      return;
    }
    for (schemas::Deployment& deployment : service_.deployments) {
      if (deployment.id == task.deployment) {
        if (auto account = control::account(deployment, task, *next, settings_, now_)) {
          deployment = *account;
        }
      }
    }
    task = *next;
  }

  void progress(std::uint64_t per_mille) {
    for (Task& task : tasks_) {
      if (task.last_status == TaskStatus::stopped || !random_.chance(per_mille)) {
        continue;
      }
      const bool told = task.desired_status == TaskStatus::stopped;
      TaskStatus next = told || task.last_status != TaskStatus::pending ? TaskStatus::stopped
                                                                        : TaskStatus::running;
      if (!told && task.last_status == TaskStatus::running) {
        if (calm_ || !random_.chance(30)) {
          continue;
        }
      }
      if (!told && !calm_ && random_.chance(100)) {
        next = TaskStatus::stopped;
      }
      schemas::TaskReport report = build::report_of(task, next);
      if (!calm_ && next == TaskStatus::running && random_.chance(50)) {
        report.containers.front().health = schemas::HealthStatus::unhealthy;
      }
      change(task, control::observe(task, report, now_));
    }
    for (Task& task : tasks_) {  // what was ill at the end of the faults is taken for mended
      if (calm_ && task.health == schemas::HealthStatus::unhealthy) {
        task.health = schemas::HealthStatus::unknown;
      }
    }
  }

  std::int64_t healthy() const {
    return std::count_if(tasks_.begin(), tasks_.end(), [this](const Task& task) {
      return control::counts_as_healthy(task, settings_.healthy_after, now_);
    });
  }

  std::int64_t wanted() const {
    return std::count_if(tasks_.begin(), tasks_.end(), [](const Task& task) {
      return task.desired_status == TaskStatus::running;
    });
  }

  void turn() {
    const ServicePlan plan = control::plan_service(service_, view(), settings_, now_);
    CHECK(plan == control::plan_service(service_, view(), settings_, now_));
    CHECK((!plan.next_wake || *plan.next_wake > now_));
    const std::int64_t healthy_before = healthy();
    const auto& limits = service_.deployment_configuration;
    const std::int64_t floor = (service_.desired_count * limits.minimum_healthy_percent + 99) / 100;
    for (const control::TaskStop& stop : plan.stops) {
      const auto task = std::find_if(tasks_.begin(), tasks_.end(),
                                     [&](const Task& each) { return each.id == stop.task; });
      REQUIRE(task != tasks_.end());
      auto next = control::request_stop(*task, stop.code, stop.reason, now_);
      REQUIRE(next.has_value());
      change(*task, next);
    }
    if (healthy() < healthy_before) {
      CHECK(healthy() >= floor);
    }
    start(plan);
    control::settle(service_, plan, now_);
    for (const std::string& message : plan.events) {
      schemas::ServiceEvent event;
      event.created_at = now_;
      event.message = message;
      service_.events.push_front(event);
    }
  }

  void start(const ServicePlan& plan) {
    const std::int64_t ceiling =
        service_.desired_count * service_.deployment_configuration.maximum_percent / 100;
    for (const control::TaskStart& start : plan.starts) {
      CHECK(start.deployment == service_.deployments.front().id);
      for (std::int64_t i = 0; i < start.count; ++i) {
        Task task = build::pending_service_task(++made_);
        task.deployment = start.deployment;
        task.created_at = now_;
        const std::int64_t host = count_up_to(3);
        task.instance = build::instance_id(host);
        task.availability_zone = host < 2 ? "a" : "b";
        tasks_.push_back(task);
      }
    }
    if (!plan.starts.empty()) {
      CHECK(wanted() <= ceiling);
    }
  }

  schemas::Random random_;
  control::DeploySettings settings_;
  Service service_;
  std::vector<Task> tasks_;
  std::set<schemas::InstanceId> draining_;
  Instant now_ = at_ms(0);
  std::int64_t made_ = 0;
  std::int64_t deployments_ = 1;
  bool calm_ = false;
};

}  // namespace

TEST_CASE(
    "whatever happens to a service, its limits hold, and afterwards it is what it should be") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    Story story(seed);
    story.run(120);
    story.heal();
  }
}
