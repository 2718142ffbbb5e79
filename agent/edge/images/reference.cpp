#include "agent/edge/images/reference.h"

#include <algorithm>

namespace agent {

namespace {

constexpr std::string_view digest_prefix = "sha256:";
constexpr std::size_t digest_digits = 64;
constexpr std::size_t tag_length_max = 128;

schemas::Error refusal(std::string_view text, const std::string& why) {
  return {.code = schemas::ErrorCode::client,
          .message = "CannotPullContainerError: '" + std::string(text) +
                     "' is not an image reference: " + why};
}

bool is_word(char character, std::string_view also) {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
         also.find(character) != std::string_view::npos;
}

bool has_only(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(),
                     [&](char character) { return is_word(character, also); });
}

constexpr std::string_view upper_case = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_host(std::string_view first) {
  return first.find_first_of(".:") != std::string_view::npos || first == "localhost";
}

}  // namespace

bool is_image_digest(std::string_view text) {
  return text.starts_with(digest_prefix) && text.size() == digest_prefix.size() + digest_digits &&
         text.substr(digest_prefix.size()).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

schemas::Result<ImageReference> parse_image_reference(std::string_view text) {
  ImageReference reference;
  std::string_view rest = text;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    reference.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (!is_image_digest(reference.digest)) {
      return refusal(text, "after @ stands 'sha256:' and 64 hex digits");
    }
  }
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && is_host(rest.substr(0, slash))) {
    reference.host = rest.substr(0, slash);
    rest = rest.substr(slash + 1);
  } else {
    reference.host = "docker.io";
  }
  if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    const std::string characters = "_.-" + std::string(upper_case);
    if (reference.tag.empty() || reference.tag.size() > tag_length_max ||
        !has_only(reference.tag, characters)) {
      return refusal(text, "a tag is 1 to 128 letters, digits, '_', '.' and '-'");
    }
  } else if (reference.digest.empty()) {
    reference.tag = "latest";
  }
  const bool separated = !rest.empty() && is_word(rest.front(), "") && is_word(rest.back(), "");
  if (!separated || rest.find("//") != std::string_view::npos || !has_only(rest, "/._-")) {
    return refusal(text, "a repository is lower-case letters, digits and separators between them");
  }
  if (!has_only(reference.host, ".:-[]" + std::string(upper_case))) {
    return refusal(text, "the registry is a host name or address, and a port");
  }
  const bool official = reference.host == "docker.io" && rest.find('/') == std::string_view::npos;
  reference.path = (official ? "library/" : "") + std::string(rest);
  return reference;
}

}  // namespace agent
