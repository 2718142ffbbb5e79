#include <algorithm>
#include <array>

#include "api/agent.h"
#include "control/core/loop/agents.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/identity_document.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/registrar.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_instance.h"
#include "control/core/loop/report_check.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

using schemas::ContainerInstance;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Inventory;
using schemas::Outcome;
using schemas::Result;

Outcome read_ports(const api::Resource& resource) {
  const std::vector<std::string> stated =
      resource.string_set_value.value_or(std::vector<std::string>{});
  const bool kept = std::all_of(stated.begin(), stated.end(), [&](const std::string& port) {
    return resource.name == "PORTS" && is_reserved_port(port);
  });
  if (kept) {
    return schemas::Done{};
  }
  return invalid("totalResources: " + *resource.name +
                 " may hold back no more than the ports that every host keeps for itself, which "
                 "DescribeContainerInstances lists.");
}

Outcome read_resource(const api::Resource& resource, Inventory& inventory) {
  const std::string name = resource.name.value_or("");
  if (resource.long_value.value_or(0) != 0 || resource.double_value.value_or(0) != 0) {
    return invalid("totalResources: " + name +
                   " has a longValue or doubleValue; resources here "
                   "are of type INTEGER or STRINGSET.");
  }
  if (name == "PORTS" || name == "PORTS_UDP") {
    return read_ports(resource);
  }
  if (name != "CPU" && name != "MEMORY") {
    return invalid("totalResources: '" + name +
                   "' is no resource that hosts have here: CPU, MEMORY, PORTS and PORTS_UDP are.");
  }
  if (resource.type.value_or("INTEGER") != "INTEGER" || !resource.integer_value) {
    return invalid("totalResources: " + name + " is of type INTEGER and needs an integerValue.");
  }
  (name == "CPU" ? inventory.cpu.count : inventory.memory.count) = *resource.integer_value;
  return schemas::Done{};
}

Outcome read_own_attributes(const std::optional<std::vector<api::Attribute>>& stated,
                            Inventory& inventory) {
  for (const api::Attribute& attribute : stated.value_or(std::vector<api::Attribute>{})) {
    if (attribute.target_id || attribute.target_type) {
      return invalid("attributes: '" + attribute.name +
                     "' is of the host that is registered; a target is not for saying.");
    }
    if (attribute.name.empty() || attribute.name.starts_with("stowage.")) {
      return invalid("attributes: '" + attribute.name +
                     "' is the service's own or empty: a host states others.");
    }
    inventory.attributes[attribute.name] = attribute.value.value_or("");
  }
  return schemas::Done{};
}

Result<Inventory> read_host_inventory(const api::RegisterContainerInstanceRequest& input,
                                      const IdentityDocument& document) {
  Inventory inventory;
  for (const api::Resource& resource :
       input.total_resources.value_or(std::vector<api::Resource>{})) {
    if (Outcome read = read_resource(resource, inventory); !read.ok()) {
      return read.error();
    }
  }
  if (Outcome read = read_own_attributes(input.attributes, inventory); !read.ok()) {
    return read.error();
  }
  inventory.availability_zone = document.availability_zone;
  inventory.address = schemas::Ipv4::parse(document.private_ip).value_or(schemas::Ipv4{});
  if (!document.instance_id.empty()) {
    inventory.attributes["ecs.instance-id"] = document.instance_id;
  }
  if (input.version_info) {
    inventory.agent_version = input.version_info->agent_version.value_or("");
    inventory.engine_version = input.version_info->docker_version.value_or("");
  }
  // The same rules as for what hosts say of themselves when they join.
  if (Outcome checked = check_inventory(inventory); !checked.ok()) {
    return checked.error();
  }
  return inventory;
}

/// What is kept beside the host's own word: who registered it, and its agent's build.
Outcome note_origin(const ApiCall& call, const api::RegisterContainerInstanceRequest& input,
                    ContainerInstance& instance) {
  instance.attributes[registrar_attribute] = registrar_of(call.principal);
  const std::string hash = input.version_info ? input.version_info->agent_hash.value_or("") : "";
  instance.attributes.erase(agent_hash_attribute);
  if (!hash.empty()) {
    instance.attributes[agent_hash_attribute] = hash;
  }
  // Bounded by the same rules as what it says itself.
  Inventory bounds = instance.inventory;
  bounds.attributes = {{agent_hash_attribute, hash}};
  return check_inventory(bounds);
}

