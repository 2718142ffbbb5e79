#include "control/core/loop/operations/operations.h"

#include <algorithm>
#include <array>
#include <utility>

namespace control {

namespace {

constexpr auto handlers = std::to_array<std::pair<std::string_view, Handler>>({
    {"AuthorizeSecurityGroupEgress", authorize_egress},
    {"AuthorizeSecurityGroupIngress", authorize_ingress},
    {"ContinueServiceDeployment", continue_service_deployment},
    {"CreateAccessKey", create_access_key},
    {"CreateCapacityProvider", create_capacity_provider},
    {"CreateCluster", create_cluster},
    {"CreateJoinToken", create_join_token},
    {"CreateRole", create_role},
    {"CreateSecurityGroup", create_security_group},
    {"CreateService", create_service},
    {"CreateSession", create_session},
    {"CreateTaskSet", create_task_set},
    {"CreateUser", create_user},
    {"DeleteAccessKey", delete_access_key},
    {"DeleteAccountSetting", delete_account_setting},
    {"DeleteAttributes", delete_attributes},
    {"DeleteCapacityProvider", delete_capacity_provider},
    {"DeleteCluster", delete_cluster},
    {"DeleteRole", delete_role},
    {"DeleteSecurityGroup", delete_security_group},
    {"DeleteService", delete_service},
    {"DeleteTaskDefinitions", delete_task_definitions},
    {"DeleteTaskSet", delete_task_set},
    {"DeleteUser", delete_user},
    {"DeregisterContainerInstance", deregister_container_instance},
    {"DeregisterTaskDefinition", deregister_task_definition},
    {"DescribeCapacityProviders", describe_capacity_providers},
    {"DescribeClusters", describe_clusters},
    {"DescribeContainerInstances", describe_container_instances},
    {"DescribeRole", describe_role},
    {"DescribeSecurityGroup", describe_security_group},
    {"DescribeServiceDeployments", describe_service_deployments},
    {"DescribeServiceRevisions", describe_service_revisions},
    {"DescribeServices", describe_services},
    {"DescribeTaskDefinition", describe_task_definition},
    {"DescribeTaskSets", describe_task_sets},
    {"DescribeTasks", describe_tasks},
    {"DiscoverPollEndpoint", discover_poll_endpoint},
    {"EndSession", end_session},
    {"ExplainService", explain_service},
    {"ExplainTask", explain_task},
    {"ExplainTaskDefinition", explain_task_definition},
    {"GetBill", get_bill},
    {"GetTaskProtection", get_task_protection},
    {"ListAccessKeys", list_access_keys},
    {"ListAccountSettings", list_account_settings},
    {"ListAttributes", list_attributes},
    {"ListClusters", list_clusters},
    {"ListContainerInstances", list_container_instances},
    {"ListRoles", list_roles},
    {"ListSecurityGroups", list_security_groups},
    {"ListServiceDeployments", list_service_deployments},
    {"ListServices", list_services},
    {"ListServicesByNamespace", list_services_by_namespace},
    {"ListSubnets", list_subnets},
    {"ListTagsForResource", list_tags_for_resource},
    {"ListTaskDefinitionFamilies", list_task_definition_families},
    {"ListTaskDefinitions", list_task_definitions},
    {"ListTasks", list_tasks},
    {"ListUsers", list_users},
    {"ListVpcs", list_vpcs},
    {"Plan", plan_change},
    {"PutAccountSetting", put_account_setting},
    {"PutAccountSettingDefault", put_account_setting_default},
    {"PutAttributes", put_attributes},
    {"PutClusterCapacityProviders", put_cluster_capacity_providers},
    {"RegisterContainerInstance", register_container_instance},
    {"RegisterTaskDefinition", register_task_definition},
    {"RevokeSecurityGroupEgress", revoke_egress},
    {"RevokeSecurityGroupIngress", revoke_ingress},
    {"RunTask", run_task},
    {"StartTask", start_task},
    {"StopServiceDeployment", stop_service_deployment},
    {"StopTask", stop_task_by_user},
    {"SubmitAttachmentStateChanges", submit_attachment_state_changes},
    {"SubmitContainerStateChange", submit_container_state_change},
    {"SubmitTaskStateChange", submit_task_state_change},
    {"TagResource", tag_resource},
    {"UntagResource", untag_resource},
    {"UpdateAccessKey", update_access_key},
    {"UpdateCapacityProvider", update_capacity_provider},
    {"UpdateCluster", update_cluster},
    {"UpdateClusterSettings", update_cluster_settings},
    {"UpdateContainerAgent", update_container_agent},
    {"UpdateContainerInstancesState", update_container_instances_state},
    {"UpdateRole", update_role},
    {"UpdateService", update_service},
    {"UpdateServicePrimaryTaskSet", update_service_primary_task_set},
    {"UpdateTaskProtection", update_task_protection},
    {"UpdateTaskSet", update_task_set},
});

}  // namespace

Handler handler_of(std::string_view operation) {
  const auto at =
      std::lower_bound(handlers.begin(), handlers.end(), operation,
                       [](const auto& entry, std::string_view name) { return entry.first < name; });
  return at != handlers.end() && at->first == operation ? at->second : nullptr;
}

}  // namespace control
