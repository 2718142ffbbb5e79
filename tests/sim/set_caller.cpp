#include "tests/sim/set_caller.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "api/services.h"
#include "control/core/world/lookups.h"

namespace sim {

using Retry = Caller::Retry;
using schemas::Deployment;
using schemas::ErrorCode;
using schemas::Service;

namespace {

constexpr double micro = 1'000'000.0;

api::Scale scale_of(double percent) { return {.value = percent, .unit = api::ScaleUnit::percent}; }

}  // namespace

void SetCaller::create_service(const std::string& name, std::int64_t count) {
  turns_.ask(name, [this, name, count] {
    api::CreateServiceRequest request;
    request.cluster = caller_.cluster();
    request.service_name = name;
    request.desired_count = count;
    request.deployment_controller = {.type = api::DeploymentControllerType::external};
    request.client_token = name + " " + std::to_string(++tokens_);
    caller_.ask("CreateService", api::Value::of(std::move(request)), Retry::until_answered,
                [this, name](const auto& answer) {
                  if (answer.ok()) {
                    Promise& promise = services_[name];
                    promise = promise.state == Promise::State::active ? promise : Promise{};
                    promise.state = Promise::State::active;
                    promise.desired = answer.value()
                                          .template as<api::CreateServiceResponse>()
                                          .service->desired_count.value();
                  }
                  turns_.over(name);
                });
  });
}

void SetCaller::scale_service(const std::string& name, std::int64_t count) {
  turns_.ask(name, [this, name, count] {
    api::UpdateServiceRequest request;
    request.cluster = caller_.cluster();
    request.service = name;
    request.desired_count = count;
    caller_.ask("UpdateService", api::Value::of(std::move(request)), Retry::until_answered,
                [this, name, count](const auto& answer) {
                  if (answer.ok()) {
                    services_[name].desired = count;
                  }
                  turns_.over(name);
                });
  });
}

void SetCaller::delete_service(const std::string& name, bool force) {
  turns_.ask(name, [this, name, force] {
    api::DeleteServiceRequest request;
    request.cluster = caller_.cluster();
    request.service = name;
    request.force = force;
    caller_.ask("DeleteService", api::Value::of(std::move(request)), Retry::until_answered,
                [this, name](const auto& answer) {
                  if (answer.ok() || answer.error().code == ErrorCode::service_not_found) {
                    services_[name] = {};
                    services_[name].state = Promise::State::deleted;
                  } else {
                    simulation_.probe("a service kept its task sets");
                  }
                  turns_.over(name);
                });
  });
}

void SetCaller::create_set(const std::string& service, const std::string& family, double percent,
                           const std::string& group) {
  turns_.ask(service, [this, service, family, percent, group] {
    const Recipe& recipe = caller_.recipes().at(family);
    api::CreateTaskSetRequest request;
    request.cluster = caller_.cluster();
    request.service = service;
    request.task_definition = family;
    request.launch_type = caller_.launch_type(recipe);
    request.network_configuration = caller_.network_for(recipe, group);
    request.scale = scale_of(percent);
    request.client_token = "set " + std::to_string(++tokens_);
    caller_.ask("CreateTaskSet", api::Value::of(std::move(request)), Retry::until_answered,
                [this, service, percent](const auto& answer) {
                  if (answer.ok()) {
                    const auto& set =
                        answer.value().template as<api::CreateTaskSetResponse>().task_set;
                    services_[service].percent_of[set->id.value()] = percent;
                    simulation_.probe("a task set was made");
                  }
                  turns_.over(service);
                });
  });
}

std::optional<std::string> SetCaller::some_set(const std::string& service) {
  const auto& sets = services_[service].percent_of;
  if (sets.empty()) {
    return std::nullopt;
  }
  return std::next(sets.begin(),
                   static_cast<std::ptrdiff_t>(simulation_.random().below(sets.size())))
      ->first;
}

void SetCaller::with_some_set(const std::string& service,
                              const std::function<void(const std::string& set)>& call) {
  turns_.ask(service, [this, service, call] {
    if (const auto set = some_set(service)) {
      call(*set);
    } else {
      turns_.over(service);
    }
  });
}

void SetCaller::scale_set(const std::string& service, double percent) {
  with_some_set(service, [this, service, percent](const std::string& set) {
    ask_to_scale(service, set, percent, [this, service](bool /*scaled*/) { turns_.over(service); });
  });
}

void SetCaller::make_primary(const std::string& service) {
  with_some_set(service, [this, service](const std::string& set) {
    api::UpdateServicePrimaryTaskSetRequest request;
    request.cluster = caller_.cluster();
    request.service = service;
    request.primary_task_set = set;
    caller_.ask("UpdateServicePrimaryTaskSet", api::Value::of(std::move(request)),
                Retry::until_answered, [this, service, set](const auto& answer) {
                  if (answer.ok()) {
                    services_[service].primary = set;
                    simulation_.probe("a task set became the primary one");
                  }
                  turns_.over(service);
                });
  });
}

void SetCaller::delete_set(const std::string& service, bool force) {
  with_some_set(service, [this, service, force](const std::string& set) {
    ask_to_delete(service, set, force);
  });
}

void SetCaller::retire_set(const std::string& service) {
  with_some_set(service, [this, service](const std::string& set) {
    ask_to_scale(service, set, 0.0, [this, service, set](bool scaled) {
      if (scaled) {
        ask_to_delete(service, set, false);
      } else {
        turns_.over(service);
      }
    });
  });
}

void SetCaller::ask_to_scale(const std::string& service, const std::string& set, double percent,
                             const std::function<void(bool scaled)>& then) {
  api::UpdateTaskSetRequest request;
  request.cluster = caller_.cluster();
  request.service = service;
  request.task_set = set;
  request.scale = scale_of(percent);
  caller_.ask("UpdateTaskSet", api::Value::of(std::move(request)), Retry::until_answered,
              [this, service, set, percent, then](const auto& answer) {
                if (answer.ok()) {
                  services_[service].percent_of[set] = percent;
                }
                then(answer.ok());
              });
}

void SetCaller::ask_to_delete(const std::string& service, const std::string& set, bool force) {
  api::DeleteTaskSetRequest request;
  request.cluster = caller_.cluster();
  request.service = service;
  request.task_set = set;
  request.force = force;
  caller_.ask("DeleteTaskSet", api::Value::of(std::move(request)), Retry::until_answered,
              [this, service, set, force](const auto& answer) {
                // Not there: this very call, whose first answer was lost, has deleted it.
                if (answer.ok() || answer.error().code == ErrorCode::task_set_not_found) {
                  Promise& promise = services_[service];
                  if (!force && answer.ok() && promise.percent_of[set] > 0) {
                    simulation_.fail("A task set that is scaled above 0 was deleted.");
                  }
                  promise.percent_of.erase(set);
                  promise.deleted.insert(set);
                  promise.primary = promise.primary == set ? "" : promise.primary;
                  simulation_.probe("a task set was deleted");
                }
                turns_.over(service);
              });
}

void SetCaller::check() {
  if (!control_.up()) {
    return;
  }
  const control::World& world = control_.world();
  const schemas::Cluster* cluster = control::find_cluster(world, home(), caller_.cluster());
  for (const auto& [name, promise] : services_) {
    if (cluster != nullptr && !turns_.busy(name) && promise.state != Promise::State::none) {
      check_service(name, promise, control::find_service(world, cluster->key, name));
    }
  }
}

void SetCaller::check_service(const std::string& name, const Promise& promise,
                              const Service* service) {
  const bool active = service != nullptr && service->status == schemas::ServiceStatus::active;
  if (active != (promise.state == Promise::State::active)) {
    simulation_.fail(
        "Service " + name +
        (active ? " was deleted and is active again." : " was promised and is not there."));
  } else if (active && service->desired_count != promise.desired) {
    simulation_.fail("Service " + name + " was promised " + std::to_string(promise.desired) +
                     " tasks and wants " + std::to_string(service->desired_count) + ".");
  } else if (active) {
    check_sets(promise, *service);
  }
}

void SetCaller::check_sets(const Promise& promise, const Service& service) {
  std::map<std::string, const Deployment*> there;
  for (const Deployment& each : service.deployments) {
    there[each.id.text()] = &each;
  }
  for (const auto& [id, percent] : promise.percent_of) {
    const auto set = there.find(id);
    const bool kept = set != there.end() && !set->second->task_set->draining &&
                      set->second->task_set->scale_micro_percent == std::llround(percent * micro);
    if (!kept) {
      simulation_.fail("Task set " + id + " was promised " + std::to_string(percent) +
                       " percent and does not have them.");
      return;
    }
  }
  for (const std::string& id : promise.deleted) {
    const auto set = there.find(id);
    if (set != there.end() && !set->second->task_set->draining) {
      simulation_.fail("Task set " + id + " was deleted and is active again.");
    }
  }
  const auto primary = there.find(promise.primary);
  if (primary != there.end() && primary->second->status != schemas::DeploymentStatus::primary) {
    simulation_.fail("Task set " + promise.primary + " was made primary and is not.");
  }
}

}  // namespace sim
