#include <doctest/doctest.h>

#include "netif/edge/listener.h"
#include "netif/edge/namespaces.h"
#include "tests/netif/laboratory.h"
#include "tests/netif/traffic.h"

namespace laboratory {

using netif::BridgeEndpoint;
using netif::FileHandle;
using netif::HostNetwork;
using netif::HostNetworking;
using netif::PublishedPort;
using schemas::EniAssignment;
using schemas::TransportProtocol;

namespace {

BridgeEndpoint make(HostStandIn& host, const std::string& key,
                    const std::vector<PublishedPort>& ports,
                    const netif::HostPorts& promised = {}) {
  BridgeEndpoint endpoint;
  host.act([&](HostNetworking& networking) -> schemas::Outcome {
    auto made = networking.make_bridge_endpoint(key, ports, promised);
    if (!made.ok()) {
      return made.error();
    }
    endpoint = made.value();
    return schemas::Done{};
  });
  return endpoint;
}

FileHandle call_inside(const std::string& path, schemas::Ipv4 address, std::uint16_t port) {
  FileHandle client;
  inside(path, [&] { client = call(address, port); });
  return client;
}

}  // namespace

TEST_CASE("a published port answers at the host's address, from anywhere, by TCP and UDP") {
  Laboratory lab(2);
  HostStandIn& host = lab.host(0);
  const std::string before = describe(host.place());
  host.start();
  const BridgeEndpoint web =
      make(host, "web",
           {{.protocol = TransportProtocol::tcp, .host_port = 8080, .container_port = 80},
            {.protocol = TransportProtocol::udp, .host_port = 5353, .container_port = 53}});
  const BridgeEndpoint other = make(host, "other", {});
  FileHandle tcp;
  FileHandle udp;
  inside(web.namespace_path, [&] {
    tcp = serve(80);
    udp = serve(53, Transport::udp);
  });
  FileHandle client;
  lab.machine().inside([&] { client = call(host.address(), 8080); });
  CHECK(answered(client));
  CHECK(caller(tcp) == ipv4("198.18.7.1"));
  lab.host(1).place().inside([&] { client = call(host.address(), 8080); });
  CHECK(answered(client));
  CHECK(caller(tcp) == lab.host(1).address());
  for (const char* own : {"198.18.7.10", "127.0.0.1"}) {
    host.place().inside([&] { client = call(ipv4(own), 8080); });
    CHECK(answered(client));
    CHECK(caller(tcp).has_value());
  }
  client = call_inside(other.namespace_path, host.address(), 8080);
  CHECK(answered(client));
  CHECK(caller(tcp).has_value());
  client = call_inside(web.namespace_path, host.address(), 8080);
  CHECK(answered(client));
  CHECK(caller(tcp).has_value());
  lab.machine().inside([&] { client = call(host.address(), 5353, Transport::udp); });
  CHECK(caller(udp, Transport::udp) == ipv4("198.18.7.1"));
  host.act([](HostNetworking& networking) { return networking.remove_bridge_endpoint("web"); });
  lab.machine().inside([&] { client = call(host.address(), 8080); });
  CHECK(!answered(client));
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
  CHECK(describe(host.place()) == before);
}

TEST_CASE("containers of the bridge reach each other and the internet, and not their host") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  host.start();
  const BridgeEndpoint one = make(host, "one", {});
  const BridgeEndpoint two = make(host, "two", {});
  CHECK(one.address != two.address);
  FileHandle neighbour;
  FileHandle internet;
  FileHandle host_server;
  inside(two.namespace_path, [&] { neighbour = serve(80); });
  lab.internet().inside([&] { internet = serve(80); });
  host.place().inside([&] { host_server = serve(80); });
  FileHandle client = call_inside(one.namespace_path, two.address, 80);
  CHECK(answered(client));
  CHECK(caller(neighbour) == one.address);
  client = call_inside(one.namespace_path, ipv4("203.0.113.2"), 80);
  CHECK(answered(client));
  CHECK(caller(internet) == host.address());
  client = call_inside(one.namespace_path, host.address(), 80);
  CHECK(!caller(host_server, Transport::tcp, short_patience_ms).has_value());
  inside(one.namespace_path, [&] { CHECK(pings(one.gateway)); });
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
}

TEST_CASE("a task with an interface of its own calls a published port of the bridge") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  const EniAssignment eni = vpc.add_eni(0);
  HostNetwork want;
  vpc.put_network(want);
  want.enis.emplace(eni.id, eni);
  host.wire(want);
  const BridgeEndpoint web = make(
      host, "web", {{.protocol = TransportProtocol::tcp, .host_port = 8080, .container_port = 80}});
  FileHandle server;
  inside(web.namespace_path, [&] { server = serve(80); });
  const FileHandle client = call_inside(host.task_path(eni.task), host.address(), 8080);
  CHECK(answered(client));
  CHECK(caller(server).has_value());
  // The container's own address is no way in, from there or from outside.
  const FileHandle direct = call_inside(host.task_path(eni.task), web.address, 80);
  CHECK(!caller(server, Transport::tcp, short_patience_ms).has_value());
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
}

TEST_CASE("a port that another container publishes is refused by name") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  host.start();
  const PublishedPort port{
      .protocol = TransportProtocol::tcp, .host_port = 8080, .container_port = 80};
  make(host, "first", {port});
  host.place().inside([&] {
    const auto second = host.networking().make_bridge_endpoint("second", {port}, {});
    REQUIRE(!second.ok());
    CHECK(second.error().message ==
          "host port 8080 is published for container first already; stop that one first");
    CHECK(!host.networking().make_bridge_endpoint("../etc", {}, {}).ok());
    CHECK(!host.networking().make_lone_namespace("../etc").ok());
  });
  make(host, "first", {});
  make(host, "second", {port});
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
}

