#include "control/core/loop/operations/operations.h"

#include <algorithm>
#include <array>
#include <utility>

namespace control {

namespace {

constexpr auto handlers = std::to_array<std::pair<std::string_view, Handler>>({
    {"AuthorizeSecurityGroupEgress", authorize_egress},
    {"AuthorizeSecurityGroupIngress", authorize_ingress},
    {"CreateAccessKey", create_access_key},
    {"CreateCluster", create_cluster},
    {"CreateJoinToken", create_join_token},
    {"CreateSecurityGroup", create_security_group},
    {"CreateService", create_service},
    {"CreateSession", create_session},
    {"CreateUser", create_user},
    {"DeleteAccessKey", delete_access_key},
    {"DeleteCluster", delete_cluster},
    {"DeleteSecurityGroup", delete_security_group},
    {"DeleteService", delete_service},
    {"DeleteUser", delete_user},
    {"DeregisterTaskDefinition", deregister_task_definition},
    {"DescribeClusters", describe_clusters},
    {"DescribeContainerInstances", describe_container_instances},
    {"DescribeSecurityGroup", describe_security_group},
    {"DescribeServices", describe_services},
    {"DescribeTaskDefinition", describe_task_definition},
    {"DescribeTasks", describe_tasks},
    {"EndSession", end_session},
    {"GetBill", get_bill},
    {"ListAccessKeys", list_access_keys},
    {"ListClusters", list_clusters},
    {"ListContainerInstances", list_container_instances},
    {"ListSecurityGroups", list_security_groups},
    {"ListServices", list_services},
    {"ListSubnets", list_subnets},
    {"ListTaskDefinitionFamilies", list_task_definition_families},
    {"ListTaskDefinitions", list_task_definitions},
    {"ListTasks", list_tasks},
    {"ListUsers", list_users},
    {"ListVpcs", list_vpcs},
    {"RegisterTaskDefinition", register_task_definition},
    {"RevokeSecurityGroupEgress", revoke_egress},
    {"RevokeSecurityGroupIngress", revoke_ingress},
    {"RunTask", run_task},
    {"StopTask", stop_task_by_user},
    {"UpdateAccessKey", update_access_key},
    {"UpdateService", update_service},
});

}  // namespace

Handler handler_of(std::string_view operation) {
  const auto at =
      std::lower_bound(handlers.begin(), handlers.end(), operation,
                       [](const auto& entry, std::string_view name) { return entry.first < name; });
  return at != handlers.end() && at->first == operation ? at->second : nullptr;
}

}  // namespace control
