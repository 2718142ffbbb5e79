#include "control/edge/export/price_file.h"

#include <array>

#include "control/core/billing/bill.h"
#include "control/edge/store/text_file.h"
#include "schemas/codec/access.h"
#include "schemas/codec/engine.h"
#include "schemas/codec/yaml.h"
#include "schemas/wire/table.h"

namespace control::edge {

namespace {

struct FargatePrices {
  std::int64_t vcpu_hour = 0;
  std::int64_t gb_hour = 0;
};

struct PriceFile {
  std::string currency;
  std::int64_t minimum_seconds = 60;
  FargatePrices fargate;
};

codec::Member needed(codec::Member member) {
  member.presence = codec::Member::Presence::must;
  return member;
}

}  // namespace

}  // namespace control::edge

namespace codec {

using control::edge::FargatePrices;
using control::edge::PriceFile;

template <>
const Type Described<FargatePrices>::type;

namespace {
const std::array fargate_members{
    control::edge::needed(STOWAGE_MEMBER(FargatePrices, vcpu_hour)),
    control::edge::needed(STOWAGE_MEMBER(FargatePrices, gb_hour)),
};
}  // namespace
template <>
const Type Described<FargatePrices>::type{.name = "fargate", .members = fargate_members};

namespace {
const std::array file_members{
    control::edge::needed(STOWAGE_MEMBER(PriceFile, currency)),
    control::edge::needed(STOWAGE_MEMBER(PriceFile, minimum_seconds)),
    control::edge::needed(STOWAGE_MEMBER(PriceFile, fargate)),
};
}  // namespace
template <>
const Type Described<PriceFile>::type{.name = "prices", .members = file_members};

}  // namespace codec

namespace control::edge {

namespace {

schemas::Error named(const std::string& where, const schemas::Error& error) {
  return {.code = error.code, .message = "price book " + where + ": " + error.message};
}

}  // namespace

schemas::Result<schemas::PriceBook> read_prices(std::string_view yaml, const std::string& where) {
  const codec::Type& type = codec::Described<PriceFile>::type;
  const schemas::Result<std::string> json = codec::yaml_to_json(yaml, &type);
  if (!json.ok()) {
    return named(where, json.error());
  }
  PriceFile file;
  const schemas::Outcome read = codec::decode(json.value(), type, &file, codec::Dialect{});
  if (!read.ok()) {
    return named(where, read.error());
  }
  schemas::PriceBook book{.currency = file.currency,
                          .fargate_vcpu_hour = {file.fargate.vcpu_hour},
                          .fargate_gb_hour = {file.fargate.gb_hour},
                          .minimum_seconds = file.minimum_seconds};
  const schemas::Outcome checked = check(book);
  if (!checked.ok()) {
    return named(where, checked.error());
  }
  return book;
}

schemas::Result<schemas::PriceBook> read_price_file(const std::string& path) {
  const schemas::Result<std::string> text = store::read_text_file(path);
  if (!text.ok()) {
    return text.error();
  }
  return read_prices(text.value(), path);
}

}  // namespace control::edge
