#include "tests/sim/story.h"

#include <algorithm>
#include <functional>

#include "control/core/world/lookups.h"
#include "tests/sim/story_wish.h"
#include "tests/sim/universe.h"

namespace sim {

using schemas::TaskStatus;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

constexpr std::uint64_t seed_of_stories = 1;

class Story {
 public:
  explicit Story(Trace::Print print) : universe_(seed_of_stories, story_knobs(), print) {}

  Outcome tell(const Scenario& scenario) {
    for (const Line& line : scenario.lines) {
      if (failed()) {
        break;
      }
      line_ = line.number;
      simulation().note("story", "line " + std::to_string(line.number) + ": " + line.verb);
      happen(line);
    }
    if (!failed()) {
      begin();
      universe_.heal();
      universe_.come_to_rest();
    }
    return {.failure = simulation().failure(),
            .failed_at = simulation().elapsed(),
            .hash = simulation().trace().hash(),
            .simulated = simulation().elapsed(),
            .turns = universe_.watch().turns(),
            .probes = simulation().probes()};
  }

 private:
  using Act = void (Story::*)(const Line&);

  static Knobs story_knobs() {
    Knobs knobs = calm();
    knobs.check_every = 1;
    return knobs;
  }

  Simulation& simulation() { return universe_.simulation(); }
  [[nodiscard]] bool failed() { return simulation().failure().has_value(); }
  const control::World& world() { return universe_.control().world(); }

  void happen(const Line& line);
  void begin() {
    if (!begun_) {
      begun_ = true;
      universe_.begin();
    }
  }

  // The house.
  void hosts(const Line& line) {
    measure(line);
    universe_.add_hosts(static_cast<int>(*line.number_of("N")));
  }
  void pool(const Line& line) {
    measure(line);
    universe_.add_pool_hosts(static_cast<int>(*line.number_of("N")));
  }
  void measure(const Line& line) {
    Knobs& knobs = universe_.knobs();
    knobs.cpu.count = line.number_of("cpu").value_or(knobs.cpu.count);
    knobs.memory.count = line.number_of("memory").value_or(knobs.memory.count);
    knobs.enis = line.number_of("enis").value_or(knobs.enis);
  }
  void set(const Line& line);
  void text(const Line&) { universe_.knobs().wire = Knobs::Wire::text; }

  // Calls.
  void define(const Line& line);
  void service(const Line& line) {
    universe_.caller().create_service(wish_of(line, line.word("FAMILY"), line.number_of("N")));
  }
  void scale(const Line& line) {
    universe_.caller().update_service(wish_of(line, {}, line.number_of("N")));
  }
  void update(const Line& line) {
    const std::string to = line.word("to");
    universe_.caller().update_service(
        wish_of(line, to.empty() ? std::nullopt : std::optional(to), std::nullopt));
  }
  void daemon(const Line& line) {
    ServiceWish made = wish_of(line, line.word("FAMILY"), std::nullopt);
    made.daemon = true;
    universe_.caller().create_service(made);
  }
  void proceed(const Line& line) {
    universe_.caller().continue_deployment(
        line.word("NAME"), line.has("back") ? api::DeploymentLifecycleHookAction::rollback
                                            : api::DeploymentLifecycleHookAction::continue_);
    wait_answered(line);
  }
  void remove(const Line& line) { universe_.caller().delete_service(line.word("NAME")); }
  void run(const Line& line) {
    universe_.caller().run({.family = line.word("FAMILY"),
                            .count = line.number_of("count").value_or(1),
                            .token = line.word("token"),
                            .constraints = {},
                            .group = {}});
  }
  void repeat(const Line& line) { universe_.caller().repeat(line.word("NAME")); }
  void stop(const Line& line);
  void drain(const Line& line) {
    universe_.keeper().set_host(instance(line), schemas::InstanceStatus::draining);
    wait_answered(line);
  }
  void activate(const Line& line) {
    universe_.keeper().set_host(instance(line), schemas::InstanceStatus::active);
    wait_answered(line);
  }
  void deregister(const Line& line) {
    universe_.keeper().take_out(instance(line));
    wait_answered(line);
  }
  void role(const Line& line) {
    universe_.keeper().make_role(line.word("NAME"));
    wait_answered(line);
  }

