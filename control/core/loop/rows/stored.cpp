#include "control/core/loop/rows/stored.h"

#include "schemas/wire/table.h"

namespace codec {

namespace {

using control::StoredAttributes;
using control::StoredContainer;
using control::StoredContainers;
using control::StoredDeployment;
using control::StoredDeployments;
using control::StoredRules;
using control::StoredTags;

constexpr std::array container_members{
    STOWAGE_MEMBER_AS(StoredContainer, last_status, "s"),
    STOWAGE_MEMBER_AS(StoredContainer, exit_code, "x"),
    STOWAGE_MEMBER_AS(StoredContainer, reason, "r"),
    STOWAGE_MEMBER_AS(StoredContainer, runtime_id, "id"),
    STOWAGE_MEMBER_AS(StoredContainer, image_digest, "d"),
    STOWAGE_MEMBER_AS(StoredContainer, health, "h"),
    STOWAGE_MEMBER_AS(StoredContainer, network_bindings, "n"),
};

constexpr std::array containers_members{STOWAGE_MEMBER_AS(StoredContainers, containers, "c")};

constexpr std::array deployment_members{
    STOWAGE_MEMBER(StoredDeployment, deployment),
    STOWAGE_MEMBER(StoredDeployment, definition),
    STOWAGE_MEMBER(StoredDeployment, specification),
};

constexpr std::array deployments_members{STOWAGE_MEMBER(StoredDeployments, deployments)};

constexpr std::array rules_members{STOWAGE_MEMBER(StoredRules, rules)};

constexpr std::array attributes_members{STOWAGE_MEMBER(StoredAttributes, attributes)};

constexpr std::array tags_members{STOWAGE_MEMBER(StoredTags, tags)};

}  // namespace

template <>
constinit const Type Described<StoredAttributes>::type =
    wire::structure<StoredAttributes>("StoredAttributes", attributes_members);

template <>
constinit const Type Described<StoredContainer>::type =
    wire::structure<StoredContainer>("StoredContainer", container_members);

template <>
constinit const Type Described<StoredContainers>::type =
    wire::structure<StoredContainers>("StoredContainers", containers_members);

template <>
constinit const Type Described<StoredDeployment>::type =
    wire::structure<StoredDeployment>("StoredDeployment", deployment_members);

template <>
constinit const Type Described<StoredDeployments>::type =
    wire::structure<StoredDeployments>("StoredDeployments", deployments_members);

template <>
constinit const Type Described<StoredRules>::type = wire::structure<StoredRules>("StoredRules",
                                                                                 rules_members);

template <>
constinit const Type Described<StoredTags>::type = wire::structure<StoredTags>("StoredTags",
                                                                               tags_members);

}  // namespace codec
