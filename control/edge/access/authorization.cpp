#include "control/edge/access/authorization.h"

#include <algorithm>
#include <map>

namespace control::access {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view terminator = "aws4_request";
/// More than any client signs; a longer list only costs time.
constexpr std::size_t headers_max = 64;
constexpr std::size_t part_bytes_max = 128;

Refused incomplete(std::string message) {
  return {.reason = Reason::incomplete_signature, .message = std::move(message)};
}

bool all_of(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

Verdict<Authorization> read_scope(const std::string& credential) {
  constexpr std::string_view names = "abcdefghijklmnopqrstuvwxyz0123456789-";
  constexpr std::string_view key_letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  const std::vector<std::string> parts = split(credential, '/');
  const auto sound = [](const std::string& part, std::string_view letters) {
    return !part.empty() && part.size() <= part_bytes_max && all_of(part, letters);
  };
  const bool whole = parts.size() == 5 && sound(parts[0], key_letters) && parts[1].size() == 8 &&
                     all_of(parts[1], "0123456789") && sound(parts[2], names) &&
                     sound(parts[3], names) && parts[4] == terminator;
  if (!whole) {
    return incomplete(
        "The Credential of the Authorization header must be KEY/YYYYMMDD/REGION/SERVICE/"
        "aws4_request.");
  }
  Authorization read;
  read.access_key_id = parts[0];
  read.day = parts[1];
  read.region = parts[2];
  read.service = parts[3];
  return read;
}

/// In the one order that the canonical request has them, so that a list cannot say a header twice.
bool is_proper_list(const std::vector<std::string>& names) {
  const auto is_name = [](const std::string& name) {
    return !name.empty() && name.size() <= part_bytes_max &&
           all_of(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
  };
  return names.size() <= headers_max && std::all_of(names.begin(), names.end(), is_name) &&
         std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()) == names.end();
}

}  // namespace

std::string Authorization::scope() const {
  return day + "/" + region + "/" + service + "/" + std::string(terminator);
}

Verdict<Authorization> parse_authorization(std::string_view header) {
  if (!header.starts_with(algorithm) || header.size() == algorithm.size() ||
      header[algorithm.size()] != ' ') {
    return incomplete("The Authorization header must start with " + std::string(algorithm) +
                      ", or with Bearer and a session's token.");
  }
  std::map<std::string, std::string> parts;
  for (const std::string& part : split(header.substr(algorithm.size() + 1), ',')) {
    const std::string_view stated = trimmed(part);
    const std::size_t equals = stated.find('=');
    const std::string name(stated.substr(0, equals));
    const bool known = name == "Credential" || name == "SignedHeaders" || name == "Signature";
    if (equals == std::string_view::npos || !known ||
        !parts.emplace(name, stated.substr(equals + 1)).second) {
      return incomplete(
          "The Authorization header has Credential, SignedHeaders and Signature, each once and "
          "nothing else.");
    }
  }
  for (const char* name : {"Credential", "SignedHeaders", "Signature"}) {
    if (!parts.contains(name)) {
      return incomplete("The Authorization header has no " + std::string(name) + ".");
    }
  }
  Verdict<Authorization> verdict = read_scope(parts["Credential"]);
  auto* read = std::get_if<Authorization>(&verdict);
  if (read == nullptr) {
    return verdict;
  }
  read->signed_headers = split(parts["SignedHeaders"], ';');
  read->signature = parts["Signature"];
  if (!is_proper_list(read->signed_headers)) {
    return incomplete("SignedHeaders must list lower-case names in ascending order, each once.");
  }
  if (read->signature.size() != 64 || !all_of(read->signature, "0123456789abcdef")) {
    return incomplete("The Signature must be 64 hex digits.");
  }
  return verdict;
}

}  // namespace control::access
