#include "tests/sim/keeper.h"

#include <utility>

#include "api/attributes.h"
#include "api/container_instances.h"
#include "api/roles.h"
#include "api/tags.h"
#include "control/core/world/lookups.h"

namespace sim {

using schemas::ErrorCode;
using schemas::InstanceId;
using schemas::InstanceStatus;

void Keeper::ask(const std::string& thing, const std::string& operation, api::Value input,
                 Then then) {
  turns_.ask(thing, [this, thing, operation, input = std::move(input), then = std::move(then)] {
    caller_.ask(operation, input, Caller::Retry::until_answered,
                [this, thing, then](const auto& answer) {
                  then(answer);
                  turns_.over(thing);
                });
  });
}

// --- hosts ---------------------------------------------------------------------------------------

void Keeper::set_host(const InstanceId& host, InstanceStatus status) {
  api::UpdateContainerInstancesStateRequest request;
  request.cluster = caller_.cluster();
  request.container_instances = {host.text()};
  request.status = status == InstanceStatus::draining ? api::ContainerInstanceStatus::draining
                                                      : api::ContainerInstanceStatus::active;
  ask("host " + host.text(), "UpdateContainerInstancesState", api::Value::of(std::move(request)),
      [this, host, status](const auto& answer) {
        if (!answer.ok()) {
          return;
        }
        const auto& output =
            answer.value().template as<api::UpdateContainerInstancesStateResponse>();
        if (output.failures && !output.failures->empty()) {
          hosts_.erase(host);  // it was taken out, and perhaps forgotten since
          return;
        }
        simulation_.probe(status == InstanceStatus::draining ? "a host was drained"
                                                             : "a host came back into service");
        hosts_[host] = status;
      });
}

void Keeper::take_out(const InstanceId& host) {
  api::DeregisterContainerInstanceRequest request;
  request.cluster = caller_.cluster();
  request.container_instance = host.text();
  request.force = true;
  ask("host " + host.text(), "DeregisterContainerInstance", api::Value::of(std::move(request)),
      [this, host](const auto& answer) {
        if (answer.ok()) {
          simulation_.probe("a host was deregistered");
          hosts_[host] = InstanceStatus::inactive;
        } else {
          hosts_.erase(host);  // gone before, perhaps by this very call, whose answer was lost
        }
      });
}

void Keeper::check_hosts() {
  for (const auto& [id, status] : hosts_) {
    if (turns_.busy("host " + id.text())) {
      continue;
    }
    const schemas::ContainerInstance* host = control::find_instance(control_.world(), id);
    if (host == nullptr && status != InstanceStatus::inactive) {
      simulation_.fail("Host " + brief(id) + " was set to a status and is gone.");
    } else if (host != nullptr && host->status != status) {
      simulation_.fail("Host " + brief(id) + " is not in the status that was answered.");
    }
  }
}

void Keeper::put_stack(const InstanceId& host, const std::string& value) {
  const auto hear = [this, host, value](const auto& answer) {
    if (answer.ok()) {
      simulation_.probe("a host was given an attribute, or lost it");
      stacks_[host] = value;
    } else {
      stacks_.erase(
          host);  // it was taken out meanwhile, perhaps after a call whose answer was lost
    }
  };
  api::Attribute attribute;
  attribute.name = "stack";
  attribute.target_id = host.text();
  if (value.empty()) {
    api::DeleteAttributesRequest request;
    request.cluster = caller_.cluster();
    request.attributes = {attribute};
    ask("host " + host.text(), "DeleteAttributes", api::Value::of(std::move(request)), hear);
    return;
  }
  attribute.value = value;
  api::PutAttributesRequest request;
  request.cluster = caller_.cluster();
  request.attributes = {attribute};
  ask("host " + host.text(), "PutAttributes", api::Value::of(std::move(request)), hear);
}

void Keeper::check_stacks() {
  for (const auto& [id, value] : stacks_) {
    const schemas::ContainerInstance* host = control::find_instance(control_.world(), id);
    if (host == nullptr || turns_.busy("host " + id.text())) {
      continue;
    }
    const auto found = host->attributes.find("stack");
    if ((found == host->attributes.end() ? "" : found->second) != value) {
      simulation_.fail("Host " + brief(id) + " has not the attribute that was answered.");
    }
  }
}

// --- security groups -----------------------------------------------------------------------------

void Keeper::make_group(const std::string& name) {
  api::CreateSecurityGroupRequest request;
  request.group_name = name;
  request.description = "for whoever is let in";
  ask("group " + name, "CreateSecurityGroup", api::Value::of(std::move(request)),
      [this, name](const auto& answer) {
        if (answer.ok()) {
          groups_[name].id = answer.value()
                                 .template as<api::CreateSecurityGroupResponse>()
                                 .security_group.group_id;
        }
      });
  find_group(name);
}

/// When the answer that named it was lost, the repeated call is refused: it is there already.
void Keeper::find_group(const std::string& name) {
  ask("group " + name, "ListSecurityGroups", api::Value::of(api::ListSecurityGroupsRequest{}),
      [this, name](const auto& answer) {
        schemas::require(answer.ok(), "security groups cannot be listed");
        bool found = false;
        for (const api::SecurityGroup& one :
             answer.value().template as<api::ListSecurityGroupsResponse>().security_groups) {
          if (one.group_name == name) {
            found = true;
            groups_[name].id = one.group_id;
          }
        }
        if (!found) {
          simulation_.fail("Security group " + name + " was answered and is not listed.");
        }
      });
}

std::optional<std::string> Keeper::group(const std::string& name) const {
  const auto found = groups_.find(name);
  return found == groups_.end() || found->second.id.empty() ? std::nullopt
                                                            : std::optional(found->second.id);
}

void Keeper::allow(const std::string& group, std::int64_t port) {
  const auto id = this->group(group);
  if (!id) {
    return;
  }
  api::AuthorizeSecurityGroupIngressRequest request;
  request.group_id = *id;
  request.ip_protocol = "tcp";
  request.from_port = port;
  request.to_port = port;
  request.cidr_ipv4 = "0.0.0.0/0";
  ask("group " + group, "AuthorizeSecurityGroupIngress", api::Value::of(std::move(request)),
      [this, group, port](const auto& answer) {
        if (answer.ok() || answer.error().code == ErrorCode::conflict) {
          groups_[group].ports[port] = true;
        } else {
          simulation_.fail("A rule was refused: " + answer.error().message);
        }
      });
}

void Keeper::forbid(const std::string& group, std::int64_t port) {
  const auto id = this->group(group);
  if (!id) {
    return;
  }
  api::DescribeSecurityGroupRequest request;
  request.group_id = *id;
  ask("group " + group, "DescribeSecurityGroup", api::Value::of(std::move(request)),
      [this, group, port](const auto& answer) {
        if (!answer.ok()) {
          simulation_.fail("A security group was answered and is gone.");
          return;
        }
        revoke(group, port,
               answer.value().template as<api::DescribeSecurityGroupResponse>().security_group);
      });
}

void Keeper::revoke(const std::string& group, std::int64_t port, const api::SecurityGroup& shown) {
  for (const api::SecurityGroupRule& rule : shown.security_group_rules) {
    if (rule.is_egress || rule.from_port != port) {
      continue;
    }
    api::RevokeSecurityGroupIngressRequest request;
    request.group_id = shown.group_id;
    request.security_group_rule_id = rule.security_group_rule_id;
    ask("group " + group, "RevokeSecurityGroupIngress", api::Value::of(std::move(request)),
        [this, group, port](const auto& answer) {
          if (answer.ok() || answer.error().code == ErrorCode::resource_not_found) {
            groups_[group].ports[port] = false;
          }
        });
  }
}

void Keeper::check_groups() {
  for (const auto& [name, group] : groups_) {
    if (group.id.empty() || turns_.busy("group " + name)) {
      continue;
    }
    const auto id = schemas::SecurityGroupId::parse(group.id);
    const auto there = control_.world()->security_groups.find(*id);
    if (there == control_.world()->security_groups.end()) {
      simulation_.fail("Security group " + name + " was answered and is gone.");
      continue;
    }
    std::map<std::int64_t, std::int64_t> rules;
    for (const schemas::SecurityRule& rule : there->second.rules) {
      rules[rule.from_port] += rule.direction == schemas::RuleDirection::ingress ? 1 : 0;
    }
    for (const auto& [port, allowed] : group.ports) {
      if (rules[port] != (allowed ? 1 : 0)) {
        simulation_.fail("Security group " + name + " has " + std::to_string(rules[port]) +
                         " rules for port " + std::to_string(port) + " where " +
                         (allowed ? "one was" : "none were") + " answered.");
      }
    }
  }
}

// --- tags ----------------------------------------------------------------------------------------

void Keeper::tag(const std::string& arn, const std::string& key, const std::string& value) {
  api::TagResourceRequest request;
  request.resource_arn = arn;
  request.tags = {{.key = key, .value = value}};
  ask("tags " + arn, "TagResource", api::Value::of(std::move(request)),
      [this, arn, key, value](const auto& answer) {
        if (answer.ok()) {
          tags_[arn][key] = value;
        }
      });
  compare_tags(arn);
}

void Keeper::untag(const std::string& arn, const std::string& key) {
  api::UntagResourceRequest request;
  request.resource_arn = arn;
  request.tag_keys = {key};
  ask("tags " + arn, "UntagResource", api::Value::of(std::move(request)),
      [this, arn, key](const auto& answer) {
        if (answer.ok()) {
          tags_[arn].erase(key);
        }
      });
  compare_tags(arn);
}

void Keeper::compare_tags(const std::string& arn) {
  api::ListTagsForResourceRequest request;
  request.resource_arn = arn;
  ask("tags " + arn, "ListTagsForResource", api::Value::of(std::move(request)),
      [this, arn](const auto& answer) {
        if (!answer.ok()) {
          return;  // it is forgotten, and its tags with it
        }
        std::map<std::string, std::string> listed;
        for (const api::Tag& tag :
             answer.value().template as<api::ListTagsForResourceResponse>().tags.value_or(
                 std::vector<api::Tag>{})) {
          listed[tag.key] = tag.value.value_or("");
        }
        if (listed != tags_[arn]) {
          simulation_.fail("The tags of " + arn + " are not those that were answered.");
        }
      });
}

// --- roles ---------------------------------------------------------------------------------------

void Keeper::make_role(const std::string& name, std::function<void()> then) {
  api::CreateRoleRequest request;
  request.role_name = name;
  request.actions = {{"ecs:Describe*"}};
  ask("role " + name, "CreateRole", api::Value::of(std::move(request)),
      [this, name, then = std::move(then)](const auto& answer) {
        if (!answer.ok() && answer.error().code != ErrorCode::conflict) {
          simulation_.fail("A role was refused: " + answer.error().message);
          return;
        }
        roles_[name] = true;
        if (then) {
          then();
        }
      });
}

void Keeper::drop_role(const std::string& name) {
  api::DeleteRoleRequest request;
  request.role_name = name;
  ask("role " + name, "DeleteRole", api::Value::of(std::move(request)),
      [this, name](const auto& answer) {
        if (answer.ok() || answer.error().code == ErrorCode::resource_not_found) {
          simulation_.probe("a role was deleted");
          roles_[name] = false;
        }
      });
}

void Keeper::check_roles() {
  for (const auto& [name, there] : roles_) {
    if (turns_.busy("role " + name)) {
      continue;
    }
    if ((control::find_role(control_.world(), home().account, name) != nullptr) != there) {
      simulation_.fail("Role " + name +
                       (there ? " was made and is gone."
                              : " was deleted and is "
                                "there."));
    }
  }
}

void Keeper::check() {
  if (control_.up()) {
    check_hosts();
    check_stacks();
    check_groups();
    check_roles();
  }
}

}  // namespace sim
