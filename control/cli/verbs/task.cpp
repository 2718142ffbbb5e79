#include "api/tasks.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

/// What a person wants to know of one task: what it is, where, how far it came and why it ended.
void describe(Session& session, const api::Task& task) {
  const auto line = [&](const std::string& name, const std::string& value) {
    if (!value.empty() && value != "-") {
      session.say(name + std::string(14 - std::min<std::size_t>(name.size(), 13), ' ') + value);
    }
  };
  line("task", short_name(task.task_arn.value_or("")));
  line("definition", short_name(task.task_definition_arn.value_or("")));
  line("status",
       task.last_status.value_or("") + " (desired " + task.desired_status.value_or("") + ")");
  line("group", task.group.value_or(""));
  line("host", task.container_instance_arn ? short_name(*task.container_instance_arn) : "");
  line("zone", task.availability_zone.value_or(""));
  line("size", "cpu " + task.cpu.value_or("-") + ", memory " + task.memory.value_or("-"));
  for (const api::Attachment& attachment :
       task.attachments.value_or(std::vector<api::Attachment>{})) {
    for (const api::KeyValuePair& detail :
         attachment.details.value_or(std::vector<api::KeyValuePair>{})) {
      line(detail.name.value_or(""), detail.value.value_or(""));
    }
  }
  line("created", instant_text(task.created_at));
  line("pull started", instant_text(task.pull_started_at));
  line("pull stopped", instant_text(task.pull_stopped_at));
  line("started", instant_text(task.started_at));
  line("stopping", instant_text(task.stopping_at));
  line("stopped", instant_text(task.stopped_at));
  line("why stopped", task.stopped_reason.value_or(""));
}

/// What was found behind the image's tag, as short as people write digests.
std::string brief_digest(const api::Container& container) {
  constexpr std::size_t length = 19;  // "sha256:" and 12 digits
  return container.image_digest.value_or("-").substr(0, length);
}

Exit show_task(Session& session, const Arguments& arguments) {
  api::DescribeTasksRequest request;
  request.cluster = arguments.get("cluster");
  request.tasks = {arguments.get_or("TASK", "")};
  const auto answer = session.call<api::DescribeTasksResponse>("DescribeTasks", request);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  const auto& tasks = answer.value().value.tasks;
  if (!tasks || tasks->empty()) {
    return session.failed(
        {schemas::ErrorCode::client, "there is no task \"" + request.tasks.front() +
                                         "\" in cluster \"" + request.cluster.value_or("default") +
                                         "\"; tasks are forgotten an hour after they stopped"});
  }
  return session.show(answer.value().json, [&] {
    describe(session, tasks->front());
    session.say("");
    Table table({{.title = "CONTAINER"},
                 {.title = "STATUS"},
                 {.title = "EXIT", .align = Align::right},
                 {.title = "IMAGE"},
                 {.title = "DIGEST"},
                 {.title = "REASON"}});
    for (const api::Container& container :
         tasks->front().containers.value_or(std::vector<api::Container>{})) {
      table.add({container.name.value_or(""), container.last_status.value_or(""),
                 container.exit_code ? std::to_string(*container.exit_code) : "-",
                 container.image.value_or(""), brief_digest(container),
                 container.reason.value_or("")});
    }
    session.print(table);
  });
}

}  // namespace

std::vector<Verb> task_verbs() {
  return {{.path = "task",
           .summary = "Show one task",
           .description = "Example: ecsctl task 0123456789abcdef0123456789abcdef",
           .options =
               {{.name = "TASK", .value = "", .help = "Its id or ARN", .arity = Arity::positional},
                cluster_option()},
           .run = show_task}};
}

}  // namespace cli
