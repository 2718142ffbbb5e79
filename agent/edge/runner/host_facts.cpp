#include "agent/edge/runner/host_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>

#include "schemas/model/capability.h"

namespace agent {

namespace {

constexpr std::int64_t units_per_cpu = 1024;
constexpr std::uint64_t bytes_per_mib = 1'048'576;
/// Interfaces that control may place here at once. What bounds them is memory: a veth, its
/// namespace and its firewall entries are about 200 KiB.
constexpr std::int64_t eni_capacity = 1'000;

std::optional<schemas::Ipv4> first_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    return std::nullopt;
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    const bool up = (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_LOOPBACK) == 0;
    if (!up || one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) {
      continue;
    }
    sockaddr_in address{};
    std::memcpy(&address, one->ifa_addr, sizeof address);
    return schemas::Ipv4{.bits = ntohl(address.sin_addr.s_addr)};
  }
  return std::nullopt;
}

schemas::MemoryMib machine_memory() {
  struct sysinfo info {};
  ::sysinfo(&info);
  return {static_cast<std::int64_t>(std::uint64_t{info.totalram} * info.mem_unit / bytes_per_mib)};
}

std::string cpu_architecture() {
  utsname names{};
  ::uname(&names);
  const std::string machine = names.machine;
  return machine == "aarch64" ? "arm64" : machine;
}

}  // namespace

schemas::Result<schemas::Inventory> inventory_of(const StatedFacts& stated,
                                                 const std::string& engine_version) {
  const std::optional<schemas::Ipv4> address = stated.address ? stated.address : first_address();
  if (!address) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "This host has no IPv4 address but loopback's. State the one at which "
                          "other hosts reach it: --address IP"};
  }
  schemas::Inventory inventory;
  inventory.cpu =
      stated.cpu.value_or(schemas::CpuUnits{::sysconf(_SC_NPROCESSORS_ONLN) * units_per_cpu});
  inventory.memory = stated.memory.value_or(machine_memory());
  inventory.eni_capacity = eni_capacity;
  inventory.availability_zone = stated.availability_zone;
  inventory.address = *address;
  inventory.public_cidr = stated.public_cidr;
  inventory.attributes = {{"ecs.os-type", "linux"},
                          {"ecs.os-family", "LINUX"},
                          {"ecs.cpu-architecture", cpu_architecture()},
                          {"ecs.availability-zone", stated.availability_zone}};
  for (const std::string_view name : schemas::capability::ours) {
    inventory.attributes.emplace(name, "");
  }
  if (!stated.capacity_provider.empty()) {
    inventory.attributes[schemas::capacity_provider_attribute] = stated.capacity_provider;
  }
  inventory.agent_version = agent_version;
  inventory.engine_version = engine_version;
  return inventory;
}

std::string boot_id(const StatedFacts& stated) {
  if (!stated.boot_id.empty()) {
    return stated.boot_id;
  }
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace agent
