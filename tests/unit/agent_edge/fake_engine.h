#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "agent/edge/runner/task_networking.h"

namespace agent_test {

/// An engine whose containers are entries of a map. Thread-safe like a real one.
class FakeEngine : public agent::Engine {
 public:
  std::function<void(const agent::ContainerExit&)> on_exit = [](const agent::ContainerExit&) {};
  std::string pull_error;
  agent::ExecResult exec_result;

  [[nodiscard]] std::string version() const override { return "fake 1"; }

  schemas::Result<agent::Image> pull(const agent::PullRequest& request) override {
    if (!pull_error.empty()) {
      return schemas::Error{schemas::ErrorCode::server, pull_error};
    }
    agent::Image image;
    image.digest = request.digest.empty() ? "sha256:" + request.reference : request.digest;
    image.config.command = {"/bin/serve"};
    image.config.stop_signal = "SIGQUIT";
    return image;
  }

  schemas::Outcome create_task(schemas::TaskId task, const agent::TaskLimits&) override {
    const std::lock_guard lock(mutex_);
    tasks_[task] = 0;
    return schemas::Done{};
  }
  schemas::Result<agent::TaskUse> task_use(schemas::TaskId task) override {
    const std::lock_guard lock(mutex_);
    const auto found = tasks_.find(task);
    if (found == tasks_.end()) {
      return schemas::Error{schemas::ErrorCode::server, "no such cgroup"};
    }
    found->second += 1'000'000;
    return agent::TaskUse{found->second, 4096, 8192};
  }
  schemas::Outcome remove_task(schemas::TaskId task) override {
    const std::lock_guard lock(mutex_);
    tasks_.erase(task);
    return schemas::Done{};
  }

  schemas::Result<agent::CreatedContainer> create(const agent::ContainerSpec& spec) override {
    const std::lock_guard lock(mutex_);
    agent::ContainerState state;
    state.id = spec.id;
    state.task = spec.task;
    state.name = spec.name;
    state.image_digest = spec.image_digest;
    state.runtime_id = "fake-" + spec.id.text();
    containers_[spec.id] = state;
    specs_[spec.id] = spec;
    return agent::CreatedContainer{state.runtime_id, {}};
  }
  schemas::Result<std::chrono::microseconds> start(schemas::ContainerId id) override {
    const std::lock_guard lock(mutex_);
    const auto found = containers_.find(id);
    if (found == containers_.end() || found->second.phase != agent::ContainerPhase::created) {
      return schemas::Error{schemas::ErrorCode::server, "CannotStartContainerError: not created"};
    }
    found->second.phase = agent::ContainerPhase::running;
    starts_[id] += 1;
    return std::chrono::microseconds(10);
  }
  schemas::Result<std::chrono::microseconds> restart(schemas::ContainerId id) override {
    const std::lock_guard lock(mutex_);
    const auto found = containers_.find(id);
    if (found == containers_.end() || found->second.phase == agent::ContainerPhase::running) {
      return schemas::Error{schemas::ErrorCode::conflict, "it has not ended"};
    }
    found->second.phase = agent::ContainerPhase::running;
    found->second.exit.reset();
    starts_[id] += 1;
    return std::chrono::microseconds(10);
  }
  schemas::Result<agent::ExecResult> exec(schemas::ContainerId id,
                                          const agent::ExecRequest& request) override {
    const std::lock_guard lock(mutex_);
    execs_.emplace_back(id, request.arguments);
    return exec_result;
  }
  schemas::Outcome signal(schemas::ContainerId id, const std::string& signal) override {
    {
      const std::lock_guard lock(mutex_);
      signals_.push_back(signal);
    }
    end(id, 143);
    return schemas::Done{};
  }
  schemas::Outcome kill(schemas::ContainerId id) override {
    end(id, 137);
    return schemas::Done{};
  }
  schemas::Outcome remove(schemas::ContainerId id) override {
    const std::lock_guard lock(mutex_);
    containers_.erase(id);
    return schemas::Done{};
  }
  schemas::Result<agent::ContainerState> state(schemas::ContainerId id) override {
    const std::lock_guard lock(mutex_);
    const auto found = containers_.find(id);
    if (found == containers_.end()) {
      return schemas::Error{schemas::ErrorCode::server, "no such container"};
    }
    return found->second;
  }
  schemas::Result<std::vector<agent::ContainerState>> recover() override {
    const std::lock_guard lock(mutex_);
    std::vector<agent::ContainerState> all;
    for (const auto& [id, state] : containers_) {
      all.push_back(state);
    }
    return all;
  }
  schemas::Outcome sweep(std::span<const schemas::TaskId> known) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(containers_, [&](const auto& entry) {
      return std::find(known.begin(), known.end(), entry.second.task) == known.end();
    });
    return schemas::Done{};
  }
  [[nodiscard]] std::filesystem::path log_path(schemas::TaskId task,
                                               const std::string& container) const override {
    return std::filesystem::temp_directory_path() / task.text() / (container + ".log");
  }
  schemas::Outcome remove_logs(schemas::TaskId) override { return schemas::Done{}; }