/// The host that is registered again: named by its ARN, or known by its secret. Null: a new one.
Result<const ContainerInstance*> known_host(const Context& context, const ApiCall& call,
                                            const schemas::Cluster& cluster,
                                            const IdentityDocument& document) {
  const auto& input = call.input.as<api::RegisterContainerInstanceRequest>();
  const std::string arn = input.container_instance_arn.value_or("");
  const ContainerInstance* same = find_identity(context.world, document.identity_hash);
  if (arn.empty() && same == nullptr) {
    return nullptr;
  }
  const ContainerInstance* named = arn.empty() ? same : instance_in(context.world, cluster, arn);
  if (named == nullptr) {
    return invalid("containerInstanceArn: " + arn + " is no container instance of the cluster " +
                   cluster.name + ".");
  }
  if (named->scope != call.scope || named->cluster != cluster.key || named != same) {
    return Error{ErrorCode::client,
                 "A host keeps its secret and its cluster as long as it is registered: this "
                 "identityHash and this container instance do not belong together. Deregister it "
                 "first, or leave containerInstanceArn away and draw a new secret."};
  }
  if (named->status == schemas::InstanceStatus::inactive) {
    return Error{ErrorCode::client, "Container instance " + named->id.text() +
                                        " was deregistered: register with a new secret and "
                                        "without containerInstanceArn."};
  }
  if (Outcome allowed = may_speak_for(call, *named); !allowed.ok()) {
    return allowed.error();
  }
  return named;
}

/// Takes over what is said of a host that is registered already.
Outcome register_again(Context& context, const ApiCall& call, const ContainerInstance& known,
                       const Inventory& inventory, const std::vector<schemas::Tag>& tags) {
  const auto& input = call.input.as<api::RegisterContainerInstanceRequest>();
  ContainerInstance changed = known;
  changed.inventory = inventory;
  if (input.tags) {
    changed.tags = tags;
  }
  if (Outcome noted = note_origin(call, input, changed); !noted.ok()) {
    return noted;
  }
  const bool moved = changed.inventory != known.inventory || changed.tags != known.tags ||
                     changed.attributes != known.attributes;
  if (moved) {
    changed.version += 1;
    apply(context.world, InstanceChanged{changed});
    log_instance(context, changed, "instance.changed", "registered again");
  }
  return schemas::Done{};
}

}  // namespace

/// For hosts whose agent is not ours. The caller's signature says whose the host is, the document
/// by which secret it will be known; it is in touch, and gets tasks, once it polls with that
/// secret.
Answer register_container_instance(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::RegisterContainerInstanceRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const auto document =
      read_identity_document(call.scope, input.instance_identity_document.value_or(""));
  if (!document.ok()) {
    return document.error();
  }
  const auto inventory = read_host_inventory(input, document.value());
  if (!inventory.ok()) {
    return inventory.error();
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  const auto known = known_host(context, call, *cluster.value(), document.value());
  if (!known.ok()) {
    return known.error();
  }
  ContainerInstance instance;
  if (known.value() != nullptr) {
    instance.id = known.value()->id;
    if (Outcome again =
            register_again(context, call, *known.value(), inventory.value(), tags.value());
        !again.ok()) {
      return again.error();
    }
  } else {
    instance.id = schemas::InstanceId::draw(context.random);
    instance.scope = call.scope;
    instance.cluster = cluster.value()->key;
    instance.inventory = inventory.value();
    instance.tags = tags.value();
    instance.identity_hash = document.value().identity_hash;
    instance.registered_at = context.now;
    instance.lease_until = context.now;
    if (Outcome noted = note_origin(call, input, instance); !noted.ok()) {
      return noted.error();
    }
    instance.key = context.world.next_key(Table::instance);
    apply(context.world, InstanceRegistered{instance});
    log_instance(context, instance, "instance.registered", "by " + registrar_of(call.principal));
  }
  api::RegisterContainerInstanceResponse output;
  output.container_instance =
      show_instance(context.world, context.world->instances.at(instance.id), TagView::shown);
  return api::Value::of(std::move(output));
}

}  // namespace control