  // Time.
  void wait(const Line& line) { simulation().run_for(*line.span_of("SPAN")); }
  void wait_stable(const Line&) {
    std::optional<std::string> why;
    wait_until([&] { return !(why = universe_.unrest()); },
               [&] { return "it does not become stable: " + why.value_or(""); });
  }
  void wait_running(const Line& line) {
    wait_until([&] { return running(line.word("FAMILY")) == line.number_of("N"); },
               [&] { return std::to_string(running(line.word("FAMILY"))) + " run"; });
  }
  void wait_answered(const Line&) {
    wait_until([&] { return !universe_.caller().waits(); },
               [] { return std::string("a call is not answered"); });
  }
  void wait_until(const std::function<bool()>& so, const std::function<std::string()>& otherwise) {
    const Instant latest = simulation().now() + 20min;
    while (!so() && !failed()) {
      if (simulation().now() >= latest) {
        fail(otherwise());
        return;
      }
      simulation().run_for(500ms);
    }
  }

  // Faults.
  void partition(const Line& line) {
    const int host = number(line);
    const bool both = line.has("to-control") == line.has("from-control");
    if (both || line.has("to-control")) {
      universe_.network().cut(host, Way::to_control);
    }
    if (both || line.has("from-control")) {
      universe_.network().cut(host, Way::to_host);
    }
  }
  void heal(const Line&) { universe_.network().heal(); }
  void loss(const Line& line) { faults().loss_per_mille = rate(line); }
  void repetition(const Line& line) { faults().repeat_per_mille = rate(line); }
  void delay(const Line& line) { faults().delay_max = *line.span_of("SPAN"); }
  NetworkFaults& faults() { return universe_.network().faults(); }
  static std::uint64_t rate(const Line& line) {
    return static_cast<std::uint64_t>(*line.number_of("N"));
  }
  void kill(const Line& line) {
    for (std::int64_t time = 0; time < line.number_of("times").value_or(1) && !failed(); ++time) {
      host(line).kill_agent();
      simulation().run_for(line.span_of("every").value_or(0ms));
    }
  }
  void kill_in_step(const Line& line) { universe_.knobs().faults.kill_in_step = rate(line); }
  void reboot(const Line& line) {
    host(line).reboot(power(line), data(line), line.span_of("down").value_or(10s));
  }
  void down(const Line& line) { host(line).go_down(power(line), data(line)); }
  void up(const Line& line) { host(line).start(); }
  static Host::Power power(const Line& line) {
    return line.has("power-lost") ? Host::Power::lost : Host::Power::reset;
  }
  static Host::Data data(const Line& line) {
    return line.has("data-lost") ? Host::Data::lost : Host::Data::kept;
  }
  void clock(const Line& line) { host(line).step_clock(*line.span_of("SPAN")); }
  void control_clock(const Line& line) { universe_.control().step_clock(*line.span_of("SPAN")); }
  void crash(const Line& line) {
    universe_.control().crash(line.has("before-commit")  ? CrashPoint::before_commit
                              : line.has("after-commit") ? CrashPoint::after_commit
                                                         : CrashPoint::now,
                              line.has("stays-down") ? ControlProcess::Afterwards::stays_down
                                                     : ControlProcess::Afterwards::restart);
  }
  void start_control(const Line&) { universe_.control().start(); }
  void exit(const Line& line);

  // What must be so.
  void expect_running(const Line& line) { expect_count(line, running(line.word("FAMILY"))); }
  void expect_really(const Line& line);
  void expect_made(const Line& line);
  void expect_stopped(const Line& line);
  void expect_on(const Line& line);
  void expect_lost(const Line& line);
  void expect_event(const Line& line);
  void expect_answered(const Line& line) {
    expect_count(line,
                 static_cast<std::int64_t>(universe_.caller().answered(line.word("NAME")).size()));
  }
  void expect_refused(const Line& line) {
    if (universe_.caller().last_error().find(line.word("TEXT")) == std::string::npos) {
      fail("the last refusal says: " + universe_.caller().last_error());
    }
  }
  void expect_metered(const Line& line);
  void expect_count(const Line& line, std::int64_t found) {
    if (found != *line.number_of("N")) {
      fail(std::to_string(*line.number_of("N")) + " expected, " + std::to_string(found) + " found");
    }
  }

