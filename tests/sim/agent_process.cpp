#include "tests/sim/agent_process.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace sim {

using agent::Action;
using agent::Effect;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

constexpr std::size_t batch_max = 64;
constexpr std::int64_t pulls_max = 3;
constexpr std::int64_t hold_ms = 20'000;
constexpr std::int64_t start_bits = 32;

/// Effects of one lane go one after the other, as in `agent/edge/runner`.
std::string lane_of(const Effect& effect) {
  std::string task = brief(effect.task) + effect.task.text();
  switch (effect.action) {
    case Action::apply_network:
      return "network";
    case Action::make_task:
    case Action::remove_task:
    case Action::drop_logs:
      return task;
    case Action::read_meter:
      return task + " meter";
    case Action::check_health:
      return task + " health " + std::to_string(effect.index);
    case Action::make_sandbox:
    case Action::attach_network:
    case Action::release_sandbox:
      return task + " sandbox " + std::to_string(effect.index);
    case Action::pull_image:
      return task + " pull " + std::to_string(effect.index);
    default:
      return task + " container " + std::to_string(effect.index);
  }
}

}  // namespace

AgentProcess::AgentProcess(Simulation& simulation, const Knobs& knobs, Watch& watch,
                           const Images& images, Machine machine, Channel channel, Ended ended)
    : simulation_(simulation),
      knobs_(knobs),
      watch_(watch),
      images_(images),
      machine_(std::move(machine)),
      channel_(std::move(channel)),
      ended_(std::move(ended)) {
  state_.policy = knobs.agent;
}

AgentProcess::~AgentProcess() {
  *alive_ = false;
  machine_.kernel.on_exit({});
  // Effects under way may happen all the same, with nobody to hear of their end.
  for (auto& [lane, jobs] : lanes_) {
    if (!jobs.empty() && simulation_.chance(500)) {
      simulation_.probe("an effect happened after its agent had died");
      static_cast<void>(machine_.kernel.perform(jobs.front(), machine_.now()));
    }
  }
}

std::vector<agent::FoundContainer> AgentProcess::find_containers() const {
  std::set<schemas::ContainerId> begun;
  std::set<schemas::TaskId> known;
  for (const auto& [id, record] : machine_.disk.tasks) {
    if (!record.cleaned) {
      known.insert(id);
    }
    for (std::size_t i = 0; i < record.containers.size(); ++i) {
      if (record.containers[i].progress >= agent::ContainerProgress::starting) {
        begun.insert(record.assignment->containers[i].id);
      }
    }
  }
  std::vector<schemas::ContainerId> never_started;
  std::vector<agent::FoundContainer> found;
  for (const auto& [id, container] : machine_.kernel.containers()) {
    if (!begun.contains(id)) {
      never_started.push_back(id);
      continue;
    }
    agent::FoundContainer one;
    one.task = container.task->id;
    one.container = id;
    one.condition = static_cast<agent::FoundContainer::Condition>(container.condition);
    one.runtime_id = "runtime-" + brief(id);
    one.exit_code = container.exit_code;
    one.reason = container.reason;
    one.finished_at = container.finished_at;
    found.push_back(std::move(one));
  }
  for (const schemas::ContainerId& id : never_started) {
    machine_.kernel.remove(id);
  }
  machine_.kernel.keep_only(known);
  return found;
}

void AgentProcess::start() {
  Disk& disk = machine_.disk;
  disk.starts += 1;
  const agent::Boot boot = disk.boot_id.empty() || disk.boot_id == machine_.boot_id
                               ? agent::Boot::same
                               : agent::Boot::changed;
  const std::vector<agent::FoundContainer> found = find_containers();
  std::vector<agent::TaskRecord> saved;
  for (const auto& [id, record] : disk.tasks) {
    saved.push_back(record);
  }
  simulation_.note(machine_.name, "agent starts: finds " + std::to_string(saved.size()) +
                                      " tasks, " + std::to_string(found.size()) + " containers");
  state_.change = disk.starts << start_bits;
  state_.network = disk.network();
  for (const schemas::MeterRecord& record : disk.meters) {
    state_.meters.push_back({record, ++state_.change});
  }
  machine_.kernel.on_exit([this](const agent::Exited& exited) {
    simulation_.note(
        machine_.name,
        "a container of " + brief(exited.task) + " ended" +
            (exited.exit_code ? " with " + std::to_string(*exited.exit_code) : std::string()));
    post(exited);
  });
  merge(agent::recover(state_, saved, found, boot, machine_.now()));
  flush();
  if (*alive_) {
    // Only now is what a new boot means saved: who dies before this finds out again.
    disk.boot_id = machine_.boot_id;
    channel_.open(
        disk.identity->hash,
        {.request = [this](Purpose purpose) { return request_for(purpose); },
         .answered = [this](const auto& request, const auto& answer) { answered(request, answer); },
         .refused = [this] { end(End::refused); }},
        alive_);
  }
}

