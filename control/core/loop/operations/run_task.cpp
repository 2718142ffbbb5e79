#include "control/core/loop/fingerprint.h"
#include "control/core/loop/launch.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_task.h"
#include "control/core/loop/operations/task_request.h"
#include "control/core/loop/provider_turn.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::LaunchType;
using schemas::TaskSpecification;

namespace {

/// Everything in the request but its token.
std::string request_hash(const api::RunTaskRequest& input) {
  api::RunTaskRequest rest = input;
  rest.client_token.reset();
  const std::string text = api::encode(rest);
  return fingerprint(text) + fingerprint("again " + text);
}

/// The answer of an earlier call with the same token, if there was one.
std::optional<Answer> repeated(const World& world, const ApiCall& call,
                               const api::RunTaskRequest& input) {
  const Token* token =
      input.client_token ? find_token(world, call.scope, *input.client_token) : nullptr;
  if (token == nullptr) {
    return std::nullopt;
  }
  api::RunTaskResponse output;
  output.tasks.emplace();
  output.failures.emplace();
  std::string arns;
  for (const schemas::TaskId& id : token->tasks) {
    if (const schemas::Task* task = find_task(world, id)) {
      output.tasks->push_back(show_task(world, *task, TagView::shown));
      arns += (arns.empty() ? "" : ", ") + task_arn(world, *task);
    }
  }
  if (token->request_hash != request_hash(input)) {
    return Answer(Error{ErrorCode::conflict,
                        "The clientToken was used before with other parameters; that call "
                        "started " +
                            arns + "."});
  }
  return Answer(api::Value::of(std::move(output)));
}

void remember(Context& context, const ApiCall& call, const api::RunTaskRequest& input,
              std::vector<schemas::TaskId> tasks) {
  if (!input.client_token || tasks.empty()) {
    return;
  }
  apply(context.world, TokenRemembered{Token{.key = context.world.next_key(Table::token),
                                             .scope = call.scope,
                                             .token = *input.client_token,
                                             .request_hash = request_hash(input),
                                             .tasks = std::move(tasks),
                                             .created_at = context.now}});
}

}  // namespace

/// Tasks that find no host are listed under `failures`; the others run.
Answer run_task(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::RunTaskRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  if (std::optional<Answer> earlier = repeated(context.world, call, input)) {
    return *std::move(earlier);
  }
  auto read = read_task_request(context, call, input, *cluster.value());
  if (!read.ok()) {
    return read.error();
  }
  const std::int64_t key = cluster.value()->key;
  if (read.value().launch_type == LaunchType::ec2 &&
      read.value().capacity_provider_strategy.empty() && context.world.fleet(key).size() == 0) {
    return invalid("No Container Instances were found in your cluster.");
  }
  LaunchOrder order{
      .cluster = key,
      .service = 0,
      .deployment = {},
      .host = {},
      .specification = std::make_shared<const TaskSpecification>(std::move(read).value())};
  api::RunTaskResponse output;
  output.tasks.emplace();
  output.failures.emplace();
  std::vector<schemas::TaskId> started;
  ProviderTurn providers(context.world, 0, {}, order.specification);
  for (std::int64_t count = 0; count < input.count.value_or(1); ++count) {
    order.capacity_provider = providers.next();
    const Launch launched = launch(context, order);
    if (const auto* id = std::get_if<schemas::TaskId>(&launched)) {
      started.push_back(*id);
      providers.took(order.capacity_provider);
      output.tasks->push_back(
          show_task(context.world, *find_task(context.world, *id), TagView::shown));
    } else {
      const auto& refusal = *std::get_if<LaunchRefusal>(&launched);
      output.failures->push_back(
          {.arn = unless_empty(refusal.arn), .reason = refusal.reason, .detail = refusal.detail});
    }
  }
  remember(context, call, input, std::move(started));
  return api::Value::of(std::move(output));
}

}  // namespace control
