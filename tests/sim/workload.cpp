#include "tests/sim/workload.h"

#include <array>
#include <iterator>

#include "control/core/world/lookups.h"
#include "tests/sim/checkers/place_watch.h"
#include "tests/sim/recipes.h"

namespace sim {

using std::chrono_literals::operator""s;

namespace {

const char* const role_of_all = "worker";
const char* const group_of_guests = "guests";
constexpr std::int64_t hook_minutes_max = 2;  // less than anybody's patience

}  // namespace

void Workload::begin() {
  universe_.keeper().make_group(group_of_guests);
  define_everything();
  call_later();
}

void Workload::define_everything() {
  for (const Recipe& one : draw_recipes(universe_.simulation())) {
    universe_.caller().define(one);
  }
  // Those that are somebody: when the role is there.
  universe_.keeper().make_role(role_of_all, [this] {
    for (Recipe one : {plain_recipe("actor", Recipe::Place::pool),
                       plain_recipe("clerk", Recipe::Place::bridge)}) {
      one.role = role_of_all;
      universe_.caller().define(one);
    }
  });
}

/// What was taken from services comes back, so that they can come to rest.
void Workload::end() {
  ended_ = true;
  universe_.keeper().make_role(role_of_all);
}

void Workload::call_later() {
  Simulation& simulation = universe_.simulation();
  const Duration mean = universe_.knobs().call_every;
  simulation.after(simulation.between(mean / 4, mean * 7 / 4), [this] {
    if (!ended_) {
      call();
      call_later();
    }
  });
}

void Workload::call() {
  Caller& caller = universe_.caller();
  caller.check();
  universe_.set_caller().check();
  const std::int64_t draw = pick(0, 144);
  if (draw >= 130) {
    call_about_task_sets();
  } else if (draw >= 100) {
    keep_house();
  } else if (draw < 45) {
    call_about_services();
  } else if (draw < 65) {
    run();
  } else if (draw < 71) {
    const std::vector<std::string> tokens = caller.tokens();
    if (!tokens.empty()) {
      caller.repeat(tokens[universe_.simulation().random().below(tokens.size())]);
    }
  } else if (draw < 84) {
    stop_some_task();
  } else if (draw < 91) {
    caller.define(caller.recipes().at(some_family()));
  } else if (draw < 94) {
    const std::string family = some_family();
    if (pick(0, 1) == 0) {
      caller.retire(family);
    } else {
      caller.erase(family);
    }
    caller.define(caller.recipes().at(family));
  } else if (draw < 97) {
    caller.create_cluster("spare-" + std::to_string(pick(1, 2)));
  } else {
    caller.delete_cluster("spare-" + std::to_string(pick(1, 2)));
  }
}

void Workload::call_about_services() {
  const std::int64_t draw = pick(0, 119);
  if (draw >= 110) {
    using Action = api::DeploymentLifecycleHookAction;
    universe_.caller().continue_deployment(some_service(),
                                           pick(0, 3) == 0 ? Action::rollback : Action::continue_);
  } else if (draw >= 100) {
    protect_some_tasks();
  } else if (draw < 30) {
    create_service();
  } else if (draw < 82) {
    update_service();
  } else if (draw < 88) {
    universe_.caller().stop_deployment(some_service(), pick(0, 2) != 0);
  } else {
    universe_.caller().delete_service(some_service());
  }
}

/// Of services that have their controller elsewhere.
void Workload::call_about_task_sets() {
  SetCaller& caller = universe_.set_caller();
  const std::string name = "x" + std::to_string(pick(1, 2));
  constexpr std::array<double, 5> percents{0.0, 33.3, 50.0, 100.0, 100.0};
  const double percent = percents.at(static_cast<std::size_t>(pick(0, 4)));
  const std::int64_t draw = pick(0, 99);
  if (draw < 15) {
    caller.create_service(name, pick(0, 4));
  } else if (draw < 45) {
    caller.create_set(name, family_for(name), percent, some_group());
  } else if (draw < 60) {
    caller.scale_set(name, percent);
  } else if (draw < 70) {
    caller.scale_service(name, pick(0, 5));
  } else if (draw < 80) {
    caller.make_primary(name);
  } else if (draw < 96) {
    delete_some_set(name);
  } else {
    caller.delete_service(name, pick(0, 3) != 0);
  }
}

/// By force or without, or with the care that leaves its protected tasks.
void Workload::delete_some_set(const std::string& service) {
  SetCaller& caller = universe_.set_caller();
  const std::int64_t draw = pick(0, 2);
  if (draw == 2) {
    protect_some_tasks();
    caller.retire_set(service);
  } else {
    caller.delete_set(service, draw == 0);
  }
}

std::string Workload::some_family() {
  const auto& recipes = universe_.caller().recipes();
  return std::next(recipes.begin(), pick(0, static_cast<std::int64_t>(recipes.size()) - 1))->first;
}

void Workload::keep_house() {
  const std::int64_t draw = pick(0, 34);
  if (draw >= 30) {
    keep_attributes();
  } else if (draw < 10) {
    keep_hosts();
  } else if (draw < 17) {
    keep_rules();
  } else if (draw < 24) {
    keep_tags();
  } else if (draw < 27) {
    keep_roles();
  } else if (const auto host = some_host()) {
    const std::string family = some_family();
    if (!universe_.caller().recipes().at(family).on_pool()) {
      universe_.caller().start_task(family, *host);
    }
  }
}

void Workload::keep_hosts() {
  const auto host = some_host();
  if (!host) {
    return;
  }
  const std::int64_t draw = pick(0, 9);
  if (draw == 0) {
    universe_.keeper().take_out(*host);
  } else {
    universe_.keeper().set_host(
        *host, draw < 5 ? schemas::InstanceStatus::draining : schemas::InstanceStatus::active);
  }
}

void Workload::keep_attributes() {
  if (const auto host = some_host()) {
    constexpr std::array<const char*, 3> stacks{"blue", "red", ""};
    universe_.keeper().put_stack(*host, stacks.at(static_cast<std::size_t>(pick(0, 2))));
  }
}

std::optional<std::vector<api::PlacementConstraint>> Workload::some_constraints() {
  const std::int64_t draw = pick(0, 19);
  std::vector<api::PlacementConstraint> constraints;
  if (draw < 4) {
    const Want& want = wants()[static_cast<std::size_t>(draw)];
    constraints.push_back({.type = api::PlacementConstraintType::member_of,
                           .expression = std::string(want.expression)});
  }
  if (draw == 3 || draw == 4) {
    constraints.push_back(
        {.type = api::PlacementConstraintType::distinct_instance, .expression = {}});
  }
  return constraints.empty() && draw != 19 ? std::nullopt : std::optional(constraints);
}

void Workload::keep_rules() {
  const std::int64_t port = pick(80, 83);
  if (pick(0, 1) == 0) {
    universe_.keeper().allow(group_of_guests, port);
  } else {
    universe_.keeper().forbid(group_of_guests, port);
  }
}

void Workload::keep_tags() {
  std::string arn = control::arn(home(), "cluster", universe_.caller().cluster());
  const std::vector<std::string> tokens = universe_.caller().tokens();
  if (!tokens.empty() && pick(0, 2) != 0) {
    const std::vector<std::string> tasks =
        universe_.caller().answered(tokens[universe_.simulation().random().below(tokens.size())]);
    arn = tasks.empty() ? arn : tasks.front();
  }
  const std::string key = "key-" + std::to_string(pick(1, 3));
  if (pick(0, 2) != 0) {
    universe_.keeper().tag(arn, key, std::to_string(pick(1, 9)));
  } else {
    universe_.keeper().untag(arn, key);
  }
}

void Workload::keep_roles() {
  universe_.keeper().drop_role(role_of_all);
  universe_.simulation().after(universe_.simulation().between(1s, 60s),
                               [this] { universe_.keeper().make_role(role_of_all); });
}

std::string Workload::some_group() {
  return pick(0, 2) == 0 ? universe_.keeper().group(group_of_guests).value_or("") : "";
}

std::optional<schemas::InstanceId> Workload::some_host() {
  std::vector<schemas::InstanceId> joined;
  for (const Host& host : universe_.hosts()) {
    if (!host.pool() && host.disk().identity) {
      joined.push_back(host.disk().identity->instance);
    }
  }
  if (joined.empty()) {
    return std::nullopt;
  }
  return joined[universe_.simulation().random().below(joined.size())];
}

std::string Workload::some_service() {
  return pick(0, 3) == 0 ? some_daemon() : "s" + std::to_string(pick(1, 4));
}

std::string Workload::some_daemon() { return "d" + std::to_string(pick(1, 2)); }

bool Workload::is_daemon(const std::string& name) { return name.starts_with("d"); }

void Workload::create_service() {
  ServiceWish wish;
  wish.name = some_service();
  wish.daemon = is_daemon(wish.name);
  wish.family = family_for(wish.name);
  if (!wish.daemon) {
    wish.count = pick(0, 4);
  }
  wish.group = some_group();
  wish.constraints = some_constraints();
  if (pick(0, 1) == 0) {
    constexpr std::array<std::int64_t, 5> floors{0, 25, 50, 100, 100};
    constexpr std::array<std::int64_t, 5> ceilings{100, 125, 150, 200, 200};
    wish.minimum_percent = floors.at(static_cast<std::size_t>(pick(0, 4)));
    wish.maximum_percent = ceilings.at(static_cast<std::size_t>(pick(0, 4)));
  }
  if (pick(0, 1) == 0) {
    watch_it(wish);
  }
  if (!wish.daemon && pick(0, 2) == 0) {
    hold_it(wish);
  }
  universe_.caller().create_service(wish);
}

/// What ends well by itself is no service, and what belongs to the pool no daemon.
std::string Workload::family_for(const std::string& service) {
  std::string family = some_family();
  if (is_daemon(service) && universe_.caller().recipes().at(family).on_pool()) {
    family = "web";
  }
  return family == "job" ? "app" : family;
}

void Workload::watch_it(ServiceWish& wish) {
  wish.failures = pick(1, 6);
  wish.rollback = pick(0, 2) != 0;
  wish.counts_all = pick(0, 1) == 0;
}

void Workload::hold_it(ServiceWish& wish) {
  constexpr std::array stages{api::DeploymentLifecycleHookStage::reconcile_service,
                              api::DeploymentLifecycleHookStage::pre_scale_up,
                              api::DeploymentLifecycleHookStage::post_scale_up};
  wish.hooks.emplace();
  for (std::int64_t count = pick(0, 2); count > 0; --count) {
    api::DeploymentLifecycleHook& hook = wish.hooks->emplace_back();
    hook.target_type = api::DeploymentLifecycleHookTargetType::pause;
    hook.lifecycle_stages.emplace();
    const auto first = static_cast<std::size_t>(pick(0, 2));
    hook.lifecycle_stages->push_back(stages.at(first));
    if (pick(0, 1) == 0) {
      hook.lifecycle_stages->push_back(stages.at((first + 1) % stages.size()));
    }
    hook.timeout_configuration.emplace();
    hook.timeout_configuration->timeout_in_minutes = pick(1, hook_minutes_max);
    hook.timeout_configuration->action = pick(0, 1) == 0
                                             ? api::DeploymentLifecycleHookAction::rollback
                                             : api::DeploymentLifecycleHookAction::continue_;
  }
}

void Workload::update_service() {
  ServiceWish wish;
  wish.name = some_service();
  const std::int64_t draw = pick(0, 99);
  if (draw < 55 && !is_daemon(wish.name)) {
    wish.count = pick(0, 5);
  }
  if (draw > 40 && draw < 70) {
    wish.force = true;
  } else if (draw >= 70) {
    // To another kind of task; one that belongs elsewhere is refused, and that is an answer too.
    wish.family = family_for(wish.name);
    wish.group = some_group();
  }
  if (draw % 8 == 0) {
    wish.constraints = some_constraints();
  }
  if (draw % 10 == 0) {
    wish.minimum_percent = 50;
    wish.maximum_percent = 100 + 50 * pick(0, 2);
  }
  if (draw % 10 == 1) {
    watch_it(wish);
  }
  if (draw % 10 == 3) {
    wish.evening_out = pick(0, 2) == 0 ? api::AvailabilityZoneRebalancing::disabled
                                       : api::AvailabilityZoneRebalancing::enabled;
  }
  if (draw % 10 == 2 && !is_daemon(wish.name)) {
    hold_it(wish);
  }
  universe_.caller().update_service(wish);
}

void Workload::run() {
  RunWish wish;
  wish.family = some_family();
  wish.count = pick(1, 3);
  wish.group = some_group();
  wish.constraints = some_constraints();
  if (pick(0, 3) != 0) {
    wish.token = "token-" + std::to_string(++tokens_);
  }
  universe_.caller().run(wish);
}

/// Most of a service's tasks, so that what it wants is in the way of what it may; and now and then
/// one whose protection is refused.
void Workload::protect_some_tasks() {
  constexpr std::int64_t minutes_most = 4;  // less than anybody's patience
  std::vector<schemas::TaskId> there;
  for (const auto& [id, seen] : universe_.watch().tasks().all()) {
    if (!seen.forgotten && seen.last != schemas::TaskStatus::stopped) {
      there.push_back(id);
    }
  }
  for (const schemas::TaskId& id : there) {
    if (pick(0, 2) != 0) {
      universe_.caller().protect_task(id, pick(0, 4) == 0 ? 0 : pick(1, minutes_most));
    }
  }
}

/// Of any state: stopping what stops or has stopped is no error.
void Workload::stop_some_task() {
  const auto& tasks = universe_.watch().tasks().all();
  std::vector<schemas::TaskId> there;
  for (const auto& [id, seen] : tasks) {
    if (!seen.forgotten && (seen.last != schemas::TaskStatus::stopped || there.size() % 8 == 0)) {
      there.push_back(id);
    }
  }
  if (!there.empty()) {
    universe_.caller().stop_task(there[universe_.simulation().random().below(there.size())]);
  }
}

}  // namespace sim
