#pragma once

#include <string>
#include <string_view>

#include "schemas/base/result.h"
#include "schemas/model/price_book.h"

namespace control::edge {

/// schemas/prices/default.yaml, which is part of the program.
std::string_view default_prices();

/// Reads a price book in the form of schemas/prices/default.yaml. Errors name `where`, the entry,
/// what was found and what is allowed; entries that we do not know are refused, because a price
/// that somebody set and nobody charges is worse than a message.
schemas::Result<schemas::PriceBook> read_prices(std::string_view yaml, const std::string& where);

/// The same from a file.
schemas::Result<schemas::PriceBook> read_price_file(const std::string& path);

}  // namespace control::edge
