#include "api/tags.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

Exit tags(Session& session, const Arguments& arguments) {
  api::ListTagsForResourceRequest request;
  request.resource_arn = arguments.get_or("ARN", "");
  const auto answer =
      session.call<api::ListTagsForResourceResponse>("ListTagsForResource", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] {
    Table table({{.title = "KEY"}, {.title = "VALUE"}});
    for (const api::Tag& tag : answer.value().value.tags.value_or(std::vector<api::Tag>{})) {
      table.add({tag.key, tag.value.value_or("")});
    }
    if (table.empty()) {
      session.say("no tags");
    } else {
      session.print(table);
    }
  });
}

Exit tag(Session& session, const Arguments& arguments) {
  api::TagResourceRequest request;
  request.resource_arn = arguments.get_or("ARN", "");
  const auto pairs = name_values(arguments, "TAG");
  if (!pairs.ok()) {
    return session.misused(pairs.error().message);
  }
  for (const NameValue& pair : pairs.value()) {
    request.tags.push_back({.key = pair.name, .value = pair.value});
  }
  const auto answer = session.call<api::TagResourceResponse>("TagResource", request);
  return answer.ok() ? session.show(answer.value().json, [] {}) : session.failed(answer.error());
}

Exit untag(Session& session, const Arguments& arguments) {
  api::UntagResourceRequest request;
  request.resource_arn = arguments.get_or("ARN", "");
  request.tag_keys = arguments.all("KEY");
  const auto answer = session.call<api::UntagResourceResponse>("UntagResource", request);
  return answer.ok() ? session.show(answer.value().json, [] {}) : session.failed(answer.error());
}

Option arn_option() {
  return {.name = "ARN",
          .value = "",
          .help = "Of a cluster, service, task, task definition or host",
          .arity = Arity::positional};
}

}  // namespace

std::vector<Verb> tag_verbs() {
  return {
      {.path = "tags",
       .summary = "Show the tags of something",
       .description = "Example: ecsctl tags arn:aws:ecs:us-east-1:123456789012:cluster/web",
       .options = {arn_option()},
       .run = tags},
      {.path = "tag",
       .summary = "Tag a cluster, service, task, task definition or host",
       .description =
           "A key that is there already gets the new value. Up to 50 keys.\n\n"
           "Example: ecsctl tag arn:aws:ecs:us-east-1:123456789012:cluster/web team=blue",
       .options = {arn_option(),
                   {.name = "TAG",
                    .value = "",
                    .help = "KEY=VALUE; more than one can be given",
                    .arity = Arity::positionals}},
       .run = tag},
      {.path = "untag",
       .summary = "Remove tags by key",
       .description = "Example: ecsctl untag arn:aws:ecs:us-east-1:123456789012:cluster/web team",
       .options = {arn_option(),
                   {.name = "KEY",
                    .value = "",
                    .help = "A key; more than one can be given",
                    .arity = Arity::positionals}},
       .run = untag}};
}

}  // namespace cli
