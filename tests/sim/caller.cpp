#include "tests/sim/caller.h"

#include <algorithm>
#include <utility>

#include "api/clusters.h"
#include "api/services.h"
#include "api/stowage.h"
#include "api/task_definitions.h"
#include "api/tasks.h"
#include "control/core/world/lookups.h"

namespace sim {

using schemas::Result;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

std::optional<api::DeploymentConfiguration> configuration_of(const ServiceWish& wish) {
  if (!wish.minimum_percent && !wish.maximum_percent && !wish.failures && !wish.hooks) {
    return std::nullopt;
  }
  api::DeploymentConfiguration configuration;
  if (wish.failures) {
    configuration.deployment_circuit_breaker = api::DeploymentCircuitBreaker{
        .enable = true,
        .rollback = wish.rollback,
        .reset_on_healthy_task = !wish.counts_all,
        .threshold_configuration = api::ThresholdConfiguration{.type = api::ThresholdType::count,
                                                               .value = *wish.failures}};
  }
  configuration.lifecycle_hooks = wish.hooks;
  configuration.minimum_healthy_percent = wish.minimum_percent;
  configuration.maximum_percent = wish.maximum_percent;
  return configuration;
}

std::vector<std::string> arns_of(const std::optional<std::vector<api::Task>>& tasks) {
  std::vector<std::string> arns;
  for (const api::Task& task : tasks.value_or(std::vector<api::Task>{})) {
    arns.push_back(task.task_arn.value_or(""));
  }
  return arns;
}

}  // namespace

const schemas::Scope& home() {
  static const schemas::Scope mine{"123456789012", "us-east-1"};
  return mine;
}

Caller::Caller(Simulation& simulation, const Knobs& knobs, ControlProcess& control,
               const Watch& watch, Images& images)
    : simulation_(simulation), knobs_(knobs), control_(control), watch_(watch), images_(images) {}

void Caller::ask(const std::string& operation, api::Value input, Retry retry, const Then& then) {
  control::ApiCall call;
  call.scope = home();
  call.principal = "arn:aws:iam::123456789012:root";
  call.operation = operation;
  call.input = std::move(input);
  ++open_calls_;
  const auto hear = [this, call, retry, then](const Heard& heard) {
    --open_calls_;
    if (const auto* answer = std::get_if<Result<api::Value>>(&heard)) {
      note_error(call.operation, *answer);
      then(*answer);
      return;
    }
    simulation_.probe("a caller's connection broke");
    if (retry == Retry::never) {
      return;
    }
    ++open_calls_;
    simulation_.after(simulation_.between(100ms, 2s), [this, call, retry, then] {
      --open_calls_;
      ask(call.operation, call.input, retry, then);
    });
  };
  simulation_.after(simulation_.between(1ms, 5ms),
                    [this, call, hear] { control_.receive(call, hear); });
}

void Caller::note_error(const std::string& operation, const Result<api::Value>& answer) {
  if (!answer.ok()) {
    last_error_ = answer.error().message;
    simulation_.note("caller", operation + " is refused: " + last_error_);
  } else {
    simulation_.note("caller", operation + " is answered");
  }
}

void Caller::settle_in() {
  api::CreateClusterRequest request;
  request.cluster_name = cluster_;
  ask("CreateCluster", api::Value::of(std::move(request)), Retry::until_answered,
      [this](const auto& answer) { clusters_[cluster_] = answer.ok(); });
  ask("ListSubnets", api::Value::of(api::ListSubnetsRequest{}), Retry::until_answered,
      [this](const auto& answer) {
        schemas::require(answer.ok(), "the default subnets cannot be listed");
        for (const api::Subnet& subnet :
             answer.value().template as<api::ListSubnetsResponse>().subnets) {
          subnets_.push_back(subnet.subnet_id);
        }
        settled_ = true;
      });
}

std::optional<api::NetworkConfiguration> Caller::network_for(const Recipe& recipe,
                                                             const std::string& group) const {
  if (recipe.place != Recipe::Place::vpc && recipe.place != Recipe::Place::pool) {
    return std::nullopt;
  }
  api::AwsVpcConfiguration network;
  network.subnets = subnets_;
  if (!group.empty()) {
    network.security_groups = {{group}};
  }
  return api::NetworkConfiguration{.awsvpc_configuration = network};
}