TEST_CASE("the metadata socket of a task answers the task alone, not a frame from its neighbour") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  const EniAssignment victim = vpc.add_eni(0);
  const EniAssignment thief = vpc.add_eni(0);
  HostNetwork want;
  vpc.put_network(want);
  want.enis.emplace(victim.id, victim);
  want.enis.emplace(thief.id, thief);
  host.wire(want);
  const std::string victim_path = host.task_path(victim.task);
  auto opened = netif::open_listener(victim_path, netif::metadata_address, 80);
  REQUIRE(opened.ok());
  const FileHandle listener(opened.value());
  const FileHandle own_call = call_inside(victim_path, netif::metadata_address, 80);
  CHECK(answered(own_call));
  CHECK(caller(listener).has_value());
  const FileHandle by_its_address = call_inside(host.task_path(thief.task), victim.address, 80);
  CHECK(!caller(listener, Transport::tcp, short_patience_ms).has_value());
  std::optional<FrameSocket> ear;
  std::optional<FrameSocket> mouth;
  std::optional<FrameSocket> port;
  inside(victim_path, [&] { ear.emplace("eth0"); });
  inside(host.task_path(thief.task), [&] { mouth.emplace("eth0"); });
  inside(host.router_path(victim.vpc), [&] { port.emplace(host.names().eni_port(victim.id)); });
  for (const std::uint16_t number : {std::uint16_t{80}, port_of(listener)}) {
    // A request in a frame of the thief's own making is dropped on the bridge ...
    const auto request =
        tcp_call_frame(victim.mac, thief.mac, thief.address, netif::metadata_address, number);
    mouth->send(request);
    CHECK(!ear->next(short_patience_ms).has_value());
    // ... and were it let through, nobody would be listening on that side.
    port->send(request);
    CHECK(ear->next(2000).has_value());
    const auto reply = port->next(short_patience_ms);
    CHECK((!reply || !accepts_call(*reply)));
    CHECK(!caller(listener, Transport::tcp, short_patience_ms).has_value());
  }
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
}

TEST_CASE("a port left to the host is one nobody has, stays over restarts, and is reached by it") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  host.start();
  const PublishedPort any{.protocol = TransportProtocol::tcp, .host_port = 0, .container_port = 80};
  const std::int64_t first = make(host, "first", {any}).ports.at(0).host_port;
  CHECK(first >= netif::dynamic_port_first);
  CHECK(first <= netif::dynamic_port_last);
  // The next ones are promised to a task, used by a program of the host, and used by a client.
  const auto after = [first](std::int64_t steps) {
    const std::int64_t count = netif::dynamic_port_last - netif::dynamic_port_first + 1;
    return netif::dynamic_port_first + (first - netif::dynamic_port_first + steps) % count;
  };
  FileHandle listener;
  host.place().inside([&] { listener = serve(static_cast<std::uint16_t>(after(2))); });
  const BridgeEndpoint second =
      make(host, "second", {any, any}, {{.protocol = TransportProtocol::tcp, .port = after(1)}});
  REQUIRE(second.ports.size() == 2);
  CHECK(second.ports[0].host_port == after(3));
  CHECK(second.ports[1].host_port == after(4));
  FileHandle server;
  FileHandle client;
  inside(second.namespace_path, [&] { server = serve(80); });
  for (const PublishedPort& port : second.ports) {
    lab.machine().inside(
        [&] { client = call(host.address(), static_cast<std::uint16_t>(port.host_port)); });
    CHECK(answered(client));
    CHECK(caller(server).has_value());
  }
  host.start();
  CHECK(make(host, "second", {any, any}).ports == second.ports);
  CHECK(make(host, "first", {any}).ports.at(0).host_port == first);
  const PublishedPort stated{
      .protocol = TransportProtocol::tcp, .host_port = first, .container_port = 80};
  host.place().inside(
      [&] { CHECK(!host.networking().make_bridge_endpoint("third", {stated}, {}).ok()); });
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
}

TEST_CASE(
    "a namespace that leads nowhere has loopback and the metadata address, and nothing else") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  const std::string before = describe(host.place());
  host.start();
  std::string path;
  host.act([&](HostNetworking& networking) -> schemas::Outcome {
    auto made = networking.make_lone_namespace("alone");
    path = made.ok() ? made.value() : "";
    return made.ok() ? schemas::Outcome(schemas::Done{}) : made.error();
  });
  const auto listener = netif::open_listener(path, netif::metadata_address, 80);
  REQUIRE(listener.ok());
  const FileHandle held(listener.value());
  CHECK(answered(call_inside(path, netif::metadata_address, 80)));
  FileHandle outside;
  host.place().inside([&] { outside = serve(80); });
  const FileHandle refused = call_inside(path, host.address(), 80);
  CHECK(!caller(outside, Transport::tcp, short_patience_ms).has_value());
  host.act([](HostNetworking& networking) { return networking.keep_only({}, {"alone"}); });
  CHECK(netif::is_namespace(path));
  host.act([](HostNetworking& networking) { return networking.keep_only({}, {}); });
  CHECK(!netif::is_namespace(path));
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
  CHECK(describe(host.place()) == before);
}

}  // namespace laboratory
