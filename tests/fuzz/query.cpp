// The cluster query language: no text crashes it or makes it slow, and an expression and its
// opposite never agree.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "control/core/place/query/expression.h"
#include "tests/fuzz/promise.h"

namespace {

using control::query::Expression;
using control::query::Facts;

struct AskedHost {
  std::map<std::string, std::string> attributes;
  std::map<std::string, std::int64_t, std::less<>> groups;
  Facts facts;
};

AskedHost bare_host() { return {}; }

AskedHost rich_host() {
  AskedHost host;
  host.attributes = {{"stack", "prod"},
                     {"a", std::string(128, 'a')},
                     {"ecs.availability-zone", "us-east-1a"},
                     {"rack", "9"}};
  host.groups = {{"1/service:web", 2}, {"1/family:a", 1}};
  host.facts.agent_connected = true;
  host.facts.agent_version = "1.68.2-rc1";
  host.facts.registered_at = schemas::Instant(std::chrono::milliseconds(1'529'360'908'250));
  host.facts.running_tasks = 3;
  return host;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const auto parsed = Expression::parse(text);
  if (!parsed.ok()) {
    fuzz::promise(parsed.error().code == schemas::ErrorCode::invalid_parameter,
                  "an expression is refused as the caller's mistake");
    return 0;
  }
  const auto opposite = Expression::parse("!(" + text + ")");
  for (AskedHost host : {bare_host(), rich_host()}) {
    host.facts.attributes = &host.attributes;
    host.facts.groups = &host.groups;
    const bool holds = parsed.value().holds(host.facts);
    fuzz::promise(holds == parsed.value().holds(host.facts), "a host answers the same twice");
    if (opposite.ok()) {
      fuzz::promise(holds != opposite.value().holds(host.facts),
                    "an expression and its opposite differ");
    }
  }
  return 0;
}