  /// A program ends by itself.
  void end(schemas::ContainerId id, std::int64_t code) {
    agent::ContainerExit exit;
    {
      const std::lock_guard lock(mutex_);
      const auto found = containers_.find(id);
      if (found == containers_.end() || found->second.phase != agent::ContainerPhase::running) {
        return;
      }
      exit.id = id;
      exit.task = found->second.task;
      exit.exit_code = code;
      exit.finished_at = std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now());
      found->second.phase = agent::ContainerPhase::exited;
      found->second.exit = exit;
    }
    on_exit(exit);
  }
  [[nodiscard]] std::int64_t starts(schemas::ContainerId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = starts_.find(id);
    return found == starts_.end() ? 0 : found->second;
  }
  [[nodiscard]] agent::ContainerSpec spec(schemas::ContainerId id) const {
    const std::lock_guard lock(mutex_);
    return specs_.at(id);
  }
  [[nodiscard]] bool empty() const {
    const std::lock_guard lock(mutex_);
    return containers_.empty() && tasks_.empty();
  }
  [[nodiscard]] std::vector<std::string> signals() const {
    const std::lock_guard lock(mutex_);
    return signals_;
  }
  /// What was run beside the containers' programs.
  [[nodiscard]] std::vector<std::pair<schemas::ContainerId, std::vector<std::string>>> execs() {
    const std::lock_guard lock(mutex_);
    return execs_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<schemas::TaskId, std::int64_t> tasks_;
  std::map<schemas::ContainerId, agent::ContainerState> containers_;
  std::map<schemas::ContainerId, agent::ContainerSpec> specs_;
  std::map<schemas::ContainerId, std::int64_t> starts_;
  std::vector<std::string> signals_;
  std::vector<std::pair<schemas::ContainerId, std::vector<std::string>>> execs_;
};

/// A network that says yes. Its metadata sockets listen on loopback, on ports of their own.
class FakeNetworking : public agent::TaskNetworking {
 public:
  schemas::Outcome apply(const netif::HostNetwork&) override { return schemas::Done{}; }
  schemas::Result<std::string> make_task_namespace(const schemas::TaskId& task) override {
    const std::lock_guard lock(mutex_);
    namespaces_.insert(task.text());
    return "/fake/" + task.text();
  }
  schemas::Outcome remove_task_namespace(const schemas::TaskId& task) override {
    const std::lock_guard lock(mutex_);
    namespaces_.erase(task.text());
    return schemas::Done{};
  }
  schemas::Outcome attach(const schemas::EniId& eni) override {
    const std::lock_guard lock(mutex_);
    enis_.insert(eni);
    return schemas::Done{};
  }
  schemas::Outcome detach(const schemas::EniId& eni) override {
    const std::lock_guard lock(mutex_);
    enis_.erase(eni);
    return schemas::Done{};
  }
  schemas::Result<netif::BridgeEndpoint> make_bridge_endpoint(
      const std::string& key, const std::vector<netif::PublishedPort>& wanted,
      const netif::HostPorts& promised) override {
    const std::lock_guard lock(mutex_);
    namespaces_.insert(key);
    promised_ = promised;
    std::vector<netif::PublishedPort> ports = wanted;
    for (netif::PublishedPort& port : ports) {
      port.host_port = port.host_port == 0 ? 50'000 + port.container_port : port.host_port;
    }
    return netif::BridgeEndpoint{
        "/fake/" + key, schemas::Ipv4{.bits = 0x64400002}, {}, 24, std::move(ports)};
  }
  schemas::Result<std::string> make_lone_namespace(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    namespaces_.insert(key);
    return "/fake/" + key;
  }
  schemas::Outcome remove_lone_namespace(const std::string& key) override {
    return remove_bridge_endpoint(key);
  }
  schemas::Outcome remove_bridge_endpoint(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    namespaces_.erase(key);
    return schemas::Done{};
  }
  schemas::Outcome keep_only(const std::set<schemas::TaskId>&,
                             const std::set<std::string>&) override {
    return schemas::Done{};
  }
  schemas::Result<int> open_listener(const std::string& namespace_path) override;

  /// What the last endpoint must not publish, as the agent said.
  [[nodiscard]] netif::HostPorts promised() const {
    const std::lock_guard lock(mutex_);
    return promised_;
  }

  [[nodiscard]] bool empty() const {
    const std::lock_guard lock(mutex_);
    return namespaces_.empty() && enis_.empty();
  }
  /// The port of a namespace's metadata socket, 0 when there is none.
  [[nodiscard]] std::uint16_t port(const std::string& namespace_path) const {
    const std::lock_guard lock(mutex_);
    const auto found = ports_.find(namespace_path);
    return found == ports_.end() ? std::uint16_t{0} : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> namespaces_;
  netif::HostPorts promised_;
  std::set<schemas::EniId> enis_;
  std::map<std::string, std::uint16_t> ports_;
};

}  // namespace agent_test
