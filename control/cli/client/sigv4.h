#pragma once

#include <map>
#include <string>

#include "control/cli/client/settings.h"
#include "schemas/base/time.h"

namespace cli {

/// The parts of a request that its signature covers.
struct SignedRequest {
  std::string method;
  std::string path;   ///< as it goes on the wire, percent-encoded once
  std::string query;  ///< as it goes on the wire; names sorted by this function's caller or not
  std::map<std::string, std::string> headers;  ///< lower-case names; `host` must be among them
  std::string body;
};

/// The headers to add (x-amz-date, authorization, x-amz-security-token with temporary
/// credentials) so that the request is signed with AWS Signature Version 4 for service `ecs`.
std::map<std::string, std::string> sign(const SignedRequest& request,
                                        const Credentials& credentials, const std::string& region,
                                        schemas::Instant now);

}  // namespace cli
