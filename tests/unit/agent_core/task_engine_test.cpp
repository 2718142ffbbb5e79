#include "agent/core/task_engine.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "agent/core/promised_ports.h"
#include "tests/unit/agent_core/fake_host.h"

using agent::Action;
using agent_test::container;
using agent_test::Essential;
using agent_test::FakeHost;
using agent_test::stopped;
using agent_test::task;
using agent_test::task_id;
using schemas::NetworkMode;
using schemas::StopCode;
using schemas::TaskStatus;

namespace {

std::string failing(const agent::Effect& effect, Action action, const std::string& sentence) {
  return effect.action == action ? sentence : "";
}

std::int64_t count_of(const FakeHost& host, const std::string& word) {
  return std::count(host.history.begin(), host.history.end(), word);
}

bool nothing_left(const FakeHost& host) {
  return host.containers.empty() && host.sandboxes.empty() && host.cgroups.empty();
}

}  // namespace

TEST_CASE("an awsvpc task gets its interface before its program starts, and gives it back") {
  FakeHost host;
  host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
  CHECK(host.report(1).eni_attached);
  const auto attach = std::find(host.history.begin(), host.history.end(), "attach");
  const auto start = std::find(host.history.begin(), host.history.end(), "start web");
  CHECK(attach < start);

  host.assign({stopped(task(1, {}, NetworkMode::bridge))});
  host.settle();
  CHECK(agent::sync_request(host.state).removed_enis.empty());
  host.exit(task_id(1), "web", 143);
  CHECK(host.report(1).status == TaskStatus::deprovisioning);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(agent::sync_request(host.state).removed_enis.size() == 1);
  CHECK(nothing_left(host));
}

TEST_CASE("a task that is stopped before it got its interface gives the address back too") {
  FakeHost host;
  auto web = task(1, {container("web")}, NetworkMode::awsvpc);
  web.eni = agent_test::eni_for(web).id;
  host.assign({web});
  host.assign({stopped(web)});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(agent::sync_request(host.state).removed_enis == std::vector<schemas::EniId>{*web.eni});
  CHECK(nothing_left(host));
}

TEST_CASE("an interface that is never assigned ends the task after three minutes") {
  FakeHost host;
  schemas::SyncAnswer answer;
  answer.version = 1;
  answer.tasks_set = {task(1, {container("web")}, NetworkMode::awsvpc)};
  host.answer(answer);
  host.settle();
  host.pass(179);
  CHECK(host.report(1).status == TaskStatus::pending);
  host.pass(1);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).stop_code == StopCode::task_failed_to_start);
  CHECK(nothing_left(host));
}

TEST_CASE("the end of an essential container ends its task; a sidecar's end does not") {
  FakeHost host;
  host.assign({task(1, {container("web"), container("sidecar", Essential::no)})});
  host.settle();
  host.exit(task_id(1), "sidecar", 1);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
  host.exit(task_id(1), "web", 3);
  host.settle();
  const schemas::TaskReport report = host.report(1);
  CHECK(report.status == TaskStatus::stopped);
  CHECK(report.stop_code == StopCode::essential_container_exited);
  CHECK(report.stopped_reason == "Essential container in task exited");
  CHECK(report.containers.at(0).exit_code == 3);
  CHECK(report.containers.at(1).exit_code == 1);
  CHECK(report.execution_stopped_at.has_value());
  CHECK(nothing_left(host));
}

TEST_CASE("a program that ends before its start is reported still counts as started") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  while (host.pending.front().action != Action::start_container) {
    host.perform(0);
  }
  host.event(agent::Exited{task_id(1), 0, 0, "", host.now.wall});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).stop_code == StopCode::essential_container_exited);
  CHECK(host.report(1).started_at.has_value());
}

