#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr auto ask_purpose_names = std::to_array<std::string_view>({"read_log", "follow_log"});

constexpr std::array join_request_members{
    STOWAGE_MEMBER(schemas::JoinRequest, token),     STOWAGE_MEMBER(schemas::JoinRequest, cluster),
    STOWAGE_MEMBER(schemas::JoinRequest, pool),      STOWAGE_MEMBER(schemas::JoinRequest, boot_id),
    STOWAGE_MEMBER(schemas::JoinRequest, inventory), STOWAGE_MEMBER(schemas::JoinRequest, secret),
};

constexpr std::array join_answer_members{
    STOWAGE_MEMBER(schemas::JoinAnswer, instance),
    STOWAGE_MEMBER(schemas::JoinAnswer, instance_arn),
    STOWAGE_MEMBER(schemas::JoinAnswer, secret),
    STOWAGE_MEMBER(schemas::JoinAnswer, scope),
    STOWAGE_MEMBER(schemas::JoinAnswer, cluster_arn),
};

constexpr std::array container_assignment_members{
    STOWAGE_MEMBER(schemas::ContainerAssignment, id),
    STOWAGE_MEMBER(schemas::ContainerAssignment, definition),
    STOWAGE_MEMBER(schemas::ContainerAssignment, image_digest),
};

constexpr std::array task_assignment_members{
    STOWAGE_MEMBER(schemas::TaskAssignment, id),
    STOWAGE_MEMBER(schemas::TaskAssignment, arn),
    STOWAGE_MEMBER(schemas::TaskAssignment, cluster_arn),
    STOWAGE_MEMBER(schemas::TaskAssignment, scope),
    STOWAGE_MEMBER(schemas::TaskAssignment, family),
    STOWAGE_MEMBER(schemas::TaskAssignment, revision),
    STOWAGE_MEMBER(schemas::TaskAssignment, service_name),
    STOWAGE_MEMBER(schemas::TaskAssignment, group),
    STOWAGE_MEMBER(schemas::TaskAssignment, availability_zone),
    STOWAGE_MEMBER(schemas::TaskAssignment, vpc_id),
    STOWAGE_MEMBER(schemas::TaskAssignment, launch_type),
    STOWAGE_MEMBER(schemas::TaskAssignment, network_mode),
    STOWAGE_MEMBER(schemas::TaskAssignment, desired_status),
    STOWAGE_MEMBER(schemas::TaskAssignment, stop_reason),
    STOWAGE_MEMBER(schemas::TaskAssignment, cpu_limit),
    STOWAGE_MEMBER(schemas::TaskAssignment, memory_limit),
    STOWAGE_MEMBER(schemas::TaskAssignment, metered),
    STOWAGE_MEMBER(schemas::TaskAssignment, eni),
    STOWAGE_MEMBER(schemas::TaskAssignment, containers),
    STOWAGE_MEMBER(schemas::TaskAssignment, volumes),
    STOWAGE_MEMBER(schemas::TaskAssignment, task_role_arn),
    STOWAGE_MEMBER(schemas::TaskAssignment, execution_role_arn),
    STOWAGE_MEMBER(schemas::TaskAssignment, tags),
};

constexpr std::array eni_assignment_members{
    STOWAGE_MEMBER(schemas::EniAssignment, id),
    STOWAGE_MEMBER(schemas::EniAssignment, attachment),
    STOWAGE_MEMBER(schemas::EniAssignment, vpc),
    STOWAGE_MEMBER(schemas::EniAssignment, subnet),
    STOWAGE_MEMBER(schemas::EniAssignment, task),
    STOWAGE_MEMBER(schemas::EniAssignment, mac),
    STOWAGE_MEMBER(schemas::EniAssignment, address),
    STOWAGE_MEMBER(schemas::EniAssignment, public_address),
    STOWAGE_MEMBER(schemas::EniAssignment, security_groups),
    STOWAGE_MEMBER(schemas::EniAssignment, private_dns_name),
};

constexpr std::array subnet_assignment_members{
    STOWAGE_MEMBER(schemas::SubnetAssignment, id),
    STOWAGE_MEMBER(schemas::SubnetAssignment, vpc),
    STOWAGE_MEMBER(schemas::SubnetAssignment, cidr),
    STOWAGE_MEMBER(schemas::SubnetAssignment, gateway),
    STOWAGE_MEMBER(schemas::SubnetAssignment, gateway_mac),
    STOWAGE_MEMBER(schemas::SubnetAssignment, vni),
    STOWAGE_MEMBER(schemas::SubnetAssignment, availability_zone),
};

