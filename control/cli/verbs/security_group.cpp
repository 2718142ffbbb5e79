#include "control/cli/verbs/security_group.h"

#include <algorithm>

#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

constexpr const char* groups_path = "/v1/security-groups";

std::string path_of(const api::SecurityGroup& group) {
  return std::string(groups_path) + "/" + url_encoded(group.group_id);
}

std::string protocol_text(const api::SecurityGroupRule& rule) {
  return rule.ip_protocol == "-1" ? "all" : rule.ip_protocol;
}

std::string ports_text(const api::SecurityGroupRule& rule) {
  if (!rule.from_port || (*rule.from_port == 0 && rule.to_port == 65'535)) {
    return rule.from_port ? "all" : "-";
  }
  const std::string first = std::to_string(*rule.from_port);
  return rule.from_port == rule.to_port ? first
                                        : first + "-" + std::to_string(rule.to_port.value_or(0));
}

std::string other_side(const api::SecurityGroupRule& rule) {
  return rule.cidr_ipv4 ? *rule.cidr_ipv4 : rule.referenced_group_id.value_or("");
}

std::string rule_text(const api::SecurityGroupRule& rule) {
  return rule.security_group_rule_id + (rule.is_egress ? " to " : " from ") + other_side(rule) +
         " " + protocol_text(rule) + " " + ports_text(rule);
}

void print_rules(Session& session, const api::SecurityGroup& group) {
  Table table({{.title = "RULE"},
               {.title = "DIRECTION"},
               {.title = "PROTOCOL"},
               {.title = "PORTS"},
               {.title = "OTHER SIDE"},
               {.title = "DESCRIPTION"}});
  for (const api::SecurityGroupRule& rule : group.security_group_rules) {
    table.add({rule.security_group_rule_id, rule.is_egress ? "out" : "in", protocol_text(rule),
               ports_text(rule), other_side(rule), rule.description.value_or("")});
  }
  session.print(table);
}

Exit list(Session& session, const Arguments&) {
  const auto answer = session.get<api::ListSecurityGroupsResponse>(groups_path, "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    Table table({{.title = "GROUP"},
                 {.title = "NAME"},
                 {.title = "VPC"},
                 {.title = "IN", .align = Align::right},
                 {.title = "OUT", .align = Align::right},
                 {.title = "DESCRIPTION"}});
    for (const api::SecurityGroup& group : answer.value().value.security_groups) {
      const auto& rules = group.security_group_rules;
      const auto out =
          std::count_if(rules.begin(), rules.end(),
                        [](const api::SecurityGroupRule& rule) { return rule.is_egress; });
      table.add({group.group_id, group.group_name, group.vpc_id,
                 std::to_string(static_cast<std::int64_t>(rules.size()) - out), std::to_string(out),
                 group.description});
    }
    session.print(table);
  });
}

Exit show(Session& session, const Arguments& arguments) {
  const auto group = security_group_named(session, arguments.get_or("GROUP", ""));
  if (!group.ok()) {
    return session.failed(group.error());
  }
  const auto answer = session.get<api::DescribeSecurityGroupResponse>(path_of(group.value()), "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    const api::SecurityGroup& shown = answer.value().value.security_group;
    session.say(shown.group_id + " " + shown.group_name + " of " + shown.vpc_id + ": " +
                shown.description);
    print_rules(session, shown);
  });
}

Exit create(Session& session, const Arguments& arguments) {
  api::CreateSecurityGroupRequest request;
  request.group_name = arguments.get_or("NAME", "");
  request.description = arguments.get_or("description", request.group_name);
  request.vpc_id = arguments.get("vpc");
  const auto answer = session.rest<api::CreateSecurityGroupResponse>("POST", groups_path, request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json,
                      [&] { session.say(answer.value().value.security_group.group_id); });
}

Exit remove(Session& session, const Arguments& arguments) {
  const auto group = security_group_named(session, arguments.get_or("GROUP", ""));
  if (!group.ok()) {
    return session.failed(group.error());
  }
  const auto answer = session.remove<api::DeleteSecurityGroupResponse>(path_of(group.value()), "");
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json,
                      [&] { session.say("deleted " + answer.value().value.group_id); });
}

/// A rule as the options name it, in the words of the API.
struct Wanted {
  bool egress = false;
  std::string protocol;
  std::optional<std::int64_t> first_port;
  std::optional<std::int64_t> last_port;
  std::optional<std::string> cidr;
  std::optional<std::string> group;
};

Result<std::optional<std::int64_t>> port_of(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 5 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  const std::int64_t port = digits ? std::stoll(text) : -1;
  if (port < 0 || port > 65'535) {
    return Error{ErrorCode::invalid_parameter,
                 "--port is \"" + text + "\"; it must be a port such as 80, or two such as 80-90"};
  }
  return std::optional<std::int64_t>(port);
}

