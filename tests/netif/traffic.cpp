#include "tests/netif/traffic.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace laboratory {

using netif::FileHandle;
using schemas::Ipv4;
using schemas::Mac;

namespace {

constexpr int patience_default_ms = 2000;

sockaddr_in socket_name(Ipv4 address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.bits);
  return name;
}

/// The socket API takes addresses of every family through a pointer to `sockaddr`.
template <class Name>
const sockaddr* any(const Name& name) {
  return reinterpret_cast<const sockaddr*>(&name);
}

bool becomes(const FileHandle& handle, short what, int patience_ms) {
  pollfd waiting{.fd = handle.get(), .events = what, .revents = 0};
  return ::poll(&waiting, 1, patience_ms) == 1 && (waiting.revents & what) != 0;
}

FileHandle open_socket(Transport transport) {
  const int type = transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
  FileHandle handle(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  REQUIRE(handle.get() >= 0);
  return handle;
}

std::uint16_t checksum(const std::uint8_t* bytes, std::size_t size) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < size; at += 2) {
    sum += static_cast<std::uint32_t>((bytes[at] << 8U) | bytes[at + 1]);
  }
  while (sum > 0xffffU) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return static_cast<std::uint16_t>(~sum & 0xffffU);
}

void put16(std::vector<std::uint8_t>& frame, std::uint32_t value) {
  frame.push_back(static_cast<std::uint8_t>(value >> 8U));
  frame.push_back(static_cast<std::uint8_t>(value));
}

void put32(std::vector<std::uint8_t>& frame, std::uint32_t value) {
  put16(frame, value >> 16U);
  put16(frame, value & 0xffffU);
}

void put(std::vector<std::uint8_t>& frame, const Mac& mac) {
  frame.insert(frame.end(), mac.bytes.begin(), mac.bytes.end());
}

}  // namespace

