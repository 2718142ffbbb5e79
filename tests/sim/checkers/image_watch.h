#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// All tasks of one deployment that were handed out after one of its tasks had said which digest it
/// found run that digest, however the tag moved, unless versionConsistency is disabled; then no
/// host is told of any.
class ImageWatch {
 public:
  explicit ImageWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn);
  void told(const control::World& world, const schemas::SyncAnswer& answer);

 private:
  /// A container of a deployment's tasks.
  using Part = std::pair<schemas::DeploymentId, std::string>;

  void look(const schemas::Task& task);

  Simulation& simulation_;
  /// What was found in the first durable turn that tells of any: one of these is the digest.
  std::map<Part, std::set<std::string>> found_;
  std::map<Part, std::set<std::string>> found_now_;  ///< the same of the turn that ends
  std::set<schemas::TaskId> told_;
  std::set<std::pair<schemas::TaskId, std::string>> bound_;  ///< told when the digest was known
};

}  // namespace sim
