#pragma once

#include <cstdint>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

/// `docker run --detach` of the sample image, from the call until it returns, which is when the
/// container runs; each is removed before the next. Asks a daemon of its own, in a network
/// namespace of its own, so that the machine's is neither needed nor touched. The error says why
/// there is nothing to compare with, for example because Docker is not installed.
schemas::Result<std::vector<std::int64_t>> measure_docker_runs(std::int64_t count);

}  // namespace bench
