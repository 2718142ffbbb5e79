#pragma once

#include <string>

#include "control/core/loop/loop.h"
#include "control/edge/access/seal.h"
#include "control/edge/http/api/caller.h"
#include "schemas/base/result.h"
#include "schemas/codec/api.h"

namespace control::http {

/// A secret on its way: `kept` goes to the loop, `secret` to the caller once that is durable, and
/// to nobody else.
struct Drawn {
  DrawnSecret kept;
  std::string secret;  ///< empty for most operations
};

/// Draws what an operation needs: the loop has no randomness that secrets could be made of.
/// `access_denied` for a session that is to be opened with a session: it would never end.
schemas::Result<Drawn> draw_for(const api::Operation& operation, const Caller& caller,
                                const access::Seal& seal);

/// The operation's answer with the secret in its place.
api::Value shown_with(const api::Value& output, const std::string& secret);

}  // namespace control::http
