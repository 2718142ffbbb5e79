#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "schemas/base/time.h"

namespace sim {

/// What a container of an image does, and how its image comes.
struct Image {
  enum class Pull : std::uint8_t { works, fails, hangs };
  Pull pull = Pull::works;
  schemas::Duration pull_takes{200};
  schemas::Duration start_takes{20};
  /// Its program ends by itself, this long after its start.
  std::optional<schemas::Duration> ends_after;
  std::int64_t exit_code = 0;
  schemas::Duration stop_takes{100};  ///< from the stop signal to its end
  bool ignores_stop = false;          ///< only a kill ends it
  /// Its health check fails from so long after its start on; it never fails when absent.
  std::optional<schemas::Duration> sick_after;
  /// Its program is stuck in the kernel: even a kill takes this long.
  schemas::Duration kill_takes{10};
  /// Somebody pushes another image under its tag; 0 = nobody does.
  schemas::Duration tag_moves_every{};
};

/// What the registry has under an image's name now.
std::string digest_behind(const std::string& name, const Image& image, schemas::Instant now);

/// By name, as a definition states it. An image that is not here is a well-behaved server.
using Images = std::map<std::string, Image>;

}  // namespace sim
