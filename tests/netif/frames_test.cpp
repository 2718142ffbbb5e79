// What a task can do to its neighbours with frames of its own making: nothing. Root in its own
// namespace, it may send any bytes; every one of these is tried against neighbours that would
// gladly answer an honest call.

#include <doctest/doctest.h>

#include "netif/edge/listener.h"
#include "tests/netif/arena.h"

namespace laboratory {

namespace {

using schemas::Ipv4;
using schemas::Mac;

constexpr Mac nobody{.bytes = {0x0a, 0xde, 0xad, 0xbe, 0xef, 0x01}};

Ipv4 metadata() { return netif::metadata_address; }

}  // namespace

TEST_CASE("a raw frame to the victim's Ethernet address cannot be meant for its metadata address") {
  Arena arena;
  arena.attack(
      {udp_frame(arena.victim.mac, arena.attacker.mac, arena.attacker.address, metadata(), 80),
       tcp_call_frame(arena.victim.mac, arena.attacker.mac, arena.attacker.address, metadata(),
                      80)});
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("a packet whose sender is a neighbour's IP address is dropped") {
  Arena arena;
  arena.attack({udp_frame(arena.victim.mac, arena.attacker.mac, arena.third.address,
                          arena.victim.address, 80),
                udp_frame(arena.gateway_mac(), arena.attacker.mac, arena.far.address,
                          arena.victim.address, 80),
                udp_frame(arena.gateway_mac(), arena.attacker.mac, arena.third.address,
                          arena.far.address, 80)});
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("a packet whose sender is an address from outside, or none, is dropped") {
  Arena arena;
  for (const char* sender : {"203.0.113.2", "0.0.0.0", "127.0.0.1", "224.0.0.1", "10.0.255.255"}) {
    arena.attack(
        {udp_frame(arena.victim.mac, arena.attacker.mac, ipv4(sender), arena.victim.address, 80)});
  }
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("a frame whose sender is another Ethernet address is dropped") {
  Arena arena;
  for (const Mac& sender : {arena.third.mac, arena.gateway_mac(), arena.victim.mac, nobody}) {
    arena.attack(
        {udp_frame(arena.victim.mac, sender, arena.attacker.address, arena.victim.address, 80),
         udp_frame(arena.gateway_mac(), sender, arena.attacker.address, arena.victim.address, 80)});
  }
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("a task cannot claim the gateway's address by ARP") {
  Arena arena;
  arena.attack(
      {arp_frame(arena.attacker.mac, arena.attacker.mac, arena.gateway(), arena.victim.address),
       arp_question(arena.attacker.mac, arena.attacker.mac, arena.gateway(),
                    arena.victim.address)});
  CHECK_FALSE(arena.heard());
  // The gateway is still itself: who is asked to forward does.
  CHECK(arena.calls(arena.path(arena.victim), arena.path(arena.far), arena.far.address));
}

TEST_CASE("a task cannot claim a neighbour's address by ARP") {
  Arena arena;
  arena.attack(
      {arp_frame(arena.attacker.mac, arena.attacker.mac, arena.third.address, arena.victim.address),
       arp_frame(arena.attacker.mac, arena.attacker.mac, arena.far.address, arena.victim.address),
       arp_frame(arena.third.mac, arena.attacker.mac, arena.third.address, arena.victim.address),
       arp_question(arena.attacker.mac, arena.attacker.mac, arena.third.address,
                    arena.victim.address)});
  CHECK_FALSE(arena.heard());
  CHECK(arena.calls(arena.path(arena.victim), arena.path(arena.third), arena.third.address));
}

TEST_CASE("gratuitous ARP changes nobody's mind, not even about its sender") {
  Arena arena;
  arena.attack(
      {arp_frame(arena.attacker.mac, arena.attacker.mac, arena.attacker.address,
                 arena.attacker.address),
       arp_frame(arena.attacker.mac, nobody, arena.attacker.address, arena.attacker.address),
       arp_frame(arena.attacker.mac, arena.attacker.mac, arena.victim.address,
                 arena.victim.address)});
  CHECK_FALSE(arena.heard());
  CHECK(arena.calls(arena.path(arena.third), arena.path(arena.victim), arena.victim.address));
  CHECK(arena.calls(arena.path(arena.victim), arena.path(arena.attacker), arena.attacker.address));
}

TEST_CASE("link-local addresses are nobody's, by whichever next hop a frame is sent") {
  Arena arena;
  for (const char* address : {"169.254.170.2", "169.254.169.254", "169.254.64.1", "169.254.63.1"}) {
    for (const Mac& hop : {arena.victim.mac, arena.gateway_mac(), everybody}) {
      arena.attack({udp_frame(hop, arena.attacker.mac, arena.attacker.address, ipv4(address), 80),
                    ping_frame(hop, arena.attacker.mac, arena.attacker.address, ipv4(address)),
                    udp_frame(hop, arena.attacker.mac, ipv4(address), arena.victim.address, 80)});
    }
    arena.attack(
        {arp_question(arena.attacker.mac, arena.attacker.mac, arena.attacker.address,
                      ipv4(address)),
         arp_frame(arena.attacker.mac, arena.attacker.mac, ipv4(address), arena.victim.address)});
  }
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("frames with a VLAN tag, or with two, pass nowhere") {
  Arena arena;
  const Bytes honest = udp_frame(arena.victim.mac, arena.attacker.mac, arena.attacker.address,
                                 arena.victim.address, 80);
  const Bytes forged =
      udp_frame(arena.victim.mac, arena.attacker.mac, arena.third.address, metadata(), 80);
  for (const Bytes& frame : {honest, forged}) {
    for (const std::uint16_t vlan : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{100}}) {
      arena.attack({tagged(frame, 0x8100, vlan), tagged(frame, 0x88a8, vlan),
                    tagged(tagged(frame, 0x8100, vlan), 0x88a8, 7),
                    tagged(tagged(frame, 0x8100, vlan), 0x8100, 7)});
    }
  }
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("IPv6 is not spoken: no router, no neighbour and no packet can be announced") {
  Arena arena;
  arena.attack({router_advertisement(arena.attacker.mac),
                neighbour_advertisement(arena.attacker.mac),
                router_advertisement(arena.gateway_mac())});
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("fragments hide neither a forged sender nor a forbidden destination") {
  Arena arena;
  arena.attack(in_fragments(udp_frame(arena.victim.mac, arena.attacker.mac, arena.third.address,
                                      arena.victim.address, 80)));
  arena.attack(in_fragments(
      udp_frame(arena.victim.mac, arena.attacker.mac, arena.attacker.address, metadata(), 80)));
  CHECK_FALSE(arena.heard());
  // A true datagram in fragments arrives.
  arena.attack(in_fragments(udp_frame(arena.victim.mac, arena.attacker.mac, arena.attacker.address,
                                      arena.victim.address, 80)));
  CHECK(arena.heard());
}

TEST_CASE("broadcast and multicast reach no neighbour, on this host or on another") {
  Arena arena;
  const Mac group{.bytes = {0x01, 0x00, 0x5e, 0, 0, 0xfb}};
  for (const char* everyone : {"255.255.255.255", "10.0.15.255", "224.0.0.251", "10.0.0.0"}) {
    for (const Mac& to : {everybody, group, arena.gateway_mac()}) {
      arena.attack(
          {udp_frame(to, arena.attacker.mac, arena.attacker.address, ipv4(everyone), 5353)});
    }
  }
  arena.attack({arp_question(arena.attacker.mac, arena.attacker.mac, arena.attacker.address,
                             ipv4("10.0.9.9"))});
  CHECK_FALSE(arena.heard());
  CHECK(arena.hears_honest_frames());
}

TEST_CASE("a frame to an Ethernet address that nobody has floods no port") {
  Arena arena;
  arena.attack({udp_frame(nobody, arena.attacker.mac, arena.attacker.address, ipv4("10.0.9.9"), 80),
                ethernet_frame(nobody, arena.attacker.mac, 0x88b5, Bytes(46, 1))});
  CHECK_FALSE(arena.heard());
}

TEST_CASE("a task that sends under the victim's Ethernet address does not draw its frames away") {
  Arena arena;
  for (int round = 0; round < 20; ++round) {
    arena.attack(
        {udp_frame(arena.gateway_mac(), arena.victim.mac, arena.victim.address, arena.third.address,
                   80),
         arp_frame(arena.victim.mac, arena.victim.mac, arena.victim.address, arena.third.address)});
  }
  CHECK_FALSE(arena.heard());
  CHECK(arena.calls(arena.path(arena.third), arena.path(arena.victim), arena.victim.address));
  CHECK(arena.calls(arena.path(arena.far), arena.path(arena.victim), arena.victim.address));
}

TEST_CASE("a task cannot play DHCP server") {
  Arena arena;
  arena.attack(
      {dhcp_offer(everybody, arena.attacker.mac, arena.gateway(), ipv4("255.255.255.255")),
       dhcp_offer(arena.victim.mac, arena.attacker.mac, arena.gateway(), arena.victim.address),
       dhcp_offer(everybody, arena.attacker.mac, arena.attacker.address, ipv4("255.255.255.255"))});
  CHECK_FALSE(arena.heard());
}

TEST_CASE("a task cannot play bridge: spanning tree frames reach nobody and change no path") {
  Arena arena;
  for (int round = 0; round < 5; ++round) {
    arena.attack(
        {spanning_tree_frame(arena.attacker.mac), spanning_tree_frame(arena.gateway_mac())});
  }
  CHECK_FALSE(arena.heard());
  CHECK(arena.calls(arena.path(arena.victim), arena.path(arena.third), arena.third.address));
}

TEST_CASE("who listens to everything at its interface hears nothing of its neighbours") {
  Arena arena;
  std::optional<FrameSocket> ear;
  inside(arena.path(arena.attacker), [&] { ear.emplace("eth0"); });
  CHECK(arena.calls(arena.path(arena.victim), arena.path(arena.third), arena.third.address));
  CHECK(arena.calls(arena.path(arena.far), arena.path(arena.victim), arena.victim.address));
  CHECK(arena.calls(arena.path(arena.victim), arena.path(arena.far), arena.far.address));
  CHECK_FALSE(ear->next(short_patience_ms).has_value());
}

TEST_CASE("whoever guesses a neighbour's metadata path asks its own socket, and no other") {
  Arena arena;
  auto opened = netif::open_listener(arena.path(arena.victim), metadata(), 80);
  REQUIRE(opened.ok());
  const netif::FileHandle victims(opened.value());
  // Without a socket of its own, nobody answers; with one, it alone does.
  netif::FileHandle client;
  inside(arena.path(arena.attacker), [&] { client = call(metadata(), 80); });
  CHECK_FALSE(answered(client));
  auto own = netif::open_listener(arena.path(arena.attacker), metadata(), 80);
  REQUIRE(own.ok());
  const netif::FileHandle attackers(own.value());
  inside(arena.path(arena.attacker), [&] { client = call(metadata(), 80); });
  CHECK(answered(client));
  CHECK(caller(attackers).has_value());
  // Nor does the socket answer at the interface's own address.
  for (const std::uint16_t port : {std::uint16_t{80}, port_of(victims)}) {
    inside(arena.path(arena.attacker), [&] { client = call(arena.victim.address, port); });
    CHECK_FALSE(answered(client));
  }
  CHECK_FALSE(caller(victims, Transport::tcp, short_patience_ms).has_value());
}

}  // namespace laboratory