api::LaunchType Caller::launch_type(const Recipe& recipe) const {
  return recipe.on_pool() ? api::LaunchType::fargate : api::LaunchType::ec2;
}

void Caller::define(const Recipe& recipe) {
  recipes_[recipe.family] = recipe;
  images_[image_name(recipe.family)] = recipe.image;
  images_[image_name("setup")] = Image{.pull = Image::Pull::works,
                                       .pull_takes = 200ms,
                                       .start_takes = 20ms,
                                       .ends_after = 500ms,
                                       .exit_code = 0,
                                       .stop_takes = 100ms,
                                       .ignores_stop = false,
                                       .sick_after = {},
                                       .kill_takes = 10ms};
  ask("RegisterTaskDefinition", api::Value::of(definition_of(recipe, ++flavour_)),
      Retry::until_answered,
      [this, family = recipe.family, role = recipe.role](const auto& answer) {
        if (!answer.ok()) {
          if (role.empty()) {  // or it was deleted meanwhile
            simulation_.fail("A definition was refused: " + answer.error().message);
          }
          return;
        }
        const auto& output =
            answer.value().template as<api::RegisterTaskDefinitionResponse>().task_definition;
        std::int64_t& highest = revisions_[family];
        const std::int64_t given = output->revision.value_or(0);
        if (given <= highest) {
          simulation_.fail("Revision " + std::to_string(given) + " of " + family +
                           " was given out twice.");
        }
        highest = given;
      });
}

void Caller::retire(const std::string& family) {
  if (!revisions_.contains(family)) {
    return;  // none has been answered yet
  }
  api::DeregisterTaskDefinitionRequest request;
  request.task_definition = family + ":" + std::to_string(revisions_[family]);
  ask("DeregisterTaskDefinition", api::Value::of(std::move(request)), Retry::until_answered,
      [](const auto&) {});
}

void Caller::erase(const std::string& family) {
  if (!revisions_.contains(family)) {
    return;
  }
  const std::int64_t revision = revisions_[family];
  const std::string name = family + ":" + std::to_string(revision);
  api::DeregisterTaskDefinitionRequest request;
  request.task_definition = name;
  ask("DeregisterTaskDefinition", api::Value::of(std::move(request)), Retry::until_answered,
      [this, family, revision, name](const auto&) {
        erased_[family] = revision;
        api::DeleteTaskDefinitionsRequest next;
        next.task_definitions = {name};
        ask("DeleteTaskDefinitions", api::Value::of(std::move(next)), Retry::until_answered,
            [this](const auto&) { simulation_.probe("a definition was deleted"); });
      });
}

void Caller::create_service(const ServiceWish& wish) {
  turns_.ask(wish.name, [this, wish] {
    const Recipe& recipe = recipes_.at(wish.family.value_or("web"));
    api::CreateServiceRequest request;
    request.cluster = cluster_;
    request.service_name = wish.name;
    request.task_definition = recipe.family;
    if (wish.daemon) {
      request.scheduling_strategy = api::SchedulingStrategy::daemon;
    } else {
      request.desired_count = wish.count.value_or(1);
    }
    request.launch_type = launch_type(recipe);
    request.network_configuration = network_for(recipe, wish.group);
    request.deployment_configuration = configuration_of(wish);
    request.availability_zone_rebalancing = wish.evening_out;
    if (!recipe.on_pool()) {
      request.placement_constraints = wish.constraints;
    }
    request.client_token = "create " + wish.name + " " + std::to_string(++untold_);
    ask("CreateService", api::Value::of(std::move(request)), Retry::until_answered,
        [this, wish](const auto& answer) {
          if (answer.ok()) {
            Promise& promise = services_[wish.name];
            promise.state = Promise::State::active;
            promise.desired = wish.daemon ? std::nullopt : std::optional(wish.count.value_or(1));
          }
          turns_.over(wish.name);
        });
  });
}

