#include "schemas/generator/json.h"
#include "schemas/generator/openapi.h"

namespace generator {

namespace {

struct StreamParameter {
  std::string name;
  std::string in;
  std::string type;
  std::string doc;
};

std::string parameters(const std::vector<StreamParameter>& all) {
  std::vector<std::string> texts;
  for (const StreamParameter& one : all) {
    JsonObject json;
    json.add_text("name", one.name).add_text("in", one.in);
    json.add("required", one.in == "path" ? "true" : "false").add_text("description", one.doc);
    json.add("schema", JsonObject().add_text("type", one.type).text());
    texts.push_back(json.text());
  }
  return json_list(texts);
}

std::string answer(const std::string& text, const std::string& content_type,
                   const std::string& schema) {
  const std::string content =
      JsonObject().add(content_type, JsonObject().add("schema", schema).text()).text();
  return JsonObject().add_text("description", text).add("content", content).text();
}

std::string route(const std::string& method, const std::string& id, const std::string& tag,
                  const std::string& doc, const std::vector<StreamParameter>& given,
                  const std::string& success) {
  const std::string error = JsonObject().add_text("$ref", "#/components/schemas/Error").text();
  const std::string responses =
      JsonObject()
          .add("200", success)
          .add("default", answer("Refused or failed.", "application/json", error))
          .text();
  JsonObject json;
  json.add_text("operationId", id).add_text("summary", doc);
  json.add("tags", json_texts({tag})).add("parameters", parameters(given));
  json.add("responses", responses);
  return JsonObject().add(method, json.text()).text();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> routes_of_streams() {
  const std::string text = JsonObject().add_text("type", "string").text();
  const std::string object = JsonObject().add_text("type", "object").text();
  const std::string file =
      JsonObject().add_text("type", "string").add_text("format", "binary").text();
  return {
      {"/v1/events",
       route("get", "FollowEvents", "events",
             "The event log as server-sent events; the id of each is its sequence number. 410 when "
             "the log no longer reaches back to where it is to go on.",
             {{"after", "query", "integer",
               "Only events behind this sequence number; those to come when absent."},
              {"follow", "query", "boolean",
               "false: end with the newest event there is; true when absent."},
              {"format", "query", "string",
               "eventbridge: as Amazon EventBridge delivers those of ECS; in our own form when "
               "absent."},
              {"Last-Event-ID", "header", "integer", "As after, and before it."}},
             answer("Events, until the caller goes away.", "text/event-stream", text))},
      {"/v1/tasks/{task}/logs",
       route("get", "ReadLogs", "tasks",
             "What the containers of a task have written, a JSON object a line.",
             {{"task", "path", "string", "Id or ARN."},
              {"cluster", "query", "string", "Name or ARN; default when absent."},
              {"container", "query", "string", "Only this container; all when absent."},
              {"tail", "query", "integer", "Only so many of the last lines."},
              {"follow", "query", "boolean", "Whether to stay for what is written later."}},
             answer("Lines, oldest first.", "application/x-ndjson", text))},
      {"/v1/backup",
       route(
           "post", "TakeBackup", "backup",
           "A copy of the database as a file, all accounts in it, for user admin of the operator's "
           "account; its SHA-256 in x-stowage-sha256. One at a time, 409 while one is taken.",
           {}, answer("The file.", "application/vnd.sqlite3", file))},
      {"/v1/openapi.json", route("get", "GetOpenApi", "api", "This document.", {},
                                 answer("The document.", "application/json", object))}};
}

std::string security_schemes() {
  const std::string signature =
      JsonObject()
          .add_text("type", "apiKey")
          .add_text("in", "header")
          .add_text("name", "Authorization")
          .add_text("description", "AWS Signature Version 4 for the service ecs.")
          .text();
  const std::string session =
      JsonObject()
          .add_text("type", "http")
          .add_text("scheme", "bearer")
          .add_text("description", "The token that POST /v1/sessions answers.")
          .text();
  return JsonObject().add("signature", signature).add("session", session).text();
}

}  // namespace generator
