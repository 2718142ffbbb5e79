#include "tests/sim/watch.h"

#include "control/core/world/lookups.h"

namespace sim {

using control::Row;

namespace {

/// Names the first row in which two lists differ.
std::string difference(const std::vector<Row>& left, const std::vector<Row>& right) {
  std::size_t at = 0;
  while (at < left.size() && at < right.size() && left[at] == right[at]) {
    ++at;
  }
  const Row* row = at < left.size() ? &left[at] : at < right.size() ? &right[at] : nullptr;
  if (row == nullptr) {
    return "";
  }
  return "table " + std::string(control::shape_of(row->table).name) + ", row " +
         std::to_string(row->key);
}

}  // namespace

void Watch::loaded(const control::World& world, const RowStore& store) {
  tasks_.loaded(world);
  services_.loaded(world);
  task_sets_.loaded(world);
  rollouts_.loaded(world);
  hooks_.loaded(world);
  rooms_.check(world);
  places_.loaded(world);
  daemons_.loaded(world);
  const std::vector<Row> held = rows_of(world);
  const std::vector<Row> stored = store.held();
  if (held != stored) {
    simulation_.fail("A new process makes another World of the store than the store holds: " +
                     difference(held, stored) + ".");
  }
}

void Watch::turn_ends(const control::World& world, const control::Turn& turn, Instant now) {
  credentials_.turn_ends(now);
  if (turn.rows.empty()) {
    return;
  }
  ++turns_;
  tasks_.turn_ends(world, turn, now, knobs_.control.stopped_retention);
  services_.turn_ends(world, turn, knobs_.control.deploy.healthy_after, now);
  task_sets_.turn_ends(world, turn, knobs_.control.deploy.healthy_after, now);
  rollouts_.turn_ends(world, turn, knobs_.control.deploy.healthy_after, now);
  hooks_.turn_ends(world, turn, now);
  rooms_.turn_ends(world, turn);
  places_.turn_ends(world, turn);
  daemons_.turn_ends(world, turn);
  images_.turn_ends(world, turn);
  hosts_.turn_ends();
  money_.turn_ends(world, turn);
  for (const control::Event& event : turn.events) {
    if (event.kind != "task") {
      simulation_.note("control", event.kind + " " +
                                      event.subject.substr(event.subject.rfind('/') + 1) + " " +
                                      event.detail);
    }
  }
}

void Watch::told(const control::World& world, const schemas::SyncAnswer& answer) {
  tasks_.told(answer);
  images_.told(world, answer);
  credentials_.told(world, answer, knobs_.control.credentials_life);
  for (const schemas::EniAssignment& eni : answer.enis_set) {
    if (!world->enis.contains(eni.id)) {
      simulation_.fail("A host was told to wire interface " + eni.id.text() +
                       ", which no task holds.");
    }
  }
}

void Watch::compare(const control::World& world, const RowStore& store,
                    const control::Settings& settings, Instant now) {
  const std::vector<Row> held = rows_of(world);
  const std::vector<Row> stored = store.held();
  if (held != stored) {
    simulation_.fail("World is not what its store holds: " + difference(held, stored) + ".");
    return;
  }
  const auto loaded = control::load(store.snapshot(), settings, now);
  if (!loaded.ok()) {
    simulation_.fail("What the store holds cannot be loaded: " + loaded.error().message);
    return;
  }
  const std::vector<Row> again = rows_of(loaded.value());
  if (held != again) {
    simulation_.fail("A World loaded anew is another: " + difference(held, again) + ".");
  }
  for (const auto& [id, instance] : world->instances) {
    if (instance.status == schemas::InstanceStatus::inactive) {
      continue;
    }
    if (world.fleet(instance.cluster).host(id)->running_tasks !=
        loaded.value().fleet(instance.cluster).host(id)->running_tasks) {
      simulation_.fail("Host " + brief(id) + " runs another number of tasks after loading.");
      return;
    }
    const auto here = world.fleet(instance.cluster).room(id);
    const auto there = loaded.value().fleet(instance.cluster).room(id);
    if (!here || !there || here->cpu != there->cpu || here->memory != there->memory ||
        here->eni_slots != there->eni_slots || here->used_ports != there->used_ports) {
      simulation_.fail("The room of host " + brief(id) + " is another after loading.");
    }
    if (world.fleet(instance.cluster).host(id)->owed !=
        loaded.value().fleet(instance.cluster).host(id)->owed) {
      simulation_.fail("Host " + brief(id) + " keeps other room for daemons after loading.");
    }
  }
}

}  // namespace sim