std::optional<schemas::SyncRequest> AgentProcess::request_for(Purpose purpose) {
  std::optional<schemas::SyncRequest> request;
  if (purpose == Purpose::poll) {
    request.emplace();
    request->have_version = state_.held_version;
    request->report_sequence = state_.acknowledged;
    request->hold_ms = hold_ms;
  } else if (state_.change > state_.acknowledged || !inventory_told_) {
    request = agent::sync_request(state_);
    if (!inventory_told_) {
      request->inventory = machine_.inventory;
    }
  }
  if (request) {
    request->agent = machine_.disk.identity->instance;
    request->boot_id = machine_.boot_id;
  }
  return request;
}

void AgentProcess::answered(const schemas::SyncRequest& request,
                            const schemas::SyncAnswer& answer) {
  inventory_told_ = inventory_told_ || request.inventory.has_value();
  take_credentials(answer);
  post(agent::Answered{answer, request.have_version}, answer);
}

/// As `agent/edge/metadata` does: kept in memory, the one that is good for longest.
void AgentProcess::take_credentials(const schemas::SyncAnswer& answer) {
  for (const schemas::RoleCredentials& one : answer.credentials) {
    schemas::RoleCredentials& held = credentials_[{one.task, one.use}];
    if (held.expires_at <= one.expires_at) {
      held = one;
    }
  }
}

void AgentProcess::look_at_credentials(const schemas::SyncAnswer& answer) {
  if (state_.held_version == answer.version) {
    watch_.up_to_date(machine_.disk.identity->instance, state_, credentials_);
  }
}

void AgentProcess::post(agent::Event event, std::optional<schemas::SyncAnswer> answer) {
  inbox_.push_back({std::move(event), std::move(answer)});
  run_soon();
}

void AgentProcess::run_soon() {
  if (run_asked_) {
    return;
  }
  run_asked_ = true;
  simulation_.after(simulation_.between(0ms, 2ms), [this, alive = alive_] {
    if (*alive) {
      run_asked_ = false;
      run();
    }
  });
}

void AgentProcess::run() {
  for (std::size_t count = 0; count < batch_max && !inbox_.empty(); ++count) {
    Posted posted = std::move(inbox_.front());
    inbox_.pop_front();
    agent::Step made = agent::step(state_, posted.event, machine_.now());
    for (const Effect& effect : made.effects) {
      if (effect.action == Action::start_container &&
          state_.tasks.at(effect.task).record.stopping) {
        simulation_.fail(machine_.name + " starts a container of a task that is to stop.");
      }
    }
    if (made.network == agent::Step::Network::changed) {
      gathered_network_.push_back(*posted.answer);
    }
    if (posted.answer) {
      look_at_credentials(*posted.answer);
    }
    merge(std::move(made));
  }
  flush();
  if (!inbox_.empty() && *alive_) {
    run_soon();
  }
}

void AgentProcess::merge(agent::Step step) {
  for (const schemas::TaskId& id : step.forget) {
    credentials_.erase({id, schemas::RoleUse::task});
    credentials_.erase({id, schemas::RoleUse::execution});
    gathered_.save.erase(id);
    gathered_.forget.insert(id);
  }
  gathered_.save.insert(step.save.begin(), step.save.end());
  std::move(step.meters_made.begin(), step.meters_made.end(),
            std::back_inserter(gathered_.meters_made));
  std::move(step.meters_acknowledged.begin(), step.meters_acknowledged.end(),
            std::back_inserter(gathered_.meters_acknowledged));
  std::move(step.effects.begin(), step.effects.end(), std::back_inserter(gathered_.effects));
}

bool AgentProcess::dies_here() {
  if (!simulation_.chance(knobs_.faults.kill_in_step)) {
    return false;
  }
  simulation_.note(machine_.name, "agent is killed in the middle of a step");
  end(End::killed);
  return true;
}

/// Nothing of this process goes on from here. Who started it takes it away.
void AgentProcess::end(End how) {
  if (*alive_) {
    *alive_ = false;
    ended_(how);
  }
}

/// Saves what has gathered, then carries it out and tells of it, in this order.
void AgentProcess::flush() {
  const agent::Step gathered = std::exchange(gathered_, {});
  const std::vector<schemas::SyncAnswer> network = std::exchange(gathered_network_, {});
  if (dies_here()) {
    simulation_.probe("an agent was killed before it saved");
    return;
  }
  machine_.disk.save(gathered, state_, network);
  for (const schemas::TaskId& id : gathered.save) {
    if (state_.tasks.at(id).record.meter.phase != agent::MeterRecordState::Phase::off) {
      watch_.meter_opened(id, machine_.boot_id);
    }
  }
  for (const schemas::MeterRecord& record : gathered.meters_made) {
    watch_.saved(machine_.number, machine_.boot_id, record);
  }
  const bool starts =
      std::any_of(gathered.effects.begin(), gathered.effects.end(),
                  [](const Effect& one) { return one.action == Action::start_container; });
  if (starts || !gathered.meters_made.empty()) {
    machine_.synced = machine_.disk;
  }
  if (dies_here()) {
    simulation_.probe("an agent was killed between save and effect");
    return;
  }
  for (const Effect& effect : gathered.effects) {
    if (dies_here()) {
      simulation_.probe("an agent was killed between two effects of one step");
      return;
    }
    carry_out(effect);
  }
  if (state_.change > news_told_) {
    news_told_ = state_.change;
    channel_.report_soon();
  }
  wake_when_due();
}

