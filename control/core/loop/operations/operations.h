#pragma once

// One function an operation. Each reads `call.input` as its own generated input, checks what only
// World can tell, changes World through facts, and answers the generated output. What cannot be
// done changes nothing.

#include <string_view>

#include "control/core/loop/context.h"
#include "schemas/codec/api.h"

namespace control {

using Answer = schemas::Result<api::Value>;
using Handler = Answer (*)(Context& context, const ApiCall& call);

/// Null when nothing here answers to that name.
Handler handler_of(std::string_view operation);

Answer create_cluster(Context& context, const ApiCall& call);
Answer delete_cluster(Context& context, const ApiCall& call);
Answer describe_clusters(Context& context, const ApiCall& call);
Answer list_clusters(Context& context, const ApiCall& call);
Answer update_cluster(Context& context, const ApiCall& call);
Answer update_cluster_settings(Context& context, const ApiCall& call);

Answer delete_task_definitions(Context& context, const ApiCall& call);
Answer deregister_task_definition(Context& context, const ApiCall& call);
Answer describe_task_definition(Context& context, const ApiCall& call);
Answer list_task_definition_families(Context& context, const ApiCall& call);
Answer list_task_definitions(Context& context, const ApiCall& call);
Answer register_task_definition(Context& context, const ApiCall& call);

Answer describe_tasks(Context& context, const ApiCall& call);
Answer list_tasks(Context& context, const ApiCall& call);
Answer run_task(Context& context, const ApiCall& call);
Answer start_task(Context& context, const ApiCall& call);
Answer stop_task_by_user(Context& context, const ApiCall& call);
Answer get_task_protection(Context& context, const ApiCall& call);
Answer update_task_protection(Context& context, const ApiCall& call);

Answer create_service(Context& context, const ApiCall& call);
Answer delete_service(Context& context, const ApiCall& call);
Answer describe_services(Context& context, const ApiCall& call);
Answer list_services(Context& context, const ApiCall& call);
Answer list_services_by_namespace(Context& context, const ApiCall& call);
Answer describe_service_deployments(Context& context, const ApiCall& call);
Answer describe_service_revisions(Context& context, const ApiCall& call);
Answer list_service_deployments(Context& context, const ApiCall& call);
Answer continue_service_deployment(Context& context, const ApiCall& call);
Answer stop_service_deployment(Context& context, const ApiCall& call);
Answer update_service(Context& context, const ApiCall& call);

Answer create_task_set(Context& context, const ApiCall& call);
Answer delete_task_set(Context& context, const ApiCall& call);
Answer describe_task_sets(Context& context, const ApiCall& call);
Answer update_service_primary_task_set(Context& context, const ApiCall& call);
Answer update_task_set(Context& context, const ApiCall& call);

Answer deregister_container_instance(Context& context, const ApiCall& call);
Answer describe_container_instances(Context& context, const ApiCall& call);
Answer list_container_instances(Context& context, const ApiCall& call);

Answer discover_poll_endpoint(Context& context, const ApiCall& call);
Answer register_container_instance(Context& context, const ApiCall& call);
Answer submit_attachment_state_changes(Context& context, const ApiCall& call);
Answer submit_container_state_change(Context& context, const ApiCall& call);
Answer submit_task_state_change(Context& context, const ApiCall& call);
Answer update_container_agent(Context& context, const ApiCall& call);

Answer delete_attributes(Context& context, const ApiCall& call);
Answer list_attributes(Context& context, const ApiCall& call);
Answer put_attributes(Context& context, const ApiCall& call);

Answer explain_service(Context& context, const ApiCall& call);
Answer explain_task(Context& context, const ApiCall& call);
Answer explain_task_definition(Context& context, const ApiCall& call);
Answer plan_change(Context& context, const ApiCall& call);

Answer list_security_groups(Context& context, const ApiCall& call);
Answer describe_security_group(Context& context, const ApiCall& call);
Answer create_security_group(Context& context, const ApiCall& call);
Answer delete_security_group(Context& context, const ApiCall& call);
Answer authorize_ingress(Context& context, const ApiCall& call);
Answer authorize_egress(Context& context, const ApiCall& call);
Answer revoke_ingress(Context& context, const ApiCall& call);
Answer revoke_egress(Context& context, const ApiCall& call);

Answer update_container_instances_state(Context& context, const ApiCall& call);

Answer list_tags_for_resource(Context& context, const ApiCall& call);
Answer tag_resource(Context& context, const ApiCall& call);
Answer untag_resource(Context& context, const ApiCall& call);

Answer create_capacity_provider(Context& context, const ApiCall& call);
Answer delete_capacity_provider(Context& context, const ApiCall& call);
Answer describe_capacity_providers(Context& context, const ApiCall& call);
Answer put_cluster_capacity_providers(Context& context, const ApiCall& call);
Answer update_capacity_provider(Context& context, const ApiCall& call);

Answer delete_account_setting(Context& context, const ApiCall& call);
Answer list_account_settings(Context& context, const ApiCall& call);
Answer put_account_setting(Context& context, const ApiCall& call);
Answer put_account_setting_default(Context& context, const ApiCall& call);

Answer create_role(Context& context, const ApiCall& call);
Answer delete_role(Context& context, const ApiCall& call);
Answer describe_role(Context& context, const ApiCall& call);
Answer list_roles(Context& context, const ApiCall& call);
Answer update_role(Context& context, const ApiCall& call);

Answer get_bill(Context& context, const ApiCall& call);
Answer list_subnets(Context& context, const ApiCall& call);
Answer list_vpcs(Context& context, const ApiCall& call);

Answer create_access_key(Context& context, const ApiCall& call);
Answer create_join_token(Context& context, const ApiCall& call);
Answer create_session(Context& context, const ApiCall& call);
Answer create_user(Context& context, const ApiCall& call);
Answer delete_access_key(Context& context, const ApiCall& call);
Answer delete_user(Context& context, const ApiCall& call);
Answer end_session(Context& context, const ApiCall& call);
Answer list_access_keys(Context& context, const ApiCall& call);
Answer list_users(Context& context, const ApiCall& call);
Answer update_access_key(Context& context, const ApiCall& call);

}  // namespace control
