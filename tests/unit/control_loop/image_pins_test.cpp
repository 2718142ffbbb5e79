// One deployment, one image: what the first task found behind a tag is what the later ones run.

#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/world/change.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"
#include "tests/unit/control_loop/task_set_stage.h"

using std::chrono_literals::operator""s;
using schemas::TaskAssignment;
using schemas::TaskStatus;
using stage::Stage;

namespace {

const std::string tagged_image = "registry.local/web:1";

std::string digest(char digit) { return "sha256:" + std::string(64, digit); }

/// What hosts are to run and have not reported on yet, after each has asked. By the age of tasks.
std::vector<TaskAssignment> tasks_told(Stage& stage) {
  std::vector<TaskAssignment> tasks;
  for (stage::Host& host : stage.hosts) {
    stage.sync(host);
    for (const auto& [id, task] : host.tasks) {
      if (task.desired_status == TaskStatus::running && !host.reported.contains(id)) {
        tasks.push_back(task);
      }
    }
  }
  const auto age = [&stage](const TaskAssignment& task) {
    return stage.world.index().task_by_id.at(task.id);
  };
  std::sort(tasks.begin(), tasks.end(),
            [&age](const auto& left, const auto& right) { return age(left) < age(right); });
  return tasks;
}

/// Time in which hosts say that they are there.
void let_pass(Stage& stage, schemas::Duration time) {
  for (schemas::Duration gone{0}; gone < time; gone += 10s) {
    stage.advance(10s);
    for (stage::Host& host : stage.hosts) {
      stage.sync(host);
    }
  }
}

/// The only such task.
TaskAssignment one_told(Stage& stage) {
  const std::vector<TaskAssignment> tasks = tasks_told(stage);
  REQUIRE(tasks.size() == 1);
  return tasks.front();
}

const std::string& pin_of(const TaskAssignment& task) {
  return task.containers.front().image_digest;
}

/// The task's host says that it runs, and which digest it found for each of its containers.
void runs(Stage& stage, const TaskAssignment& task, const std::vector<std::string>& found) {
  for (stage::Host& host : stage.hosts) {
    if (!host.tasks.contains(task.id)) {
      continue;
    }
    schemas::TaskReport report = stage::report(task.id, TaskStatus::running, task);
    REQUIRE(report.containers.size() == found.size());
    for (std::size_t at = 0; at < found.size(); ++at) {
      report.containers[at].image_digest = found[at];
    }
    host.reported[task.id] = TaskStatus::running;
    stage.sync(host, {std::move(report)});
  }
}

void begin_service(
    Stage& stage, std::int64_t count,
    const api::RegisterTaskDefinitionRequest& definition = stage::definition("web")) {
  stage::small_cluster(stage);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", count));
}

void want_tasks(Stage& stage, std::int64_t count) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.desired_count = count;
  stage.must<api::UpdateServiceResponse>("UpdateService", request);
}

/// The ARN of the service deployment that begins.
std::string deploy_anew(Stage& stage) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.force_new_deployment = true;
  return *stage.must<api::UpdateServiceResponse>("UpdateService", request)
              .service->current_service_deployment;
}

/// Somebody stops the task, and its host does it: another takes its place.
void replace(Stage& stage, const TaskAssignment& task) {
  api::StopTaskRequest request;
  request.cluster = "c";
  request.task = task.id.text();
  stage.must<api::StopTaskResponse>("StopTask", request);
  for (stage::Host& host : stage.hosts) {
    if (host.tasks.contains(task.id)) {
      host.reported[task.id] = TaskStatus::stopped;
      stage.sync(host, {stage::report(task.id, TaskStatus::stopped, task)});
    }
  }
}

/// What the service's newest deployment leads to.
api::ServiceRevision revision(Stage& stage) {
  api::DescribeServiceRevisionsRequest request;
  const auto service = stage::described_service(stage, "c", "s");
  request.service_revision_arns = {*service.current_service_revisions->front().arn};
  return stage
      .must<api::DescribeServiceRevisionsResponse>("DescribeServiceRevisions", std::move(request))
      .service_revisions->front();
}

}  // namespace

