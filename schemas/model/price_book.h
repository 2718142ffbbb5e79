#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/units.h"

namespace schemas {

/// What use costs, parsed from schemas/prices/default.yaml or the file given with --prices. Prices
/// are whole nano-units of the currency for a whole hour, so that nothing is rounded before the
/// line item is.
struct PriceBook {
  std::string currency;               ///< ISO 4217 code, for example "USD"
  Nanos fargate_vcpu_hour;            ///< `fargate.vcpu_hour`: 1,024 CPU units for an hour
  Nanos fargate_gb_hour;              ///< `fargate.gb_hour`: 1,024 MiB for an hour
  std::int64_t minimum_seconds = 60;  ///< `minimum_seconds`: the least a task is billed for
  bool operator==(const PriceBook&) const = default;
};

}  // namespace schemas
