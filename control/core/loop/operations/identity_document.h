#pragma once

// What a caller who registers a host by the API says that the host is.

#include <string>

#include "schemas/base/address.h"
#include "schemas/base/result.h"
#include "schemas/codec/type.h"
#include "schemas/model/scope.h"

namespace control {

/// The members of an instance identity document that act here: EC2's own and one of ours. Others
/// are passed over, as in every such document.
struct IdentityDocument {
  std::string account_id;
  std::string region;
  std::string availability_zone;
  std::string private_ip;     ///< where other hosts reach it; empty = it wires no interfaces
  std::string instance_id;    ///< what its owner calls the machine
  std::string identity_hash;  ///< SHA-256 (hex) of the secret that it will show when it polls
};

/// Reads and checks a document. ClientException for one of another account or region, or that says
/// too little: a host without a secret of its own could never come into touch.
schemas::Result<IdentityDocument> read_identity_document(const schemas::Scope& scope,
                                                         const std::string& text);

}  // namespace control

namespace codec {

template <>
const Type Described<control::IdentityDocument>::type;

}  // namespace codec
