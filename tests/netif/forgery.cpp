#include "tests/netif/forgery.h"

#include <doctest/doctest.h>
#include <net/ethernet.h>
#include <netinet/in.h>

#include <algorithm>

#include "tests/netif/traffic.h"

namespace laboratory {

using schemas::Ipv4;
using schemas::Mac;

namespace {

constexpr std::size_t ethernet_size = 14;
constexpr std::size_t ip_size = 20;

void put16(Bytes& bytes, std::uint32_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

void put32(Bytes& bytes, std::uint32_t value) {
  put16(bytes, value >> 16U);
  put16(bytes, value);
}

void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void append(Bytes& bytes, const Mac& mac) {
  bytes.insert(bytes.end(), mac.bytes.begin(), mac.bytes.end());
}

/// Writes the checksum of the 20 bytes of an IPv4 header into it.
void seal(std::uint8_t* header) {
  header[10] = 0;
  header[11] = 0;
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < ip_size; at += 2) {
    sum += static_cast<std::uint32_t>(header[at] << 8U) | header[at + 1];
  }
  while (sum > 0xffffU) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  header[10] = static_cast<std::uint8_t>(~sum >> 8U);
  header[11] = static_cast<std::uint8_t>(~sum);
}

/// An IPv6 packet from the link-local address fe80::1 to all nodes, with ICMPv6 content.
Bytes icmp6_packet(const Bytes& content) {
  Bytes packet{0x60, 0, 0, 0};
  put16(packet, static_cast<std::uint32_t>(content.size()));
  append(packet, Bytes{IPPROTO_ICMPV6, 255});
  append(packet, Bytes{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  append(packet, Bytes{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  append(packet, content);
  return packet;
}

constexpr Mac all_nodes{.bytes = {0x33, 0x33, 0, 0, 0, 1}};
constexpr Mac all_bridges{.bytes = {0x01, 0x80, 0xc2, 0, 0, 0}};

}  // namespace

Bytes ethernet_frame(const Mac& to, const Mac& from, std::uint16_t type, const Bytes& content) {
  Bytes frame;
  append(frame, to);
  append(frame, from);
  put16(frame, type);
  append(frame, content);
  return frame;
}

Bytes tagged(const Bytes& frame, std::uint16_t kind, std::uint16_t vlan) {
  Bytes tag;
  put16(tag, kind);
  put16(tag, vlan);
  Bytes made = frame;
  made.insert(made.begin() + 12, tag.begin(), tag.end());
  return made;
}

std::vector<Bytes> in_fragments(const Bytes& frame) {
  constexpr std::size_t first_size = 8;
  REQUIRE(frame.size() > ethernet_size + ip_size + first_size);
  const auto content = frame.begin() + ethernet_size + ip_size;
  const auto cut = [&](Bytes::const_iterator begin, Bytes::const_iterator end,
                       std::uint32_t flags_and_offset) {
    Bytes fragment(frame.begin(), content);
    fragment.insert(fragment.end(), begin, end);
    std::uint8_t* header = fragment.data() + ethernet_size;
    const std::size_t size = fragment.size() - ethernet_size;
    header[2] = static_cast<std::uint8_t>(size >> 8U);
    header[3] = static_cast<std::uint8_t>(size);
    header[5] = 77;  // one datagram's number
    header[6] = static_cast<std::uint8_t>(flags_and_offset >> 8U);
    header[7] = static_cast<std::uint8_t>(flags_and_offset);
    seal(header);
    return fragment;
  };
  constexpr std::uint32_t more_follow = 0x2000;
  return {cut(content, content + first_size, more_follow),
          cut(content + first_size, frame.end(), first_size / 8)};
}

Bytes arp_question(const Mac& from, const Mac& claimed, Ipv4 address, Ipv4 asked) {
  constexpr std::size_t operation_at = ethernet_size + 7;
  Bytes frame = arp_frame(from, claimed, address, asked);
  frame[operation_at] = 1;
  return frame;
}

Bytes router_advertisement(const Mac& from) {
  Bytes content{134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
  append(content, from);
  return ethernet_frame(all_nodes, from, ETH_P_IPV6, icmp6_packet(content));
}

Bytes neighbour_advertisement(const Mac& from) {
  Bytes content{136, 0, 0, 0, 0x20, 0, 0, 0};
  append(content, Bytes{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 1});
  append(content, from);
  return ethernet_frame(all_nodes, from, ETH_P_IPV6, icmp6_packet(content));
}

Bytes spanning_tree_frame(const Mac& from) {
  Bytes content{0x42, 0x42, 0x03, 0, 0, 0, 0, 0, 0, 0};
  append(content, from);
  content.resize(38);
  return ethernet_frame(all_bridges, from, static_cast<std::uint16_t>(content.size()), content);
}

Bytes dhcp_offer(const Mac& to, const Mac& from, Ipv4 server, Ipv4 offered) {
  constexpr std::size_t source_port_at = ethernet_size + ip_size;
  constexpr std::uint16_t client_port = 68;
  Bytes frame = udp_frame(to, from, server, offered, client_port);
  frame[source_port_at] = 0;
  frame[source_port_at + 1] = 67;
  return frame;
}

Bytes ping_frame(const Mac& to, const Mac& from, Ipv4 source, Ipv4 destination) {
  Bytes packet{0x45, 0};
  put16(packet, ip_size + 8);
  append(packet, Bytes{0, 0, 0, 0, 64, IPPROTO_ICMP, 0, 0});
  put32(packet, source.bits);
  put32(packet, destination.bits);
  seal(packet.data());
  append(packet, Bytes{8, 0, 0xf7, 0xff, 0, 0, 0, 0});
  return ethernet_frame(to, from, ETH_P_IP, packet);
}

bool is_from(const Bytes& frame, Ipv4 source) {
  if (frame.size() < ethernet_size + ip_size || frame[12] != 0x08 || frame[13] != 0) {
    return false;
  }
  Bytes address;
  put32(address, source.bits);
  return std::equal(address.begin(), address.end(), frame.begin() + ethernet_size + 12);
}

}  // namespace laboratory