  void fail(const std::string& why) {
    simulation().fail("line " + std::to_string(line_) + ": " + why);
  }
  int number(const Line& line) {
    const int number = std::stoi(line.word("HOST").substr(5));
    if (number < 1 || number > static_cast<int>(universe_.hosts().size())) {
      fail("there is no " + line.word("HOST"));
      return 1;
    }
    return number;
  }
  Host& host(const Line& line) {
    return universe_.hosts().at(static_cast<std::size_t>(number(line)) - 1);
  }
  schemas::InstanceId instance(const Line& line) {
    const auto& identity = host(line).disk().identity;
    if (!identity) {
      fail(line.word("HOST") + " has not joined");
    }
    return identity ? identity->instance : schemas::InstanceId();
  }
  std::int64_t running(const std::string& family) {
    return count([&](const schemas::Task& task) {
      return is_of(task, family) && task.last_status == TaskStatus::running &&
             task.desired_status == TaskStatus::running;
    });
  }
  static bool is_of(const schemas::Task& task, const std::string& family) {
    return task.specification->definition->family == family;
  }
  std::int64_t count(const std::function<bool(const schemas::Task&)>& which) {
    return std::count_if(world()->tasks.begin(), world()->tasks.end(),
                         [&](const auto& entry) { return which(entry.second); });
  }

