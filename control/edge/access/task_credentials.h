#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/edge/access/refused.h"
#include "control/edge/access/seal.h"
#include "control/edge/access/signature.h"
#include "schemas/base/time.h"
#include "schemas/model/agent_channel.h"

namespace control::access {

/// The roles there are: account and name to row key. A role that is made anew has another key.
using RoleKeys = std::map<std::pair<std::string, std::string>, std::int64_t>;

/// What the access key ids of temporary credentials begin with.
inline constexpr const char* temporary_prefix = "ASIA";

/// Draws keys for the credentials that the loop has granted to a host, and seals into each session
/// token whose they are, until when, and the secret: nothing of them is kept, so there is nothing
/// to look up, to lose or to steal. Credentials of a role that is gone meanwhile are left out.
void fill_in(std::vector<schemas::RoleCredentials>& credentials, const Seal& seal,
             const RoleKeys& roles);

/// Whom temporary credentials stand for: the task, in its role. `unrecognized_client` when the
/// token was not sealed here for this key, or its role is gone; `expired_token` when it is late.
/// Whether the task still runs is World's to say.
Verdict<Standing> find_temporary(const std::string& access_key_id, const std::string& session_token,
                                 const Seal& seal, const RoleKeys& roles, schemas::Instant now);

}  // namespace control::access
