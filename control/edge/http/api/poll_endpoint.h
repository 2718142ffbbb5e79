#pragma once

#include <string>

#include "control/edge/http/exchange.h"
#include "schemas/codec/api.h"

namespace control::http {

/// The address at which the caller has reached us, as it wrote it: what it can reach again.
/// Empty when it named none that could be one.
std::string reached_at(const Request& request);

/// An answer to DiscoverPollEndpoint with the address before its paths; any other as it is.
api::Value shown_from(api::Value output, const std::string& address);

}  // namespace control::http