FileHandle serve(std::uint16_t port, Transport transport) {
  FileHandle handle = open_socket(transport);
  const int yes = 1;  // a port whose last connection was closed a moment ago
  REQUIRE(::setsockopt(handle.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
  const sockaddr_in name = socket_name({}, port);
  REQUIRE(::bind(handle.get(), any(name), sizeof name) == 0);
  REQUIRE((transport == Transport::udp || ::listen(handle.get(), 16) == 0));
  return handle;
}

std::uint16_t port_of(const FileHandle& server) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  REQUIRE(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
  return ntohs(name.sin_port);
}

FileHandle call(Ipv4 address, std::uint16_t port, Transport transport) {
  FileHandle handle = open_socket(transport);
  const sockaddr_in name = socket_name(address, port);
  (void)::connect(handle.get(), any(name), sizeof name);
  if (transport == Transport::udp) {
    (void)::send(handle.get(), "hello", 5, 0);
  }
  return handle;
}

std::optional<Ipv4> caller(const FileHandle& server, Transport transport, int patience_ms) {
  if (!becomes(server, POLLIN, patience_ms)) {
    return std::nullopt;
  }
  sockaddr_in name{};
  socklen_t size = sizeof name;
  auto* any_name = reinterpret_cast<sockaddr*>(&name);
  if (transport == Transport::tcp) {
    const FileHandle accepted(::accept4(server.get(), any_name, &size, SOCK_CLOEXEC));
    REQUIRE(accepted.get() >= 0);
  } else {
    std::array<char, 64> bytes{};
    const auto got = ::recvfrom(server.get(), bytes.data(), bytes.size(), 0, any_name, &size);
    REQUIRE(got >= 0);
    (void)::sendto(server.get(), "hello", 5, 0, any_name, size);
  }
  return Ipv4{.bits = ntohl(name.sin_addr.s_addr)};
}

bool answered(const FileHandle& client) {
  int error = 0;
  socklen_t size = sizeof error;
  return becomes(client, POLLOUT, patience_default_ms) &&
         ::getsockopt(client.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

FileHandle accept_call(const FileHandle& server) {
  REQUIRE(becomes(server, POLLIN, patience_default_ms));
  FileHandle accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  REQUIRE(accepted.get() >= 0);
  return accepted;
}

bool carries(const FileHandle& from, const FileHandle& to) {
  char byte = '!';
  return ::send(from.get(), &byte, 1, MSG_NOSIGNAL) == 1 &&
         becomes(to, POLLIN, patience_default_ms) && ::recv(to.get(), &byte, 1, 0) == 1;
}

void send_datagram(Ipv4 address, std::uint16_t port, const std::vector<std::uint8_t>& bytes) {
  const FileHandle handle = open_socket(Transport::udp);
  const sockaddr_in name = socket_name(address, port);
  REQUIRE(::sendto(handle.get(), bytes.data(), bytes.size(), 0, any(name), sizeof name) ==
          static_cast<ssize_t>(bytes.size()));
}

namespace {

bool answers_ping(Ipv4 address, int patience_ms) {
  // A raw socket, because the machine decides which groups may open the polite kind.
  const FileHandle handle(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP));
  REQUIRE(handle.get() >= 0);
  const sockaddr_in name = socket_name(address, 0);
  std::vector<std::uint8_t> request{ICMP_ECHO, 0, 0, 0, 0x5a, 0x5a, 0, 1};
  const std::uint16_t sum = checksum(request.data(), request.size());
  request[2] = static_cast<std::uint8_t>(sum >> 8U);
  request[3] = static_cast<std::uint8_t>(sum);
  if (::sendto(handle.get(), request.data(), request.size(), 0, any(name), sizeof name) < 0) {
    return false;
  }
  while (becomes(handle, POLLIN, patience_ms)) {
    std::array<std::uint8_t, 256> packet{};
    const ssize_t size = ::recv(handle.get(), packet.data(), packet.size(), 0);
    const std::size_t header = std::size_t{4} * (packet[0] & 0x0fU);
    if (size >= 28 && packet[header] == ICMP_ECHOREPLY && packet[header + 4] == 0x5a) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool pings(Ipv4 address) { return answers_ping(address, patience_default_ms); }

bool silent(Ipv4 address) { return !answers_ping(address, patience_default_ms / 6); }

FrameSocket::FrameSocket(const std::string& link)
    : handle_(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL))) {
  REQUIRE(handle_.get() >= 0);
  sockaddr_ll name{};
  name.sll_family = AF_PACKET;
  name.sll_protocol = htons(ETH_P_ALL);
  name.sll_ifindex = static_cast<int>(::if_nametoindex(link.c_str()));
  REQUIRE(::bind(handle_.get(), any(name), sizeof name) == 0);
}

void FrameSocket::send(const std::vector<std::uint8_t>& frame) {
  REQUIRE(::send(handle_.get(), frame.data(), frame.size(), 0) ==
          static_cast<ssize_t>(frame.size()));
}

std::optional<std::vector<std::uint8_t>> FrameSocket::next(int patience_ms) {
  while (becomes(handle_, POLLIN, patience_ms)) {
    std::vector<std::uint8_t> frame(2048);
    sockaddr_ll from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(handle_.get(), frame.data(), frame.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (got > 0 && from.sll_pkttype != PACKET_OUTGOING) {
      frame.resize(static_cast<std::size_t>(got));
      return frame;
    }
  }
  return std::nullopt;
}

Mac FrameSocket::address() const {
  sockaddr_ll name{};
  socklen_t size = sizeof name;
  REQUIRE(::getsockname(handle_.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
  Mac mac;
  std::copy_n(static_cast<const std::uint8_t*>(name.sll_addr), mac.bytes.size(), mac.bytes.begin());
  return mac;
}

namespace {

/// Ethernet and IPv4 headers for `size` bytes that follow.
std::vector<std::uint8_t> ip_frame(const Mac& to, const Mac& from, Ipv4 source, Ipv4 destination,
                                   std::uint8_t protocol, std::uint32_t size) {
  std::vector<std::uint8_t> frame;
  put(frame, to);
  put(frame, from);
  put16(frame, ETH_P_IP);
  std::vector<std::uint8_t> header{0x45, 0};
  put16(header, 20 + size);
  put32(header, 0);
  header.push_back(64);
  header.push_back(protocol);
  put16(header, 0);
  put32(header, source.bits);
  put32(header, destination.bits);
  const std::uint16_t sum = checksum(header.data(), header.size());
  header[10] = static_cast<std::uint8_t>(sum >> 8U);
  header[11] = static_cast<std::uint8_t>(sum);
  frame.insert(frame.end(), header.begin(), header.end());
  return frame;
}

constexpr std::uint32_t caller_port = 4000;

}  // namespace

std::vector<std::uint8_t> udp_frame(const Mac& to, const Mac& from, Ipv4 source, Ipv4 destination,
                                    std::uint16_t port) {
  constexpr std::uint32_t payload = 5;
  auto frame = ip_frame(to, from, source, destination, IPPROTO_UDP, 8 + payload);
  put16(frame, caller_port);
  put16(frame, port);
  put16(frame, 8 + payload);
  put16(frame, 0);  // no checksum, which UDP over IPv4 allows
  for (const char letter : {'h', 'e', 'l', 'l', 'o'}) {
    frame.push_back(static_cast<std::uint8_t>(letter));
  }
  return frame;
}

std::vector<std::uint8_t> tcp_call_frame(const Mac& to, const Mac& from, Ipv4 source,
                                         Ipv4 destination, std::uint16_t port) {
  constexpr std::uint32_t header_size = 20;
  std::vector<std::uint8_t> summed;  // what the checksum covers: a pseudo header, then the header
  put32(summed, source.bits);
  put32(summed, destination.bits);
  put16(summed, IPPROTO_TCP);
  put16(summed, header_size);
  const std::size_t start = summed.size();
  put16(summed, caller_port);
  put16(summed, port);
  put32(summed, 1);
  put32(summed, 0);
  put16(summed, 0x5002);  // five words of header, SYN
  put16(summed, 1024);
  put32(summed, 0);
  const std::uint16_t sum = checksum(summed.data(), summed.size());
  summed[start + 16] = static_cast<std::uint8_t>(sum >> 8U);
  summed[start + 17] = static_cast<std::uint8_t>(sum);
  auto frame = ip_frame(to, from, source, destination, IPPROTO_TCP, header_size);
  frame.insert(frame.end(), summed.begin() + static_cast<std::ptrdiff_t>(start), summed.end());
  return frame;
}

bool accepts_call(const std::vector<std::uint8_t>& frame) {
  constexpr std::size_t flags_at = 14 + 20 + 13;
  constexpr std::uint8_t syn_and_ack = 0x12;
  return frame.size() > flags_at && frame[12] == 0x08 && frame[23] == IPPROTO_TCP &&
         (frame[flags_at] & syn_and_ack) == syn_and_ack;
}

std::vector<std::uint8_t> arp_frame(const Mac& from, const Mac& claimed, Ipv4 address, Ipv4 asked) {
  std::vector<std::uint8_t> frame;
  put(frame, Mac{.bytes = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}});
  put(frame, from);
  put16(frame, ETH_P_ARP);
  put16(frame, 1);
  put16(frame, ETH_P_IP);
  frame.push_back(6);
  frame.push_back(4);
  put16(frame, 2);
  put(frame, claimed);
  put32(frame, address.bits);
  put(frame, Mac{.bytes = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}});
  put32(frame, asked.bits);
  return frame;
}

}  // namespace laboratory