void Caller::update_service(const ServiceWish& wish) {
  turns_.ask(wish.name, [this, wish] {
    api::UpdateServiceRequest request;
    request.cluster = cluster_;
    request.service = wish.name;
    request.desired_count = wish.count;
    if (wish.family) {
      request.task_definition = *wish.family;
      request.network_configuration = network_for(recipes_.at(*wish.family), wish.group);
    }
    request.deployment_configuration = configuration_of(wish);
    request.availability_zone_rebalancing = wish.evening_out;
    request.force_new_deployment = wish.force;
    request.placement_constraints = wish.constraints;
    ask("UpdateService", api::Value::of(std::move(request)), Retry::until_answered,
        [this, wish](const auto& answer) {
          if (answer.ok() && wish.count) {
            services_[wish.name].desired = *wish.count;
          }
          turns_.over(wish.name);
        });
  });
}

void Caller::delete_service(const std::string& name) {
  turns_.ask(name, [this, name] {
    api::DeleteServiceRequest request;
    request.cluster = cluster_;
    request.service = name;
    request.force = true;
    ask("DeleteService", api::Value::of(std::move(request)), Retry::until_answered,
        [this, name](const auto& answer) {
          // Refused: it is gone already, perhaps by this very call, whose first answer was lost.
          if (answer.ok() || answer.error().code == schemas::ErrorCode::service_not_found) {
            services_[name].state = Promise::State::deleted;
          }
          turns_.over(name);
        });
  });
}

void Caller::run(const RunWish& wish) {
  const bool told = !wish.token.empty();
  const std::string token = told ? wish.token : "untold-" + std::to_string(++untold_);
  const Recipe& recipe = recipes_.at(wish.family);
  api::RunTaskRequest request;
  request.cluster = cluster_;
  request.task_definition = recipe.family;
  request.count = wish.count;
  request.launch_type = launch_type(recipe);
  request.network_configuration = network_for(recipe, wish.group);
  request.started_by = token;
  if (!recipe.on_pool()) {
    request.placement_constraints = wish.constraints;
  }
  if (told) {
    request.client_token = token;
  }
  runs_[token].wish = wish;
  ask("RunTask", api::Value::of(std::move(request)), told ? Retry::until_answered : Retry::never,
      [this, token](const auto& answer) { hear_run(token, answer); });
}

void Caller::hear_run(const std::string& token, const Result<api::Value>& answer) {
  if (answer.ok()) {
    hear_tasks(token, arns_of(answer.value().as<api::RunTaskResponse>().tasks));
  }
}

void Caller::start_task(const std::string& family, const schemas::InstanceId& host) {
  const std::string token = std::string(started_on_a_host) + std::to_string(++untold_);
  const Recipe& recipe = recipes_.at(family);
  api::StartTaskRequest request;
  request.cluster = cluster_;
  request.task_definition = recipe.family;
  request.container_instances = {host.text()};
  request.network_configuration = network_for(recipe, "");
  request.started_by = token;
  runs_[token].wish.family = family;
  ask("StartTask", api::Value::of(std::move(request)), Retry::never,
      [this, token](const auto& answer) {
        if (answer.ok()) {
          simulation_.probe("a task was started on a host of the caller's choice");
          hear_tasks(token, arns_of(answer.value().template as<api::StartTaskResponse>().tasks));
        }
      });
}

void Caller::hear_tasks(const std::string& token, const std::vector<std::string>& arns) {
  Run& run = runs_.at(token);
  for (const std::string& arn : arns) {
    const auto id = schemas::TaskId::parse(arn.substr(arn.rfind('/') + 1));
    if (!id || watch_.tasks().seen(*id) == nullptr) {
      simulation_.fail("RunTask answered a task that is not durable.");
      return;
    }
  }
  if (arns.empty()) {
    return;
  }
  if (!run.answered_at) {
    run.arns = arns;
    run.answered_at = simulation_.now();
    return;
  }
  simulation_.probe("a clientToken was repeated");
  const bool same = std::all_of(arns.begin(), arns.end(), [&](const std::string& arn) {
    return std::find(run.arns.begin(), run.arns.end(), arn) != run.arns.end();
  });
  if (!same) {
    simulation_.fail("The same clientToken was answered with other tasks.");
  }
}

