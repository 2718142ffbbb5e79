#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/edge/http/exchange.h"

namespace control::http {

/// What follows the head of an answer, and whether another request may follow.
struct Framing {
  enum class Body : std::uint8_t { counted, chunked, until_close };
  Body body = Body::counted;
  bool keep_alive = true;
};

/// Status line and headers, ready to send. `date` is an HTTP date (`http_date`). Every answer
/// carries an x-amzn-RequestId, for clients quote it when they complain.
std::string head_text(const Response& response, Framing framing, std::string_view date);

/// A new UUID.
std::string new_request_id();

/// `bytes` as one chunk of a chunked body. Never the last chunk: empty in, empty out.
std::string chunk_text(std::string_view bytes);
constexpr std::string_view last_chunk = "0\r\n\r\n";

/// "Mon, 23 Nov 2026 18:20:01 GMT": clients correct their clock by it before they sign again.
std::string http_date(std::int64_t epoch_seconds);
/// The date of now, formatted once a second and thread.
const std::string& http_date_now();

/// An answer to what is not a proper request: the shape of every AWS JSON error.
Response refusal(int status, std::string_view type, std::string_view message);

/// A text as the inside of a JSON string.
std::string json_escaped(std::string_view text);

}  // namespace control::http