schemas::Outcome read_ports(const Arguments& arguments, Wanted& wanted) {
  const std::optional<std::string> text = arguments.get("port");
  wanted.protocol = arguments.get_or("protocol", text ? "tcp" : "all");
  if (wanted.protocol == "all") {
    wanted.protocol = "-1";
  }
  if (!text) {
    return schemas::Done{};
  }
  const std::size_t dash = text->find('-');
  const auto first = port_of(text->substr(0, dash));
  const auto last = dash == std::string::npos ? first : port_of(text->substr(dash + 1));
  if (!first.ok() || !last.ok()) {
    return first.ok() ? last.error() : first.error();
  }
  wanted.first_port = first.value();
  wanted.last_port = last.value();
  return schemas::Done{};
}

Result<Wanted> wanted_rule(Session& session, const Arguments& arguments) {
  if (arguments.has("from") == arguments.has("to")) {
    return Error{ErrorCode::invalid_parameter,
                 "say either who may call, with --from, or who may be called, with --to"};
  }
  Wanted wanted;
  wanted.egress = arguments.has("to");
  if (schemas::Outcome read = read_ports(arguments, wanted); !read.ok()) {
    return read.error();
  }
  const std::string other = arguments.get_or(wanted.egress ? "to" : "from", "");
  if (!other.empty() && other.find_first_not_of("0123456789./") == std::string::npos) {
    wanted.cidr = other.find('/') == std::string::npos ? other + "/32" : other;
    return wanted;
  }
  const auto group = security_group_named(session, other);
  if (!group.ok()) {
    return group.error();
  }
  wanted.group = group.value().group_id;
  return wanted;
}

std::string query_of(const Wanted& wanted, const std::optional<std::string>& description) {
  std::string query = "ipProtocol=" + url_encoded(wanted.protocol);
  const auto add = [&query](const char* name, const std::optional<std::string>& value) {
    if (value) {
      query += std::string("&") + name + "=" + url_encoded(*value);
    }
  };
  if (wanted.first_port) {
    add("fromPort", std::to_string(*wanted.first_port));
    add("toPort", std::to_string(*wanted.last_port));
  }
  add("cidrIpv4", wanted.cidr);
  add("referencedGroupId", wanted.group);
  add("description", description);
  return query;
}

template <class Response>
Exit show_rule(Session& session, const Result<Answer<Response>>& answer, const std::string& verb) {
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    session.say(verb + " " + rule_text(answer.value().value.security_group_rule));
  });
}

Exit allow(Session& session, const Arguments& arguments) {
  const auto group = security_group_named(session, arguments.get_or("GROUP", ""));
  if (!group.ok()) {
    return session.failed(group.error());
  }
  const auto wanted = wanted_rule(session, arguments);
  if (!wanted.ok()) {
    return session.failed(wanted.error());
  }
  const std::string query = query_of(wanted.value(), arguments.get("description"));
  const std::string path = path_of(group.value());
  return wanted.value().egress
             ? show_rule(session,
                         session.submit<api::AuthorizeSecurityGroupEgressResponse>(path + "/egress",
                                                                                   query),
                         "allowed")
             : show_rule(session,
                         session.submit<api::AuthorizeSecurityGroupIngressResponse>(
                             path + "/ingress", query),
                         "allowed");
}

