// What a task can do beyond its VPC: to its host, to other hosts, to other VPCs and to the tunnels
// between hosts.

#include <doctest/doctest.h>

#include "netif/edge/listener.h"
#include "tests/netif/arena.h"

namespace laboratory {

namespace {

using netif::FileHandle;
using netif::HostNetwork;
using netif::HostNetworking;
using schemas::EniAssignment;
using schemas::Ipv4;

FileHandle call_from(const std::string& from, Ipv4 address, std::uint16_t port,
                     Transport transport = Transport::tcp) {
  FileHandle client;
  inside(from, [&] { client = call(address, port, transport); });
  return client;
}

/// A VXLAN packet of network `vni` with `frame` in it.
Bytes tunnel_packet(std::uint8_t vni, const Bytes& frame) {
  Bytes packet{0x08, 0, 0, 0, 0, 0, vni, 0};
  packet.insert(packet.end(), frame.begin(), frame.end());
  return packet;
}

}  // namespace

TEST_CASE("a task reaches no daemon of its host, at none of the host's addresses") {
  Arena arena;
  FileHandle tcp;
  FileHandle udp;
  arena.lab.host(0).place().inside([&] {
    tcp = serve(80);
    udp = serve(80, Transport::udp);
  });
  const std::string task = arena.path(arena.attacker);
  for (const Ipv4 address :
       {arena.lab.host(0).address(), ipv4("169.254.63.1"), ipv4("169.254.64.1"), arena.gateway()}) {
    const FileHandle tcp_call = call_from(task, address, 80);
    const FileHandle udp_call = call_from(task, address, 80, Transport::udp);
    CHECK_FALSE(caller(tcp, Transport::tcp, short_patience_ms).has_value());
    CHECK_FALSE(caller(udp, Transport::udp, 1).has_value());
  }
  inside(task, [&] { CHECK(silent(arena.lab.host(0).address())); });
}

TEST_CASE("a task reaches no daemon of another host, and what containers publish there") {
  Arena arena;
  HostStandIn& other = arena.lab.host(1);
  FileHandle daemon;
  FileHandle container;
  other.place().inside([&] { daemon = serve(80); });
  other.act([&](HostNetworking& networking) -> schemas::Outcome {
    auto made = networking.make_bridge_endpoint(
        "web",
        {{.protocol = schemas::TransportProtocol::tcp, .host_port = 8080, .container_port = 80}});
    if (!made.ok()) {
      return made.error();
    }
    inside(made.value().namespace_path, [&] { container = serve(80); });
    return schemas::Done{};
  });
  const FileHandle to_daemon = call_from(arena.path(arena.attacker), other.address(), 80);
  CHECK_FALSE(caller(daemon, Transport::tcp, short_patience_ms).has_value());
  inside(arena.path(arena.attacker), [&] { CHECK(silent(other.address())); });
  const FileHandle to_container = call_from(arena.path(arena.attacker), other.address(), 8080);
  CHECK(caller(container).has_value());
  // A host may speak with a host.
  FileHandle client;
  arena.lab.host(0).place().inside([&] { client = call(other.address(), 80); });
  CHECK(answered(client));
}

TEST_CASE("a task reaches no other task by the tunnel ports of hosts, its own or another") {
  Arena arena;
  const Bytes packet = tunnel_packet(
      100, udp_frame(arena.far.mac, arena.third.mac, arena.third.address, arena.far.address, 80));
  inside(arena.path(arena.attacker), [&] {
    send_datagram(arena.lab.host(1).address(), 4789, packet);
    send_datagram(arena.lab.host(0).address(), 4789, packet);
  });
  CHECK_FALSE(arena.heard());
}

TEST_CASE("a tunnel packet from a machine that is no host of the network is not taken") {
  Arena arena;
  const Bytes packet = tunnel_packet(
      100, udp_frame(arena.victim.mac, arena.far.mac, arena.far.address, arena.victim.address, 80));
  arena.lab.machine().inside([&] { send_datagram(arena.lab.host(0).address(), 4789, packet); });
  CHECK_FALSE(arena.heard());
  arena.lab.host(1).place().inside(
      [&] { send_datagram(arena.lab.host(0).address(), 4789, packet); });
  CHECK(arena.heard());  // the same from a host that is one
}

TEST_CASE("a container of the bridge reaches no task's interface and no other's metadata") {
  Arena arena;
  HostStandIn& host = arena.lab.host(0);
  std::string first;
  std::string second;
  std::optional<netif::BridgeEndpoint> other;
  host.act([&](HostNetworking& networking) -> schemas::Outcome {
    auto one = networking.make_bridge_endpoint("first", {});
    auto two = networking.make_bridge_endpoint("second", {});
    if (!one.ok() || !two.ok()) {
      return one.ok() ? two.error() : one.error();
    }
    first = one.value().namespace_path;
    second = two.value().namespace_path;
    other = two.value();
    return schemas::Done{};
  });
  FileHandle server;
  inside(arena.path(arena.victim), [&] { server = serve(80); });
  auto opened = netif::open_listener(second, netif::metadata_address, 80);
  REQUIRE(opened.ok());
  const FileHandle metadata(opened.value());
  const FileHandle to_task = call_from(first, arena.victim.address, 80);
  const FileHandle to_metadata = call_from(first, netif::metadata_address, 80);
  const FileHandle to_other = call_from(first, other->address, port_of(metadata));
  CHECK_FALSE(caller(server, Transport::tcp, short_patience_ms).has_value());
  CHECK_FALSE(caller(metadata, Transport::tcp, short_patience_ms).has_value());
  // By raw frame to its neighbour's Ethernet address, or to everybody's.
  std::optional<FrameSocket> mouth;
  std::optional<FrameSocket> ear;
  inside(first, [&] { mouth.emplace("eth0"); });
  inside(second, [&] { ear.emplace("eth0"); });
  const schemas::Mac from = mouth->address();
  const schemas::Mac to = ear->address();
  for (const schemas::Mac& hop : {to, everybody}) {
    mouth->send(tcp_call_frame(hop, from, ipv4("100.64.0.9"), netif::metadata_address, 80));
    mouth->send(udp_frame(hop, from, other->address, netif::metadata_address, 80));
    mouth->send(
        tagged(udp_frame(hop, from, other->address, netif::metadata_address, 80), 0x8100, 0));
  }
  while (const auto frame = ear->next(short_patience_ms)) {
    CHECK((*frame)[12] == 0x08);
    CHECK((*frame)[13] == 0x06);  // ARP of the honest calls above, and nothing else
  }
  CHECK_FALSE(caller(metadata, Transport::tcp, 1).has_value());
}

TEST_CASE("a task that shares its host's network finds no metadata and no credentials there") {
  Arena arena;
  arena.lab.host(0).place().inside([&] {
    const FileHandle client = call(netif::metadata_address, 80);
    CHECK_FALSE(answered(client));
    const FileHandle other = call(ipv4("169.254.169.254"), 80);
    CHECK_FALSE(answered(other));
  });
  auto opened = netif::open_listener(arena.path(arena.victim), netif::metadata_address, 80);
  REQUIRE(opened.ok());
  const FileHandle victims(opened.value());
  arena.lab.host(0).place().inside([&] {
    const FileHandle client = call(netif::metadata_address, port_of(victims));
    CHECK_FALSE(caller(victims, Transport::tcp, short_patience_ms).has_value());
  });
}

TEST_CASE("two VPCs with the same addresses do not meet, by uplink, host or another host") {
  Laboratory lab(2);
  Vpc red(lab.random(), 100);
  Vpc blue(lab.random(), 200);
  red.add_subnet();
  blue.add_subnet();
  const EniAssignment attacker = red.add_eni(0);
  const EniAssignment victim = [&] {
    blue.add_eni(0);
    return blue.add_eni(0);
  }();
  const EniAssignment far_victim = blue.add_eni(0);
  // Even groups that let everything in do not open one VPC to another.
  const auto open = blue.add_group({from(everywhere)});
  HostNetwork here;
  HostNetwork there;
  red.put_network(here);
  blue.put_network(here);
  blue.put_network(there);
  for (HostNetwork* network : {&here, &there}) {
    put(*network, open);
  }
  EniAssignment near = victim;
  EniAssignment far = far_victim;
  near.security_groups.push_back(open.id);
  far.security_groups.push_back(open.id);
  here.enis.emplace(attacker.id, attacker);
  here.enis.emplace(near.id, near);
  here.neighbours.emplace(far.id, Vpc::neighbour(far, lab.host(1).address()));
  there.enis.emplace(far.id, far);
  there.neighbours.emplace(near.id, Vpc::neighbour(near, lab.host(0).address()));
  lab.host(0).wire(here);
  lab.host(1).wire(there);
  std::optional<FrameSocket> near_ear;
  std::optional<FrameSocket> far_ear;
  std::optional<FrameSocket> mouth;
  inside(lab.host(0).task_path(near.task), [&] { near_ear.emplace("eth0"); });
  inside(lab.host(1).task_path(far.task), [&] { far_ear.emplace("eth0"); });
  inside(lab.host(0).task_path(attacker.task), [&] { mouth.emplace("eth0"); });
  const std::string path = lab.host(0).task_path(attacker.task);
  for (const EniAssignment& eni : {near, far}) {
    const FileHandle client = call_from(path, eni.address, 80);
    for (const schemas::Mac& hop :
         {eni.mac, red.subnet(0).gateway_mac, blue.subnet(0).gateway_mac}) {
      mouth->send(udp_frame(hop, attacker.mac, attacker.address, eni.address, 80));
    }
  }
  CHECK_FALSE(near_ear->next(short_patience_ms).has_value());
  CHECK_FALSE(far_ear->next(1).has_value());
  // From the host's own namespace the addresses of a VPC lead nowhere.
  FileHandle intruder;
  lab.host(0).place().inside([&] { intruder = call(near.address, 80); });
  CHECK_FALSE(near_ear->next(short_patience_ms).has_value());
  for (const int number : {0, 1}) {
    lab.host(number).act([](HostNetworking& networking) { return networking.remove_all(); });
  }
}

}  // namespace laboratory
