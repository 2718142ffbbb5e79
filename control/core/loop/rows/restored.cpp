#include "control/core/loop/rows/restored.h"

#include <algorithm>
#include <chrono>

#include "control/core/loop/details.h"
#include "control/core/loop/rows/values.h"
#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"
#include "schemas/wire/wire.h"

namespace control {

namespace {

/// Where seconds of epochs are counted from, 2020-01-01: counted from 1970 they would outgrow
/// their half of an assignment's version in 2038.
constexpr std::chrono::seconds epochs_from{1'577'836'800};

/// The first row key, and event number, after the restore.
std::int64_t first_key(const Snapshot& snapshot, const Restoration& restoration) {
  const std::int64_t last = *std::max_element(snapshot.last_key.begin(), snapshot.last_key.end());
  return std::max(last + 1, std::chrono::microseconds(restoration.now.time_since_epoch()).count());
}

}  // namespace

std::int64_t events_move_by(const Snapshot& snapshot, const Restoration& restoration) {
  return first_key(snapshot, restoration) - 1 -
         snapshot.last_key[static_cast<std::size_t>(Table::event)];
}

std::vector<Row> restored_rows(const World& world, const Snapshot& snapshot,
                               const Restoration& restoration) {
  const auto since = restoration.now.time_since_epoch();
  const std::int64_t seconds =
      std::chrono::floor<std::chrono::seconds>(since - epochs_from).count();
  const std::int64_t key = first_key(snapshot, restoration);
  const auto named = [](std::int64_t row, std::string name, std::int64_t value) {
    return Row{
        .table = Table::metadata, .key = row, .values = {std::move(name), std::to_string(value)}};
  };
  return {named(metadata_epoch, "epoch", std::max(world.epoch() + 1, seconds)),
          named(metadata_keys, "keys", key),
          {.table = Table::event,
           .key = key,
           .values = {milliseconds(restoration.now), restoration.scope.account,
                      restoration.scope.region, "control.restored",
                      arn(restoration.scope, "control", "restored"),
                      wire::encode(MessageDetail{.message = restoration.message})}}};
}

}  // namespace control
