#pragma once

#include <optional>
#include <string>
#include <utility>

#include "schemas/wire/wire.h"
#include "tests/fuzz/promise.h"

namespace fuzz {

/// Reads a message between agents and control. One that is read can be written, is then read again,
/// and means the same; it is what this gives.
template <class Message>
std::optional<Message> round_trip(std::string_view json) {
  auto read = wire::decode<Message>(json);
  if (!read.ok()) {
    promise(!read.error().message.empty(), "a refusal says why");
    return std::nullopt;
  }
  const std::string said = wire::encode(read.value());
  const auto again = wire::decode<Message>(said);
  promise(again.ok(), "what was read is read again",
          again.ok() ? said : said + "\n" + again.error().message);
  promise(wire::encode(again.value()) == said, "reading and writing changes nothing", said);
  return std::move(read).value();
}

}  // namespace fuzz