constexpr std::array neighbour_members{
    STOWAGE_MEMBER(schemas::Neighbour, id),
    STOWAGE_MEMBER(schemas::Neighbour, vpc),
    STOWAGE_MEMBER(schemas::Neighbour, subnet),
    STOWAGE_MEMBER(schemas::Neighbour, mac),
    STOWAGE_MEMBER(schemas::Neighbour, address),
    STOWAGE_MEMBER(schemas::Neighbour, host_address),
    STOWAGE_MEMBER(schemas::Neighbour, security_groups),
};

constexpr auto role_use_names = std::to_array<std::string_view>({"task", "execution"});

constexpr std::array security_group_assignment_members{
    STOWAGE_MEMBER(schemas::SecurityGroupAssignment, id),
    STOWAGE_MEMBER(schemas::SecurityGroupAssignment, vpc),
    STOWAGE_MEMBER(schemas::SecurityGroupAssignment, rules),
};

constexpr std::array role_credentials_members{
    STOWAGE_MEMBER(schemas::RoleCredentials, task),
    STOWAGE_MEMBER(schemas::RoleCredentials, use),
    STOWAGE_MEMBER(schemas::RoleCredentials, role_arn),
    STOWAGE_MEMBER(schemas::RoleCredentials, access_key_id),
    STOWAGE_MEMBER(schemas::RoleCredentials, secret_access_key),
    STOWAGE_MEMBER(schemas::RoleCredentials, session_token),
    STOWAGE_MEMBER(schemas::RoleCredentials, expires_at),
};

constexpr std::array container_report_members{
    STOWAGE_MEMBER(schemas::ContainerReport, name),
    STOWAGE_MEMBER(schemas::ContainerReport, status),
    STOWAGE_MEMBER(schemas::ContainerReport, exit_code),
    STOWAGE_MEMBER(schemas::ContainerReport, reason),
    STOWAGE_MEMBER(schemas::ContainerReport, runtime_id),
    STOWAGE_MEMBER(schemas::ContainerReport, image_digest),
    STOWAGE_MEMBER(schemas::ContainerReport, health),
    STOWAGE_MEMBER(schemas::ContainerReport, network_bindings),
};

constexpr std::array task_report_members{
    STOWAGE_MEMBER(schemas::TaskReport, id),
    STOWAGE_MEMBER(schemas::TaskReport, status),
    STOWAGE_MEMBER(schemas::TaskReport, stop_code),
    STOWAGE_MEMBER(schemas::TaskReport, stopped_reason),
    STOWAGE_MEMBER(schemas::TaskReport, containers),
    STOWAGE_MEMBER(schemas::TaskReport, eni_attached),
    STOWAGE_MEMBER(schemas::TaskReport, pull_started_at),
    STOWAGE_MEMBER(schemas::TaskReport, pull_stopped_at),
    STOWAGE_MEMBER(schemas::TaskReport, started_at),
    STOWAGE_MEMBER(schemas::TaskReport, execution_stopped_at),
    STOWAGE_MEMBER(schemas::TaskReport, stopped_at),
};

constexpr std::array ask_members{
    STOWAGE_MEMBER(schemas::Ask, id),         STOWAGE_MEMBER(schemas::Ask, purpose),
    STOWAGE_MEMBER(schemas::Ask, task),       STOWAGE_MEMBER(schemas::Ask, container),
    STOWAGE_MEMBER(schemas::Ask, tail_lines),
};

constexpr std::array log_line_members{
    STOWAGE_MEMBER(schemas::LogLine, container),
    STOWAGE_MEMBER(schemas::LogLine, at),
    STOWAGE_MEMBER(schemas::LogLine, stream),
    STOWAGE_MEMBER(schemas::LogLine, text),
};

constexpr std::array sync_request_members{
    STOWAGE_MEMBER(schemas::SyncRequest, agent),
    STOWAGE_MEMBER(schemas::SyncRequest, boot_id),
    STOWAGE_MEMBER(schemas::SyncRequest, report_sequence),
    STOWAGE_MEMBER(schemas::SyncRequest, tasks),
    STOWAGE_MEMBER(schemas::SyncRequest, meters),
    STOWAGE_MEMBER(schemas::SyncRequest, removed_enis),
    STOWAGE_MEMBER(schemas::SyncRequest, inventory),
    STOWAGE_MEMBER(schemas::SyncRequest, have_version),
    STOWAGE_MEMBER(schemas::SyncRequest, hold_ms),
};

