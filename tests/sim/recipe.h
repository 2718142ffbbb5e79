#pragma once

#include <cstdint>
#include <string>

#include "api/task_definitions.h"
#include "tests/sim/images.h"

namespace sim {

/// What a definition is made from, and how its program behaves.
struct Recipe {
  /// `none`: on a host, with loopback only.
  enum class Place : std::uint8_t { bridge, host, none, vpc, pool };
  std::string family;
  Place place = Place::bridge;
  std::int64_t cpu = 256;
  std::int64_t memory = 128;   ///< MiB; a pool task has at least 512
  std::int64_t port = 0;       ///< on the host; 0 = none
  bool prepared = false;       ///< a first container must end well before the main one starts
  std::string role;            ///< the name of the role that its tasks are; empty = none
  bool restarts = false;       ///< the main container runs again when it has ended
  bool checked = false;        ///< the main container has a health check
  bool guarded = false;        ///< the main container starts when a first one is HEALTHY
  bool each_resolves = false;  ///< the main container's versionConsistency is disabled
  Image image;                 ///< of the main container
  [[nodiscard]] bool on_pool() const { return place == Place::pool; }
};

/// The image of a family's main container.
std::string image_name(const std::string& family);

/// `flavour` is a detail that makes one revision differ from the next.
api::RegisterTaskDefinitionRequest definition_of(const Recipe& recipe, std::int64_t flavour);

}  // namespace sim
