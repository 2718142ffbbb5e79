#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "control/core/deploy/service_plan.h"
#include "control/core/loop/page_seal.h"
#include "schemas/base/time.h"
#include "schemas/model/price_book.h"

namespace control {

/// What an operator may tune. Every one is a flag of ecs-control.
struct Settings {
  /// How long a sync without news is held. Longer: fewer requests; it must stay below the agent's
  /// and any proxy's time-out.
  schemas::Duration poll_hold{20'000};
  /// How long a host counts as connected after its last sync. Shorter than the hold plus a round
  /// trip and healthy hosts flap.
  schemas::Duration lease{30'000};
  /// How long after its lease a host's tasks are still believed to run. Too short and a network
  /// hiccup doubles tasks; too long and a dead host's tasks are missed for that long.
  schemas::Duration loss_grace{300'000};
  /// The service scheduler's own: `deploy.healthy_after` is `--healthy-after`.
  DeploySettings deploy;
  /// How long a stopped task can still be described (ECS: at least one hour).
  schemas::Duration stopped_retention{3'600'000};
  /// How long a clientToken is remembered.
  schemas::Duration token_retention{86'400'000};
  /// How long the temporary credentials of a task's role are good; they are renewed when half of it
  /// is over. Shorter: stolen ones are worth less, and hosts are told more often. It must outlast
  /// the time that a host may be out of touch.
  schemas::Duration credentials_life{6 * 3'600'000};
  /// Pause between full sweeps, which find what an incremental path may have missed.
  schemas::Duration sweep_every{10'000};
  /// Pause before an agent is asked again for a stream that it has not opened.
  schemas::Duration ask_again{2'000};
  /// How long a caller waits for the agent to open a stream before the ask is dropped.
  schemas::Duration ask_expires{30'000};
  /// Suffixes of a region's availability zones; each gets a subnet of the default VPC.
  std::vector<std::string> zone_suffixes{"a", "b"};
  /// Whether a host needs a join token (`--auth sigv4`), or who reaches control may join.
  enum class Joining : std::uint8_t { anyone, with_token } joining = Joining::anyone;
  /// How long a bearer token is good.
  schemas::Duration session_length{12 * 3'600'000};
  /// What use costs, parsed by the edge from schemas/prices/default.yaml or `--prices`.
  schemas::PriceBook prices;
  /// The operator's own account: pool hosts and what belongs to nobody else.
  std::string operator_account{"123456789012"};
  /// With what tokens of paged lists are closed: one key and the same for as long as tokens are to
  /// be good.
  std::shared_ptr<const PageSeal> page_seal = keyless_page_seal();
};

}  // namespace control
