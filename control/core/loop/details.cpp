#include "control/core/loop/details.h"

#include "schemas/wire/table.h"

namespace codec {

namespace {

using control::ContainerDetail;
using control::InstanceDetail;
using control::MessageDetail;
using control::TaskDetail;

constexpr std::array container_members{
    STOWAGE_MEMBER(ContainerDetail, name),      STOWAGE_MEMBER(ContainerDetail, last_status),
    STOWAGE_MEMBER(ContainerDetail, exit_code), STOWAGE_MEMBER(ContainerDetail, reason),
    STOWAGE_MEMBER(ContainerDetail, health),
};

constexpr std::array task_members{
    STOWAGE_MEMBER(TaskDetail, cluster),
    STOWAGE_MEMBER(TaskDetail, group),
    STOWAGE_MEMBER(TaskDetail, definition),
    STOWAGE_MEMBER(TaskDetail, instance),
    STOWAGE_MEMBER(TaskDetail, last_status),
    STOWAGE_MEMBER(TaskDetail, desired_status),
    STOWAGE_MEMBER(TaskDetail, health),
    STOWAGE_MEMBER(TaskDetail, stop_code),
    STOWAGE_MEMBER(TaskDetail, stopped_reason),
    STOWAGE_MEMBER(TaskDetail, version),
    STOWAGE_MEMBER(TaskDetail, containers),
    STOWAGE_MEMBER(TaskDetail, pull_started_at),
    STOWAGE_MEMBER(TaskDetail, pull_stopped_at),
    STOWAGE_MEMBER(TaskDetail, connectivity_at),
    STOWAGE_MEMBER(TaskDetail, started_at),
    STOWAGE_MEMBER(TaskDetail, stopping_at),
    STOWAGE_MEMBER(TaskDetail, execution_stopped_at),
    STOWAGE_MEMBER(TaskDetail, stopped_at),
};

constexpr std::array message_members{STOWAGE_MEMBER(MessageDetail, message),
                                     STOWAGE_MEMBER(MessageDetail, reason)};

constexpr std::array instance_members{
    STOWAGE_MEMBER(InstanceDetail, cluster),
    STOWAGE_MEMBER(InstanceDetail, availability_zone),
    STOWAGE_MEMBER(InstanceDetail, address),
    STOWAGE_MEMBER(InstanceDetail, why),
};

}  // namespace

template <>
constinit const Type Described<ContainerDetail>::type =
    wire::structure<ContainerDetail>("ContainerDetail", container_members);

template <>
constinit const Type Described<TaskDetail>::type = wire::structure<TaskDetail>("TaskDetail",
                                                                               task_members);

template <>
constinit const Type Described<MessageDetail>::type =
    wire::structure<MessageDetail>("MessageDetail", message_members);

template <>
constinit const Type Described<InstanceDetail>::type =
    wire::structure<InstanceDetail>("InstanceDetail", instance_members);

}  // namespace codec
