#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/edge/access/authorization.h"
#include "control/edge/http/exchange.h"
#include "schemas/base/time.h"

namespace control::access {

/// The path of a canonical request: every byte of `path` as it came but letters, digits and
/// `-._~/` percent-encoded, once more, as SigV4 wants it of every service but S3.
std::string canonical_path(std::string_view path);
/// Whether no segment is empty, "." or "..": clients sign such a path in another form than they
/// send it, so one signature would be good for several paths.
bool is_plain_path(std::string_view path);

/// Names and values decoded, encoded in the one way that counts, and sorted.
std::string canonical_query(std::string_view query);

/// A header's values without outer blanks, inner ones as one, several joined by commas. None when
/// the request does not have it.
std::optional<std::string> canonical_header(const http::Request& request, std::string_view name);

/// What is hashed and signed. `payload` is the body's SHA-256 in hex. None when a header that is
/// named as signed is not there.
std::optional<std::string> canonical_request(const http::Request& request,
                                             const Authorization& authorization,
                                             std::string_view payload);

/// The instant of "20261124T204515Z" or of an HTTP date.
std::optional<schemas::Instant> signing_time(std::string_view text);
/// "20261124T204515Z"
std::string basic_time(schemas::Instant at);

}  // namespace control::access
