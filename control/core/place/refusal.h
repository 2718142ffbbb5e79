#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schemas/base/id.h"

namespace control {

/// Why a host cannot take a task, in the order in which hosts are asked: a host that fails late
/// is a closer match than one that fails early.
enum class RefusalReason : std::uint8_t {
  missing,            ///< not of this fleet
  agent,              ///< its agent is not connected
  inactive,           ///< draining or deregistered
  zone,               ///< in none of the zones of the task's subnets
  attribute,          ///< an attribute that the task requires is missing
  cpu,                ///< too few CPU units left
  memory,             ///< too little memory left
  ports,              ///< a port that the task wants is taken
  eni,                ///< no slot for another network interface
  distinct_instance,  ///< it runs a task of the group already
  member_of,          ///< it is outside of the expression
};

/// One host's answer, with the numbers that a person needs to mend it.
struct Refusal {
  schemas::InstanceId instance;
  RefusalReason reason = RefusalReason::agent;
  std::int64_t wanted = 0;  ///< CPU units, MiB, the port, slots; 0 where there is no number
  std::int64_t found = 0;   ///< what is left of it
  std::string attribute;    ///< the one that is missing; for member_of the expression
  std::int64_t kept = 0;    ///< how much more there is, kept for daemons; 1 for such a port
  std::string kept_for{};   ///< those daemons, when anything is kept: "service:a, service:b"
  bool operator==(const Refusal&) const = default;
};

/// What one host answers to one question, passed or not.
struct Verdict {
  RefusalReason question = RefusalReason::agent;  ///< what it would be refused for
  bool passed = false;
  /// Which of the request's attributes, ports or constraints is asked about, counted from 0.
  std::size_t which = 0;
  std::int64_t wanted = 0;  ///< CPU units, MiB, the port, slots; 0 where there is no number
  std::int64_t found = 0;   ///< what is left of it; tasks of the group for distinct_instance
  std::int64_t most = 0;    ///< what the host has of it altogether
  std::int64_t kept = 0;    ///< beside `found`, kept for daemons of the host; 1 for such a port
  bool operator==(const Verdict&) const = default;
};

/// The word for `failures[].reason` of RunTask, for example "RESOURCE:CPU".
std::string_view ecs_reason(RefusalReason reason);

/// What RunTask answers when the shared pool has no room: its hosts are not the caller's to see.
std::string_view pool_shortage();

/// One refusal as a sentence with its numbers, for logs, `details` and the operator.
std::string explain(const Refusal& refusal);

/// What the pool lacks, for customers, who see neither its hosts nor what others use of them.
std::string pool_lacks(const Refusal& refusal);

/// The sentence of the service event: which host came closest and what it lacks; without any host,
/// that there is none.
std::string closest_match(std::span<const Refusal> refusals);

/// The refusal of the host that came closest (ties: lowest instance id). `refusals` is not empty.
const Refusal& closest(std::span<const Refusal> refusals);

}  // namespace control