constexpr std::array sync_answer_members{
    STOWAGE_MEMBER(schemas::SyncAnswer, acknowledged),
    STOWAGE_MEMBER(schemas::SyncAnswer, version),
    STOWAGE_MEMBER(schemas::SyncAnswer, full),
    STOWAGE_MEMBER(schemas::SyncAnswer, tasks_set),
    STOWAGE_MEMBER(schemas::SyncAnswer, tasks_gone),
    STOWAGE_MEMBER(schemas::SyncAnswer, enis_set),
    STOWAGE_MEMBER(schemas::SyncAnswer, enis_gone),
    STOWAGE_MEMBER(schemas::SyncAnswer, subnets_set),
    STOWAGE_MEMBER(schemas::SyncAnswer, subnets_gone),
    STOWAGE_MEMBER(schemas::SyncAnswer, neighbours_set),
    STOWAGE_MEMBER(schemas::SyncAnswer, neighbours_gone),
    STOWAGE_MEMBER(schemas::SyncAnswer, groups_set),
    STOWAGE_MEMBER(schemas::SyncAnswer, groups_gone),
    STOWAGE_MEMBER(schemas::SyncAnswer, credentials),
    STOWAGE_MEMBER(schemas::SyncAnswer, asks),
    STOWAGE_MEMBER(schemas::SyncAnswer, poll_ms),
};

}  // namespace

template <>
constinit const Type Described<schemas::AskPurpose>::type = wire::choice("AskPurpose",
                                                                         ask_purpose_names);

template <>
constinit const Type Described<schemas::JoinRequest>::type =
    wire::structure<schemas::JoinRequest>("JoinRequest", join_request_members);

template <>
constinit const Type Described<schemas::JoinAnswer>::type =
    wire::structure<schemas::JoinAnswer>("JoinAnswer", join_answer_members);

template <>
constinit const Type Described<schemas::ContainerAssignment>::type =
    wire::structure<schemas::ContainerAssignment>("ContainerAssignment",
                                                  container_assignment_members);

template <>
constinit const Type Described<schemas::TaskAssignment>::type =
    wire::structure<schemas::TaskAssignment>("TaskAssignment", task_assignment_members);

template <>
constinit const Type Described<schemas::EniAssignment>::type =
    wire::structure<schemas::EniAssignment>("EniAssignment", eni_assignment_members);

template <>
constinit const Type Described<schemas::SubnetAssignment>::type =
    wire::structure<schemas::SubnetAssignment>("SubnetAssignment", subnet_assignment_members);

template <>
constinit const Type Described<schemas::Neighbour>::type =
    wire::structure<schemas::Neighbour>("Neighbour", neighbour_members);

template <>
constinit const Type Described<schemas::RoleUse>::type = wire::choice("RoleUse", role_use_names);

template <>
constinit const Type Described<schemas::SecurityGroupAssignment>::type =
    wire::structure<schemas::SecurityGroupAssignment>("SecurityGroupAssignment",
                                                      security_group_assignment_members);

template <>
constinit const Type Described<schemas::RoleCredentials>::type =
    wire::structure<schemas::RoleCredentials>("RoleCredentials", role_credentials_members);

template <>
constinit const Type Described<schemas::ContainerReport>::type =
    wire::structure<schemas::ContainerReport>("ContainerReport", container_report_members);

template <>
constinit const Type Described<schemas::TaskReport>::type =
    wire::structure<schemas::TaskReport>("TaskReport", task_report_members);

template <>
constinit const Type Described<schemas::Ask>::type = wire::structure<schemas::Ask>("Ask",
                                                                                   ask_members);

template <>
constinit const Type Described<schemas::LogLine>::type =
    wire::structure<schemas::LogLine>("LogLine", log_line_members);

template <>
constinit const Type Described<schemas::SyncRequest>::type =
    wire::structure<schemas::SyncRequest>("SyncRequest", sync_request_members);

template <>
constinit const Type Described<schemas::SyncAnswer>::type =
    wire::structure<schemas::SyncAnswer>("SyncAnswer", sync_answer_members);

}  // namespace codec
