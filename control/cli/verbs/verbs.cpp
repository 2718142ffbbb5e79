#include "control/cli/verbs/verbs.h"

namespace cli {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = [] {
    std::vector<Verb> table;
    for (const auto& family : {cluster_verbs,
                               register_verbs,
                               definitions_verbs,
                               definitions_change_verbs,
                               run_verbs,
                               ps_verbs,
                               task_verbs,
                               stop_verbs,
                               protect_verbs,
                               service_verbs,
                               service_change_verbs,
                               task_set_verbs,
                               deployments_verbs,
                               continue_verbs,
                               hosts_verbs,
                               hosts_change_verbs,
                               attribute_verbs,
                               explain_verbs,
                               plan_verbs,
                               tag_verbs,
                               subnets_verbs,
                               security_group_verbs,
                               logs_verbs,
                               events_verbs,
                               audit_verbs,
                               bill_verbs,
                               role_verbs,
                               user_verbs,
                               key_verbs,
                               token_verbs,
                               session_verbs,
                               backup_verbs}) {
      for (Verb& verb : family()) {
        table.push_back(std::move(verb));
      }
    }
    return table;
  }();
  return all;
}

}  // namespace cli
