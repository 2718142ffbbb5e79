#include "control/core/loop/operations/identity_document.h"

#include <algorithm>

#include "schemas/wire/table.h"
#include "schemas/wire/wire.h"

namespace control {

namespace {

constexpr std::size_t hash_digits = 64;

schemas::Error refused_document(const std::string& why) {
  return {schemas::ErrorCode::client, "The instanceIdentityDocument " + why};
}

bool is_hash(const std::string& text) {
  return text.size() == hash_digits && std::all_of(text.begin(), text.end(), [](char digit) {
           return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
         });
}

}  // namespace

schemas::Result<IdentityDocument> read_identity_document(const schemas::Scope& scope,
                                                         const std::string& text) {
  if (text.empty()) {
    return refused_document(
        "is missing. It is JSON with accountId, region, availabilityZone and identityHash, the "
        "SHA-256 in hex of the secret that the host shows as its bearer token when it polls; "
        "ecs-agent joins with a join token instead.");
  }
  schemas::Result<IdentityDocument> read = wire::decode<IdentityDocument>(text);
  if (!read.ok()) {
    return refused_document("cannot be read: " + read.error().message);
  }
  const IdentityDocument& document = read.value();
  if (document.account_id != scope.account || document.region != scope.region) {
    return refused_document(
        "is of another account or region than the call: it must say accountId " + scope.account +
        " and region " + scope.region + ".");
  }
  if (document.availability_zone.empty()) {
    return refused_document("says no availabilityZone.");
  }
  if (!is_hash(document.identity_hash)) {
    return refused_document(
        "needs an identityHash of 64 lower-case hex digits: the SHA-256 of the secret that the "
        "host shows as its bearer token when it polls.");
  }
  if (!document.private_ip.empty() && !schemas::Ipv4::parse(document.private_ip)) {
    return refused_document("has a privateIp that is no IPv4 address.");
  }
  return read;
}

}  // namespace control

namespace codec {

namespace {

using control::IdentityDocument;

constexpr std::array identity_document_members{
    STOWAGE_MEMBER_AS(IdentityDocument, account_id, "accountId"),
    STOWAGE_MEMBER_AS(IdentityDocument, region, "region"),
    STOWAGE_MEMBER_AS(IdentityDocument, availability_zone, "availabilityZone"),
    STOWAGE_MEMBER_AS(IdentityDocument, private_ip, "privateIp"),
    STOWAGE_MEMBER_AS(IdentityDocument, instance_id, "instanceId"),
    STOWAGE_MEMBER_AS(IdentityDocument, identity_hash, "identityHash"),
};

}  // namespace

template <>
constinit const Type Described<IdentityDocument>::type =
    wire::structure<IdentityDocument>("IdentityDocument", identity_document_members);

}  // namespace codec
