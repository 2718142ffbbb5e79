#include "tests/sim/universe.h"

#include <algorithm>
#include <utility>

#include "schemas/model/capability.h"
#include "tests/sim/rest.h"

namespace sim {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

Universe::Universe(std::uint64_t seed, Knobs knobs, Trace::Print print)
    : simulation_(seed, print),
      knobs_(std::move(knobs)),
      network_(simulation_, knobs_.faults.network),
      watch_(simulation_, knobs_),
      control_(simulation_, knobs_, store_, watch_),
      caller_(simulation_, knobs_, control_, watch_, images_),
      set_caller_(simulation_, control_, caller_),
      keeper_(simulation_, caller_, control_) {}

void Universe::add_hosts(int count) {
  for (int each = 0; each < count; ++each) {
    add_host(caller_.cluster());
  }
}

void Universe::add_pool_hosts(int count) {
  for (int each = 0; each < count; ++each) {
    add_host("");
  }
}

namespace {

/// What an agent says that it can do. All of it on the pool; of own hosts every third one cannot
/// order containers, and another third knows no health checks.
std::map<std::string, std::string> said_of_agent(int number, bool pool) {
  std::map<std::string, std::string> said;
  for (const std::string_view name : schemas::capability::ours) {
    const bool lacks =
        !pool && ((number % 3 == 1 && name == "ecs.capability.container-ordering") ||
                  (number % 3 == 2 && name == "ecs.capability.container-health-check"));
    if (!lacks) {
      said.emplace(name, "");
    }
  }
  return said;
}

}  // namespace

void Universe::add_host(const std::string& cluster) {
  Host::Facts facts;
  facts.number = static_cast<int>(hosts_.size()) + 1;
  facts.cluster = cluster;
  schemas::Inventory& inventory = facts.inventory;
  inventory.cpu = knobs_.cpu;
  inventory.memory = knobs_.memory;
  inventory.eni_capacity = knobs_.enis;
  inventory.availability_zone = facts.number % 2 == 0 ? "us-east-1b" : "us-east-1a";
  if (knobs_.agents_say) {
    inventory.attributes = said_of_agent(facts.number, cluster.empty());
  }
  inventory.address = {0xC6120000U + static_cast<std::uint32_t>(facts.number)};
  hosts_.emplace_back(House{simulation_, knobs_, network_, control_, watch_, images_},
                      std::move(facts));
}

void Universe::begin() {
  control_.start();
  caller_.settle_in();
  for (Host& host : hosts_) {
    host.start();
  }
  const auto all_there = [this] {
    return caller_.settled() && std::all_of(hosts_.begin(), hosts_.end(), [](const Host& host) {
             return host.agent() != nullptr;
           });
  };
  for (int second = 0; second < 60 && !(all_there() && !simulation_.failure()); ++second) {
    simulation_.run_for(1s);
  }
  for (int second = 0; second < 600 && !caller_.settled(); ++second) {
    simulation_.run_for(1s);
  }
}

void Universe::heal() {
  simulation_.note("everybody", "all faults end");
  knobs_.faults = Faults{};
  network_.heal();
  for (auto& [name, image] : images_) {
    if (image.exit_code != 0) {
      image.ends_after.reset();
      image.exit_code = 0;
    }
    image.sick_after.reset();
    if (image.pull == Image::Pull::hangs) {
      image.pull = Image::Pull::works;
    }
  }
  control_.start();
  for (Host& host : hosts_) {
    host.start();
  }
}

std::optional<std::string> Universe::unrest() const {
  return caller_.waits() ? "a caller waits for an answer" : Rest(*this).unrest();
}

void Universe::come_to_rest() {
  const Instant latest = simulation_.now() + patience(knobs_);
  std::optional<std::string> why;
  do {
    simulation_.run_for(5s);
    why = unrest();
  } while (why && simulation_.now() < latest && !simulation_.failure());
  if (simulation_.failure()) {
    return;
  }
  if (why) {
    simulation_.fail("After everything was healed: " + *why);
    return;
  }
  simulation_.note("everybody", "has come to rest");
  while (control_.commits()) {
    simulation_.run_for(1ms);
  }
  caller_.check();
  set_caller_.check();
  keeper_.check();
  watch_.compare(control_.world(), store_, knobs_.control, control_.clock());
  if (const auto missing = watch_.money().missing(control_.world())) {
    simulation_.fail(*missing);
    return;
  }
  check_bill();
}

/// A running task's next record is counted any second, also while the bill is on its way: it was
/// written somewhere between what is owed before and what is owed after.
void Universe::check_bill() {
  const auto owed = [this] {
    return watch_.money().owed_nanos(control_.world(), knobs_.control.prices);
  };
  const std::int64_t before = owed();
  bool answered = false;
  caller_.ask_bill([&](std::int64_t nanos) {
    answered = true;
    const std::int64_t after = owed();
    if (nanos < before || nanos > after) {
      simulation_.fail("The bill is " + std::to_string(nanos) + " nano-units, the meters say " +
                       std::to_string(before) +
                       (after == before ? "." : " to " + std::to_string(after) + "."));
    }
  });
  for (int tries = 0; tries < 100 && !answered && !simulation_.failure(); ++tries) {
    simulation_.run_for(100ms);
  }
  if (!answered && !simulation_.failure()) {
    simulation_.fail("Nobody answers what the bill is.");
  }
}

}  // namespace sim