void AgentProcess::wake_when_due() {
  const agent::Moment now = machine_.now();
  const std::optional<std::int64_t> wake_ns = agent::next_wake_ns(state_, now);
  if (!wake_ns || (wake_ns_ != 0 && wake_ns_ <= *wake_ns)) {
    return;
  }
  wake_ns_ = *wake_ns;
  // Rounded up, so that it is time when the wake-up comes. A clock that was set may change when
  // that is: like the runner's own loop, this one looks again every two seconds.
  const Duration longest =
      knobs_.faults.clock_step_every.count() > 0 ? Duration(2s) : Duration(24h);
  const Duration delay =
      std::clamp(Duration((*wake_ns - now.boot_ns) / 1'000'000 + 1), Duration(1), longest);
  simulation_.after(delay, [this, alive = alive_, asked = *wake_ns] {
    if (!*alive || wake_ns_ != asked) {
      return;
    }
    wake_ns_ = 0;
    if (asked <= machine_.now().boot_ns) {
      post(agent::Woken{});
    } else {
      wake_when_due();
    }
  });
}

void AgentProcess::carry_out(const Effect& effect) {
  Job job;
  job.effect = effect;
  if (effect.action != Action::apply_network) {
    const auto found = state_.tasks.find(effect.task);
    if (found == state_.tasks.end()) {
      return;  // forgotten in the same turn
    }
    job.task = found->second.record.assignment;
    job.eni = found->second.record.eni;
  }
  const Lane lane = lane_of(effect);
  std::deque<Job>& jobs = lanes_[lane];
  jobs.push_back(std::move(job));
  if (jobs.size() > 1) {
    return;
  }
  if (effect.action != Action::pull_image) {
    begin(lane);
  } else if (pulls_ < pulls_max) {
    ++pulls_;
    begin(lane);
  } else {
    simulation_.probe("a pull waited for other pulls");
    waiting_pulls_.push_back(lane);
  }
}

void AgentProcess::begin(const Lane& lane) {
  simulation_.after(duration_of(lanes_.at(lane).front()), [this, lane, alive = alive_] {
    if (*alive) {
      finish(lane);
    }
  });
}

Duration AgentProcess::duration_of(const Job& job) {
  const Faults& faults = knobs_.faults;
  if (job.effect.action == Action::pull_image) {
    const auto image = images_.find(
        job.task->containers.at(static_cast<std::size_t>(job.effect.index)).definition.image);
    const bool hangs = simulation_.chance(faults.pull_hangs) ||
                       (image != images_.end() && image->second.pull == Image::Pull::hangs);
    if (hangs) {
      simulation_.probe("a pull hung");
      return simulation_.between(60s, 180s);
    }
    const Duration takes = image == images_.end() ? Image{}.pull_takes : image->second.pull_takes;
    return simulation_.between(takes / 2, takes * 2);
  }
  if (job.effect.action == Action::start_container) {
    if (simulation_.chance(faults.start_slow)) {
      simulation_.probe("a container started slowly");
      return simulation_.between(1s, 20s);
    }
  }
  return simulation_.between(1ms, 60ms);
}

std::string AgentProcess::fault_of(const Job& job) {
  if (job.effect.action == Action::pull_image && simulation_.chance(knobs_.faults.pull_fails)) {
    return "CannotPullContainerError: the registry answers 429";
  }
  return simulation_.chance(knobs_.faults.effect_fails) ? "it failed, as things do" : "";
}

void AgentProcess::finish(const Lane& lane) {
  std::deque<Job>& jobs = lanes_.at(lane);
  const Job job = std::move(jobs.front());
  jobs.pop_front();
  agent::Finished finished;
  finished.effect = job.effect;
  finished.error = fault_of(job);
  if (finished.error.empty()) {
    finished = machine_.kernel.perform(job, machine_.now());
  } else {
    simulation_.probe("an effect failed");
  }
  if (job.effect.action != Action::read_meter) {
    simulation_.note(machine_.name,
                     in_words(job) + (finished.error.empty() ? "" : ": ") + finished.error);
  }
  post(finished);
  if (!jobs.empty()) {
    begin(lane);
  } else {
    lanes_.erase(lane);
  }
  if (job.effect.action == Action::pull_image) {
    --pulls_;
    if (!waiting_pulls_.empty()) {
      ++pulls_;
      const Lane next = waiting_pulls_.front();
      waiting_pulls_.pop_front();
      begin(next);
    }
  }
}

}  // namespace sim
