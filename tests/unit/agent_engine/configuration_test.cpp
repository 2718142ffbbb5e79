// What the runtime is told, and the system call filter.

#include <doctest/doctest.h>
#include <seccomp.h>

#include <algorithm>
#include <set>

#include "agent/edge/engine/oci/runtime_config.h"
#include "agent/edge/engine/oci/seccomp_profile.h"

namespace {

agent::ContainerSpec spec() {
  agent::ContainerSpec spec;
  spec.name = "web";
  spec.process.arguments = {"/probe", "a \"b\""};
  spec.process.environment = {"A=1"};
  return spec;
}

bool has(const std::string& json, const std::string& part) {
  return json.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Every system call of the filter exists, once") {
  std::set<std::string_view> seen;
  for (const std::string_view name : agent::allowed_syscalls()) {
    CAPTURE(name);
    CHECK(seen.insert(name).second);
    // Newer than this machine's library: named ahead of time.
    const bool newer = name.starts_with("futex_") || name == "fchmodat2" ||
                       name == "map_shadow_stack" || name == "cachestat";
    CHECK((newer || seccomp_syscall_resolve_name(std::string(name).c_str()) != __NR_SCMP_ERROR));
  }
}

TEST_CASE("The filter names nothing that reaches beyond a container") {
  for (const std::string_view forbidden : {"mount",           "umount2",        "keyctl",
                                           "add_key",         "request_key",    "bpf",
                                           "reboot",          "kexec_load",     "init_module",
                                           "finit_module",    "delete_module",  "open_by_handle_at",
                                           "perf_event_open", "userfaultfd",    "settimeofday",
                                           "clock_settime",   "setns",          "unshare",
                                           "swapon",          "pivot_root",     "iopl",
                                           "ioperm",          "acct",           "quotactl",
                                           "clone",           "clone3",         "fsopen",
                                           "move_mount",      "io_uring_setup", "io_uring_enter",
                                           "sethostname",     "syslog",         "vhangup"}) {
    const std::string name(forbidden);
    CAPTURE(name);
    const auto allowed = agent::allowed_syscalls();
    CHECK(std::find(allowed.begin(), allowed.end(), forbidden) == allowed.end());
  }
}

TEST_CASE("The filter compiles to whole instructions") {
  const auto program = agent::seccomp_program();
  REQUIRE(program.ok());
  CHECK(program.value().size() % 8 == 0);
  CHECK(program.value().size() > 1'000);
  CHECK(program.value().size() < 8 * 4'096);
}

TEST_CASE("A configuration states the process exactly and takes privileges away") {
  const std::string json = agent::runtime_config_json(spec(), {});
  CHECK(has(json, R"("args":["/probe","a \"b\""])"));
  CHECK(has(json, R"("cwd":"/")"));
  CHECK(has(json, R"("noNewPrivileges":true)"));
  CHECK(has(json, R"("terminal":false)"));
  CHECK(has(json, R"("defaultAction":"SCMP_ACT_ERRNO")"));
  CHECK_FALSE(has(json, "CAP_SYS_ADMIN"));
  CHECK(has(json, R"("oomScoreAdj":0)"));
}

TEST_CASE("Only root is given effective capabilities") {
  agent::RuntimeChoices choices;
  CHECK(has(agent::runtime_config_json(spec(), choices), R"("effective")"));
  choices.identity.uid = 1000;
  CHECK_FALSE(has(agent::runtime_config_json(spec(), choices), R"("effective")"));
}

TEST_CASE("A network is the task's, the host's or none, each said in its own way") {
  agent::ContainerSpec container = spec();
  CHECK(has(agent::runtime_config_json(container, {}), R"({"type":"network"})"));
  container.network = agent::NetworkKind::joined;
  container.network_namespace = "/run/netns/x";
  CHECK(has(agent::runtime_config_json(container, {}),
            R"({"type":"network","path":"/run/netns/x"})"));
  container.network = agent::NetworkKind::host;
  const std::string host = agent::runtime_config_json(container, {});
  CHECK_FALSE(has(host, R"("type":"network")"));
  CHECK_FALSE(has(host, "sysctl"));
}

TEST_CASE("The runtime is told of a cgroup and its devices only when it enters itself") {
  agent::RuntimeChoices choices;
  choices.cgroup_directories = {{"memory", "/sys/fs/cgroup/memory/stowage-x/t/c"}};
  const std::string ours = agent::runtime_config_json(spec(), choices);
  CHECK_FALSE(has(ours, "cgroupsPath"));
  CHECK(has(ours, R"("destination":"/sys/fs/cgroup/memory")"));
  choices.cgroup_path = "/stowage-x/t/c";
  const std::string theirs = agent::runtime_config_json(spec(), choices);
  CHECK(has(theirs, R"("cgroupsPath":"/stowage-x/t/c")"));
  CHECK(has(theirs, R"({"allow":false,"access":"rwm"})"));
}

TEST_CASE("A label cannot throw the runtime's own switches") {
  agent::ContainerSpec container = spec();
  container.labels = {{"run.oci.keep_original_groups", "1"}, {"team", "a"}};
  const std::string json = agent::runtime_config_json(container, {});
  CHECK_FALSE(has(json, "keep_original_groups"));
  CHECK(has(json, R"("team":"a")"));
}
