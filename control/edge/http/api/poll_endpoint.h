#pragma once

#include <string>

#include "control/edge/http/exchange.h"
#include "schemas/codec/api.h"

namespace control::http {

/// The address at which the caller has reached us, as it wrote it: what it can reach again.
/// Empty when it named none that could be one.
std::string reached_at(const Request& request);

/// An answer to DiscoverPollEndpoint with the address before its paths.
api::Value shown_from(const api::Value& output, const std::string& address);

}  // namespace control::http
