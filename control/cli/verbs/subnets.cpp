#include "api/stowage.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit subnets(Session& session, const Arguments&) {
  const auto answer = session.get<api::ListSubnetsResponse>("/v1/subnets", "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    Table table({{.title = "SUBNET"},
                 {.title = "VPC"},
                 {.title = "ZONE"},
                 {.title = "RANGE"},
                 {.title = "DEFAULT"}});
    for (const api::Subnet& subnet : answer.value().value.subnets) {
      table.add({subnet.subnet_id, subnet.vpc_id, subnet.availability_zone, subnet.cidr_block,
                 subnet.default_ ? "yes" : "no"});
    }
    session.print(table);
  });
}

}  // namespace

std::vector<Verb> subnets_verbs() {
  return {{.path = "subnets",
           .summary = "List the subnets that tasks' interfaces can be in",
           .description = "What --network-configuration of `aws ecs run-task` wants to know.",
           .options = {},
           .run = subnets}};
}

}  // namespace cli