TEST_CASE("what the first task of a deployment found behind the tag, all later ones run") {
  Stage stage;
  begin_service(stage, 1);
  const TaskAssignment first = one_told(stage);
  CHECK(pin_of(first).empty());
  CHECK_FALSE(revision(stage).container_images->front().image_digest.has_value());
  runs(stage, first, {digest('a')});

  SUBCASE("tag and digest are both shown") {
    const api::Container shown = stage::described(stage, "c", first.id.text()).containers->front();
    CHECK(shown.image == tagged_image);
    CHECK(shown.image_digest == digest('a'));
    const api::ContainerImage image = revision(stage).container_images->front();
    CHECK(image.container_name == "main");
    CHECK(image.image == tagged_image);
    CHECK(image.image_digest == digest('a'));
  }
  SUBCASE("more tasks, also of a control that has started anew") {
    stage.restart();
    want_tasks(stage, 3);
    const std::vector<TaskAssignment> more = tasks_told(stage);
    REQUIRE(more.size() >= 2);
    CHECK(pin_of(more.back()) == digest('a'));
    CHECK(more.back().containers.front().definition.image == tagged_image);
  }
  SUBCASE("a replacement long after") {
    let_pass(stage, std::chrono::hours(2));
    replace(stage, first);
    CHECK(pin_of(one_told(stage)) == digest('a'));
  }
}

TEST_CASE("what the first task of a task set found behind the tag, all later ones of it run") {
  Stage stage;
  task_sets::prepare(stage, 2);
  const api::TaskSet blue = task_sets::make_set(stage, task_sets::set_of(50));
  const TaskAssignment first = one_told(stage);
  runs(stage, first, {digest('a')});
  SUBCASE("also those of a control that has started anew") {
    stage.restart();
    task_sets::scale_set(stage, blue, 100);
    const std::vector<TaskAssignment> more = tasks_told(stage);
    REQUIRE_FALSE(more.empty());
    CHECK(pin_of(more.back()) == digest('a'));
  }
  SUBCASE("another set looks for itself") {
    task_sets::make_set(stage, task_sets::set_of(50));
    CHECK(pin_of(one_told(stage)).empty());
  }
}

TEST_CASE("tasks that find different digests before one is known keep them; the first decides") {
  Stage stage;
  begin_service(stage, 2);
  const std::vector<TaskAssignment> both = tasks_told(stage);
  REQUIRE(both.size() == 2);
  runs(stage, both[1], {digest('b')});
  runs(stage, both[0], {digest('a')});
  const auto shown = [&stage](const TaskAssignment& task) {
    return *stage::described(stage, "c", task.id.text()).containers->front().image_digest;
  };
  CHECK(shown(both[0]) == digest('a'));
  CHECK(shown(both[1]) == digest('b'));
  CHECK(revision(stage).container_images->front().image_digest == digest('b'));
  replace(stage, both[0]);
  CHECK(pin_of(one_told(stage)) == digest('b'));
}

TEST_CASE("a new deployment resolves the tag anew, and a way back runs what was there before") {
  Stage stage;
  begin_service(stage, 1);
  const TaskAssignment old = one_told(stage);
  runs(stage, old, {digest('a')});
  let_pass(stage, 60s);  // completed
  const std::string second = deploy_anew(stage);
  const TaskAssignment fresh = one_told(stage);
  CHECK(pin_of(fresh).empty());
  runs(stage, fresh, {digest('b')});
  CHECK(revision(stage).container_images->front().image_digest == digest('b'));

  SUBCASE("its own later tasks run what it found") {
    let_pass(stage, 60s);
    replace(stage, fresh);
    CHECK(pin_of(one_told(stage)) == digest('b'));
  }
  SUBCASE("rolled back") {
    api::StopServiceDeploymentRequest request;
    request.service_deployment_arn = second;
    stage.must<api::StopServiceDeploymentResponse>("StopServiceDeployment", request);
    replace(stage, old);
    CHECK(pin_of(one_told(stage)) == digest('a'));
  }
}

