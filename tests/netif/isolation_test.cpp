#include <doctest/doctest.h>

#include "tests/netif/laboratory.h"
#include "tests/netif/traffic.h"

namespace laboratory {

using netif::FileHandle;
using netif::HostNetwork;
using netif::HostNetworking;
using schemas::EniAssignment;

namespace {

void remove_all(HostStandIn& host) {
  host.act([](HostNetworking& networking) { return networking.remove_all(); });
}

/// Calls `address` at port 80 from `from`.
FileHandle call_from(const std::string& from, schemas::Ipv4 address,
                     Transport transport = Transport::tcp) {
  FileHandle client;
  inside(from, [&] { client = call(address, 80, transport); });
  return client;
}

FileHandle serve_in(const std::string& place, Transport transport = Transport::tcp) {
  FileHandle server;
  inside(place, [&] { server = serve(80, transport); });
  return server;
}

}  // namespace

TEST_CASE("what two tasks say to each other reaches no third one, on no host") {
  Laboratory lab(2);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  const EniAssignment speaker = vpc.add_eni(0);
  const EniAssignment bystander = vpc.add_eni(0);
  const EniAssignment listener = vpc.add_eni(0);
  const EniAssignment far_bystander = vpc.add_eni(0);
  HostNetwork here;
  HostNetwork there;
  vpc.put_network(here);
  vpc.put_network(there);
  for (const EniAssignment& eni : {speaker, bystander}) {
    here.enis.emplace(eni.id, eni);
    there.neighbours.emplace(eni.id, Vpc::neighbour(eni, lab.host(0).address()));
  }
  for (const EniAssignment& eni : {listener, far_bystander}) {
    there.enis.emplace(eni.id, eni);
    here.neighbours.emplace(eni.id, Vpc::neighbour(eni, lab.host(1).address()));
  }
  lab.host(0).wire(here);
  lab.host(1).wire(there);
  std::optional<FrameSocket> near_ear;
  std::optional<FrameSocket> far_ear;
  inside(lab.host(0).task_path(bystander.task), [&] { near_ear.emplace("eth0"); });
  inside(lab.host(1).task_path(far_bystander.task), [&] { far_ear.emplace("eth0"); });
  inside(lab.host(0).task_path(speaker.task), [&] {
    CHECK(pings(listener.address));
    CHECK(silent(ipv4("10.0.9.9")));  // nobody's address: its ARP request must go nowhere
  });
  CHECK(!near_ear->next(short_patience_ms).has_value());
  CHECK(!far_ear->next(short_patience_ms).has_value());
  remove_all(lab.host(0));
  remove_all(lab.host(1));
}

TEST_CASE("two VPCs with the same addresses never meet, not through the host either") {
  Laboratory lab(1);
  Vpc red(lab.random(), 100);
  Vpc blue(lab.random(), 200);
  red.add_subnet();
  blue.add_subnet();
  const EniAssignment red_first = red.add_eni(0);
  const EniAssignment red_second = red.add_eni(0);
  const EniAssignment blue_first = blue.add_eni(0);
  EniAssignment blue_third = blue.add_eni(0);
  blue_third = blue.add_eni(0);  // an address that red has nobody at
  CHECK(red_first.address == blue_first.address);
  HostNetwork want;
  red.put_network(want);
  blue.put_network(want);
  for (const EniAssignment& eni : {red_first, red_second, blue_first, blue_third}) {
    want.enis.emplace(eni.id, eni);
  }
  lab.host(0).wire(want);
  const std::string red_path = lab.host(0).task_path(red_second.task);
  inside(red_path, [&] {
    CHECK(pings(red_first.address));
    CHECK(silent(blue_third.address));
  });
  // Each answers for its own: the caller of the shared address finds the one of its own VPC.
  const FileHandle red_server = serve_in(lab.host(0).task_path(red_first.task));
  const FileHandle blue_server = serve_in(lab.host(0).task_path(blue_first.task));
  const FileHandle client = call_from(red_path, red_first.address);
  CHECK(caller(red_server) == red_second.address);
  CHECK(!caller(blue_server, Transport::tcp, short_patience_ms).has_value());
  // The transit addresses between routers and host lead nowhere.
  for (const char* transit : {"169.254.64.1", "169.254.64.2", "169.254.63.1"}) {
    inside(red_path, [&] { CHECK(silent(ipv4(transit))); });
  }
  remove_all(lab.host(0));
}

TEST_CASE("a task reaches the internet as its host, and not the host itself") {
  Laboratory lab(1);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  const EniAssignment eni = vpc.add_eni(0);
  HostNetwork want;
  vpc.put_network(want);
  want.enis.emplace(eni.id, eni);
  lab.host(0).wire(want);
  const std::string task = lab.host(0).task_path(eni.task);
  FileHandle server;
  FileHandle host_server;
  lab.internet().inside([&] { server = serve(80); });
  lab.host(0).place().inside([&] { host_server = serve(80); });
  const FileHandle client = call_from(task, ipv4("203.0.113.2"));
  CHECK(caller(server) == lab.host(0).address());
  CHECK(answered(client));
  const FileHandle to_host = call_from(task, lab.host(0).address());
  CHECK(!caller(host_server, Transport::tcp, short_patience_ms).has_value());
  // Nobody outside finds a way in by the VPC's own addresses.
  const FileHandle task_server = serve_in(task);
  FileHandle intruder;
  lab.host(0).place().inside([&] { intruder = call(eni.address, 80); });
  CHECK(!caller(task_server, Transport::tcp, short_patience_ms).has_value());
  remove_all(lab.host(0));
}

TEST_CASE("a public address leads to its task from the machine, the internet and other VPCs") {
  Laboratory lab(2);
  Vpc red(lab.random(), 100);
  Vpc blue(lab.random(), 200);
  red.add_subnet();
  blue.add_subnet();
  EniAssignment open = red.add_eni(0);
  const EniAssignment sibling = red.add_eni(0);
  const EniAssignment stranger = blue.add_eni(0);
  const EniAssignment far = red.add_eni(0);
  open.public_address = ipv4("198.18.7.66");
  const auto web = red.add_group({from(everywhere, schemas::RuleProtocol::tcp, 80, 80)});
  open.security_groups.push_back(web.id);
  HostNetwork here;
  HostNetwork there;
  put(here, web);
  red.put_network(here);
  blue.put_network(here);
  red.put_network(there);
  for (const EniAssignment& eni : {open, sibling, stranger}) {
    here.enis.emplace(eni.id, eni);
  }
  there.enis.emplace(far.id, far);
  lab.host(0).wire(here);
  lab.host(1).wire(there);
  const std::string task = lab.host(0).task_path(open.task);
  const FileHandle server = serve_in(task);
  FileHandle client;
  lab.machine().inside([&] { client = call(*open.public_address, 80); });
  CHECK(answered(client));
  CHECK(caller(server) == ipv4("198.18.7.1"));
  lab.internet().inside([&] { client = call(*open.public_address, 80); });
  CHECK(answered(client));
  CHECK(caller(server) == ipv4("203.0.113.2"));
  lab.host(0).place().inside([&] { client = call(*open.public_address, 80); });
  CHECK(answered(client));
  CHECK(caller(server).has_value());
  client = call_from(lab.host(0).task_path(stranger.task), *open.public_address);
  CHECK(answered(client));
  CHECK(caller(server) == lab.host(0).address());
  client = call_from(lab.host(0).task_path(sibling.task), *open.public_address);
  CHECK(answered(client));
  CHECK(caller(server).has_value());
  client = call_from(lab.host(1).task_path(far.task), *open.public_address);
  CHECK(answered(client));
  CHECK(caller(server) == lab.host(1).address());
  // It also calls out with it.
  FileHandle outside;
  lab.internet().inside([&] { outside = serve(80); });
  client = call_from(task, ipv4("203.0.113.2"));
  CHECK(caller(outside) == *open.public_address);
  // Given back, it leads nowhere.
  lab.host(0).act([&](HostNetworking& networking) { return networking.detach(open.id); });
  lab.machine().inside([&] { CHECK(silent(*open.public_address)); });
  remove_all(lab.host(0));
  remove_all(lab.host(1));
}

TEST_CASE("a task that forges its sender is heard by nobody") {
  Laboratory lab(1);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  const EniAssignment liar = vpc.add_eni(0);
  const EniAssignment victim = vpc.add_eni(0);
  const EniAssignment other = vpc.add_eni(0);
  HostNetwork want;
  vpc.put_network(want);
  for (const EniAssignment& eni : {liar, victim, other}) {
    want.enis.emplace(eni.id, eni);
  }
  lab.host(0).wire(want);
  std::optional<FrameSocket> mouth;
  std::optional<FrameSocket> ear;
  inside(lab.host(0).task_path(liar.task), [&] { mouth.emplace("eth0"); });
  inside(lab.host(0).task_path(victim.task), [&] { ear.emplace("eth0"); });
  const schemas::Mac broadcast{.bytes = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
  const std::vector<std::vector<std::uint8_t>> forged{
      udp_frame(victim.mac, liar.mac, other.address, victim.address, 80),
      udp_frame(victim.mac, other.mac, liar.address, victim.address, 80),
      udp_frame(victim.mac, other.mac, other.address, victim.address, 80),
      udp_frame(victim.mac, liar.mac, liar.address, ipv4("169.254.170.2"), 80),
      udp_frame(victim.mac, liar.mac, ipv4("169.254.170.2"), victim.address, 80),
      udp_frame(broadcast, other.mac, other.address, victim.address, 80),
      arp_frame(liar.mac, liar.mac, other.address, victim.address),
      arp_frame(liar.mac, other.mac, other.address, victim.address),
      arp_frame(other.mac, other.mac, other.address, victim.address),
      arp_frame(liar.mac, liar.mac, vpc.subnet(0).gateway, victim.address)};
  for (const auto& frame : forged) {
    mouth->send(frame);
  }
  CHECK(!ear->next(short_patience_ms).has_value());
  // The same road carries what is true.
  mouth->send(udp_frame(victim.mac, liar.mac, liar.address, victim.address, 80));
  CHECK(ear->next(2000).has_value());
  remove_all(lab.host(0));
}

TEST_CASE("a task cannot send tunnel packets, and a stranger's are not taken") {
  Laboratory lab(2);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  const EniAssignment eni = vpc.add_eni(0);
  const EniAssignment victim = vpc.add_eni(0);
  HostNetwork here;
  HostNetwork there;
  vpc.put_network(here);
  vpc.put_network(there);
  here.enis.emplace(eni.id, eni);
  there.enis.emplace(victim.id, victim);
  lab.host(0).wire(here);
  lab.host(1).wire(there);  // host 1 was told of no other host
  std::optional<FrameSocket> wire_tap;
  lab.host(1).place().inside([&] { wire_tap.emplace("eth0"); });
  std::vector<std::uint8_t> packet{0x08, 0, 0, 0, 0, 0, 100, 0};
  const auto frame = udp_frame(victim.mac, eni.mac, eni.address, victim.address, 80);
  packet.insert(packet.end(), frame.begin(), frame.end());
  inside(lab.host(0).task_path(eni.task),
         [&] { send_datagram(lab.host(1).address(), 4789, packet); });
  CHECK(!wire_tap->next(short_patience_ms).has_value());
  std::optional<FrameSocket> ear;
  inside(lab.host(1).task_path(victim.task), [&] { ear.emplace("eth0"); });
  lab.machine().inside([&] { send_datagram(lab.host(1).address(), 4789, packet); });
  CHECK(!ear->next(short_patience_ms).has_value());
  remove_all(lab.host(0));
  remove_all(lab.host(1));
}

}  // namespace laboratory
