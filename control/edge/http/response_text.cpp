#include "control/edge/http/response_text.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "schemas/base/id.h"
#include "schemas/base/random.h"
#include "schemas/base/require.h"

namespace control::http {

namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view request_id_header = "x-amzn-RequestId";

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  const auto got = ::getrandom(&seed, sizeof seed, 0);
  schemas::require(got == sizeof seed, "the system has no randomness");
  return seed;
}

}  // namespace

std::string new_request_id() {
  thread_local schemas::Random random(random_seed());
  return schemas::EventId::draw(random).text();
}

std::string head_text(const Response& response, Framing framing, std::string_view date) {
  std::string text;
  text.reserve(256);
  text += "HTTP/1.1 ";
  text += std::to_string(response.status);
  text += ' ';
  text += reason_phrase(response.status);
  text += "\r\nDate: ";
  text += date;
  if (!response.content_type.empty()) {
    text += "\r\nContent-Type: ";
    text += response.content_type;
  }
  const bool has_id =
      std::any_of(response.headers.begin(), response.headers.end(),
                  [](const Header& header) { return header.name == request_id_header; });
  if (!has_id) {
    text += "\r\n";
    text += request_id_header;
    text += ": ";
    text += new_request_id();
  }
  for (const Header& header : response.headers) {
    text += "\r\n";
    text += header.name;
    text += ": ";
    text += header.value;
  }
  if (framing.body == Framing::Body::counted) {
    text += "\r\nContent-Length: ";
    text += std::to_string(response.body.size());
  } else if (framing.body == Framing::Body::chunked) {
    text += "\r\nTransfer-Encoding: chunked";
  }
  text +=
      framing.keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  return text;
}

std::string chunk_text(std::string_view bytes) {
  if (bytes.empty()) {
    return {};
  }
  std::string size;
  for (std::size_t rest = bytes.size(); rest > 0; rest >>= 4U) {
    size.insert(size.begin(), hex_digits[rest & 0x0fU]);
  }
  std::string text;
  text.reserve(size.size() + bytes.size() + 4);
  text += size;
  text += "\r\n";
  text += bytes;
  text += "\r\n";
  return text;
}

std::string http_date(std::int64_t epoch_seconds) {
  const std::time_t seconds = epoch_seconds;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  // The process never calls setlocale, so %a and %b are the English names that HTTP wants.
  const std::size_t length =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

const std::string& http_date_now() {
  thread_local std::int64_t second = 0;
  thread_local std::string text;
  const std::int64_t now = std::time(nullptr);
  if (now != second) {
    second = now;
    text = http_date(now);
  }
  return text;
}

std::string json_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      escaped.push_back('\\');
      escaped.push_back(letter);
    } else if (letter == '\n') {
      escaped += "\\n";
    } else if (byte < 0x20) {
      escaped += "\\u00";
      escaped.push_back(hex_digits[byte >> 4U]);
      escaped.push_back(hex_digits[byte & 0x0fU]);
    } else {
      escaped.push_back(letter);
    }
  }
  return escaped;
}

Response refusal(int status, std::string_view type, std::string_view message) {
  Response response;
  response.status = status;
  response.content_type = "application/x-amz-json-1.1";
  response.headers.push_back({"x-amzn-ErrorType", std::string(type)});
  response.body =
      R"({"__type":")" + json_escaped(type) + R"(","message":")" + json_escaped(message) + R"("})";
  return response;
}

}  // namespace control::http
