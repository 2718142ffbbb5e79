// Control's answers as an agent reads them. The first line says which: "join" or "ask"; without
// such a line it is that of a sync.

#include "schemas/wire/wire.h"
#include "tests/fuzz/promise.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::text_of(data, size);
  const std::string_view kind = body.starts_with("{") ? "" : fuzz::take_line(body);
  if (kind == "join") {
    fuzz::round_trip<schemas::JoinAnswer>(body);
  } else if (kind == "ask") {
    fuzz::round_trip<schemas::Ask>(body);
  } else {
    fuzz::round_trip<schemas::SyncAnswer>(body);
  }
  return 0;
}
