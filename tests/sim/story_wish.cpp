#include "tests/sim/story_wish.h"

#include <utility>
#include <vector>

namespace sim {

namespace {

std::optional<std::vector<api::DeploymentLifecycleHook>> hooks(const Line& line) {
  using Stage = api::DeploymentLifecycleHookStage;
  std::vector<api::DeploymentLifecycleHook> held;
  for (const auto& [word, stage] :
       {std::pair{"pause-before", Stage::pre_scale_up}, {"pause-after", Stage::post_scale_up}}) {
    if (line.has(word)) {
      api::DeploymentLifecycleHook& hook = held.emplace_back();
      hook.target_type = api::DeploymentLifecycleHookTargetType::pause;
      hook.lifecycle_stages = {stage};
    }
  }
  return held.empty() ? std::nullopt : std::optional(std::move(held));
}

}  // namespace

ServiceWish wish_of(const Line& line, std::optional<std::string> family,
                    std::optional<std::int64_t> count) {
  return {.name = line.word("NAME"),
          .family = std::move(family),
          .count = count,
          .minimum_percent = line.number_of("min"),
          .maximum_percent = line.number_of("max"),
          .force = line.has("force"),
          .constraints = {},
          .failures = line.number_of("failures"),
          .rollback = line.has("rollback"),
          .hooks = hooks(line),
          .group = {}};
}

}  // namespace sim