TEST_CASE("a program that ignores its stop signal is killed after stopTimeout, and again") {
  FakeHost host;
  auto web = container("web");
  web.definition.stop_timeout = schemas::Duration(2000);
  host.assign({task(1, {web, container("plain")})});
  host.settle();
  host.assign({stopped(task(1, {}))});
  host.settle();
  CHECK(count_of(host, "stop web") == 1);
  host.pass(1);
  host.settle();
  CHECK(count_of(host, "kill web") == 0);
  host.pass(1);
  host.settle();
  CHECK(count_of(host, "kill web") == 1);
  CHECK(count_of(host, "kill plain") == 0);
  host.pass(10);
  host.settle();
  CHECK(count_of(host, "kill web") == 2);
  host.pass(18);  // thirty seconds after the signal: the default
  host.settle();
  CHECK(count_of(host, "kill plain") == 1);
  host.exit(task_id(1), "web", 137);
  host.exit(task_id(1), "plain", 137);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).containers.at(0).exit_code == 137);
}

TEST_CASE("what cannot be pulled, created or started says why and leaves nothing") {
  const std::vector<std::pair<Action, std::string>> faults = {
      {Action::pull_image, "CannotPullContainerError: no such image"},
      {Action::create_container, "CannotCreateContainerError: no command specified"},
      {Action::start_container, "CannotStartContainerError: exec: no such file"}};
  for (const auto& fault : faults) {
    const auto [action, sentence] = fault;
    CAPTURE(fault.second);
    FakeHost host;
    host.fault = [&, act = action, why = sentence](const agent::Effect& effect) {
      return failing(effect, act, why);
    };
    host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
    host.settle();
    const schemas::TaskReport report = host.report(1);
    CHECK(report.status == TaskStatus::stopped);
    CHECK(report.stop_code == StopCode::task_failed_to_start);
    CHECK(report.stopped_reason == sentence);
    CHECK(report.containers.at(0).reason == sentence);
    CHECK_FALSE(report.containers.at(0).exit_code.has_value());
    CHECK(nothing_left(host));
  }
}

TEST_CASE("a network that cannot be made ends the task with the kernel's reason") {
  for (const Action action : {Action::make_task, Action::make_sandbox, Action::attach_network}) {
    FakeHost host;
    host.fault = [&](const agent::Effect& effect) {
      return failing(effect, action, "ResourceInitializationError: no");
    };
    host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
    host.settle();
    CHECK(host.report(1).status == TaskStatus::stopped);
    CHECK(host.report(1).stopped_reason == "ResourceInitializationError: no");
    CHECK(host.starts.empty());
    CHECK(nothing_left(host));
  }
}

TEST_CASE("a sidecar that cannot be pulled does not end its task") {
  FakeHost host;
  host.fault = [](const agent::Effect& effect) {
    return effect.action == Action::pull_image && effect.index == 1 ? "CannotPullContainerError: x"
                                                                    : "";
  };
  host.assign({task(1, {container("web"), container("sidecar", Essential::no)})});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
  CHECK(host.report(1).containers.at(1).reason == "CannotPullContainerError: x");
}

TEST_CASE("what cannot be undone is tried again, less and less often, until it can") {
  FakeHost host;
  std::int64_t refusals = 3;
  host.fault = [&](const agent::Effect& effect) {
    return effect.action == Action::release_sandbox && refusals-- > 0 ? "device busy" : "";
  };
  host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
  host.settle();
  host.exit(task_id(1), "web", 0);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::deprovisioning);
  host.pass(1);
  host.settle();
  CHECK(count_of(host, "release failed") == 2);
  host.pass(1);
  host.settle();
  CHECK(count_of(host, "release failed") == 2);  // the second wait is two seconds
  for (int i = 0; i < 10; ++i) {
    host.pass(1);
    host.settle();
  }
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(nothing_left(host));
}

TEST_CASE("a container that refuses to go holds no task up, and is asked until it goes") {
  FakeHost host;
  std::int64_t refusals = 6;
  host.fault = [&](const agent::Effect& effect) {
    return effect.action == Action::remove_container && refusals-- > 0 ? "device busy" : "";
  };
  host.assign({task(1, {container("web")})});
  host.settle();
  host.exit(task_id(1), "web", 0);
  for (int i = 0; i < 600 && refusals > 1; ++i) {
    host.pass(1);
    host.settle();
  }
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.containers.size() == 1);
  for (int i = 0; i < 600 && !host.containers.empty(); ++i) {
    host.pass(1);
    host.settle();
  }
  host.pass(1);
  host.settle();
  CHECK(nothing_left(host));
}

