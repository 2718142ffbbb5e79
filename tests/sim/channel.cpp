#include "tests/sim/channel.h"

#include <algorithm>
#include <utility>

#include "schemas/wire/wire.h"

namespace sim {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

constexpr Duration first_pause = 100ms;
constexpr Duration longest_pause = 5s;
/// What an answer may take beyond the time it was to be held.
constexpr Duration beyond_hold = 15s;

template <class Message>
Message as_it_travels(const Message& message, Knobs::Wire wire) {
  if (wire == Knobs::Wire::values) {
    return message;
  }
  auto read = wire::decode<Message>(wire::encode(message));
  schemas::require(read.ok(), "a message cannot be read by its receiver");
  return std::move(read).value();
}

}  // namespace

Channel::Channel(Simulation& simulation, Network& network, ControlProcess& control,
                 const Knobs& knobs, int host, std::string name)
    : simulation_(simulation),
      network_(network),
      control_(control),
      knobs_(knobs),
      host_(host),
      name_(std::move(name)) {}

void Channel::open(const std::string& identity, Agent agent, std::shared_ptr<bool> alive) {
  identity_ = identity;
  agent_ = std::move(agent);
  alive_ = std::move(alive);
  ask(Purpose::poll);
  ask(Purpose::report);
}

void Channel::report_soon() {
  report_.woken = true;
  if (report_.idle) {
    again(Purpose::report, Duration(0));
  }
}

void Channel::ask(Purpose purpose) {
  Line& here = line(purpose);
  here.woken = false;
  here.idle = false;
  const std::optional<schemas::SyncRequest> request = agent_.request(purpose);
  if (!request) {
    here.idle = true;
    return;
  }
  const std::int64_t attempt = ++here.attempt;
  send(purpose, attempt, *request);
  simulation_.after(Duration(request->hold_ms) + beyond_hold,
                    [this, purpose, attempt, alive = alive_] {
                      if (*alive && line(purpose).attempt == attempt) {
                        simulation_.probe("an agent gave up waiting for an answer");
                        back_off(purpose);
                      }
                    });
}

void Channel::send(Purpose purpose, std::int64_t attempt, const schemas::SyncRequest& request) {
  // Once sent, a question arrives whether or not the process that asked it still lives.
  const auto deliver = [this, purpose, attempt, request, alive = alive_, identity = identity_,
                        host = host_, wire = knobs_.wire, &network = network_,
                        &control = control_] {
    const auto answer = [this, purpose, attempt, request, alive, host,
                         &network](const Heard& heard) {
      network.send(host, Way::to_host, [this, purpose, attempt, request, heard, alive] {
        if (*alive) {
          hear(purpose, attempt, request, heard);
        }
      });
    };
    control.receive(
        control::AgentSync{
            .waiter = 0, .identity_hash = identity, .request = as_it_travels(request, wire)},
        answer);
  };
  network_.send(host_, Way::to_control, deliver);
}

void Channel::hear(Purpose purpose, std::int64_t attempt, const schemas::SyncRequest& request,
                   const Heard& heard) {
  const bool current = line(purpose).attempt == attempt;
  if (std::holds_alternative<schemas::Error>(heard)) {
    agent_.refused();
    return;
  }
  const auto* said = std::get_if<schemas::SyncAnswer>(&heard);
  if (said == nullptr) {  // the connection broke, or control is away
    if (current) {
      back_off(purpose);
    }
    return;
  }
  // Also one that nobody waits for any more: the core must not mind.
  if (!current) {
    simulation_.probe("an answer came late or twice");
  }
  agent_.answered(request, as_it_travels(*said, knobs_.wire));
  if (!current || !*alive_) {
    return;
  }
  ++line(purpose).attempt;
  if (purpose == Purpose::report && said->acknowledged < request.report_sequence) {
    back_off(purpose);
    return;
  }
  line(purpose).pause = Duration{};
  const bool hasty =
      purpose == Purpose::poll && said->version == request.have_version && request.hold_ms > 0;
  again(purpose, hasty ? first_pause : Duration(1));
}

void Channel::back_off(Purpose purpose) {
  Line& here = line(purpose);
  ++here.attempt;
  here.pause = std::clamp(here.pause * 2, first_pause, longest_pause);
  again(purpose, simulation_.between(here.pause / 2, here.pause));
}

void Channel::again(Purpose purpose, Duration pause) {
  line(purpose).idle = false;
  simulation_.after(pause, [this, purpose, attempt = line(purpose).attempt, alive = alive_] {
    if (*alive && line(purpose).attempt == attempt) {
      ask(purpose);
    }
  });
}

}  // namespace sim
