#pragma once

#include <vector>

#include "control/cli/command/verb.h"

namespace cli {

/// Everything that ecsctl can do, in the order in which help lists it.
const std::vector<Verb>& verbs();

// One file each.
std::vector<Verb> cluster_verbs();
std::vector<Verb> register_verbs();
std::vector<Verb> definitions_verbs();
std::vector<Verb> definitions_change_verbs();
std::vector<Verb> run_verbs();
std::vector<Verb> ps_verbs();
std::vector<Verb> task_verbs();
std::vector<Verb> stop_verbs();
std::vector<Verb> protect_verbs();
std::vector<Verb> service_verbs();
std::vector<Verb> service_change_verbs();
std::vector<Verb> task_set_verbs();
std::vector<Verb> deployments_verbs();
std::vector<Verb> continue_verbs();
std::vector<Verb> hosts_verbs();
std::vector<Verb> hosts_change_verbs();
std::vector<Verb> attribute_verbs();
std::vector<Verb> explain_verbs();
std::vector<Verb> plan_verbs();
std::vector<Verb> tag_verbs();
std::vector<Verb> role_verbs();
std::vector<Verb> subnets_verbs();
std::vector<Verb> security_group_verbs();
std::vector<Verb> logs_verbs();
std::vector<Verb> events_verbs();
std::vector<Verb> audit_verbs();
std::vector<Verb> bill_verbs();
std::vector<Verb> user_verbs();
std::vector<Verb> key_verbs();
std::vector<Verb> token_verbs();
std::vector<Verb> session_verbs();
std::vector<Verb> backup_verbs();

}  // namespace cli