  Universe universe_;
  bool begun_ = false;
  std::int64_t line_ = 0;
};

void Story::happen(const Line& line) {
  static const std::map<std::string, Act> before{
      {"hosts", &Story::hosts},
      {"pool", &Story::pool},
      {"set", &Story::set},
      {"messages as text", &Story::text},
  };
  static const std::map<std::string, Act> after{
      {"define", &Story::define},
      {"service of count", &Story::service},
      {"daemon of", &Story::daemon},
      {"scale", &Story::scale},
      {"update", &Story::update},
      {"continue", &Story::proceed},
      {"delete", &Story::remove},
      {"run", &Story::run},
      {"repeat", &Story::repeat},
      {"stop", &Story::stop},
      {"drain", &Story::drain},
      {"activate", &Story::activate},
      {"deregister", &Story::deregister},
      {"role", &Story::role},
      {"wait", &Story::wait},
      {"wait stable", &Story::wait_stable},
      {"wait running", &Story::wait_running},
      {"wait answered", &Story::wait_answered},
      {"partition", &Story::partition},
      {"heal", &Story::heal},
      {"loss", &Story::loss},
      {"repetition", &Story::repetition},
      {"delay", &Story::delay},
      {"kill", &Story::kill},
      {"kill-in-step", &Story::kill_in_step},
      {"reboot", &Story::reboot},
      {"down", &Story::down},
      {"up", &Story::up},
      {"clock", &Story::clock},
      {"clock control", &Story::control_clock},
      {"crash control", &Story::crash},
      {"start control", &Story::start_control},
      {"exit code", &Story::exit},
      {"expect running", &Story::expect_running},
      {"expect really running", &Story::expect_really},
      {"expect made", &Story::expect_made},
      {"expect stopped", &Story::expect_stopped},
      {"expect on", &Story::expect_on},
      {"expect lost", &Story::expect_lost},
      {"expect event", &Story::expect_event},
      {"expect answered", &Story::expect_answered},
      {"expect refused", &Story::expect_refused},
      {"expect metered", &Story::expect_metered},
  };
  if (const auto act = before.find(line.verb); act != before.end()) {
    if (begun_) {
      fail("'" + line.verb + "' belongs before everything that happens");
      return;
    }
    line_ = line.number;
    (this->*act->second)(line);
    return;
  }
  begin();
  const auto act = after.find(line.verb);
  schemas::require(act != after.end(), "a scenario's command has no deed");
  (this->*act->second)(line);
}

void Story::set(const Line& line) {
  Knobs& knobs = universe_.knobs();
  const std::map<std::string, Duration*> spans{
      {"lease", &knobs.control.lease},
      {"grace", &knobs.control.loss_grace},
      {"poll-hold", &knobs.control.poll_hold},
      {"healthy-after", &knobs.control.deploy.healthy_after},
      {"stopped-retention", &knobs.control.stopped_retention},
      {"stop-timeout", &knobs.agent.stop_timeout},
      {"eni-timeout", &knobs.agent.eni_timeout},
      {"credentials-life", &knobs.control.credentials_life},
      {"logs-kept", &knobs.agent.logs_kept},
  };
  const auto span = spans.find(line.word("KNOB"));
  if (span == spans.end()) {
    fail("there is no knob " + line.word("KNOB"));
    return;
  }
  *span->second = *line.span_of("SPAN");
}

void Story::define(const Line& line) {
  const std::map<std::string, Recipe::Place> places{{"bridge", Recipe::Place::bridge},
                                                    {"host", Recipe::Place::host},
                                                    {"none", Recipe::Place::none},
                                                    {"vpc", Recipe::Place::vpc},
                                                    {"pool", Recipe::Place::pool}};
  const auto place = places.find(line.word("PLACE"));
  if (place == places.end()) {
    fail("there is no place " + line.word("PLACE"));
    return;
  }
  Recipe recipe;
  recipe.family = line.word("FAMILY");
  recipe.place = place->second;
  recipe.cpu = line.number_of("cpu").value_or(recipe.cpu);
  recipe.memory = line.number_of("memory").value_or(recipe.memory);
  recipe.port = line.number_of("port").value_or(0);
  recipe.prepared = line.has("prepared");
  recipe.role = line.word("role");
  recipe.guarded = line.has("guarded");
  recipe.checked = line.has("checked") || line.has("sick-after");
  Image& image = recipe.image;
  image.ends_after = line.span_of("ends-after");
  image.exit_code = line.number_of("exit-code").value_or(0);
  image.ignores_stop = line.has("ignores-stop");
  image.sick_after = line.span_of("sick-after");
  image.stop_takes = line.span_of("stop-takes").value_or(image.stop_takes);
  image.kill_takes = line.span_of("kill-takes").value_or(image.kill_takes);
  image.pull_takes = line.span_of("pull-takes").value_or(image.pull_takes);
  image.tag_moves_every = line.span_of("moves").value_or(image.tag_moves_every);
  image.pull = line.has("pull-fails")   ? Image::Pull::fails
               : line.has("pull-hangs") ? Image::Pull::hangs
                                        : Image::Pull::works;
  universe_.caller().define(recipe);
  wait_answered(line);
}

void Story::stop(const Line& line) {
  for (const auto& [key, task] : world()->tasks) {
    if (is_of(task, line.word("FAMILY")) && task.desired_status != TaskStatus::stopped) {
      universe_.caller().stop_task(task.id);
      return;
    }
  }
  fail("there is no task to stop");
}

void Story::exit(const Line& line) {
  for (Host& each : universe_.hosts()) {
    for (const auto& [id, container] : each.kernel().containers()) {
      if (container.task->family == line.word("FAMILY") &&
          container.condition == Container::Condition::running) {
        each.kernel().end(schemas::ContainerId(id), line.number_of("N"), "");
        return;
      }
    }
  }
  fail("nothing of it runs");
}

void Story::expect_really(const Line& line) {
  std::int64_t found = 0;
  for (const Host& each : universe_.hosts()) {
    for (const auto& [id, container] : each.kernel().containers()) {
      found += container.task->family == line.word("FAMILY") &&
                       container.condition == Container::Condition::running
                   ? 1
                   : 0;
    }
  }
  expect_count(line, found);
}

void Story::expect_made(const Line& line) {
  expect_count(line, count([&](const auto& task) { return is_of(task, line.word("FAMILY")); }));
}

void Story::expect_stopped(const Line& line) {
  expect_count(line, count([&](const schemas::Task& task) {
                 return is_of(task, line.word("FAMILY")) &&
                        task.last_status == TaskStatus::stopped &&
                        task.stopped_reason.find(line.word("because")) != std::string::npos;
               }));
}

void Story::expect_on(const Line& line) {
  const auto& identity = host(line).disk().identity;
  expect_count(line, count([&](const schemas::Task& task) {
                 return identity && task.instance == identity->instance &&
                        is_of(task, line.word("FAMILY")) && task.last_status == TaskStatus::running;
               }));
}

void Story::expect_lost(const Line& line) {
  const auto& tasks = universe_.watch().tasks().all();
  expect_count(line, std::count_if(tasks.begin(), tasks.end(),
                                   [](const auto& entry) { return entry.second.lost; }));
}

void Story::expect_event(const Line& line) {
  for (const auto& [key, service] : world()->services) {
    if (service.name != line.word("NAME")) {
      continue;
    }
    for (const schemas::ServiceEvent& event : service.events) {
      if (event.message.find(line.word("TEXT")) != std::string::npos) {
        return;
      }
    }
  }
  fail("no event of " + line.word("NAME") + " says so");
}

void Story::expect_metered(const Line& line) {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  Duration metered{};
  for (const auto& [key, usage] : world()->usage) {
    if (usage.family == line.word("FAMILY")) {
      metered += Duration(usage.use.metered_ns / ns_per_ms);
    }
  }
  if (metered < *line.span_of("SPANA") || metered > *line.span_of("SPANB")) {
    fail(in_words(metered) + " are metered");
  }
}

}  // namespace

Outcome tell(const Scenario& scenario, Trace::Print print) { return Story(print).tell(scenario); }

}  // namespace sim
