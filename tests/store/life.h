#pragma once

#include <string>
#include <vector>

#include "control/core/world/rows.h"
#include "tests/unit/control_loop/stage.h"

namespace store_test {

/// The key file that `live` sealed its secrets with, as it stands in a data directory.
std::string key_of_life();

/// A cluster's life, told to the loop call by call: afterwards every table has rows, every body
/// written as JSON each of its members, and things have begun, changed and ended.
void live(stage::Stage& stage);

/// All rows of a World, in the order of table and key: two Worlds are the same when these are.
std::vector<control::Row> rows_of(const control::World& world);

/// What stands in each table that World holds, in words, a line a row: for a test's output.
std::string text_of(const std::vector<control::Row>& rows);

}  // namespace store_test