TEST_CASE("a stop while everything is under way waits for what cannot be recalled") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  // Let the pull and the namespace happen, so that the create is under way.
  while (host.pending.front().action != Action::create_container) {
    host.perform(0);
  }
  host.assign({stopped(task(1, {}))});
  CHECK(host.report(1).status == TaskStatus::stopping);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.starts.empty());
  CHECK(host.report(1).stop_code == StopCode::none);
  CHECK(host.report(1).stopped_reason == "Task stopped by user");
  CHECK(nothing_left(host));
}

TEST_CASE("host mode needs no namespace, bridge mode one a container with its ports") {
  FakeHost host;
  auto web = container("web");
  web.definition.port_mappings = {{80, 8080, schemas::TransportProtocol::tcp, "", ""}};
  host.assign({task(1, {web, container("other")}, NetworkMode::bridge),
               task(2, {container("web")}, NetworkMode::host)});
  host.settle();
  CHECK(host.sandboxes.size() == 2);
  CHECK(host.report(2).status == TaskStatus::running);
}

TEST_CASE("the ports of a bridge container are those its network was made with, for good") {
  FakeHost host;
  auto web = container("web");
  web.definition.port_mappings = {{80, 0, schemas::TransportProtocol::tcp, "", ""}};
  const std::vector<schemas::NetworkBinding> picked{
      {{}, 80, 49'200, schemas::TransportProtocol::tcp}};
  host.assign({task(1, {web}, NetworkMode::bridge)});
  host.bindings = picked;
  CHECK(host.report(1).containers.at(0).network_bindings.empty());
  host.settle();
  CHECK(host.report(1).containers.at(0).network_bindings == picked);
  const agent::TaskRecord saved = agent::durable_part(host.state.tasks.begin()->second);
  CHECK(saved.containers.at(0).network_bindings == picked);
}

TEST_CASE("a host-mode container has its own ports on the host; awsvpc and none have none there") {
  FakeHost host;
  auto web = container("web");
  web.definition.port_mappings = {{80, 80, schemas::TransportProtocol::tcp, "", ""}};
  host.assign({task(1, {web}, NetworkMode::host), task(2, {container("web")}, NetworkMode::none)});
  host.settle();
  CHECK(host.report(1).containers.at(0).network_bindings ==
        std::vector<schemas::NetworkBinding>{{{}, 80, 80, schemas::TransportProtocol::tcp}});
  CHECK(host.report(2).status == TaskStatus::running);
  CHECK(host.report(2).containers.at(0).network_bindings.empty());
  CHECK(host.sandboxes.size() == 1);
}

TEST_CASE("ports that tasks on the host state are promised to them until they are gone") {
  FakeHost host;
  auto web = container("web");
  web.definition.port_mappings = {{80, 8080, schemas::TransportProtocol::tcp, "", ""},
                                  {81, 0, schemas::TransportProtocol::tcp, "", ""}};
  auto own = container("own");
  own.definition.port_mappings = {{53, 53, schemas::TransportProtocol::udp, "", ""}};
  auto vpc = container("vpc");
  vpc.definition.port_mappings = {{443, 443, schemas::TransportProtocol::tcp, "", ""}};
  host.assign({task(1, {web}, NetworkMode::bridge), task(2, {own}, NetworkMode::host),
               task(3, {vpc}, NetworkMode::awsvpc)});
  CHECK(agent::promised_ports(host.state) ==
        netif::HostPorts{{schemas::TransportProtocol::tcp, 8080},
                         {schemas::TransportProtocol::udp, 53}});
  host.settle();
  host.assign({stopped(task(2, {own}, NetworkMode::host))});
  host.settle();
  host.exit(task_id(2), "own", 0);
  host.settle();
  CHECK(agent::promised_ports(host.state) ==
        netif::HostPorts{{schemas::TransportProtocol::tcp, 8080}});
}
