#include "agent/edge/runner/clock.h"

#include <time.h>

#include <chrono>

namespace agent {

Moment now() {
  timespec boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &boot);
  return {std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now()),
          boot.tv_sec * nanoseconds_per_second + boot.tv_nsec};
}

}  // namespace agent
