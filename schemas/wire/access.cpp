#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr auto access_key_status_names = std::to_array<std::string_view>({"active", "inactive"});

constexpr std::array user_members{
    STOWAGE_MEMBER(schemas::User, key),
    STOWAGE_MEMBER(schemas::User, account),
    STOWAGE_MEMBER(schemas::User, name),
    STOWAGE_MEMBER(schemas::User, created_at),
};

constexpr std::array access_key_members{
    STOWAGE_MEMBER(schemas::AccessKey, key),    STOWAGE_MEMBER(schemas::AccessKey, id),
    STOWAGE_MEMBER(schemas::AccessKey, user),   STOWAGE_MEMBER(schemas::AccessKey, sealed_secret),
    STOWAGE_MEMBER(schemas::AccessKey, status), STOWAGE_MEMBER(schemas::AccessKey, created_at),
};

constexpr std::array role_members{
    STOWAGE_MEMBER(schemas::Role, key),         STOWAGE_MEMBER(schemas::Role, account),
    STOWAGE_MEMBER(schemas::Role, name),        STOWAGE_MEMBER(schemas::Role, path),
    STOWAGE_MEMBER(schemas::Role, description), STOWAGE_MEMBER(schemas::Role, actions),
    STOWAGE_MEMBER(schemas::Role, tags),        STOWAGE_MEMBER(schemas::Role, created_at),
};

constexpr std::array join_token_members{
    STOWAGE_MEMBER(schemas::JoinToken, key),        STOWAGE_MEMBER(schemas::JoinToken, account),
    STOWAGE_MEMBER(schemas::JoinToken, region),     STOWAGE_MEMBER(schemas::JoinToken, cluster),
    STOWAGE_MEMBER(schemas::JoinToken, pool),       STOWAGE_MEMBER(schemas::JoinToken, hash),
    STOWAGE_MEMBER(schemas::JoinToken, created_by), STOWAGE_MEMBER(schemas::JoinToken, created_at),
    STOWAGE_MEMBER(schemas::JoinToken, expires_at),
};

constexpr std::array session_members{
    STOWAGE_MEMBER(schemas::Session, key),        STOWAGE_MEMBER(schemas::Session, account),
    STOWAGE_MEMBER(schemas::Session, region),     STOWAGE_MEMBER(schemas::Session, principal),
    STOWAGE_MEMBER(schemas::Session, hash),       STOWAGE_MEMBER(schemas::Session, created_at),
    STOWAGE_MEMBER(schemas::Session, expires_at),
};

}  // namespace

template <>
constinit const Type Described<schemas::AccessKeyStatus>::type =
    wire::choice("AccessKeyStatus", access_key_status_names);

template <>
constinit const Type Described<schemas::User>::type = wire::structure<schemas::User>("User",
                                                                                     user_members);

template <>
constinit const Type Described<schemas::AccessKey>::type =
    wire::structure<schemas::AccessKey>("AccessKey", access_key_members);

template <>
constinit const Type Described<schemas::Role>::type = wire::structure<schemas::Role>("Role",
                                                                                     role_members);

template <>
constinit const Type Described<schemas::JoinToken>::type =
    wire::structure<schemas::JoinToken>("JoinToken", join_token_members);

template <>
constinit const Type Described<schemas::Session>::type =
    wire::structure<schemas::Session>("Session", session_members);

}  // namespace codec