void Caller::repeat(const std::string& token) {
  const auto run = runs_.find(token);
  if (run == runs_.end() || run->second.wish.token.empty()) {
    return;
  }
  // Later the token may be forgotten, as it says, and the call would be another.
  const bool remembered =
      !run->second.answered_at ||
      simulation_.now() + 2min < *run->second.answered_at + knobs_.control.token_retention;
  if (remembered) {
    this->run(RunWish(run->second.wish));
  }
}

void Caller::stop_task(const schemas::TaskId& task) {
  api::StopTaskRequest request;
  request.cluster = cluster_;
  request.task = task.text();
  ask("StopTask", api::Value::of(std::move(request)), Retry::until_answered,
      [this, task](const auto& answer) {
        const SeenTask* seen = watch_.tasks().seen(task);
        if (answer.ok() && seen != nullptr && seen->desired != schemas::TaskStatus::stopped) {
          simulation_.fail("StopTask was answered before the stop was durable.");
        }
      });
}

void Caller::protect_task(const schemas::TaskId& task, std::int64_t minutes) {
  turns_.ask(task.text(), [this, task, minutes] {
    api::UpdateTaskProtectionRequest request;
    request.cluster = cluster_;
    request.tasks = {task.text()};
    request.protection_enabled = minutes > 0;
    if (minutes > 0) {
      request.expires_in_minutes = minutes;
    }
    ask("UpdateTaskProtection", api::Value::of(std::move(request)), Retry::until_answered,
        [this, task](const auto& answer) {
          if (answer.ok()) {
            hear_protection(task, answer.value().template as<api::UpdateTaskProtectionResponse>());
          }
          turns_.over(task.text());
        });
  });
}

void Caller::hear_protection(const schemas::TaskId& task,
                             const api::UpdateTaskProtectionResponse& answer) {
  for (const api::Failure& failure : answer.failures.value()) {
    if (failure.reason == "DEPLOYMENT_BLOCKED") {
      simulation_.probe("a task was not protected, because a deployment waits");
    }
  }
  for (const api::ProtectedTask& shown : answer.protected_tasks.value()) {
    simulation_.probe("a task was protected");
    const schemas::Task* now = control_.up() ? control::find_task(control_.world(), task) : nullptr;
    const bool kept = now == nullptr || !shown.protection_enabled.value() ||
                      now->protected_until == shown.expiration_date;
    if (!kept) {
      simulation_.fail("A task was answered as protected and is not.");
    }
  }
}

void Caller::create_cluster(const std::string& name) {
  api::CreateClusterRequest request;
  request.cluster_name = name;
  ask("CreateCluster", api::Value::of(std::move(request)), Retry::until_answered,
      [this, name](const auto& answer) { clusters_[name] = answer.ok(); });
}

void Caller::delete_cluster(const std::string& name) {
  api::DeleteClusterRequest request;
  request.cluster = name;
  ask("DeleteCluster", api::Value::of(std::move(request)), Retry::until_answered,
      [this, name](const auto& answer) {
        if (answer.ok()) {
          clusters_[name] = false;
        }
      });
}

void Caller::ask_bill(std::function<void(std::int64_t)> nanos) {
  using std::chrono_literals::operator""h;
  api::GetBillRequest request;
  request.from = Instant{};
  request.to = simulation_.now() + 24h * 3650;
  ask("GetBill", api::Value::of(request), Retry::until_answered,
      [this, nanos = std::move(nanos)](const auto& answer) {
        if (answer.ok()) {
          nanos(answer.value().template as<api::GetBillResponse>().total_nanos);
        } else {
          simulation_.fail("The bill was refused: " + answer.error().message);
        }
      });
}

std::vector<std::string> Caller::tokens() const {
  std::vector<std::string> tokens;
  for (const auto& [token, run] : runs_) {
    if (!run.wish.token.empty()) {
      tokens.push_back(token);
    }
  }
  return tokens;
}

std::vector<std::string> Caller::answered(const std::string& token) const {
  const auto run = runs_.find(token);
  return run == runs_.end() ? std::vector<std::string>{} : run->second.arns;
}

}  // namespace sim