bool is(const api::SecurityGroupRule& rule, const Wanted& wanted) {
  const bool all_ports = !rule.from_port || (*rule.from_port == 0 && rule.to_port == 65'535);
  const bool ports = wanted.first_port
                         ? rule.from_port == wanted.first_port && rule.to_port == wanted.last_port
                         : all_ports;
  return rule.is_egress == wanted.egress && rule.ip_protocol == wanted.protocol && ports &&
         rule.cidr_ipv4 == wanted.cidr && rule.referenced_group_id == wanted.group;
}

/// The rule that the words mean: by its id, or by what it lets through.
Result<api::SecurityGroupRule> rule_meant(Session& session, const Arguments& arguments,
                                          const api::SecurityGroup& group) {
  const std::optional<std::string> id = arguments.get("rule");
  if (id && (arguments.has("from") || arguments.has("to"))) {
    return Error{ErrorCode::invalid_parameter,
                 "name the rule either by --rule or by what it lets through, not by both"};
  }
  Wanted wanted;
  if (!id) {
    auto read = wanted_rule(session, arguments);
    if (!read.ok()) {
      return read.error();
    }
    wanted = read.value();
  }
  for (const api::SecurityGroupRule& rule : group.security_group_rules) {
    if (id ? rule.security_group_rule_id == *id : is(rule, wanted)) {
      return rule;
    }
  }
  return Error{ErrorCode::invalid_parameter, group.group_id +
                                                 " has no such rule: ecsctl security-group show " +
                                                 group.group_id + " lists them"};
}

Exit revoke(Session& session, const Arguments& arguments) {
  const auto group = security_group_named(session, arguments.get_or("GROUP", ""));
  if (!group.ok()) {
    return session.failed(group.error());
  }
  const auto rule = rule_meant(session, arguments, group.value());
  if (!rule.ok()) {
    return session.failed(rule.error());
  }
  const std::string id = url_encoded(rule.value().security_group_rule_id);
  const std::string path = path_of(group.value());
  return rule.value().is_egress ? show_rule(session,
                                            session.remove<api::RevokeSecurityGroupEgressResponse>(
                                                path + "/egress/" + id, ""),
                                            "revoked")
                                : show_rule(session,
                                            session.remove<api::RevokeSecurityGroupIngressResponse>(
                                                path + "/ingress/" + id, ""),
                                            "revoked");
}

std::vector<Option> rule_options() {
  return {{.name = "GROUP",
           .value = "",
           .help = "The group that has the rule: its id or name",
           .arity = Arity::positional},
          {.name = "from",
           .value = "CIDR|GROUP",
           .help = "Who may call members: a range, an address, or the members of a group"},
          {.name = "to", .value = "CIDR|GROUP", .help = "Whom members may call"},
          {.name = "protocol",
           .value = "NAME",
           .help = "tcp, udp, icmp or all (default: tcp with --port, else all)"},
          {.name = "port", .value = "N|N-M", .help = "A port or a range of ports (default: all)"}};
}

}  // namespace

Result<api::SecurityGroup> security_group_named(Session& session, const std::string& text) {
  const auto answer = session.get<api::ListSecurityGroupsResponse>(groups_path, "");
  if (!answer.ok()) {
    return answer.error();
  }
  std::string known;
  for (const api::SecurityGroup& group : answer.value().value.security_groups) {
    if (group.group_id == text || group.group_name == text) {
      return group;
    }
    known += (known.empty() ? "" : ", ") + group.group_name;
  }
  return Error{ErrorCode::resource_not_found,
               "there is no security group \"" + text + "\"; there are " + known};
}

std::vector<Verb> security_group_verbs() {
  const Option group{
      .name = "GROUP", .value = "", .help = "The group's id or name", .arity = Arity::positional};
  std::vector<Option> allow_options = rule_options();
  allow_options.push_back({.name = "description", .value = "TEXT", .help = "What the rule is for"});
  std::vector<Option> revoke_options = rule_options();
  revoke_options.push_back(
      {.name = "rule", .value = "RULE", .help = "The rule's id, instead of what it lets through"});
  return {
      {.path = "security-group list",
       .summary = "List security groups",
       .description = "A security group says who may reach an interface, and whom it may reach.\n"
                      "Interfaces that are given no group have \"default\", whose members reach\n"
                      "each other and everything outside; nothing else reaches them.",
       .options = {},
       .run = list},
      {.path = "security-group show",
       .summary = "Show a security group's rules",
       .description = "Example: ecsctl security-group show default",
       .options = {group},
       .run = show},
      {.path = "security-group create",
       .summary = "Create a security group",
       .description = "It lets everything out and nothing in, until it is told otherwise.\n\n"
                      "Example: ecsctl security-group create web --description \"web servers\"",
       .options =
           {{.name = "NAME", .value = "", .help = "Unique in its VPC", .arity = Arity::positional},
            {.name = "description", .value = "TEXT", .help = "What it is for"},
            {.name = "vpc", .value = "VPC", .help = "Its VPC (default: your default VPC)"}},
       .run = create},
      {.path = "security-group delete",
       .summary = "Delete a security group that nothing uses",
       .description = "One that an interface or a service has, or that a rule of another group\n"
                      "names, is refused, and the message says by whom.",
       .options = {group},
       .run = remove},
      {.path = "security-group allow",
       .summary = "Let something in to the members of a group, or out of them",
       .description =
           "Tasks that run feel it at once. Answers to what was let through always pass.\n\n"
           "Examples: ecsctl security-group allow default --from 0.0.0.0/0 --port 80\n"
           "          ecsctl security-group allow database --from web --port 5432\n"
           "          ecsctl security-group allow web --to 10.0.0.0/8 --protocol udp --port 53",
       .options = std::move(allow_options),
       .run = allow},
      {.path = "security-group revoke",
       .summary = "Remove a rule from a group",
       .description = "Connections that only this rule let through are cut at once.\n\n"
                      "Examples: ecsctl security-group revoke default --from 0.0.0.0/0 --port 80\n"
                      "          ecsctl security-group revoke web --rule sgr-0123456789abcdef0",
       .options = std::move(revoke_options),
       .run = revoke},
  };
}

}  // namespace cli