TEST_CASE("with versionConsistency disabled each task resolves its tag itself") {
  Stage stage;
  api::RegisterTaskDefinitionRequest definition = stage::definition("web");
  api::ContainerDefinition free = definition.container_definitions.front();
  free.name = "free";
  free.version_consistency = api::VersionConsistency::disabled;
  definition.container_definitions.front().version_consistency = api::VersionConsistency::enabled;
  definition.container_definitions.push_back(free);
  begin_service(stage, 1, definition);
  const TaskAssignment first = one_told(stage);
  runs(stage, first, {digest('a'), digest('b')});
  replace(stage, first);
  const TaskAssignment next = one_told(stage);
  CHECK(next.containers[0].image_digest == digest('a'));
  CHECK(next.containers[1].image_digest.empty());
  const auto images = *revision(stage).container_images;
  CHECK(images[0].image_digest == digest('a'));
  CHECK_FALSE(images[1].image_digest.has_value());

  api::DescribeTaskDefinitionRequest request;
  request.task_definition = "web";
  const auto shown =
      stage.must<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", request)
          .task_definition->container_definitions;
  CHECK(shown->at(0).version_consistency == api::VersionConsistency::enabled);
  CHECK(shown->at(1).version_consistency == api::VersionConsistency::disabled);
}

TEST_CASE("an image written with its digest stays what it is") {
  Stage stage;
  api::RegisterTaskDefinitionRequest definition = stage::definition("web");
  definition.container_definitions.front().image = "registry.local/web@" + digest('c');
  begin_service(stage, 1, definition);
  const TaskAssignment first = one_told(stage);
  CHECK(revision(stage).container_images->front().image_digest == digest('c'));
  runs(stage, first, {digest('a')});  // which no honest host says
  replace(stage, first);
  CHECK(pin_of(one_told(stage)).empty());
  CHECK(revision(stage).container_images->front().image_digest == digest('c'));
}

TEST_CASE("tasks that are no service's resolve their tags one by one") {
  Stage stage;
  stage::small_cluster(stage);
  for (const char digit : {'a', 'b'}) {
    stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
    const TaskAssignment task = one_told(stage);
    CHECK(pin_of(task).empty());
    runs(stage, task, {digest(digit)});
  }
}

TEST_CASE("what is no digest decides nothing for other hosts") {
  for (const std::string& said : {std::string("sha256:1"), "sha512:" + std::string(64, 'a'),
                                  "sha256:" + std::string(63, 'a') + "G", std::string()}) {
    CAPTURE(said);
    Stage stage;
    begin_service(stage, 1);
    const TaskAssignment first = one_told(stage);
    runs(stage, first, {said});
    replace(stage, first);
    CHECK(pin_of(one_told(stage)).empty());
  }
}

TEST_CASE("a deployment of an earlier version keeps to what its oldest task is known to run") {
  Stage stage;
  begin_service(stage, 1);
  const TaskAssignment first = one_told(stage);
  runs(stage, first, {digest('a')});
  // As version 3 left it: the task's digest is known, the deployment's is not.
  schemas::ServiceDeployment record = stage.world->service_deployments.begin()->second;
  record.image_digests.clear();
  control::apply(stage.world, control::ServiceDeploymentChanged{record});
  stage.turn({control::Tick{}});
  const auto loaded = control::load(stage.store.snapshot(), stage.settings, stage.now);
  REQUIRE(loaded.ok());
  CHECK(control::find_service_deployment(loaded.value(), record.id)->image_digests ==
        std::map<std::string, std::string>{{"main", digest('a')}});
}
