#include "schemas/generator/botocore.h"

#include <set>
#include <vector>

#include "schemas/generator/json.h"

namespace generator {

namespace {

constexpr const char* standard_errors[] = {"Server", "Client", "InvalidParameter", "AccessDenied"};

std::string shape_name(const std::string& type) {
  const bool scalar = !type.empty() && type.front() >= 'a' && type.front() <= 'z';
  return scalar ? std::string(1, static_cast<char>(type.front() - 'a' + 'A')) + type.substr(1)
                : type;
}

std::string holder_name(const Member& member) {
  std::string name = shape_name(member.type);
  switch (member.holds) {
    case Holds::list:
      return "ListOf" + name;
    case Holds::map:
      return "MapTo" + name;
    case Holds::one:
      break;
  }
  return name;
}

std::string reference(const std::string& shape) {
  return JsonObject().add_text("shape", shape).text();
}

std::string documentation(const Member& member) {
  if (member.support == Support::refused) {
    return "Not supported yet: refused.";
  }
  if (member.support == Support::only) {
    std::string values;
    for (const std::string& value : member.only) {
      values += (values.empty() ? "" : " or ") + value;
    }
    return "Not supported yet beyond " + values + ".";
  }
  return member.doc;
}

std::string structure(const Shape& shape) {
  JsonObject members;
  std::vector<std::string> required;
  for (const Member& member : shape.members) {
    JsonObject json;
    json.add_text("shape", holder_name(member));
    const std::string text = documentation(member);
    if (!text.empty()) {
      json.add_text("documentation", text);
    }
    if (member.token) {
      json.add("idempotencyToken", "true");
    }
    members.add(member.name, json.text());
    if (member.required) {
      required.push_back(member.name);
    }
  }
  JsonObject json;
  json.add_text("type", "structure");
  if (!required.empty()) {
    json.add("required", json_texts(required));
  }
  return json.add("members", members.text()).text();
}

std::string exception(const std::string& name) {
  JsonObject json;
  json.add_text("type", "structure")
      .add("members", JsonObject().add("message", reference("String")).text())
      .add("exception", "true");
  if (name == "Server") {
    json.add("fault", "true");
  }
  return json.text();
}

std::string operation_json(const Operation& operation) {
  std::vector<std::string> errors;
  for (const char* name : standard_errors) {
    errors.push_back(reference(std::string(name) + "Exception"));
  }
  for (const std::string& name : operation.errors) {
    errors.push_back(reference(name + "Exception"));
  }
  return JsonObject()
      .add_text("name", operation.name)
      .add("http", JsonObject().add_text("method", "POST").add_text("requestUri", "/").text())
      .add("input", reference(operation.input))
      .add("output", reference(operation.output))
      .add("errors", json_list(errors))
      .add_text("documentation", operation.doc)
      .text();
}

/// The shapes that the ECS operations reach, refused members included: clients must be able to
/// send what we refuse, to be told so by name.
void reach(const Api& api, const std::string& name, std::set<std::string>& names) {
  const auto shape = api.shapes.find(name);
  if (!names.insert(name).second || shape == api.shapes.end()) {
    return;
  }
  for (const Member& member : shape->second.members) {
    reach(api, member.type, names);
  }
}

std::string metadata() {
  return JsonObject()
      .add_text("apiVersion", "2014-11-13")
      .add_text("endpointPrefix", "ecs")
      .add_text("jsonVersion", "1.1")
      .add_text("protocol", "json")
      .add_text("serviceAbbreviation", "Amazon ECS")
      .add_text("serviceFullName", "Stowage, an ECS-compatible cluster service")
      .add_text("serviceId", "ECS")
      .add_text("signatureVersion", "v4")
      .add_text("signingName", "ecs")
      .add_text("targetPrefix", "AmazonEC2ContainerServiceV20141113")
      .add_text("uid", "ecs-2014-11-13")
      .text();
}

void add_holder(const Member& member, std::set<std::string>& done, JsonObject& shapes) {
  const std::string name = holder_name(member);
  if (member.holds == Holds::one || !done.insert(name).second) {
    return;
  }
  JsonObject json;
  if (member.holds == Holds::list) {
    json.add_text("type", "list").add("member", reference(shape_name(member.type)));
  } else {
    json.add_text("type", "map").add("key", reference("String"));
    json.add("value", reference(shape_name(member.type)));
  }
  shapes.add(name, json.text());
}

std::string shapes_json(const Api& api, const std::set<std::string>& names,
                        const std::set<std::string>& errors) {
  JsonObject shapes;
  for (const char* scalar : {"string", "boolean", "integer", "long", "double", "timestamp"}) {
    shapes.add(shape_name(scalar), JsonObject().add_text("type", scalar).text());
  }
  for (const std::string& error : errors) {
    shapes.add(error + "Exception", exception(error));
  }
  std::set<std::string> holders;
  for (const std::string& name : names) {
    const auto shape = api.shapes.find(name);
    const auto choice = api.enumerations.find(name);
    if (shape != api.shapes.end()) {
      shapes.add(name, structure(shape->second));
      for (const Member& member : shape->second.members) {
        add_holder(member, holders, shapes);
      }
    } else if (choice != api.enumerations.end()) {
      shapes.add(name, JsonObject()
                           .add_text("type", "string")
                           .add("enum", json_texts(choice->second.values))
                           .text());
    }
  }
  return shapes.text();
}

std::string acceptor(const std::string& matcher, const std::string& argument,
                     const std::string& state, const std::string& expected) {
  return JsonObject()
      .add_text("matcher", matcher)
      .add_text("argument", argument)
      .add_text("state", state)
      .add("expected", expected)
      .text();
}

std::string waiter(const std::string& operation, std::int64_t delay_s, std::int64_t attempts,
                   const std::vector<std::string>& acceptors) {
  return JsonObject()
      .add_text("operation", operation)
      .add_number("delay", delay_s)
      .add_number("maxAttempts", attempts)
      .add("acceptors", json_list(acceptors))
      .text();
}

}  // namespace

std::string botocore_service(const Api& api) {
  JsonObject operations;
  std::set<std::string> names;
  std::set<std::string> errors(std::begin(standard_errors), std::end(standard_errors));
  std::vector<Operation> modelled = api.operations;
  modelled.insert(modelled.end(), api.later_described.begin(), api.later_described.end());
  for (const Operation& operation : modelled) {
    if (operation.ours) {
      continue;
    }
    operations.add(operation.name, operation_json(operation));
    reach(api, operation.input, names);
    reach(api, operation.output, names);
    errors.insert(operation.errors.begin(), operation.errors.end());
  }
  return JsonObject()
             .add_text("version", "2.0")
             .add("metadata", metadata())
             .add("operations", operations.text())
             .add("shapes", shapes_json(api, names, errors))
             .text() +
         "\n";
}

std::string botocore_paginators(const Api& api) {
  JsonObject pages;
  for (const Operation& operation : api.operations) {
    if (operation.page && !operation.ours) {
      pages.add(operation.name, JsonObject()
                                    .add_text("input_token", "nextToken")
                                    .add_text("output_token", "nextToken")
                                    .add_text("limit_key", "maxResults")
                                    .add_text("result_key", operation.page->result)
                                    .text());
    }
  }
  return JsonObject().add("pagination", pages.text()).text() + "\n";
}

std::string botocore_waiters() {
  const std::string missing = acceptor("pathAny", "failures[].reason", "failure", "\"MISSING\"");
  const auto service_is = [](const std::string& status, const std::string& state) {
    return acceptor("pathAny", "services[].status", state, "\"" + status + "\"");
  };
  const std::string settled =
      "length(services[?!(length(deployments) == `1` && runningCount == desiredCount)]) == `0`";
  const std::string task_status = "tasks[].lastStatus";
  JsonObject waiters;
  waiters.add("ServicesStable",
              waiter("DescribeServices", 15, 40,
                     {missing, service_is("DRAINING", "failure"), service_is("INACTIVE", "failure"),
                      acceptor("path", settled, "success", "true")}));
  waiters.add("ServicesInactive",
              waiter("DescribeServices", 15, 40, {missing, service_is("INACTIVE", "success")}));
  waiters.add("TasksRunning",
              waiter("DescribeTasks", 6, 100,
                     {acceptor("pathAny", task_status, "failure", "\"STOPPED\""), missing,
                      acceptor("pathAll", task_status, "success", "\"RUNNING\"")}));
  waiters.add("TasksStopped", waiter("DescribeTasks", 6, 100,
                                     {acceptor("pathAll", task_status, "success", "\"STOPPED\"")}));
  return JsonObject().add_number("version", 2).add("waiters", waiters.text()).text() + "\n";
}

}  // namespace generator
