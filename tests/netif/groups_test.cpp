// Security groups in the kernel: what each rule lets through, where state is kept, and what happens
// to connections when a rule or an interface goes.

#include <doctest/doctest.h>

#include <algorithm>

#include "netif/core/policy.h"
#include "tests/netif/arena.h"

namespace laboratory {

namespace {

using netif::FileHandle;
using netif::HostNetwork;
using netif::HostNetworking;
using schemas::EniAssignment;
using schemas::Ipv4;
using schemas::RuleProtocol;
using schemas::SecurityGroupAssignment;

/// A server and its caller side by side, and a caller on another host in another subnet. The server
/// has a group of its own, whose rules each test writes.
class Shop {
 public:
  Shop() : lab(2), vpc(lab.random(), 100) {
    vpc.add_subnet();
    vpc.add_subnet();
    shop = vpc.add_group({to(from(everywhere))});
    server = vpc.add_eni(0);
    server.security_groups = {shop.id};
    caller_here = vpc.add_eni(0);
    caller_there = vpc.add_eni(1);
    vpc.put_network(here);
    vpc.put_network(there);
    put(here, shop);
    for (const EniAssignment& eni : {server, caller_here}) {
      here.enis.emplace(eni.id, eni);
      there.neighbours.emplace(eni.id, Vpc::neighbour(eni, lab.host(0).address()));
    }
    there.enis.emplace(caller_there.id, caller_there);
    here.neighbours.emplace(caller_there.id, Vpc::neighbour(caller_there, lab.host(1).address()));
    lab.host(0).wire(here);
    lab.host(1).wire(there);
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
  ~Shop() {
    for (const int number : {0, 1}) {
      lab.host(number).act([](HostNetworking& networking) { return networking.remove_all(); });
    }
  }

  /// Changes what may come in at the server.
  void let_in(std::vector<schemas::SecurityRule> rules) {
    rules.push_back(to(from(everywhere)));
    shop.rules = std::move(rules);
    put(here, shop);
    apply();
  }
  void apply() {
    lab.host(0).act([&](HostNetworking& networking) { return networking.apply(here); });
  }
  [[nodiscard]] std::string path(const EniAssignment& eni) {
    return lab.host(eni.id == caller_there.id ? 1 : 0).task_path(eni.task);
  }
  /// Whether `eni` reaches the server's port.
  bool reaches(const EniAssignment& eni, std::uint16_t port, Transport transport = Transport::tcp) {
    FileHandle listener;
    FileHandle client;
    inside(path(server), [&] { listener = serve(port, transport); });
    inside(path(eni), [&] { client = call(server.address, port, transport); });
    return caller(listener, transport, patience_ms).has_value() && answered(client);
  }
  bool pings_server(const EniAssignment& eni) {
    bool answers = false;
    inside(path(eni), [&] { answers = !silent(server.address); });
    return answers;
  }

  static constexpr int patience_ms = 500;
  Laboratory lab;
  Vpc vpc;
  SecurityGroupAssignment shop;
  EniAssignment server;
  EniAssignment caller_here;
  EniAssignment caller_there;
  HostNetwork here;
  HostNetwork there;
};

}  // namespace

TEST_CASE("a group without a rule for it lets nothing in, on one host or from another") {
  Shop shop;
  for (const EniAssignment& eni : {shop.caller_here, shop.caller_there}) {
    CHECK_FALSE(shop.reaches(eni, 80));
    CHECK_FALSE(shop.reaches(eni, 80, Transport::udp));
    CHECK_FALSE(shop.pings_server(eni));
  }
}

TEST_CASE("a rule for a TCP port opens that port, and no other, and no other protocol") {
  Shop shop;
  shop.let_in({from(everywhere, RuleProtocol::tcp, 80, 81)});
  for (const EniAssignment& eni : {shop.caller_here, shop.caller_there}) {
    CHECK(shop.reaches(eni, 80));
    CHECK(shop.reaches(eni, 81));
    CHECK_FALSE(shop.reaches(eni, 82));
    CHECK_FALSE(shop.reaches(eni, 80, Transport::udp));
    CHECK_FALSE(shop.pings_server(eni));
  }
}

TEST_CASE("rules for UDP and for ICMP open just these") {
  Shop shop;
  shop.let_in({from(everywhere, RuleProtocol::udp, 53, 53)});
  CHECK(shop.reaches(shop.caller_here, 53, Transport::udp));
  CHECK(shop.reaches(shop.caller_there, 53, Transport::udp));
  CHECK_FALSE(shop.reaches(shop.caller_there, 54, Transport::udp));
  CHECK_FALSE(shop.reaches(shop.caller_here, 53));
  CHECK_FALSE(shop.pings_server(shop.caller_here));
  shop.let_in({from(everywhere, RuleProtocol::icmp)});
  CHECK(shop.pings_server(shop.caller_here));
  CHECK(shop.pings_server(shop.caller_there));
  CHECK_FALSE(shop.reaches(shop.caller_here, 53, Transport::udp));
}

TEST_CASE("a rule that names a range lets in callers of that range only") {
  Shop shop;
  shop.let_in({from(cidr("10.0.16.0/20"), RuleProtocol::tcp, 80, 80)});
  CHECK(shop.reaches(shop.caller_there, 80));
  CHECK_FALSE(shop.reaches(shop.caller_here, 80));
}

TEST_CASE("a rule that names a group lets in its members, whichever host they are on") {
  Shop shop;
  const auto customers = shop.vpc.add_group({to(from(everywhere))});
  shop.let_in({from(customers.id, RuleProtocol::tcp, 80, 80)});
  CHECK_FALSE(shop.reaches(shop.caller_there, 80));
  // The far caller joins the group: its neighbours hear of it.
  shop.caller_there.security_groups.push_back(customers.id);
  put(shop.there, customers);
  shop.there.enis.at(shop.caller_there.id) = shop.caller_there;
  shop.here.neighbours.at(shop.caller_there.id) =
      Vpc::neighbour(shop.caller_there, shop.lab.host(1).address());
  shop.apply();
  shop.lab.host(1).wire(shop.there);
  CHECK(shop.reaches(shop.caller_there, 80));
  CHECK_FALSE(shop.reaches(shop.caller_here, 80));
  // And leaves this host's knowledge again.
  shop.here.neighbours.erase(shop.caller_there.id);
  shop.apply();
  CHECK_FALSE(shop.reaches(shop.caller_there, 80));
}

TEST_CASE("what a group does not let out does not leave, towards neighbours or the outside") {
  Shop shop;
  FileHandle outside;
  shop.lab.internet().inside([&] { outside = serve(80); });
  const auto closed = shop.vpc.add_group({from(everywhere)});
  const auto narrow =
      shop.vpc.add_group({to(from(cidr("10.0.16.0/20"), RuleProtocol::tcp, 80, 80)),
                          to(from(cidr("203.0.113.2/32"), RuleProtocol::tcp, 80, 80))});
  shop.let_in({from(everywhere)});
  const auto calls = [&](const std::string& from, Ipv4 address, std::uint16_t port) {
    FileHandle client;
    inside(from, [&] { client = call(address, port); });
    return client;
  };
  for (const auto& [group, passes] : {std::pair(closed, false), std::pair(narrow, true)}) {
    shop.server.security_groups = {group.id};
    put(shop.here, group);
    shop.here.enis.at(shop.server.id) = shop.server;
    shop.apply();
    const std::string path = shop.path(shop.server);
    const FileHandle call_out = calls(path, ipv4("203.0.113.2"), 80);
    CHECK(caller(outside, Transport::tcp, Shop::patience_ms).has_value() == passes);
    FileHandle far;
    inside(shop.path(shop.caller_there), [&] { far = serve(80); });
    const FileHandle call_far = calls(path, shop.caller_there.address, 80);
    // The far one's default group lets in members only, and the server is none.
    CHECK_FALSE(caller(far, Transport::tcp, Shop::patience_ms).has_value());
    inside(path, [&] { CHECK(silent(ipv4("203.0.113.2"))); });
  }
}

TEST_CASE("answers pass whatever the rules of the other direction say") {
  Shop shop;
  // Nothing out, one port in: the server may answer, and may not call.
  shop.shop.rules = {from(everywhere, RuleProtocol::tcp, 80, 80)};
  put(shop.here, shop.shop);
  shop.apply();
  CHECK(shop.reaches(shop.caller_here, 80));
  CHECK(shop.reaches(shop.caller_there, 80));
  FileHandle listener;
  FileHandle client;
  inside(shop.path(shop.caller_here), [&] { listener = serve(80); });
  inside(shop.path(shop.server), [&] { client = call(shop.caller_here.address, 80); });
  CHECK_FALSE(caller(listener, Transport::tcp, Shop::patience_ms).has_value());
}

TEST_CASE("a rule that goes cuts the connections it let through, and no others") {
  Shop shop;
  for (const EniAssignment& eni : {shop.caller_here, shop.caller_there}) {
    const auto stays = from(everywhere, RuleProtocol::tcp, 81, 81);
    shop.let_in({from(everywhere, RuleProtocol::tcp, 80, 80), stays});
    FileHandle cut_server;
    FileHandle kept_server;
    FileHandle cut;
    FileHandle kept;
    inside(shop.path(shop.server), [&] {
      cut_server = serve(80);
      kept_server = serve(81);
    });
    inside(shop.path(eni), [&] {
      cut = call(shop.server.address, 80);
      kept = call(shop.server.address, 81);
    });
    const FileHandle cut_end = accept_call(cut_server);
    const FileHandle kept_end = accept_call(kept_server);
    CHECK(carries(cut, cut_end));
    CHECK(carries(kept, kept_end));
    shop.let_in({stays});
    // The server speaks first: it did not begin the connection, and is still known not to have.
    CHECK(carries(kept_end, kept));
    CHECK(carries(kept, kept_end));
    CHECK_FALSE(carries(cut, cut_end));
    CHECK_FALSE(carries(cut_end, cut));
  }
}

TEST_CASE("connections live through every change that lets them") {
  Shop shop;
  shop.let_in({from(everywhere, RuleProtocol::tcp, 80, 80)});
  FileHandle listener;
  FileHandle client;
  inside(shop.path(shop.server), [&] { listener = serve(80); });
  inside(shop.path(shop.caller_there), [&] { client = call(shop.server.address, 80); });
  const FileHandle end = accept_call(listener);
  // Another rule lets it through now; the agent comes back; a neighbour goes.
  shop.let_in({from(cidr("10.0.16.0/20"), RuleProtocol::tcp, 1, 100)});
  CHECK(carries(end, client));
  shop.lab.host(0).start();
  shop.apply();
  CHECK(carries(end, client));
  shop.lab.host(0).act(
      [&](HostNetworking& networking) { return networking.detach(shop.caller_here.id); });
  CHECK(carries(end, client));
  CHECK(carries(client, end));
}

TEST_CASE("an address that is given again inherits no connection") {
  Shop shop;
  shop.let_in({from(shop.vpc.default_group().id, RuleProtocol::udp, 53, 53)});
  FileHandle listener;
  FileHandle client;
  inside(shop.path(shop.server), [&] { listener = serve(53, Transport::udp); });
  inside(shop.path(shop.caller_here),
         [&] { client = call(shop.server.address, 53, Transport::udp); });
  REQUIRE(caller(listener, Transport::udp).has_value());
  const std::uint16_t port = port_of(client);
  // The caller's address goes to a task that is in no group that the server lets in.
  const EniAssignment before = shop.caller_here;
  EniAssignment after = shop.vpc.add_eni(0);
  after.address = before.address;
  after.security_groups = {shop.shop.id};
  shop.here.enis.erase(before.id);
  shop.here.enis.emplace(after.id, after);
  shop.lab.host(0).wire(shop.here);
  std::optional<FrameSocket> mouth;
  inside(shop.path(after), [&] { mouth.emplace("eth0"); });
  Bytes frame =
      udp_frame(shop.vpc.subnet(0).gateway_mac, after.mac, after.address, shop.server.address, 53);
  frame[34] = static_cast<std::uint8_t>(port >> 8U);
  frame[35] = static_cast<std::uint8_t>(port);
  mouth->send(frame);
  CHECK_FALSE(caller(listener, Transport::udp, Shop::patience_ms).has_value());
}

TEST_CASE("a public address opens to outside callers by range, and to members of no group") {
  Shop shop;
  shop.server.public_address = ipv4("198.18.7.66");
  shop.here.enis.at(shop.server.id) = shop.server;
  shop.let_in({from(shop.vpc.default_group().id)});
  const auto reached_from = [&](const std::function<void(const std::function<void()>&)>& place) {
    FileHandle listener;
    FileHandle client;
    inside(shop.path(shop.server), [&] { listener = serve(80); });
    place([&] { client = call(*shop.server.public_address, 80); });
    return caller(listener, Transport::tcp, Shop::patience_ms).has_value();
  };
  const auto machine = [&](const auto& act) { shop.lab.machine().inside(act); };
  const auto internet = [&](const auto& act) { shop.lab.internet().inside(act); };
  const auto member = [&](const auto& act) { inside(shop.path(shop.caller_here), act); };
  const auto far_member = [&](const auto& act) { inside(shop.path(shop.caller_there), act); };
  CHECK_FALSE(reached_from(machine));
  CHECK_FALSE(reached_from(internet));
  CHECK_FALSE(reached_from(member));
  CHECK_FALSE(reached_from(far_member));
  shop.let_in({from(cidr("198.18.7.1/32"), RuleProtocol::tcp, 80, 80)});
  CHECK(reached_from(machine));
  CHECK_FALSE(reached_from(internet));
  shop.let_in({from(everywhere, RuleProtocol::tcp, 80, 80)});
  CHECK(reached_from(internet));
  CHECK(reached_from(member));
  CHECK(reached_from(far_member));
}

TEST_CASE("an interface whose group the host was not told of neither sends nor hears") {
  Shop shop;
  const auto unknown = shop.vpc.add_group({from(everywhere), to(from(everywhere))});
  shop.server.security_groups = {unknown.id};
  shop.here.enis.at(shop.server.id) = shop.server;
  shop.apply();
  CHECK_FALSE(shop.reaches(shop.caller_here, 80));
  put(shop.here, unknown);
  shop.apply();
  CHECK(shop.reaches(shop.caller_here, 80));
  shop.here.groups.erase(unknown.id);
  shop.apply();
  CHECK_FALSE(shop.reaches(shop.caller_here, 80));
}

TEST_CASE("the kernel lets through what the policy says, whatever the rules") {
  Shop shop;
  schemas::Random& random = shop.lab.random();
  const auto other = shop.vpc.add_group({});
  const std::vector<schemas::Cidr> ranges{everywhere, cidr("10.0.0.0/20"), cidr("10.0.16.0/20"),
                                          cidr("10.0.0.0/30"), cidr("203.0.113.0/24")};
  const std::vector<RuleProtocol> protocols{RuleProtocol::all, RuleProtocol::tcp, RuleProtocol::udp,
                                            RuleProtocol::icmp};
  const auto pick = [&](const auto& list) { return list[random.below(list.size())]; };
  const auto draw_rule = [&] {
    const std::int64_t first = 60 + static_cast<std::int64_t>(random.below(40));
    const RuleProtocol protocol = pick(protocols);
    schemas::SecurityRule rule =
        random.chance(500) ? from(pick(ranges), protocol, first, first + 20)
                           : from(random.chance(500) ? shop.shop.id : shop.vpc.default_group().id,
                                  protocol, first, first + 20);
    return random.chance(500) ? to(rule) : rule;
  };
  shop.caller_here.security_groups.push_back(other.id);
  for (int round = 0; round < 12; ++round) {
    SecurityGroupAssignment mine = shop.shop;
    SecurityGroupAssignment others = other;
    for (SecurityGroupAssignment* group : {&mine, &others}) {
      const auto count = random.below(4);
      for (std::uint64_t rule = 0; rule < count; ++rule) {
        group->rules.push_back(draw_rule());
      }
      put(shop.here, *group);
    }
    if (random.chance(300)) {
      shop.here.groups.erase(other.id);
    }
    shop.here.enis.at(shop.caller_here.id) = shop.caller_here;
    if (random.chance(200)) {
      shop.lab.host(0).start();  // from nothing, as a new process
    }
    shop.apply();
    const netif::Policy policy = netif::policy_of(shop.here, shop.server.vpc);
    for (const Transport transport : {Transport::tcp, Transport::udp}) {
      netif::Flow flow{
          .source = shop.caller_here.address,
          .destination = shop.server.address,
          .protocol = transport == Transport::tcp ? RuleProtocol::tcp : RuleProtocol::udp,
          .port = 80};
      CAPTURE(round);
      CHECK(shop.reaches(shop.caller_here, 80, transport) == netif::passes(policy, flow));
    }
    netif::Flow ping{.source = shop.caller_here.address,
                     .destination = shop.server.address,
                     .protocol = RuleProtocol::icmp};
    CHECK(shop.pings_server(shop.caller_here) == netif::passes(policy, ping));
  }
}

}  // namespace laboratory
